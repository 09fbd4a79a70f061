/**
 * The plan: what a preview of a stack yields, and what every command that reads one (policy verdict,
 * cost, recovery, diagram, guard) works on. Plain data, no Pulumi import: cheap to load.
 *
 * Values (`inputs`, `outputs`, `state`) are plain JSON with three additions, all in the form in which
 * Pulumi itself sends them over its protocols (see `values.ts` for helpers):
 *  - an unknown value is the string {@link UNKNOWN};
 *  - a secret is `{ [SIGNATURE]: SECRET_SIGNATURE, value: <plain> }` (never print it: `redact`);
 *  - an asset or archive is an object whose `[SIGNATURE]` is its own signature.
 */
import type { MeasuredDuration } from "../../facts/duration-rows";
import type { About } from "../about";
import type { OwnAssumptions } from "../capacity/assumed";

/** Pulumi's marker for a value that is not known before the resource exists. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Key by which Pulumi's protocols mark special objects (secrets, assets, references). */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** Value of {@link SIGNATURE} for a reference to a resource. */
export const RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e";

/** Value of {@link SIGNATURE} for a secret. */
export const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** Type token of the root of every component tree. */
export const STACK_TYPE = "pulumi:pulumi:Stack";

/** Property name to plain value, unknown marker or secret. */
export type PropertyBag = Record<string, unknown>;

/** Seconds that Pulumi waits for an operation; absent means the provider's default. */
export interface CustomTimeouts {
  create?: number;
  update?: number;
  delete?: number;
}

/** One resource that the program (or a remote component on its behalf) registers. */
export interface PlannedResource {
  urn: string;
  /** Type token, such as `aws:ec2/vpc:Vpc`. */
  type: string;
  /** Logical name, unique for its type under its parent. */
  name: string;
  /** URN of the parent; absent only on the stack itself and on default providers. */
  parent?: string;
  /** True for a resource that a provider manages, false for a component. */
  custom: boolean;
  /** True for a component whose children another process registers. */
  remote: boolean;
  /** True for a remote component whose children are not in the plan; absent for all others. */
  closed?: true;
  inputs: PropertyBag;
  /** URNs of all resources that this one waits for. */
  dependencies: string[];
  /** Input name to the URNs whose outputs its value is made of. */
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  /** Absent: the provider decides. */
  deleteBeforeReplace?: boolean;
  retainOnDelete: boolean;
  /** URNs under which an existing resource would be adopted. */
  aliases: string[];
  additionalSecretOutputs: string[];
  customTimeouts: CustomTimeouts;
  /** `<provider urn>::<id>`; empty for components. */
  provider: string;
  /** Version of the provider plugin that the SDK requests; empty if it names none. */
  version: string;
  /** Names of the resource hooks bound to this resource, by when they run (`beforeCreate` ...). */
  hooks: Record<string, string[]>;
  /** True for a resource that is read from the cloud and not managed by the stack. */
  external: boolean;
  /** The id by which it is read; absent for what the stack manages. */
  id?: string;
  /** Where the program makes it, `components/network/network.ts:12`; absent for what the program did not write. */
  source?: string;
  /** Outputs that a component registered, or a remote one returned; absent if none. */
  outputs?: PropertyBag;
}

/** What `RemoteExpander` needs to know of a remote component's registration. */
export interface RemoteRequest {
  project: string;
  stack: string;
  urn: string;
  type: string;
  name: string;
  parent?: string;
  inputs: PropertyBag;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  /** Provider references that children inherit, by package name (`aws`). */
  providers: Record<string, string>;
  /** Region of the component's provider; assumed if none is configured. Absent: not known. */
  region?: () => string;
  /** Notes what is taken as most accounts have it. */
  assume?: (what: string) => void;
  /** Outputs of a child that are known beside its inputs. Absent: none. */
  assigned?: (child: RemoteChild) => PropertyBag;
}

/** A child as an expander returns it: everything that differs from a plain registration. */
export type RemoteChild = Pick<
  PlannedResource,
  "urn" | "type" | "name" | "inputs" | "dependencies" | "propertyDependencies"
> &
  Partial<Omit<PlannedResource, "parent">> & { parent: string };

