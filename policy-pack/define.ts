/**
 * How to define a rule: its metadata, and the three results for a resource: it passes (nothing is reported), it
 * violates the rule, or the rule is undecided.
 */
import type {
  EnforcementLevel,
  Policies,
  PolicyConfigSchema,
  PolicyResource,
  PolicyResourceOptions,
  ReportViolation,
  ResourceValidationArgs,
  Severity,
} from "@pulumi/policy";

import { StackGraph } from "../analysis/graph";
import { read, shown, UNKNOWN, unproxied, type Properties } from "../analysis/properties";
import {
  exemptionFor,
  EXEMPTIONS_SCHEMA,
  exemptionsNoted,
  noteExemptions,
  type Exemption,
  type ExemptionUse,
} from "./exemptions";

/** Ids of the public controls that require the same as a rule. */
export interface Controls {
  /** AWS Foundational Security Best Practices and other Security Hub controls: `RDS.2`. */
  readonly securityHub?: readonly string[];
  /** CIS AWS Foundations Benchmark 5.0: `2.2.3`. */
  readonly cis?: readonly string[];
  /** cdk-nag AwsSolutions: `RDS2`. */
  readonly cdkNag?: readonly string[];
  readonly checkov?: readonly string[];
  readonly trivy?: readonly string[];
}

/** The stack's configuration by full key, such as `aws:region`; a group or a list is JSON, as Pulumi passes it. */
export type StackValues = ReadonlyMap<string, string>;

/** The metadata of a rule. */
export interface RuleInfo<Config> {
  /** Name of the policy. Never changes: configurations refer to it. */
  readonly id: string;
  /** What must hold, as one sentence. */
  readonly description: string;
  readonly severity: Severity;
  /** @default none: no public catalogue requires it */
  readonly controls?: Controls;
  /** How to fix a violation. */
  readonly remediation: string;
  /** Page that explains why. */
  readonly url: string;
  /** @default mandatory */
  readonly level?: EnforcementLevel;
  /** Settings with their defaults. @default none */
  readonly defaults?: Config;
  /** The settings with what follows from the stack's own configuration. @default nothing does */
  fromStack?(this: void, config: Config, stack: StackValues): Config;
  /** The form of settings that their defaults do not show: of the items of an empty list. @default from the defaults */
  readonly forms?: Readonly<
    Partial<Record<keyof Config, PolicyConfigSchema["properties"][string]>>
  >;
}

/** A rule's results for one resource. No result is a pass. */
export interface Report {
  /**
   * The rule is violated; the message states the property, what is wrong and how to fix it.
   * `breaks` are those of the rule's controls that this finding breaks.
   * @default all of them
   */
  violation(message: string, breaks?: Controls): void;
  /**
   * The rule is undecided: the named property is not known yet, or for a reason that no update changes, such as ids of
   * resources outside of the plan. `leaves` are those of the rule's controls that it leaves undecided.
   * @default all of them
   */
  undecided(property: string, because?: string, leaves?: Controls): void;
}

/** A resource as rules see it. */
export interface Subject {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly properties: Properties;
  readonly options: PolicyResourceOptions;
  /** The provider's own inputs; values are text, structures JSON. */
  readonly provider?: Properties;
}

/** A rule about single resources. */
export interface ResourceRule<Config = object> extends RuleInfo<Config> {
  /** Type tokens that the rule judges, or a test on the token. */
  readonly types: readonly string[] | ((type: string) => boolean);
  check(subject: Subject, report: Report, config: Config): void;
  /**
   * Fixes the inputs in place, for the level `remediate`; they are Pulumi's own object, which keeps secrets secret.
   * Called only for a resource that violates the rule and is not exempt from it.
   * @default the rule fixes nothing
   */
  remediate?(this: void, inputs: Record<string, unknown>, subject: Subject, config: Config): void;
}

/** A rule about how resources of a stack belong together. */
export interface StackRule<Config = object> extends RuleInfo<Config> {
  check(graph: StackGraph, reportOn: (resource: { urn: string }) => Report, config: Config): void;
}

/** The pack's data of every rule. */
interface HeldRule {
  readonly info: RuleInfo<object>;
  /** Whether the rule judges resources of this type; a stack rule judges all types. */
  readonly concerns: (type: string) => boolean;
  /** The rule as Pulumi's SDK knows it. */
  readonly policy: Policies[number];
  /** The rule's settings: the pack's configuration over the defaults, with what follows from the stack's. */
  readonly settings: (configured: object, stack?: StackValues) => object;
}

