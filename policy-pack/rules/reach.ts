/** Paths from the internet and between components: those that are open are the declared ones, and the declared ones are open. */
import type { StackGraph } from "../../analysis/graph";
import { covers } from "../../analysis/iam";
import { type AccessPath, accessPaths, accessPlaces } from "../../analysis/reach/access";
import { dependencyPath, type Means } from "../../analysis/reach/dependency";
import type { NetworkPath, Place, Protocol, Setting } from "../../analysis/reach/model";
import { networkPaths, placesOf } from "../../analysis/reach/network-paths";
import { type Report, type Rule, stackRule } from "../define";
import { fits, rootOf } from "../relations";

/** A declared path: of every place that the one pattern fits, to every place that the other fits. */
interface Declared {
  readonly from: string;
  readonly to: string;
  /** Whether it may be closed, or have no ends in the plan. @default false */
  readonly optional?: boolean;
}

interface Ports extends Declared {
  /** `443`, `3000-3010`, `53/udp`. */
  readonly ports: readonly string[];
}

interface Actions extends Declared {
  /** `s3:GetObject`; with `*` at least one of those that fit has to be open. */
  readonly actions: readonly string[];
}

const NAMES = { type: "string" as const, minLength: 1 };
const ENDS = { from: NAMES, to: NAMES };

/** The form of a list of declared paths. */
const formOf = (means: "ports" | "actions", pattern: string) => ({
  type: "array" as const,
  default: [],
  items: {
    type: "object" as const,
    properties: {
      ...ENDS,
      optional: { type: "boolean" as const },
      [means]: { type: "array" as const, items: { type: "string" as const, pattern }, minItems: 1 },
    },
    required: [...Object.keys(ENDS), means],
    additionalProperties: false,
  },
});

const URL =
  "https://docs.aws.amazon.com/vpc/latest/reachability/what-is-reachability-analyzer.html";
type ReportOn = (resource: { urn: string }) => Report;
type Path = Omit<NetworkPath, "protocol" | "ports" | "sources">;

const networkRule = stackRule<{ readonly allowed: readonly Ports[] }>({
  id: "network-paths",
  description:
    "Each network path that is open is one that the setting allowed declares (from and to are patterns of names, ports such as 443, 3000-3010 or 53/udp), and each declared path is open unless it is optional. " +
    "Compared are the paths from the internet to all components, from distributions and load balancers to what they call, and from compute to all other components and to the internet; a range of ports has to be declared as a whole. Without declared paths the rule reports nothing.",
  severity: "high",
  remediation:
    "Close the path, or declare it in allowed; open a declared path by each setting that the message names, or remove it from allowed. npm run reach lists all paths.",
  url: URL,
  defaults: { allowed: [] },
  forms: { allowed: formOf("ports", "^[0-9]{1,5}(-[0-9]{1,5})?(/udp)?$") },
  check(graph, reportOn, { allowed }) {
    if (allowed.length === 0) return;
    const paths = networkPaths(graph);
    const declared = (path: NetworkPath) =>
      allowed.some((one) => isBetween(one, path) && one.ports.some((text) => within(path, text)));
    judgeOpen(
      graph,
      paths.filter((path) => !declared(path)),
      reportOn,
      portText,
    );
    const places = placesOf(graph);
    for (const one of allowed.filter(({ optional }) => optional !== true)) {
      for (const [from, to] of pairs(graph, reportOn, one, [places, places])) {
        for (const text of one.ports) {
          const { protocol, first, last } = rangeOf(text);
          const open = paths.filter(
            (path) => path.from.id === from.id && path.to.id === to.id && overlaps(path, text),
          );
          const best = first === last ? [] : open;
          judgeDeclared(
            graph,
            reportOn,
            { from, to, text: `${protocol} ${text.split("/")[0]}` },
            best,
            {
              ...{ protocol, port: first },
            },
          );
        }
      }
    }
  },
});

const accessRule = stackRule<{ readonly allowed: readonly Actions[] }>({
  id: "access-paths",
  description:
    "Each IAM action on a data store that its policies and those of a caller allow, to the internet or to what computes, is one that the setting allowed declares (from and to are patterns of names, actions such as s3:GetObject or sqs:*), and each declared action is allowed unless it is optional. Without declared paths the rule reports nothing.",
  severity: "high",
  remediation:
    "Remove the permission, or declare it in allowed; allow a declared action by each setting that the message names, or remove it from allowed. npm run reach lists all paths.",
  url: URL,
  defaults: { allowed: [] },
  forms: { allowed: formOf("actions", "^([a-z0-9-]+:[A-Za-z*]+|[*])$") },
  check(graph, reportOn, { allowed }) {
    if (allowed.length === 0) return;
    const paths = accessPaths(graph);
    const speaks = ({ actions }: Actions, path: AccessPath) =>
      actions.some((text) => covers(text, path.action));
    const declared = (path: AccessPath) =>
      allowed.some((one) => isBetween(one, path) && speaks(one, path));
    judgeOpen(
      graph,
      paths.filter((path) => !declared(path)),
      reportOn,
      ({ action }) => action,
    );
    const { from: callers, to: stores } = accessPlaces(graph);
    for (const one of allowed.filter(({ optional }) => optional !== true)) {
      for (const [from, to] of pairs(graph, reportOn, one, [callers, stores])) {
        for (const text of one.actions) {
          const open = paths.filter(
            (path) => path.from.id === from.id && path.to.id === to.id && covers(text, path.action),
          );
          judgeDeclared(graph, reportOn, { from, to, text }, open, { action: text });
        }
      }
    }
  },
});

