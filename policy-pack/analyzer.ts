/**
 * The pack as an analyzer of Pulumi's protocol (`pulumirpc.Analyzer`), which the engine calls.
 * `PolicyPack` of `@pulumi/policy` serves the same protocol, but runs every rule on every resource and unpacks the
 * resource, or the whole stack, again for each rule: with hundreds of rules that takes nine tenths of a pack's time.
 * Here each resource is unpacked once and judged by the rules for its type, and one graph of the stack serves all
 * rules. Rules, levels and results are the same: tests compare both.
 */
import type { EnforcementLevel, PolicyResourceOptions, ReportViolation } from "@pulumi/policy";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzerStackConfigureResponse,
  RemediateResponse,
  type AnalyzeRequest,
  type AnalyzerInfo,
  type AnalyzerProviderResource,
  type AnalyzerResource,
  type AnalyzerStackConfigureRequest,
  type AnalyzeResponse,
  type AnalyzeStackRequest,
  type ConfigureAnalyzerRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

import { type Node, StackGraph } from "../analysis/graph";
import type { Properties } from "../analysis/properties";
import type { HeldResourceRule, Rule, StackValues, Subject } from "./define";

/* eslint-disable @typescript-eslint/no-require-imports -- modules of the SDK whose types are not published */
const { deserializeProperties, serializeProperties } = require("@pulumi/policy/deserialize") as {
  deserializeProperties: (properties: object | undefined, proxySecrets: boolean) => Properties;
  serializeProperties: (properties: object) => Promise<object>;
};
const { UnknownValueError, unknownCheckingProxy } = require("@pulumi/policy/proxy") as {
  UnknownValueError: new () => Error;
  unknownCheckingProxy: (properties: Properties) => Properties;
};
const {
  asGrpcError,
  convertEnforcementLevel,
  makeAnalyzeResponse,
  makeAnalyzerInfo,
  makeRemediateResponse,
} = require("@pulumi/policy/protoutil") as {
  asGrpcError: (error: unknown, message: string) => Error;
  convertEnforcementLevel: (level: number) => EnforcementLevel;
  makeAnalyzeResponse: (diagnostics: readonly object[]) => AnalyzeResponse;
  makeAnalyzerInfo: (
    name: string,
    version: string,
    level: EnforcementLevel,
    pack: object,
  ) => AnalyzerInfo;
  makeRemediateResponse: (remediations: readonly object[]) => RemediateResponse;
};
/* eslint-enable @typescript-eslint/no-require-imports */

/** A method of a gRPC service. */
type Handler<Request, Response> = (
  call: { readonly request: Request },
  callback: (error: Error | null, response?: Response) => void,
) => void;

/** The methods of an analyzer. */
export interface Analyzer {
  analyze: Handler<AnalyzeRequest, AnalyzeResponse>;
  analyzeStack: Handler<AnalyzeStackRequest, AnalyzeResponse>;
  remediate: Handler<AnalyzeRequest, RemediateResponse>;
  configure: Handler<ConfigureAnalyzerRequest, object>;
  configureStack: Handler<AnalyzerStackConfigureRequest, AnalyzerStackConfigureResponse>;
  getAnalyzerInfo: Handler<object, AnalyzerInfo>;
  getPluginInfo: Handler<object, PluginInfo>;
}

/** The pack that reports. */
export interface PackIdentity {
  readonly name: string;
  readonly version: string;
  /** Level of a rule that has none of its own. */
  readonly level: EnforcementLevel;
  readonly displayName?: string;
  readonly description?: string;
  readonly provider?: string;
  readonly tags?: readonly string[];
}

/** An analyzer that runs each rule on the resources of its types only. */
export function analyzerOf(pack: PackIdentity, rules: readonly Rule[]): Analyzer {
  let inForce: RulesInForce | undefined;
  let configured: ReadonlyMap<string, RuleConfiguration> = new Map();
  let stack: StackValues = new Map();
  const current = () => (inForce ??= new RulesInForce(pack, rules, configured, stack));
  return {
    configure({ request }, callback) {
      configured = configurationOf(request);
      inForce = undefined;
      // The SDK's copy of protobuf accepts only its own class.
      const { responseType: Empty } = AnalyzerService.configure as unknown as {
        responseType: new () => object;
      };
      callback(null, new Empty());
    },
    // The engine calls it when the pack starts, with the values by `namespace:name` (pulumi/pulumi, analyzer_plugin.go).
    configureStack({ request }, callback) {
      stack = new Map(request.getConfigMap().entries());
      inForce = undefined;
      callback(null, new AnalyzerStackConfigureResponse());
    },
    getAnalyzerInfo(_, callback) {
      const { name, version, level, ...about } = pack;
      const policies = rules.map(({ policy }) => policy);
      callback(null, makeAnalyzerInfo(name, version, level, { ...about, policies }));
    },
    getPluginInfo: (_, callback) => callback(null, new PluginInfo().setVersion(pack.version)),
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
    remediate({ request }, callback) {
      // The engine asks about each resource, also where no rule may change one.
      if (current().remediating.length === 0) {
        callback(null, new RemediateResponse());
        return;
      }
      remediated(request, pack, current()).then(
        (response) => callback(null, response),
        (error: unknown) => callback(error as Error),
      );
    },
  };
}

