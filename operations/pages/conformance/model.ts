/**
 * Demands of the owner's architecture document, held against a plan.
 *
 * A row is a line: `words | where | property | the document's value | decision`. The decision is missing where the plan has
 * exactly what the document says; otherwise it is the beginning of an entry of docs/decisions.md. Where is
 *
 * - `ecs/service crm-core`: a planned resource, by the middle of its type and its name, in which `*` stands for anything;
 * - `provider aws`: the provider that every resource has;
 * - `count ec2/subnet crm-db-`: how many resources have such a name, at the least with `atleast`; a name that ends in `-` is a beginning. A count finds
 *   one or more: `none` is for what must not be there, where others have such a type and such a name;
 * - `objective region lost`: what a loss costs at most, derived from the plan, at most the document's hours;
 * - `spot`: the share of the tasks that Spot runs at rest;
 * - `stated`: what no plan has, in words; only for what differs by a decision;
 * - `test tests/x.test.ts`, `page docs/x.md`: a test by its title, a page by its heading, for what no property shows. Such a row is not
 *   counted as exact: a plan cannot change it.
 *
 * With `recovery: ` before it the place is in the recovery stack's plan. A row whose place is not in the plan is open, whatever it names as
 * its decision.
 *
 * A property is a path: `rules[id=move_to_ia].status`, through texts that are JSON. `@kmsKeyId` is the name of the resources
 * that a value is made of, `@rules~crm-key` of these the one that is named; `^beforeUpdate` is a hook. `fromPort-toPort` joins two; `:arn`,
 * `:keys`, `:mail`, `:number0`, `:nodes` and `:percent` say how a value is read.
 */
import { spotAtRest } from "../../../analysis/cost/spot";
import type { PlannedResource } from "../../../analysis/plan/model";
import type { PlanOfRecovery } from "../../../analysis/recovery/of-plan";
import { isUnknown, redact } from "../../../analysis/plan/values";
import { isRecord } from "../../../analysis/properties";
import { hours } from "../../../analysis/recovery/objectives";
import { recoveryOf } from "../../../tools/report/recovery";

