/**
 * What IAM knows of AWS's services: actions, the types of resources they work on, condition keys.
 *
 * The facts are AWS's Service Authorization Reference, from iam/actions.json, which says where it is from and
 * how old it is; `facts/generate/iam-actions.ts` writes it.
 */
import facts from "./iam/actions.json";

/** What an action does, in AWS's words. */
export type AccessLevel = "List" | "Read" | "Write" | "Permissions management" | "Tagging";

/** An action. */
export interface IamAction {
  /** `s3:GetObject`. */
  readonly name: string;
  readonly levels: readonly AccessLevel[];
  /** Types of resources on which it works; none for an action that takes `*` alone. */
  readonly resources: readonly IamResource[];
  /** Condition keys that its requests may have, beside the global ones; those of its resources included. */
  readonly conditionKeys: readonly string[];
  /** Actions that the caller needs as well; the present version of the source names none. */
  readonly dependentActions: readonly string[];
}

/** A type of resource. */
export interface IamResource {
  /** `bucket`. */
  readonly type: string;
  /** Its ARN with placeholders: `arn:${Partition}:s3:::${BucketName}`. */
  readonly arn: string;
  /** Whether the action needs one of this type. */
  readonly required: boolean;
}

type Row = readonly [
  levels: string,
  resources: string,
  keys: number,
  dependent?: readonly string[],
];

interface Service {
  readonly resources: Readonly<Record<string, string>>;
  /** Lists of condition keys; a row names one by its place. */
  readonly keys: readonly (readonly string[])[];
  readonly actions: Readonly<Record<string, Row>>;
}

const services = facts.services as unknown as Readonly<Record<string, Service>>;

const LEVELS: Readonly<Record<string, AccessLevel>> = {
  L: "List",
  R: "Read",
  W: "Write",
  P: "Permissions management",
  T: "Tagging",
};

/** Where the facts are from. */
export const iamFactsSource: {
  readonly source: string;
  readonly version: string;
  readonly date: string;
} = { source: facts.source, version: facts.version, date: facts.date };

/** Every service's prefix in IAM, also of those whose actions are not kept here. */
export const iamPrefixes: ReadonlySet<string> = new Set(facts.prefixes);

/** Prefixes of the services whose actions are known: `s3`, `kms`. */
export const iamServices: readonly string[] = Object.keys(services);

const names = new Map<string, string>();
for (const [prefix, { actions }] of Object.entries(services)) {
  for (const name of Object.keys(actions)) {
    names.set(`${prefix}:${name}`.toLowerCase(), `${prefix}:${name}`);
  }
}

/** An action by its name, whose case does not matter. */
export function iamAction(action: string): IamAction | undefined {
  const name = names.get(action.toLowerCase());
  if (name === undefined) {
    return undefined;
  }
  const [prefix, short] = name.split(":") as [string, string];
  const service = services[prefix]!;
  const [levels, resources, keys, dependentActions = []] = service.actions[short]!;
  return {
    name,
    levels: [...levels].map((letter) => LEVELS[letter]!),
    resources: resources
      .split(",")
      .filter(Boolean)
      .map((type) => resourceOf(service, type)),
    conditionKeys: service.keys[keys]!,
    dependentActions,
  };
}

/** A type of resource by its service's prefix and name: `route53`, `change`. */
export function iamResource(prefix: string, type: string): IamResource | undefined {
  const arn = services[prefix]?.resources[type];
  return arn === undefined ? undefined : { type, arn, required: false };
}

function resourceOf(service: Service, written: string): IamResource {
  const type = written.replace("*", "");
  return { type, arn: service.resources[type] ?? "", required: written.endsWith("*") };
}

/** What patterns cover: policies repeat a few of them, and each is compared with thousands of names. */
const expanded = new Map<string, readonly string[]>();

/** The actions that a pattern of a policy covers: `s3:Get*`, `*`. */
export function expandActions(pattern: string): readonly string[] {
  let actions = expanded.get(pattern);
  if (actions === undefined) {
    actions = covered(pattern);
    expanded.set(pattern, actions);
  }
  return actions;
}

function covered(pattern: string): readonly string[] {
  const exact = names.get(pattern.toLowerCase());
  if (exact !== undefined) {
    return [exact];
  }
  if (!/[*?]/.test(pattern)) {
    return [];
  }
  const text = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${text}$`, "s");
  return [...names].filter(([lower]) => expression.test(lower)).map(([, name]) => name);
}