/** The resource after the rules of the level `remediate`, which run one after the other. */
async function remediated(
  request: AnalyzeRequest,
  { name: policyPackName, version: policyPackVersion }: PackIdentity,
  { remediating }: RulesInForce,
): Promise<RemediateResponse> {
  const made: object[] = [];
  let props = unknownCheckingProxy(deserializeProperties(request.getProperties(), true));
  const { type, name, urn, options: opts } = subjectOf(request);
  for (const { rule, configured } of remediating) {
    const policyName = rule.info.id;
    const { policy } = rule;
    const { remediateResource } = policy as { remediateResource?: Remediation };
    if (!remediateResource || !rule.concerns(type)) continue;
    let properties: object | undefined;
    let diagnostic: string | undefined;
    const from = `remediation '${policyName}' from policy pack '${policyPackName}@v${policyPackVersion}'`;
    try {
      const fixed = await remediateResource({
        ...{ type, name, urn, opts, props },
        getConfig: () => configured,
      });
      if (fixed) {
        props = fixed;
        properties = await serializeProperties(fixed);
      }
    } catch (error) {
      if (!(error instanceof UnknownValueError)) {
        throw asGrpcError(error, `Error remediating resource with ${from}`);
      }
      diagnostic = `can't run ${from} during preview: ${error.message}`;
    }
    if (!properties && diagnostic === undefined) continue;
    const { description } = rule.info;
    made.push({
      ...{ policyName, policyPackName, policyPackVersion, description },
      ...{ properties, diagnostic },
    });
  }
  return makeRemediateResponse(made);
}

/** `remediateResource` of the SDK's policies, with the arguments that the rules use. */
type Remediation = (args: {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly opts: PolicyResourceOptions;
  readonly props: Properties;
  readonly getConfig: () => object;
}) => Properties | undefined | Promise<Properties | undefined>;

function answer(
  callback: (error: Error | null, response?: AnalyzeResponse) => void,
  judge: (diagnostics: object[]) => void,
): void {
  const diagnostics: object[] = [];
  try {
    judge(diagnostics);
  } catch (error) {
    callback(error as Error);
    return;
  }
  callback(null, makeAnalyzeResponse(diagnostics));
}

/** A stack's configuration of a rule. */
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
  /** The rules that fix violations, with the stack's configuration of them. */
  public readonly remediating: readonly { rule: HeldResourceRule; configured: object }[];
  private readonly aboutResources: readonly [HeldResourceRule, Judge<Subject>][];
  private readonly byType = new Map<string, readonly Judge<Subject>[]>();

  public constructor(
    private readonly pack: PackIdentity,
    rules: readonly Rule[],
    configured: ReadonlyMap<string, RuleConfiguration>,
    stack: StackValues,
  ) {
    const aboutStacks: Judge<StackGraph>[] = [];
    const aboutResources: [HeldResourceRule, Judge<Subject>][] = [];
    const remediating: { rule: HeldResourceRule; configured: object }[] = [];
    for (const rule of rules) {
      const { info } = rule;
      const level = configured.get(info.id)?.level ?? info.level ?? pack.level;
      if (level === "disabled") continue;
      const properties = configured.get(info.id)?.properties ?? {};
      const settings = rule.settings(properties, stack);
      if (rule.kind === "stack") {
        aboutStacks.push(this.judge<StackGraph>(rule, settings, level));
      } else {
        aboutResources.push([rule, this.judge<Subject>(rule, settings, level)]);
        if (level === "remediate") remediating.push({ rule, configured: properties });
      }
    }
    this.aboutStacks = aboutStacks;
    this.aboutResources = aboutResources;
    this.remediating = remediating;
  }

  /** The rules about single resources of a type. */
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
      // What a remediation did not fix is a violation.
      enforcementLevel: level === "remediate" ? "mandatory" : level,
    };
    return (subject, diagnostics) => {
      // Rules report with an object, which the types do not declare; see define.ts.
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
    const references = [...resource.getPropertydependenciesMap().entries()].map(
      ([property, dependencies]) =>
        [property, dependencies.getUrnsList().filter((urn) => urns.has(urn))] as const,
    );
    return { ...subjectOf(resource), references: Object.fromEntries(references) };
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