/** A rule about single resources, as the pack holds it. */
export interface HeldResourceRule extends HeldRule {
  readonly kind: "resource";
  readonly judge: (subject: Subject, settings: object, reportViolation: ReportViolation) => void;
}

/** A rule about how resources belong together, as the pack holds it. */
export interface HeldStackRule extends HeldRule {
  readonly kind: "stack";
  readonly judge: (graph: StackGraph, settings: object, reportViolation: ReportViolation) => void;
}

/** A rule as the pack holds it. */
export type Rule = HeldResourceRule | HeldStackRule;

/** Prefix of the message of a result that is neither pass nor violation. */
export const UNDECIDED = "undecided: ";

/** Makes a rule about single resources. */
export function resourceRule<Config extends object = object>(
  rule: ResourceRule<Config>,
): HeldResourceRule {
  const { types } = rule;
  const concerns = typeof types === "function" ? types : (type: string) => types.includes(type);
  const { remediate } = rule;
  const settings = settingsOf(rule);
  const judge: HeldResourceRule["judge"] = (subject, configured, reportViolation) => {
    const config = configured as Configured<Config>;
    rule.check(subject, reporter(rule, subject.urn, config, reportViolation), config);
  };
  return {
    info: rule,
    kind: "resource",
    ...{ concerns, settings, judge },
    policy: {
      ...policyInfo(rule),
      validateResource: (args, reportViolation) => {
        if (concerns(args.type)) {
          judge(subjectOf(args), settings(args.getConfig()), reportViolation);
        } else if (!exemptionsNoted(rule.id)) {
          // An exemption is also unused when the stack has no resource that the rule judges.
          settings(args.getConfig());
        }
      },
      ...(remediate && {
        remediateResource: (args: ResourceValidationArgs) => {
          if (!concerns(args.type)) {
            return undefined;
          }
          const config = settings(args.getConfig());
          const subject = subjectOf(args);
          let violated = false;
          rule.check(
            subject,
            {
              violation: () => {
                const { state } = exemptionFor(rule.id, subject.urn, config.exemptions);
                violated ||= state === "none";
              },
              undecided: () => {},
            },
            config,
          );
          if (!violated) {
            return undefined;
          }
          remediate(args.props, subject, config);
          return args.props;
        },
      }),
    },
  };
}

/** Makes a rule about how resources belong together. */
export function stackRule<Config extends object = object>(rule: StackRule<Config>): HeldStackRule {
  const settings = settingsOf(rule);
  const judge: HeldStackRule["judge"] = (graph, configured, reportViolation) => {
    const config = configured as Configured<Config>;
    rule.check(graph, ({ urn }) => reporter(rule, urn, config, reportViolation), config);
  };
  return {
    info: rule,
    kind: "stack",
    concerns: () => true,
    ...{ settings, judge },
    policy: {
      ...policyInfo(rule),
      validateStack: (args, reportViolation) => {
        judge(StackGraph.of(args.resources), settings(args.getConfig()), reportViolation);
      },
    },
  };
}

/**
 * Judges a single property: undecided when it is not known, a violation when `accepts` refuses it. `fix` completes
 * the sentence, for example `set storageEncrypted: true`; `breaks` as for Report.violation, by the value.
 */
export function expect(
  subject: Pick<Subject, "properties">,
  report: Report,
  property: string,
  accepts: (value: unknown) => boolean,
  fix: string,
  breaks?: (value: unknown) => Controls | undefined,
): void {
  const value = read(subject.properties, property);
  if (value === UNKNOWN) {
    report.undecided(property);
  } else if (!accepts(value)) {
    report.violation(`${property} is ${shown(value, property)}; ${fix}.`, breaks?.(value));
  }
}

/** Accepts `true` alone; as a text, too, which SDKs have for switches without a default. */
export const isTrue = (value: unknown): boolean => value === true || value === "true";

/** Accepts every value but `false`, an absent one too: what AWS does by default is on. */
export const isNotFalse = (value: unknown): boolean => value !== false;

/** Accepts every value but `true`, an absent one too. */
export const isNotTrue = (value: unknown): boolean => !isTrue(value);

/** A policy resource of a stack as a subject. */
export function subjectOf(args: ResourceValidationArgs | PolicyResource): Subject {
  return {
    type: args.type,
    name: args.name,
    urn: args.urn,
    properties: unproxied(args.props),
    options: args.opts,
    provider: args.provider && unproxied(args.provider.props),
  };
}

/** What every rule can be told beside its own settings. */
interface Common {
  readonly exemptions: readonly Exemption[];
  readonly advice?: string;
}

type Configured<Config> = Config & Common;

