/**
 * What a principal may do and might not before: actions, resources, principals and conditions of every policy document in the
 * two plans, statement by statement. A permission that an old statement covers is none; where that cannot be told, it counts.
 */
import { covers } from "../iam";
import type { PlannedResource } from "../plan/model";
import { containsSecret, isUnknown, REDACTED, reveal } from "../plan/values";
import type { Pair } from "./pairs";
import { documentOf } from "./values";

/** A permission that is there now and was not. */
export interface Widening {
  readonly urn: string;
  /** Name of the resource that holds the policy. */
  readonly name: string;
  readonly type: string;
  /** What may be done now, in one line. */
  readonly says: string;
}

/** One permission of a statement, with everything that narrows it. */
interface Atom {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** All have to hold: the more there are, the narrower it is. */
  readonly conditions: readonly Condition[];
}

/** One operator about one key. */
interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

type Shape = Record<string, unknown>;

/** All that widens, in the order of the resources. */
export function wideningsOf(
  pairs: readonly Pair[],
  added: readonly PlannedResource[],
  byUrn: ReadonlyMap<string, PlannedResource>,
): Widening[] {
  const of = (old: PlannedResource | undefined, now: PlannedResource): Widening[] =>
    [...policyLines(old, now), ...attachmentLines(old, now, byUrn)].map((says) => ({
      ...{ urn: now.urn, name: now.name, type: now.type, says },
    }));
  return [
    ...pairs.flatMap(({ old, now }) => of(old, now)),
    ...added.flatMap((resource) => of(undefined, resource)),
  ];
}

