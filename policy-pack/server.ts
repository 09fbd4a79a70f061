/**
 * Answers the engine's two big questions, what is wrong with a resource and what with the stack.
 *
 * Pulumi's policy server asks every rule about every resource, and unpacks the resource, or the whole stack,
 * again for each of them. With hundreds of rules that is nine tenths of a pack's time. Here a resource is
 * unpacked once and shown to the rules that concern its type, and a stack becomes one graph for all rules.
 * The answers are the same. What kind of pack it is, its configuration and remediation stay with Pulumi's
 * server.
 */
import { createRequire } from "node:module";

import type { EnforcementLevel, PolicyResourceOptions, ReportViolation } from "@pulumi/policy";
import type {
  AnalyzeRequest,
  AnalyzerResource,
  AnalyzeResponse,
  AnalyzeStackRequest,
  AnalyzerProviderResource,
  ConfigureAnalyzerRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";

import { type Node, StackGraph } from "../analysis/graph";
import type { Properties } from "../analysis/properties";
import type { HeldResourceRule, Rule, Subject } from "./define";

/* eslint-disable @typescript-eslint/no-require-imports -- modules of the SDK whose types are not published */
const { deserializeProperties } = require("@pulumi/policy/deserialize") as {
  deserializeProperties: (properties: object | undefined, proxySecrets: boolean) => Properties;
};
const { asGrpcError, convertEnforcementLevel, makeAnalyzeResponse } =
  require("@pulumi/policy/protoutil") as {
    asGrpcError: (error: unknown, message: string) => Error;
    convertEnforcementLevel: (level: number) => EnforcementLevel;
    makeAnalyzeResponse: (diagnostics: readonly object[]) => AnalyzeResponse;
  };
/* eslint-enable @typescript-eslint/no-require-imports */

/** A method of a gRPC service. */
type Handler<Request, Response> = (
  call: { readonly request: Request },
  callback: (error: Error | undefined, response?: Response) => void,
) => void;

/** The methods of an analyzer that are answered here. */
export interface Analyzer {
  analyze: Handler<AnalyzeRequest, AnalyzeResponse>;
  analyzeStack: Handler<AnalyzeStackRequest, AnalyzeResponse>;
  configure: Handler<ConfigureAnalyzerRequest, object>;
}

/** Which pack speaks. */
export interface PackIdentity {
  readonly name: string;
  readonly version: string;
  /** Level of a rule that has none of its own. */
  readonly level: EnforcementLevel;
}

/** Lets every analyzer that Pulumi's SDK serves from now on answer as {@link quickAnalyzer} does. */
export function answerQuickly(pack: PackIdentity, rules: readonly Rule[]): void {
  // gRPC as the SDK loads it: the pack itself has no business with it.
  const grpc = createRequire(require.resolve("@pulumi/policy"))("@grpc/grpc-js") as {
    Server: {
      prototype: { addService: (this: object, definition: object, handlers: object) => void };
    };
  };
  const { prototype } = grpc.Server;
  const { addService } = prototype;
  prototype.addService = function (definition, handlers) {
    const own = "analyzeStack" in handlers;
    const answering = own ? quickAnalyzer(pack, rules, handlers as Analyzer) : handlers;
    return addService.call(this, definition, answering);
  };
}

/** An analyzer that shows each rule what it is about, and nothing twice. */
export function quickAnalyzer(
  pack: PackIdentity,
  rules: readonly Rule[],
  analyzer: Analyzer,
): Analyzer {
  let inForce: RulesInForce | undefined;
  const current = () => (inForce ??= new RulesInForce(pack, rules, new Map()));
  return {
    ...analyzer,
    configure(call, callback) {
      inForce = new RulesInForce(pack, rules, configurationOf(call.request));
      analyzer.configure(call, callback);
    },
    analyze({ request }, callback) {
      answer(callback, (diagnostics) => {
        const subject = subjectOf(request);
        for (const rule of current().concerning(subject.type)) rule(subject, diagnostics);
      });
    },
    analyzeStack({ request }, callback) {
      answer(callback, (diagnostics) => {
        const graph = StackGraph.from(nodesOf(request.getResourcesList()));
        for (const rule of current().aboutStacks) rule(graph, diagnostics);
      });
    },
  };
}

function answer(
  callback: (error: Error | undefined, response?: AnalyzeResponse) => void,
  judge: (diagnostics: object[]) => void,
): void {
  const diagnostics: object[] = [];
  try {
    judge(diagnostics);
  } catch (error) {
    callback(error as Error);
    return;
  }
  callback(undefined, makeAnalyzeResponse(diagnostics));
}

/** What a stack configures for a rule. */
interface RuleConfiguration {
  readonly level: EnforcementLevel;
  readonly properties: object;
}

function configurationOf(request: ConfigureAnalyzerRequest): Map<string, RuleConfiguration> {
  const configured = new Map<string, RuleConfiguration>();
  for (const [id, value] of request.getPolicyconfigMap().entries()) {
    const level = convertEnforcementLevel(value.getEnforcementlevel());
    configured.set(id, { level, properties: value.getProperties()?.toJavaScript() ?? {} });
  }
  return configured;
}

/** A rule with its settings, ready to judge. */
type Judge<About> = (about: About, diagnostics: object[]) => void;

/** The rules that are not disabled, with their settings. */
class RulesInForce {
  public readonly aboutStacks: readonly Judge<StackGraph>[];
  private readonly aboutResources: readonly [HeldResourceRule, Judge<Subject>][];
  private readonly byType = new Map<string, readonly Judge<Subject>[]>();

  public constructor(
    private readonly pack: PackIdentity,
    rules: readonly Rule[],
    configured: ReadonlyMap<string, RuleConfiguration>,
  ) {
    const aboutStacks: Judge<StackGraph>[] = [];
    const aboutResources: [HeldResourceRule, Judge<Subject>][] = [];
    for (const rule of rules) {
      const { info } = rule;
      const level = configured.get(info.id)?.level ?? info.level ?? pack.level;
      if (level === "disabled") continue;
      const settings = rule.settings(configured.get(info.id)?.properties ?? {});
      if (rule.kind === "stack") {
        aboutStacks.push(this.judge<StackGraph>(rule, settings, level));
      } else {
        aboutResources.push([rule, this.judge<Subject>(rule, settings, level)]);
      }
    }
    this.aboutStacks = aboutStacks;
    this.aboutResources = aboutResources;
  }

  /** The rules about single resources that concern a type. */
  public concerning(type: string): readonly Judge<Subject>[] {
    let concerned = this.byType.get(type);
    if (concerned === undefined) {
      concerned = this.aboutResources.flatMap(([rule, judge]) =>
        rule.concerns(type) ? [judge] : [],
      );
      this.byType.set(type, concerned);
    }
    return concerned;
  }

  private judge<About extends Subject | StackGraph>(
    { info, judge }: { info: Rule["info"]; judge: JudgeOf<About> },
    settings: object,
    level: EnforcementLevel,
  ): Judge<About> {
    const { name, version } = this.pack;
    const about = {
      policyName: info.id,
      policyPackName: name,
      policyPackVersion: version,
      description: info.description,
      severity: info.severity,
      // What a remediation has not mended is a violation.
      enforcementLevel: level === "remediate" ? "mandatory" : level,
    };
    return (subject, diagnostics) => {
      // Rules report with an object, of which the types say nothing; see define.ts.
      const report = (finding: object): void => void diagnostics.push({ ...about, ...finding });
      try {
        judge(subject, settings, report as unknown as ReportViolation);
      } catch (error) {
        const policy = `policy '${info.id}' from policy pack '${name}@v${version}'`;
        throw asGrpcError(error, `Error validating resource with ${policy}`);
      }
    };
  }
}

type JudgeOf<About> = (about: About, settings: object, reportViolation: ReportViolation) => void;

function subjectOf(request: AnalyzeRequest | AnalyzerResource): Subject {
  return {
    type: request.getType(),
    name: request.getName(),
    urn: request.getUrn(),
    properties: deserializeProperties(request.getProperties(), false),
    options: optionsOf(request),
    provider: providerOf(request.getProvider()),
  };
}

/** The resources of a stack, with the references that lead to others of them. */
function nodesOf(resources: readonly AnalyzerResource[]): Node[] {
  const urns = new Set(resources.map((resource) => resource.getUrn()));
  return resources.map((resource) => {
    const references: Record<string, readonly string[]> = {};
    for (const [property, dependencies] of resource.getPropertydependenciesMap().entries()) {
      references[property] = dependencies.getUrnsList().filter((urn) => urns.has(urn));
    }
    return { ...subjectOf(resource), references };
  });
}

function providerOf(provider: AnalyzerProviderResource | undefined): Properties | undefined {
  return provider && deserializeProperties(provider.getProperties(), false);
}

function optionsOf(request: AnalyzeRequest | AnalyzerResource): PolicyResourceOptions {
  const options = request.getOptions();
  const timeouts = options?.getCustomtimeouts();
  return {
    protect: options?.getProtect() ?? false,
    ignoreChanges: options?.getIgnorechangesList() ?? [],
    aliases: options?.getAliasesList() ?? [],
    customTimeouts: {
      createSeconds: timeouts?.getCreate() ?? 0,
      updateSeconds: timeouts?.getUpdate() ?? 0,
      deleteSeconds: timeouts?.getDelete() ?? 0,
    },
    additionalSecretOutputs: options?.getAdditionalsecretoutputsList() ?? [],
    ...(options?.getDeletebeforereplacedefined() && {
      deleteBeforeReplace: options.getDeletebeforereplace(),
    }),
    ...(options?.getParent() && { parent: options.getParent() }),
  };
}