/** The children that a remote component would register, and its outputs. */
export interface RemoteExpansion {
  /** In the order of registration: a parent comes before its children. */
  children: RemoteChild[];
  /** Outputs of the component. */
  state: PropertyBag;
  /** Output name to the URNs of the resources that it is made of. */
  stateDependencies: Record<string, string[]>;
}

/** Does offline what a remote component's provider does in `Construct`. Throws on inputs it cannot expand. */
export type RemoteExpander = (request: RemoteRequest) => RemoteExpansion;

/** A line that the program or the pack logged. */
export interface Diagnostic {
  severity: "info" | "warning" | "error";
  message: string;
  /** Resource that it is about, if any. */
  urn?: string;
}

/** A policy pack that ran. */
export interface PolicyPackSummary {
  name: string;
  version: string;
  /** Number of rules that the pack enforces (those not disabled). */
  policies: number;
  /** Planned types that none of its rules judges; absent if the pack does not say so, or was not asked. */
  unjudged?: readonly string[];
}

/** A violated rule. */
export interface PolicyViolation {
  pack: string;
  policy: string;
  enforcementLevel: "mandatory" | "advisory";
  /** Absent for a finding of a stack rule that names no resource. */
  urn?: string;
  message: string;
  severity?: "low" | "medium" | "high" | "critical";
  /** Whether an exemption of the stack covers it: it is shown with its reason, and stops nothing. */
  exempt?: true;
}

/** How a violation counts: what is exempt is neither mandatory nor advisory to a reader. */
export function kindOf({
  enforcementLevel,
  exempt,
}: Pick<PolicyViolation, "enforcementLevel" | "exempt">): "mandatory" | "advisory" | "exempt" {
  return exempt ? "exempt" : enforcementLevel;
}

/** A rule that could not be decided, because a value that it needs is unknown before the first `up`. */
export interface PolicyUndecided {
  pack: string;
  policy: string;
  urn?: string;
  message: string;
}

/** A rule that changed a resource's inputs, as it would under `pulumi up`. */
export interface PolicyRemediation {
  pack: string;
  policy: string;
  urn: string;
  /** Names of the properties that it changed. */
  properties: string[];
}

/** Everything the packs said. */
export interface PolicyVerdict {
  packs: PolicyPackSummary[];
  violations: PolicyViolation[];
  undecided: PolicyUndecided[];
  remediations: PolicyRemediation[];
}

/** What a team measured on its own stacks; it wins over what facts and assumptions say. */
export interface Measured {
  readonly durations: readonly MeasuredDuration[];
  /** Values by the id of an assumption of `analysis/cost/usage.json`. */
  readonly usage: Readonly<Record<string, number>>;
  /** What a request takes, by the ids of `analysis/capacity/assumptions.json`; absent: not measured. */
  readonly capacity?: OwnAssumptions;
}

/** The result of a preview. */
export interface Plan {
  project: string;
  stack: string;
  /** In the order of registration, the stack first; default providers are not listed. */
  resources: PlannedResource[];
  /** The file with which the program starts, from where its places count; absent where none is found. */
  program?: string;
  /** The stack's exports. */
  outputs: PropertyBag;
  policies: PolicyVerdict;
  /** Warnings and notes of the program and the packs. */
  diagnostics: Diagnostic[];
  /** Wall-clock time from start to verdict, in milliseconds. */
  durationMs: number;
  /** The content of `Pulumi.<stack>.measured.json` beside the stack file; absent without the file. */
  measured?: Measured;
  /** What stands in `capacity/assumptions.json` beside the stack file; absent without one. */
  assumptions?: OwnAssumptions;
  /** What stands in `about.json` beside the stack file; absent without one. */
  about?: About;
  /** Keys of the settings that the stack's file has, with their namespace: `crm:database`. */
  settings?: readonly string[];
  /** The setting `aws:region`; absent without it, or if it is secret. */
  region?: string;
  /** The only account of the setting `aws:allowedAccountIds`; absent without one, or if it is secret. */
  account?: string;
  /** What the second evaluation knows; absent unless it was asked for and something was unknown. */
  foreseen?: Foreseen;
}

/** What follows from the inputs before AWS has made anything: documents with the ARNs, names and ids that AWS will give. */
export interface Foreseen {
  /** By URN, inputs with parts that are unknown in {@link Plan.resources}. */
  readonly inputs: Readonly<Record<string, PropertyBag>>;
  /** The region in the ARNs of what no provider or setting places. */
  readonly region: string;
}
