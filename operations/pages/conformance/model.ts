/**
 * Demands of the owner's architecture document, held against a plan.
 *
 * A row is a line: `words | where | property | the document's value | decision | ground | decided value`. The last three are missing where the plan
 * has exactly what the document says; otherwise they are the beginning of an entry of docs/decisions.md, what of it this row rests on (a page of
 * AWS, or a setting of the owner's), and the value that it decides, in which `…` stands for anything. A third value is open. Where is
 *
 * - `ecs/service crm-core`: a planned resource, by the middle of its type and its name, in which `*` stands for anything; several names have a
 *   comma between them. All that are found are read, and each name finds one at least; where they differ the row shows each value once;
 * - `provider aws`: the provider that every resource has;
 * - `count ec2/subnet crm-db-`: how many resources have such a name; a name that ends in `-` is a beginning. A count finds one or more: `none` is for what
 *   must not be there, where others have such a type and such a name;
 * - `objective region lost`: what a loss costs at most, derived from the plan, at most the document's hours; it names no decided value, which is
 *   what the program promises;
 * - `spot`: the share of the tasks that Spot runs at rest;
 * - `file package.json`: a file of the project, as YAML or JSON; a stack's own, such as `Pulumi.production.yaml`, beside the plan's others;
 * - `test tests/x.test.ts`, `page docs/x.md`: a test by its title, a page by its heading, for what no property shows. Such a row is not
 *   counted as exact: a plan cannot change it.
 *
 * With `recovery: ` or `bootstrap: ` before it the place is in that stack's plan. A row whose place is not in the plan is open, even if it names
 * a decision.
 *
 * A property is a path: `rules[id=move_to_ia].status`, through texts that are JSON. `*` takes all entries of a list, `[~locks]` the one text that
 * contains a word, `[aws:region]` a name with signs in it. `@kmsKeyId` is the name of the resources
 * that a value is made of, `@rules~crm-key` of these the one that is named; `^beforeUpdate` is a hook. `fromPort-toPort` joins two, `cidrIpv4,prefixListId`
 * is the first of two that the plan knows; `:arn`,
 * `:keys`, `:mail`, `:number0`, `:nodes`, `:path`, `:percent`, `:set` and `:type` say how a value is read. A number may be `at least 3`, a share `at least 3 %`.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { spotAtRest } from "../../../analysis/cost/spot";
import type { PlannedResource } from "../../../analysis/plan/model";
import { isUnknown, redact } from "../../../analysis/plan/values";
import { isRecord } from "../../../analysis/properties";
import { hours } from "../../../analysis/recovery/objectives";
import type { PlanOfRecovery } from "../../../analysis/recovery/of-plan";
import { shownValue } from "../../../facts/problem-text";
import { matches } from "../../../policy-pack/exemptions";
import { recoveryOf } from "../../../tools/report/recovery";

export const SERVICE_KEYS = ["auth", "core", "social", "analytics"];

/** What a name of each of the platform's services is, for rows that the document demands of all; workers and tasks of a schedule are none. */
export const ofServices = (ending = ""): string =>
  SERVICE_KEYS.map((name) => `crm-${name}${ending}`).join();

/** Pages of AWS begin so. */
export const AWS = "https://docs.aws.amazon.com";

/** Pages of Pulumi begin so. */
export const PULUMI = "https://www.pulumi.com/docs";

/** The ground of what neither a page nor a setting decides: the task names Pulumi where the document names Terraform. */
export const OWNERS_TASK = "the owner's task";

const ROOT = path.join(__dirname, "..", "..", "..");

export interface Row {
  readonly words: string;
  readonly where: string;
  readonly property: string;
  readonly documented: string;
  readonly decision?: Decision;
}