const isBetween = ({ from, to }: Declared, path: Path) =>
  fits(path.from.label, [from]) && fits(path.to.label, [to]);

/** The pairs of places that an entry declares; reports an entry that declares none, such as one with a misspelled name. */
function pairs(
  graph: StackGraph,
  reportOn: ReportOn,
  { from, to }: Declared,
  [callers, targets]: readonly [readonly Place[], readonly Place[]],
): [Place, Place][] {
  const starts = callers.filter(
    ({ label, kind }) => kind !== "store" && kind !== "service" && fits(label, [from]),
  );
  const ends = targets.filter(({ label }) => fits(label, [to]));
  const found = starts.flatMap((start) =>
    ends.filter(({ id }) => id !== start.id).map((end): [Place, Place] => [start, end]),
  );
  const subject = [...starts, ...ends].find(({ resource }) => resource)?.resource ?? rootOf(graph);
  if (found.length === 0 && subject !== undefined) {
    const absent = [
      ...(starts.length > 0 ? [] : [`no caller has a name like ${from}`]),
      ...(ends.length > 0 ? [] : [`nothing that is called has a name like ${to}`]),
    ];
    const why = absent.join(" and ") || "no two places have such names";
    reportOn(subject).violation(
      `allowed declares a path from ${from} to ${to}, but ${why}; correct the pattern, or remove the entry or make it optional.`,
    );
  }
  return found;
}

interface Range {
  readonly protocol: Protocol;
  readonly first: number;
  readonly last: number;
}

function rangeOf(text: string): Range {
  const [ports = "", protocol = "tcp"] = text.split("/");
  const [first, last = first] = ports.split("-").map(Number) as [number, number?];
  return { protocol: protocol as Protocol, first, last: last };
}

function within({ protocol, ports }: NetworkPath, text: string): boolean {
  const range = rangeOf(text);
  return range.protocol === protocol && range.first <= ports[0] && ports[1] <= range.last;
}

function overlaps({ protocol, ports }: NetworkPath, text: string): boolean {
  const range = rangeOf(text);
  return range.protocol === protocol && range.first <= ports[1] && ports[0] <= range.last;
}

const portText = ({ protocol, ports: [first, last] }: NetworkPath) =>
  `${protocol} ${first === last ? first : `${first} to ${last}`}`;

/** On what a path is reported: the place that is reached, else the one that reaches; the internet is no resource. */
const resourceOf = (graph: StackGraph, to: Place, from: Place) =>
  to.resource ?? from.resource ?? rootOf(graph)!;

/** Reports paths that are not declared: those to one place by the same means as one. */
function judgeOpen<P extends Path>(
  graph: StackGraph,
  paths: readonly P[],
  reportOn: ReportOn,
  textOf: (path: P) => string,
): void {
  const groups = new Map<string, P[]>();
  for (const path of paths.filter(({ verdict }) => verdict !== "blocked")) {
    const key = [path.to.id, path.verdict, textOf(path)].join(" ");
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  for (const group of groups.values()) {
    const [{ to, from, verdict, settings }] = group as [P];
    const names = [...new Set(group.map((path) => path.from.label))];
    const callers = `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;
    const report = reportOn(resourceOf(graph, to, from));
    if (verdict === "undecided") {
      const what = `whether ${callers} reach ${to.label} by ${textOf(group[0]!)}`;
      report.undecided(what, unknowns(settings));
      continue;
    }
    const by = says(settings, "allows", 2);
    report.violation(
      `${callers} can reach ${to.label} by ${textOf(group[0]!)}, which allowed does not declare${by === "" ? "" : ` (${by})`}; close the path or declare it.`,
    );
  }
}

/** Reports a declared path that is closed, with every setting that has to change. */
function judgeDeclared(
  graph: StackGraph,
  reportOn: ReportOn,
  { from, to, text }: { readonly from: Place; readonly to: Place; readonly text: string },
  open: readonly Path[],
  means: Means,
): void {
  if (open.some(({ verdict }) => verdict === "reachable")) return;
  const path = open[0] ?? dependencyPath(graph, from, to, means);
  if (path?.verdict === "reachable") return;
  const report = reportOn(resourceOf(graph, to, from));
  if (path?.verdict === "undecided") {
    const what = `whether ${from.label} reaches ${to.label} by ${text}`;
    report.undecided(what, unknowns(path.settings));
    return;
  }
  const why = path === undefined ? "no policy allows it" : says(path.settings, "blocks", 10);
  report.violation(
    `${from.label} cannot reach ${to.label} by ${text}, which allowed declares: ${why}; change that or remove the entry.`,
  );
}

/** What decides and is not known, of which resource. */
function unknowns(settings: readonly Setting[]): string | undefined {
  return says(settings, "unknown", 2) || undefined;
}

function says(settings: readonly Setting[], effect: Setting["effect"], most: number): string {
  const own = [...new Set(settings.filter((one) => one.effect === effect).map((one) => one.says))];
  const more = own.length > most ? [`${own.length - most} more`] : [];
  return [...own.slice(0, most), ...more].join("; ");
}

export const reachRules: readonly Rule[] = [networkRule, accessRule];