function policyLines(old: PlannedResource | undefined, now: PlannedResource): string[] {
  const [before, after] = [old, now].map((one) => documentsIn(one?.inputs ?? {})) as [
    Map<string, Shape>,
    Map<string, Shape>,
  ];
  const places = new Set([...before.keys(), ...after.keys()]);
  return [...places].flatMap((place) => {
    const [one, other] = [before.get(place), after.get(place)];
    if (other !== undefined) {
      const known = one !== undefined || old === undefined || !isUnknown(old.inputs[place]);
      if (!known) return [`${place}: was not known, and is compared with nothing`];
      const more = widened(one, other);
      const [property = ""] = place.split(/[.[]/);
      const hidden = [old, now].some((side) => containsSecret(side?.inputs[property]));
      return hidden && more.length > 0
        ? [`${place}: allows more than before; the document is secret`]
        : more;
    }
    return isUnknown(now.inputs[place]) ? [`${place}: not known before the update`] : [];
  });
}

/** Every policy document in a resource's inputs, by its place. */
function documentsIn(inputs: Shape): Map<string, Shape> {
  const found = new Map<string, Shape>();
  const visit = (value: unknown, place: string): void => {
    if (typeof value === "string" && value.includes('"Statement"')) {
      const document = documentOf(value);
      if (document !== undefined) found.set(place, document as Shape);
    } else if (Array.isArray(value)) {
      value.forEach((one, index) => visit(one, `${place}[${index}]`));
    } else if (typeof value === "object" && value !== null) {
      for (const [name, one] of Object.entries(value)) visit(one, `${place}.${name}`);
    }
  };
  for (const [name, value] of Object.entries(inputs)) visit(reveal(value), name);
  return found;
}

/** What the one document allows and the other did not; what the other denied and the one does not. */
export function widened(old: Shape | undefined, now: Shape): string[] {
  const [allowed, allows] = [old, now].map((one) => atomsOf(one, "Allow")) as [Atom[], Atom[]];
  const [denied, denies] = [old, now].map((one) => atomsOf(one, "Deny")) as [Atom[], Atom[]];
  const more = allows.filter((atom) => !allowed.some((other) => contains(other, atom)));
  const less = denied.filter((atom) => !denies.some((other) => contains(other, atom)));
  return [
    ...grouped(more).map((atom) => {
      // The same under more conditions; under other ones it is another permission.
      const same = allowed.filter(
        (other) =>
          contains({ ...other, conditions: [] }, atom) &&
          atom.conditions.every((one) => other.conditions.some((wider) => implies(one, wider))),
      );
      const dropped = same.flatMap(({ conditions }) =>
        conditions.filter((one) => !atom.conditions.some((inner) => implies(inner, one))),
      );
      const without = dropped.length > 0 ? `, no longer only if ${conditionText(dropped)}` : "";
      return `${sentence(atom, "may")}${without}`;
    }),
    ...grouped(less).map((atom) => `${sentence(atom, "is no longer denied")}`),
  ];
}

/** Atoms that differ only in their action, as one. */
function grouped(atoms: readonly Atom[]): Atom[] {
  const groups = new Map<string, Atom>();
  for (const atom of atoms) {
    const key = JSON.stringify([atom.principal, atom.resource, atom.conditions]);
    const one = groups.get(key);
    groups.set(key, one === undefined ? atom : { ...one, action: `${one.action}, ${atom.action}` });
  }
  return [...groups.values()];
}

function sentence({ principal, action, resource, conditions }: Atom, verb: string): string {
  const who = principal === "" ? "" : `${principal} `;
  const where = resource === "" ? "" : ` on ${resource}`;
  const when = conditions.length > 0 ? ` if ${conditionText(conditions)}` : "";
  return `${who}${verb} ${action}${where}${when}`;
}

function atomsOf(document: Shape | undefined, effect: string): Atom[] {
  const statements = listOf(document?.["Statement"]) as Shape[];
  return statements
    .filter((one) => one["Effect"] === effect)
    .flatMap((one) => {
      const conditions = conditionsOf(one["Condition"]);
      return principalsOf(one).flatMap((principal) =>
        texts(one, "Action").flatMap((action) =>
          texts(one, "Resource").map((resource) => ({ principal, action, resource, conditions })),
        ),
      );
    });
}

/** `Action` and `NotAction` alike; nothing at all stands for a place without resources. */
function texts(statement: Shape, key: string): string[] {
  const named = listOf(statement[key]).map(String);
  if (named.length > 0) return named;
  const not = listOf(statement[`Not${key}`]).map(String);
  return [not.length > 0 ? `everything but ${not.join(", ")}` : ""];
}

function principalsOf(statement: Shape): string[] {
  const { Principal: named, NotPrincipal: not } = statement;
  const list = (value: unknown): string[] =>
    typeof value === "string"
      ? [value === "*" ? "everybody" : value]
      : Object.entries((value ?? {}) as Shape).flatMap(([kind, ids]) =>
          listOf(ids).map((id) => (id === "*" && kind === "AWS" ? "everybody" : String(id))),
        );
  if (named !== undefined) return list(named);
  return [not === undefined ? "" : `everybody but ${list(not).join(", ")}`];
}

function conditionsOf(condition: unknown): Condition[] {
  return Object.entries((condition ?? {}) as Shape).flatMap(([operator, keys]) =>
    Object.entries((keys ?? {}) as Shape).map(([key, values]) => ({
      ...{ operator, key, values: listOf(values).map(String).sort() },
    })),
  );
}

function conditionText(conditions: readonly Condition[]): string {
  const texts = conditions.map(
    ({ operator, key, values }) => `${operator} ${key} ${values.join(", ")}`,
  );
  return [...new Set(texts)].sort().join(" and ");
}

/**
 * Whether what the inner one lets through the outer one lets through as well. Source: IAM User Guide, "Conditions with
 * multiple context keys or values": one of the values has to match, of a negated operator none may.
 */
function implies(inner: Condition, outer: Condition): boolean {
  const named = ({ operator, key }: Condition) => `${operator} ${key}`.toLowerCase();
  if (named(inner) !== named(outer)) return false;
  const patterns = /Like|Arn/i.test(inner.operator);
  const within = (values: readonly string[], of: readonly string[]) =>
    values.every((value) => of.some((one) => one === value || (patterns && covers(one, value))));
  return /Not/i.test(inner.operator)
    ? within(outer.values, inner.values)
    : within(inner.values, outer.values);
}

function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** Whether the outer one allows at least what the inner one does. */
function contains(outer: Atom, inner: Atom): boolean {
  const within = (pattern: string, text: string) =>
    pattern === text || (!/^everything but /.test(pattern + text) && covers(pattern, text));
  return (
    (outer.principal === inner.principal || outer.principal === "everybody") &&
    within(outer.action, inner.action) &&
    within(outer.resource, inner.resource) &&
    outer.conditions.every((one) => inner.conditions.some((narrower) => implies(narrower, one)))
  );
}

/** What a resource grants without a document: a managed policy for a role, a caller for a function. */
function attachmentLines(
  old: PlannedResource | undefined,
  now: PlannedResource,
  byUrn: ReadonlyMap<string, PlannedResource>,
): string[] {
  const differs = (...names: readonly string[]) =>
    old === undefined ||
    names.some((name) => JSON.stringify(old.inputs[name]) !== JSON.stringify(now.inputs[name]));
  const text = (name: string) => {
    const value = now.inputs[name];
    const [of] = now.propertyDependencies[name] ?? [];
    if (containsSecret(value)) return REDACTED;
    return typeof value === "string" && !isUnknown(value)
      ? value
      : (byUrn.get(of ?? "")?.name ?? "what is not known yet");
  };
  if (/^aws:iam\/\w*[pP]olicyAttachment:/.test(now.type) && differs("policyArn", "role")) {
    return [`${text("role")} gets the policy ${text("policyArn")}`];
  }
  const isPermission = now.type === "aws:lambda/permission:Permission";
  if (isPermission && differs("principal", "action", "sourceArn", "sourceAccount")) {
    return [`${text("principal")} may ${text("action")} on ${text("function")}`];
  }
  return [];
}