/** Why a row differs. */
export interface Decision {
  /** Beginning of an entry of docs/decisions.md. */
  readonly entry: string;
  /** What the entry names: the address of a page of AWS or Pulumi, the key of the owner's setting, or the owner's task. */
  readonly ground: string;
  /** What it decides; undefined for a loss. */
  readonly value: string | undefined;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** A section of the document, a line a row. */
export function section(title: string, ...lines: readonly string[]): Section {
  const rows = lines.map((line): Row => {
    const cells = line.split(/\s*(?<!\\)\|\s*/).map((cell) => cell.replaceAll("\\|", "|"));
    const [words, where, property, documented, entry, ground, value, ...more] = cells;
    const isDecided = ground !== undefined && (value !== undefined || where!.startsWith("objective "));
    if (documented === undefined || more.length > 0 || (entry !== undefined && !isDecided)) {
      throw new Error(`${title}: expected words, where, property, value and perhaps a decision with its ground and value, got ${shownValue(line)}`);
    }
    return { words: words!, where: where!, property: property!, documented, ...(entry !== undefined && isDecided && { decision: { entry, ground, value } }) };
  }); // prettier-ignore
  return { title, rows };
}

type StackOfRows = "production" | "recovery" | "bootstrap";

/** The plans that rows read. A project without a bootstrap of its own keeps its state elsewhere. */
export type Plans = Readonly<
  Record<"production" | "recovery", PlanOfRecovery> &
    Partial<Record<"bootstrap", PlanOfRecovery>> & {
      /** Where the plans' stack files stand. @default the project's folder */
      stacks?: string;
    }
>;

/** What stands at a row's place, in the document's form. */
export interface Found {
  readonly value: string;
  readonly verdict: "exact" | "decided" | "shown" | "open";
}

/** In a row's place where the plan has nothing that it names: no decision excuses that. */
export const NOTHING = "no such resource";

/** In a property's place where the plan leaves it out, and where AWS decides it. */
const NOT_SET = "not set";
const NOT_KNOWN = "known after its creation";

/** What a row finds in the plans. */
export function foundBy(row: Row, plans: Plans): Found {
  const [, stack, where = ""] = /^(?:(recovery|bootstrap): )?(.*)$/.exec(row.where)!;
  const [kind = "", ...rest] = where.split(" ");
  if (kind === "test" || kind === "page") return { value: `see the ${kind}`, verdict: "shown" };
  const plan = plans[(stack ?? "production") as StackOfRows] ?? { resources: [] };
  if (kind === "objective") return objective(row, rest.join(" "), plan);
  const value =
    kind === "file"
      ? inFile(rest[0]!, row.property, plans)
      : valueOf(row, [kind, ...rest], plan.resources);
  if (meets(value, row.documented)) return { value, verdict: "exact" };
  return {
    value,
    verdict: value !== NOTHING && isDecided(value, row.decision) ? "decided" : "open",
  };
}

/** Whether a value is what a decision says, and not a third one. */
function isDecided(value: string, decision: Decision | undefined): boolean {
  return decision?.value !== undefined && matches(decision.value, value, "…");
}

function meets(value: string, documented: string): boolean {
  const [, least, unit = ""] = /^at least (\d+)( %)?$/.exec(documented) ?? [];
  if (least === undefined) return value === documented;
  return (
    value.endsWith(unit) && Number(value.slice(0, value.length - unit.length)) >= Number(least)
  );
}

function valueOf(row: Row, where: readonly string[], resources: readonly PlannedResource[]): string {
  const [kind = "", name = "", third = ""] = where;
  if (kind === "spot") return `${Math.round(spotAtRest(resources)?.percent ?? 0)} %`;
  if (kind === "count" || kind === "none") {
    const ofName = resources.filter((one) => named(one.name, third));
    const ofType = resources.filter((one) => middle(one) === name);
    const found = ofName.filter((one) => middle(one) === name).length;
    const isThere = kind === "none" ? ofName.length > 0 && ofType.length > 0 : found > 0;
    return isThere ? `${found}` : NOTHING;
  }
  if (kind === "provider") {
    const provider = resources.find(({ type }) => type === `pulumi:providers:${name}`);
    return provider === undefined ? NOTHING : valueAt(provider, row.property);
  }
  const ofKind = resources.filter((one) => middle(one) === kind);
  const found = name.split(",").map((one) => ofKind.filter((resource) => named(resource.name, one)));
  if (found.some((ones) => ones.length === 0)) return NOTHING;
  return [...new Set(found.flat().map((one) => valueAt(one, row.property)))].join("; ");
} // prettier-ignore

/** What a file of the project has, or the stack file that a plan was made from. */
function inFile(name: string, property: string, { stacks = ROOT }: Plans): string {
  const folder = /^Pulumi(?:\.\w+)?\.yaml$/.test(name) ? stacks : ROOT;
  return shownAt(parse(fs.readFileSync(path.join(folder, name), "utf8")), property);
}

/** What losses cost, derived once a plan. */
const losses = new WeakMap<PlanOfRecovery, ReturnType<typeof recoveryOf>>();

/** `at most 4 h` of data or time, in a loss of some kind; by a decision, at most what this program promises. */
function objective({ documented, property, decision }: Row, scenario: string, plan: PlanOfRecovery): Found {
  const all = losses.get(plan) ?? recoveryOf(plan);
  losses.set(plan, all);
  const worst = all.find((one) => one.scenario === scenario);
  const promise = property as "lossMinutes" | "restoreMinutes";
  const minutes = worst?.[promise];
  if (worst === undefined || minutes === undefined) {
    return { value: worst === undefined ? NOTHING : "not recovered", verdict: "open" };
  }
  const most = Number(/^at most (\d+) h$/.exec(documented)![1]) * 60;
  const isPromised = decision !== undefined && minutes <= worst.objective[promise];
  return { value: hours(minutes), verdict: minutes <= most ? "exact" : isPromised ? "decided" : "open" };
} // prettier-ignore

const middle = ({ type }: PlannedResource) => (type.startsWith("aws:") ? type.split(":")[1] : "");

function named(name: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern.endsWith("-") ? name.startsWith(first) : name === first;
  return name.startsWith(first) && name.endsWith(rest.join("*"));
}

function valueAt(resource: PlannedResource, property: string): string {
  const [first, ...others] = property.split(",");
  if (others.length > 0) {
    const value = valueAt(resource, first!);
    return value === NOT_SET || value === NOT_KNOWN ? valueAt(resource, others.join()) : value;
  }
  if (property.startsWith("@")) {
    const [input = "", one] = property.slice(1).split("~");
    const names = (resource.propertyDependencies[input] ?? []).map((urn) => urn.split("::").at(-1)!);
    return one !== undefined && names.includes(one) ? one : [...new Set(names)].join(", ") || NOT_SET;
  } // prettier-ignore
  if (property.startsWith("^")) return resource.hooks[property.slice(1)]?.join(", ") ?? NOT_SET;
  if (property === ":type") return resource.type;
  if (property === ":nodes") {
    const { numNodeGroups, replicasPerNodeGroup } = resource.inputs;
    return `${Number(numNodeGroups) * (Number(replicasPerNodeGroup) + 1)}`;
  }
  return shownAt(redact(resource.inputs), property);
} // prettier-ignore

/** What a path, or two joined by `-`, leads to, in the form that the property names. */
function shownAt(start: unknown, property: string): string {
  const [paths = "", form = ""] = property.split(/:(?=\w+$)/);
  return paths
    .split(/-(?![^[]*\])/)
    .map((one) => formed(follow(start, one.match(/\[[^\]]*\]|[^.[\]]+/g) ?? []), form))
    .join("-");
}

