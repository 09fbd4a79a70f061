/**
 * Demands of the owner's architecture document, held against a plan.
 *
 * A row is a line: `words | where | property | the document's value | decision`. The decision is missing where the plan has
 * exactly what the document says; otherwise it is the beginning of an entry of docs/decisions.md. Where is
 *
 * - `ecs/service crm-core`: a planned resource, by the middle of its type and its name;
 * - `provider aws`: the provider that every resource has;
 * - `count ec2/subnet crm-db-`: how many resources have such a name, at the least with `atleast`; `*` stands for anything;
 * - `test tests/x.test.ts`: a test by its title, for what no property shows;
 * - `spot`: the share of the tasks that Spot runs at rest;
 * - `stated`: what no plan has, in words; only for what differs by a decision.
 *
 * A property is a path: `rules[id=move_to_ia].status`, through texts that are JSON. `@kmsKeyId` is the name of the resources
 * that a value is made of, `@rules~crm-key` of these the one that is named. `fromPort-toPort` joins two; `:arn`, `:keys`,
 * `:mail`, `:number0` and `:nodes` say how a value is read.
 */
import { spotAtRest } from "../../../analysis/cost/spot";
import type { PlannedResource } from "../../../analysis/plan/model";
import { isUnknown, redact } from "../../../analysis/plan/values";
import { isRecord } from "../../../analysis/properties";

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

/** What stands in a plan at a row's place, in the document's form. */
export function planned(row: Row, resources: readonly PlannedResource[]): string {
  const [kind = "", name = "", third = ""] = row.where.split(" ");
  if (kind === "test") return row.documented;
  if (kind === "stated") return row.property;
  if (kind === "spot") return `${Math.round(spotAtRest(resources)?.percent ?? 0)} %`;
  if (kind === "count" || kind === "atleast") {
    const found = resources.filter((one) => middle(one) === name && named(one.name, third)).length;
    return kind === "atleast" && found > Number(row.documented) ? row.documented : `${found}`;
  }
  const isProvider = kind === "provider";
  const resource = resources.find((one) =>
    isProvider
      ? one.type === `pulumi:providers:${name}`
      : middle(one) === kind && one.name === name,
  );
  return resource === undefined ? "no such resource" : valueAt(resource, row.property);
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
    return one !== undefined && names.includes(one) ? one : [...new Set(names)].join(", ");
  } // prettier-ignore
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
    case "":
      return text;
    default:
      return text.match(/\d+/g)?.[Number(form.replace(/\D/g, ""))] ?? text;
  }
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
