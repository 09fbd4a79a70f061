import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type {
  PlannedResource,
  PolicyPackSummary,
  PolicyVerdict,
  PolicyViolation,
  PropertyBag,
} from "../../../analysis/plan/model";
import { fromWire } from "../../../analysis/plan/values";
import { analyzeRequest, analyzeStackRequest, type StackResource } from "./analyzer-wire";
import type { StackConfig } from "./config";
import { PreviewError } from "./errors";
import { Frames } from "./frames";
import type { PackJob, StackIdentity } from "./host-protocol";
import { type Level, type PackConfig, resolvePackConfig, type Rule } from "./policy-config";
import { ORGANIZATION } from "./program";
import { toFailure } from "./program-errors";

const { EnforcementLevel } = proto;

/** The SDK's message for a rule that met an unknown value. */
const unknownValueMessage = /^can't run (policy|remediation) .* during preview: /s;

/** The pack's message for an undecided rule; the SDK may put its description in front. */
const undecidedMarker = /(^|\n)undecided: /;

/** What the pack writes before a violation that an exemption covers. */
const exemptMarker = /^exempt: /;

const levels: Record<Level, proto.EnforcementLevel> = {
  advisory: EnforcementLevel.ADVISORY,
  mandatory: EnforcementLevel.MANDATORY,
  remediate: EnforcementLevel.REMEDIATE,
  disabled: EnforcementLevel.DISABLED,
};

const severities: Partial<Record<proto.PolicySeverity, PolicyViolation["severity"]>> = {
  [proto.PolicySeverity.POLICY_SEVERITY_LOW]: "low",
  [proto.PolicySeverity.POLICY_SEVERITY_MEDIUM]: "medium",
  [proto.PolicySeverity.POLICY_SEVERITY_HIGH]: "high",
  [proto.PolicySeverity.POLICY_SEVERITY_CRITICAL]: "critical",
};

function levelFromWire(level: proto.EnforcementLevel): Level {
  return (Object.keys(levels) as Level[]).find((name) => levels[name] === level) ?? "disabled";
}

/** A policy pack, which serves Pulumi's Analyzer. */
export class Analyzer {
  private constructor(
    private readonly client: AnalyzerClient,
    /** Name, version and number of rules in force. */
    readonly summary: PolicyPackSummary,
    private readonly remediates: boolean,
    private readonly descriptions: ReadonlyMap<string, string>,
    private readonly frames: Frames,
  ) {}

  /**
   * Connects to a pack, sends it the stack's data and configures its rules.
   *
   * @param address where the pack serves
   */
  static async connect(
    pack: PackJob,
    address: string,
    identity: StackIdentity,
    config: StackConfig,
  ): Promise<Analyzer> {
    const client = new AnalyzerClient(address, grpc.credentials.createInsecure());
    const [info] = await Promise.all([
      call<Empty, proto.AnalyzerInfo>(client, "getAnalyzerInfo", new Empty()),
      call(client, "configureStack", stackRequest(identity, config)),
    ]);
    const rules = info.getPoliciesList().map(toRule);
    const initial: PackConfig = {};
    for (const [name, value] of info.getInitialconfigMap().entries()) {
      initial[name] = {
        level: levelFromWire(value.getEnforcementlevel()),
        properties: value.getProperties()?.toJavaScript(),
      };
    }
    const where = pack.configFile ?? `the policy pack ${info.getName()}`;
    const resolved = resolvePackConfig({ where, closed: pack.closed }, rules, initial, pack.config);
    await call(client, "configure", configureRequest(resolved));
    const inForce = Object.values(resolved).filter((rule) => rule.level !== "disabled");
    return new Analyzer(
      client,
      // The version in PulumiPolicy.yaml comes before the one in package.json, as in the engine.
      {
        name: info.getName(),
        version: pack.version ?? info.getVersion(),
        policies: inForce.length,
      },
      inForce.some((rule) => rule.level === "remediate"),
      new Map(rules.map((rule) => [rule.name, rule.description])),
      new Frames(pack.directory),
    );
  }

  /** Applies the pack's remediations to a resource: returns its inputs, changed or not. */
  async remediate(
    resource: PlannedResource,
    provider: PlannedResource | undefined,
    verdict: PolicyVerdict,
  ): Promise<PropertyBag> {
    if (!this.remediates) return resource.inputs;
    const request = analyzeRequest(resource, provider, { internalKeys: true });
    const response = await this.call<proto.RemediateResponse>("remediate", request);
    let { inputs } = resource;
    for (const remediation of response.getRemediationsList()) {
      const policy = remediation.getPolicyname();
      const pack = this.summary.name;
      const message = remediation.getDiagnostic();
      if (message) verdict.undecided.push({ pack, policy, urn: resource.urn, message });
      const properties = remediation.getProperties()?.toJavaScript();
      if (!properties) continue;
      const changed = fromWire(properties) as PropertyBag;
      const names = changedKeys(inputs, changed);
      inputs = changed;
      if (names.length) {
        verdict.remediations.push({ pack, policy, urn: resource.urn, properties: names });
      }
    }
    return inputs;
  }