/** A path's segments: names, places in lists, `*`, `[key=value]`, `[~part of a text]` and `[a name]`. */
function follow(value: unknown, [segment, ...rest]: readonly string[]): unknown {
  if (segment === undefined) return value;
  const inside = typeof value === "string" && /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value;
  const list: readonly unknown[] = Array.isArray(inside) ? inside : [];
  if (segment === "*") {
    const all = list.flatMap((one) => follow(one, rest) ?? []);
    return all.length > 0 ? all : undefined;
  }
  const [, part, key, wanted] = /^\[(?:~(.+)|([^=]+)=(.+))\]$/.exec(segment) ?? [];
  const entry =
    part !== undefined
      ? list.find((one) => typeof one === "string" && one.includes(part))
      : key !== undefined
        ? list.find((one) => isRecord(one) && one[key] === wanted)
        : (inside as Record<string, unknown> | undefined)?.[segment.replace(/^\[|\]$/g, "")];
  return follow(entry, rest);
} // prettier-ignore

function formed(value: unknown, form: string): string {
  if (value === undefined) return NOT_SET;
  if (form === "set") return form;
  if (isUnknown(value)) return NOT_KNOWN;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const text = list.map(plain).join(", ");
  switch (form) {
    case "arn":
      return text.split(":").at(-1)!;
    case "keys":
      return list.flatMap((one) => (isRecord(one) ? Object.keys(one) : plain(one))).join(", ");
    case "mail":
      return /^[^@\s]+@[^@\s]+$/.test(text) ? "a mail address" : text;
    case "path":
      return text.slice(text.indexOf("/") + 1);
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