function settingsOf<Config extends object>(
  rule: RuleInfo<Config>,
): (configured: object, stack?: StackValues) => Configured<Config> {
  return (configured, stack = new Map()) => {
    // The engine fills in the schema's defaults; a unit test does not.
    const config = {
      exemptions: [],
      ...rule.defaults,
      ...configured,
    } as unknown as Configured<Config>;
    noteExemptions(rule.id, config.exemptions);
    return rule.fromStack === undefined ? config : { ...config, ...rule.fromStack(config, stack) };
  };
}

function reporter(
  rule: Pick<RuleInfo<object>, "id" | "description">,
  urn: string,
  config: Common,
  reportViolation: ReportViolation,
): Report {
  // The runtime also accepts an object with a level of its own; the types declare only the text.
  const report = reportViolation as unknown as (finding: {
    message: string;
    urn: string;
    enforcementLevel?: EnforcementLevel;
    /** Read by this project's own tools; Pulumi's runtime ignores it. */
    breaks?: Controls;
  }) => void;
  return {
    violation(message, breaks) {
      const use: ExemptionUse = exemptionFor(rule.id, urn, config.exemptions);
      if (use.state === "exempt") {
        report({ urn, message: `exempt: ${use.reason} ${message}`, enforcementLevel: "advisory" });
      } else {
        const advice = config.advice === undefined ? "" : ` ${config.advice}`;
        const required = breaks === undefined ? "" : requiredBy(breaks);
        report({
          urn,
          message: `${rule.description}\n${message}${required}${advice}${use.note}`,
          ...(breaks && { breaks }),
        });
      }
    },
    undecided(property, because, leaves) {
      const use = exemptionFor(rule.id, urn, config.exemptions, "undecided");
      // With either result the resource would be exempt.
      const state = use.state === "exempt" ? `exempt: ${use.reason} ` : UNDECIDED;
      const why = because === undefined ? " before the first update" : `: ${because}`;
      const required = leaves === undefined ? "" : requiredBy(leaves);
      const message = `${state}${property} is not known${why}.${required}`;
      report({ urn, message, enforcementLevel: "advisory", ...(leaves && { breaks: leaves }) });
    },
  };
}

/** Which controls require it, where a rule stands for several that require different things. */
function requiredBy(breaks: Controls): string {
  const ids = Object.values(breaks).flat() as string[];
  return ids.length === 0 ? NOT_REQUIRED : ` Required by ${ids.join(", ")}.`;
}

const NOT_REQUIRED = " No public control requires it.";

/**
 * Which of its rule's controls a finding breaks, by its message: Pulumi's protocol carries nothing else of it. All of them where
 * the message names none.
 */
export function controlsBroken(message: string, controls: Controls): string[] {
  const tags = controlTags(controls);
  if (message.includes(NOT_REQUIRED)) {
    return [];
  }
  const ids = / Required by ((?:[\w.-]+, )*[\w.-]+)\.(?:\s|$)/.exec(message)?.[1]?.split(", ");
  return ids === undefined
    ? tags
    : tags.filter((tag) => ids.includes(tag.slice(tag.indexOf(":") + 1)));
}

function policyInfo(rule: RuleInfo<object>) {
  return {
    name: rule.id,
    description: rule.description,
    severity: rule.severity,
    enforcementLevel: rule.level,
    remediationSteps: rule.remediation,
    url: rule.url,
    tags: controlTags(rule.controls ?? {}),
    configSchema: {
      properties: {
        ...schemaOf(rule.defaults ?? {}),
        ...rule.forms,
        exemptions: EXEMPTIONS_SCHEMA,
        // Why a stack changes the rule, for readers of the configuration.
        reason: { type: "string" as const },
        // The program's own settings that fix a violation, added to its message.
        advice: { type: "string" as const },
      },
    },
  };
}

/** `securityHub:RDS.2`, `checkov:CKV_AWS_17` and so on. */
export function controlTags(controls: Controls): string[] {
  return Object.entries(controls).flatMap(([catalogue, ids]) =>
    (ids as readonly string[]).map((id) => `${catalogue}:${id}`),
  );
}

function jsonType(value: unknown) {
  return typeof value as "string" | "number" | "boolean" | "object";
}

/** JSON schema of a rule's settings, from their defaults. */
function schemaOf(defaults: object) {
  return Object.fromEntries(
    Object.entries(defaults).map(([key, value]: [string, unknown]) => [
      key,
      Array.isArray(value)
        ? { type: "array" as const, items: { type: jsonType(value[0] ?? "") }, default: value }
        : { type: jsonType(value), default: value },
    ]),
  );
}