export interface Row {
  readonly words: string;
  readonly where: string;
  readonly property: string;
  readonly documented: string;
  /** Beginning of an entry of docs/decisions.md. */
  readonly decision?: string;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** A section of the document, a line a row. */
export function section(title: string, ...lines: readonly string[]): Section {
  const rows = lines.map((line): Row => {
    const cells = line.split(/\s*(?<!\\)\|\s*/).map((cell) => cell.replaceAll("\\|", "|"));
    const [words, where, property, documented, decision, ...more] = cells;
    if (documented === undefined || more.length > 0) {
      throw new Error(`${title}: expected words, where, property, value and perhaps a decision, got ${line}`);
    }
    return { words: words!, where: where!, property: property!, documented, ...(decision && { decision }) };
  }); // prettier-ignore
  return { title, rows };
}

/** The plans that rows read. */
export type Plans = Readonly<Record<"production" | "recovery", PlanOfRecovery>>;

/** What stands at a row's place, in the document's form. */
export interface Found {
  readonly value: string;
  readonly verdict: "exact" | "decided" | "shown" | "open";
}

/** In a row's place where the plan has nothing that it names: no decision excuses that. */
export const NOTHING = "no such resource";

/** What a row finds in the plans. */
export function foundBy(row: Row, { production, recovery }: Plans): Found {
  const isRecovery = row.where.startsWith(IN_RECOVERY);
  const where = isRecovery ? row.where.slice(IN_RECOVERY.length) : row.where;
  const [kind = "", ...rest] = where.split(" ");
  if (kind === "test" || kind === "page") return { value: `see the ${kind}`, verdict: "shown" };
  const plan = isRecovery ? recovery : production;
  if (kind === "objective") return objective(row, rest.join(" "), plan);
  const value = valueOf(row, [kind, ...rest], plan.resources);
  if (value === row.documented) return { value, verdict: "exact" };
  return { value, verdict: row.decision === undefined || value === NOTHING ? "open" : "decided" };
}

const IN_RECOVERY = "recovery: ";

function valueOf(row: Row, where: readonly string[], resources: readonly PlannedResource[]): string {
  const [kind = "", name = "", third = ""] = where;
  if (kind === "stated") return row.property;
  if (kind === "spot") return `${Math.round(spotAtRest(resources)?.percent ?? 0)} %`;
  if (kind === "count" || kind === "atleast" || kind === "none") {
    const ofName = resources.filter((one) => named(one.name, third));
    const ofType = resources.filter((one) => middle(one) === name);
    const found = ofName.filter((one) => middle(one) === name).length;
    const isThere = kind === "none" ? ofName.length > 0 && ofType.length > 0 : found > 0;
    if (!isThere) return NOTHING;
    return kind === "atleast" && found > Number(row.documented) ? row.documented : `${found}`;
  }
  const resource = resources.find((one) =>
    kind === "provider"
      ? one.type === `pulumi:providers:${name}`
      : middle(one) === kind && named(one.name, name),
  );
  return resource === undefined ? NOTHING : valueAt(resource, row.property);
} // prettier-ignore

/** `at most 4 h` of data or time, in a loss of some kind. */
function objective(row: Row, scenario: string, plan: Plans["production"]): Found {
  const worst = recoveryOf(plan).find((one) => one.scenario === scenario);
  const minutes = worst?.[row.property as "lossMinutes" | "restoreMinutes"];
  if (minutes === undefined) {
    return { value: worst === undefined ? NOTHING : "not recovered", verdict: "open" };
  }
  const most = Number(/^at most (\d+) h$/.exec(row.documented)![1]) * 60;
  return { value: hours(minutes), verdict: minutes <= most ? "exact" : "open" };
}

const middle = ({ type }: PlannedResource) => (type.startsWith("aws:") ? type.split(":")[1] : "");

function named(name: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern.endsWith("-") ? name.startsWith(first) : name === first;
  return name.startsWith(first) && name.endsWith(rest.join("*"));
}

function valueAt(resource: PlannedResource, property: string): string {
  if (property.startsWith("@")) {
    const [input = "", one] = property.slice(1).split("~");
    const names = (resource.propertyDependencies[input] ?? []).map((urn) => urn.split("::").at(-1)!);
    return one !== undefined && names.includes(one) ? one : [...new Set(names)].join(", ") || "not set";
  } // prettier-ignore
  if (property.startsWith("^")) return resource.hooks[property.slice(1)]?.join(", ") ?? "not set";
  const [path = "", form = ""] = property.split(/:(?=\w+$)/);
  if (form === "nodes") {
    const { numNodeGroups, replicasPerNodeGroup } = resource.inputs;
    return `${Number(numNodeGroups) * (Number(replicasPerNodeGroup) + 1)}`;
  }
  const values = path.split(/-(?![^[]*\])/).map((one) => formed(follow(redact(resource.inputs), one), form));
  return values.join("-");
} // prettier-ignore

/** A path's segments: names, places in lists, `[key=value]` of lists. */
function follow(start: unknown, path: string): unknown {
  const segments = path.match(/\[[^\]]*\]|[^.[\]]+/g) ?? [];
  return segments.reduce((value: unknown, segment) => {
    const inside = typeof value === "string" && /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value;
    if (!segment.startsWith("[")) return (inside as Record<string, unknown> | undefined)?.[segment];
    const [key = "", wanted] = segment.slice(1, -1).split("=");
    const list: readonly unknown[] = Array.isArray(inside) ? inside : [];
    return list.find((one) => isRecord(one) && one[key] === wanted);
  }, start); // prettier-ignore
}

function formed(value: unknown, form: string): string {
  if (value === undefined) return "not set";
  if (isUnknown(value)) return "known after its creation";
  const text = Array.isArray(value) ? value.join(", ") : plain(value);
  switch (form) {
    case "arn":
      return text.split(":").at(-1)!;
    case "keys":
      return isRecord(value) ? Object.keys(value).join(", ") : text;
    case "mail":
      return /^[^@\s]+@[^@\s]+$/.test(text) ? "a mail address" : text;
    case "percent":
      return `${text} %`;
    case "":
      return text;
    default:
      return text.match(/\d+/g)?.[Number(form.replace(/\D/g, ""))] ?? text;
  }
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