  /** Lets the pack's resource rules judge a resource. */
  async analyze(
    resource: PlannedResource,
    provider: PlannedResource | undefined,
    verdict: PolicyVerdict,
  ): Promise<void> {
    const request = analyzeRequest(resource, provider, { internalKeys: false });
    const response = await this.call<proto.AnalyzeResponse>("analyze", request);
    this.record(response.getDiagnosticsList(), resource.urn, verdict);
  }

  /** Lets the pack's stack rules judge all resources together. */
  async analyzeStack(resources: readonly StackResource[], verdict: PolicyVerdict): Promise<void> {
    const request = analyzeStackRequest(resources);
    const response = await this.call<proto.AnalyzeResponse>("analyzeStack", request);
    this.record(response.getDiagnosticsList(), undefined, verdict);
  }

  private async call<Response>(name: AnalyzerMethod, request: unknown): Promise<Response> {
    try {
      return await call<unknown, Response>(this.client, name, request);
    } catch (error) {
      const { details } = error as grpc.ServiceError;
      const failure = toFailure(this.frames, { message: details });
      const message = `policy pack ${this.summary.name} failed: ${failure.message}`;
      throw new PreviewError("policy", [{ ...failure, message }]);
    }
  }

  private record(
    diagnostics: readonly proto.AnalyzeDiagnostic[],
    resourceUrn: string | undefined,
    verdict: PolicyVerdict,
  ): void {
    for (const diagnostic of diagnostics) {
      const policy = diagnostic.getPolicyname();
      const urn = diagnostic.getUrn() || resourceUrn;
      const about = { pack: this.summary.name, policy, ...(urn && { urn }) };
      const message = this.withoutDescription(policy, diagnostic);
      const level = levelFromWire(diagnostic.getEnforcementlevel());
      if (unknownValueMessage.test(message)) {
        verdict.undecided.push({ ...about, message: message.replace(unknownValueMessage, "") });
      } else if (level === "advisory" && undecidedMarker.test(message)) {
        verdict.undecided.push({ ...about, message: message.replace(undecidedMarker, "$1") });
      } else if (level !== "disabled") {
        const severity = severities[diagnostic.getSeverity()];
        verdict.violations.push({
          ...about,
          enforcementLevel: level === "advisory" ? "advisory" : "mandatory",
          message: message.replace(exemptMarker, ""),
          ...(severity && { severity }),
          ...(exemptMarker.test(message) && { exempt: true as const }),
        });
      }
    }
  }

  /** What the rule itself said: the SDK puts the rule's description on a line in front of it. */
  private withoutDescription(policy: string, diagnostic: proto.AnalyzeDiagnostic): string {
    const message = diagnostic.getMessage();
    const description = diagnostic.getDescription() || this.descriptions.get(policy) || "";
    return description && message.startsWith(`${description}\n`)
      ? message.slice(description.length + 1)
      : message;
  }
}

type AnalyzerMethod =
  "analyze" | "analyzeStack" | "remediate" | "getAnalyzerInfo" | "configure" | "configureStack";

/** One call, as a promise. The generated client has an overload for each method that all look like this. */
function call<Request, Response>(
  client: AnalyzerClient,
  name: AnalyzerMethod,
  request: Request,
): Promise<Response> {
  type Unary = (
    request: Request,
    callback: (error: grpc.ServiceError | null, response: Response) => void,
  ) => void;
  const method = (client[name] as unknown as Unary).bind(client);
  return new Promise((resolve, reject) => {
    method(request, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

function toRule(info: proto.PolicyInfo): Rule {
  const schema = info.getConfigschema();
  return {
    name: info.getName(),
    description: info.getDescription(),
    level: levelFromWire(info.getEnforcementlevel()),
    schema: schema && {
      properties: (schema.getProperties()?.toJavaScript() ?? {}) as Record<
        string,
        Record<string, unknown>
      >,
      required: schema.getRequiredList(),
    },
  };
}

function stackRequest(
  { project, stack }: StackIdentity,
  config: StackConfig,
): proto.AnalyzerStackConfigureRequest {
  const request = new proto.AnalyzerStackConfigureRequest();
  request.setProject(project);
  request.setStack(stack);
  request.setOrganization(ORGANIZATION);
  request.setDryRun(true);
  request.setConfigSecretKeysList(config.secretKeys);
  for (const [key, value] of Object.entries(config.values)) request.getConfigMap().set(key, value);
  return request;
}

function configureRequest(
  resolved: ReturnType<typeof resolvePackConfig>,
): proto.ConfigureAnalyzerRequest {
  const request = new proto.ConfigureAnalyzerRequest();
  for (const [name, { level, properties }] of Object.entries(resolved)) {
    const rule = new proto.PolicyConfig();
    rule.setEnforcementlevel(levels[level]);
    rule.setProperties(
      Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]),
    );
    request.getPolicyconfigMap().set(name, rule);
  }
  return request;
}

function changedKeys(before: PropertyBag, after: PropertyBag): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}
