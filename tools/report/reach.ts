/** Who reaches what, in few lines: paths that differ only in their ends are one row. */
import { counted, listed } from "../../analysis/counted";
import type { AccessPath } from "../../analysis/reach/access";
import type { NetworkPath, Place } from "../../analysis/reach/model";
import type { Paths } from "../../analysis/reach/open-paths";
import { purposeText, typedName } from "./reach-names";

/** One row of a table. */
export interface ReachRow {
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** `tcp 443`, `s3: GetObject, PutObject`; with a question mark, and the settings that decide, what is undecided. */
  readonly by: string;
}

/** Rows of one kind. */
export interface ReachTable {
  readonly title: string;
  readonly rows: readonly ReachRow[];
}

export const REACH_HEAD = ["from", "to", "by"] as const;

const TITLES = [
  "From the internet",
  "From distributions and load balancers",
  "From compute to data stores",
  "From compute to other components and the internet",
] as const;

function titleOf(from: Place, to: Place): (typeof TITLES)[number] {
  if (from.kind === "internet") return TITLES[0];
  if (from.kind !== "compute") return TITLES[1];
  return to.kind === "store" ? TITLES[2] : TITLES[3];
}

interface Cell {
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly by: string[];
}

/** The tables, without empty ones. */
export function reachTables(reach: Paths): ReachTable[] {
  const cells = cellsOf(reach);
  return TITLES.map((title) => ({
    title,
    rows: rowsOf(cells.filter((cell) => cell.title === title)),
  })).filter(({ rows }) => rows.length > 0);
}

/** The name of a place, with its type where another place of the table has the same name. */
function namesIn({ network, access }: Paths): (place: Place) => string {
  const ids = new Map<string, Set<string>>();
  for (const { label, id } of [...network, ...access].flatMap(({ from, to }) => [from, to])) {
    ids.set(label, (ids.get(label) ?? new Set()).add(id));
  }
  return (place) => ((ids.get(place.label)?.size ?? 0) > 1 ? typedName(place) : place.label);
}

/** The words of each pair of places. */
function cellsOf({ network, access }: Paths): Cell[] {
  const cells = new Map<string, Cell>();
  const nameOf = namesIn({ network, access });
  const at = (from: Place, to: Place, suffix = ""): Cell => {
    const key = JSON.stringify([from.id, to.id, suffix]);
    const cell = cells.get(key) ?? {
      ...{ title: titleOf(from, to), from: `${nameOf(from)}${suffix}`, to: nameOf(to), by: [] },
    };
    cells.set(key, cell);
    return cell;
  };
  for (const path of groupedPorts(network)) at(path.from, path.to).by.push(path.text);
  for (const one of groupedActions(access)) at(one.from, one.to, one.suffix).by.push(one.text);
  return [...cells.values()];
}

const keyed = <T>(list: readonly T[], keyOf: (one: T) => string): T[][] => {
  const groups = new Map<string, T[]>();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups.values()];
};

/** A question mark with what decides: `? (subnets)`. */
function doubt(paths: readonly (NetworkPath | AccessPath)[]): string {
  const unknown = paths
    .filter(({ verdict }) => verdict === "undecided")
    .flatMap(({ settings }) => settings.filter(({ effect }) => effect === "unknown"))
    .flatMap(({ property }) => property ?? []);
  const words = unknown.map((one) => (/subnet/i.test(one) ? "subnets" : one.split(".").at(-1)!));
  const which = [...new Set(words)].sort().join(", ");
  if (paths[0]?.verdict !== "undecided") return "";
  return which === "" ? "?" : `? (${which})`;
}

function groupedPorts(paths: readonly NetworkPath[]) {
  const groups = keyed(paths, ({ from, to, protocol, verdict, sources }) =>
    JSON.stringify([from.id, to.id, protocol, verdict, sources]),
  );
  return groups.map((group) => {
    const { from, to, protocol, sources } = group[0]!;
    const ports = group.map(({ ports: [first, last] }) =>
      first === last ? `${first}` : `${first} to ${last}`,
    );
    const only = sources === undefined ? "" : ` from ${sources.join(", ")}`;
    return { from, to, text: `${protocol} ${ports.join(", ")}${only}${doubt(group)}` };
  });
}

function groupedActions(paths: readonly AccessPath[]) {
  const serviceOf = ({ action }: AccessPath) => action.split(":")[0]!;
  const groups = keyed(paths, (one) =>
    JSON.stringify([one.from.id, one.to.id, serviceOf(one), one.purpose, one.objects, one.verdict]),
  );
  return groups.map((group) => {
    const { from, to, objects, purpose } = group[0]!;
    const actions = [...new Set(group.map(({ action }) => action.split(":")[1]))];
    const only = objects === undefined ? "" : ` on ${objects.join(", ")}`;
    const suffix = purposeText(purpose);
    const text = `${serviceOf(group[0]!)}: ${actions.join(", ")}${only}${doubt(group)}`;
    return { from, to, suffix, text };
  });
}

/** Pairs with the same words in one row: first of the same target, then of the same callers. */
function rowsOf(cells: readonly Cell[]): ReachRow[] {
  const byTarget = keyed(cells, ({ to, by }) => JSON.stringify([to, by])).map((group) => ({
    from: group.map(({ from }) => from).sort(),
    ...{ to: group[0]!.to, by: group[0]!.by.join("; ") },
  }));
  return keyed(byTarget, ({ from, by }) => JSON.stringify([from, by])).map((group) => ({
    from: group[0]!.from,
    to: group.map(({ to }) => to).sort(),
    by: group[0]!.by,
  }));
}

/** One line for each row: `internet reaches server by tcp 22 now`. */
export function reachLines(reach: Paths, opens: boolean): string[] {
  return reachTables(reach).flatMap(({ rows }) =>
    rows.map(({ from, to, by }) => {
      const several = from.length > 1;
      const verb = opens
        ? `${several ? "reach" : "reaches"} ${listed(to)} by ${by} now`
        : `no longer ${several ? "reach" : "reaches"} ${listed(to)} by ${by}`;
      return `${listed(from)} ${verb}`;
    }),
  );
}

/** How many paths there are, and what is not modelled. */
export function reachSentence({ network, access, apart = [] }: Paths): string {
  const open = (list: readonly { readonly verdict: string }[]) =>
    list.filter(({ verdict }) => verdict === "reachable").length;
  const unclear = network.length + access.length - open(network) - open(access);
  const verb = (count: number) => (count === 1 ? "is" : "are");
  const first = `${counted(open(network), "path")} ${verb(open(network))} open through the network`;
  const doubts = unclear > 0 ? `; ${unclear} ${verb(unclear)} undecided (?)` : "";
  const all = `${listed([first, `${open(access)} by policies`])}${doubts}.`;
  return apart.length === 0 ? all : `${all} ${apartSentence(apart)}`;
}

/** `Not modelled, so neither listed nor blocked: u (aws:lambda/functionUrl:FunctionUrl).` */
function apartSentence(apart: NonNullable<Paths["apart"]>): string {
  const kinds = apart.map(({ type, names }) => `${shortened(names)} (${type})`);
  return `Not modelled, so neither listed nor blocked: ${kinds.join(", ")}.`;
}

const NAMES = 3;

function shortened(names: readonly string[]): string {
  return names.length > NAMES
    ? `${names.slice(0, NAMES).join(", ")} and ${names.length - NAMES} more`
    : listed(names);
}
