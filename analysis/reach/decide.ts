/**
 * Whether a connection passes all that lies on its path, there and back.
 *
 * What is on a path narrows three things: the caller's addresses, the other's, and the caller's port, to which the
 * answer goes. Each layer is asked twice: hopefully, where what is not known lets through, and strictly, where it
 * does not. What stops hopefully stops in any case; what passes strictly passes in any case.
 */
import { type AddressSet, ALL, ALL_V4, holds, intersection } from "./addresses";
import type { NetworkPath, Setting } from "./model";
import { rankOf } from "./verdicts";

/** Connections that are still possible. */
export interface Cell {
  readonly caller: AddressSet;
  readonly called: AddressSet;
  /** The caller's ports. */
  readonly reply: readonly [first: number, last: number];
}

/** Something on the path that lets through or not. */
export interface Layer {
  /** Of the connections, those that pass. */
  readonly filter: (cell: Cell, hopeful: boolean) => readonly Cell[];
  /** Whether the caller's port counts. */
  readonly replies?: true;
  /** What has to change, or what is not known. */
  readonly setting: (effect: "blocks" | "unknown") => Setting;
  /** What lets a connection through, where that is worth to be named. */
  readonly allows?: () => readonly Setting[];
}

/** A path's layers and the connections that are asked for. */
export interface Variant {
  readonly layers: readonly Layer[];
  readonly start: Cell;
  /** An end of which some address is enough: the internet. An end in a network has one address, known or not. */
  readonly some?: "caller" | "called";
}

/** A verdict; the rest is worked out when it is read, because most of it never is. */
export interface Outcome extends Pick<NetworkPath, "verdict"> {
  readonly settings: readonly Setting[];
  /** What passes, for a reachable path. */
  readonly cells: readonly Cell[];
  /** Of a blocked path with several variants, the settings of each. */
  readonly ways?: readonly (readonly Setting[])[];
}

/** What explains a verdict. */
type Reasons = Omit<Outcome, "verdict">;

export function outcomeOf(verdict: Outcome["verdict"], explain: () => Reasons): Outcome {
  const reasons = once(explain);
  return {
    verdict,
    get settings() {
      return reasons().settings;
    },
    get cells() {
      return reasons().cells;
    },
    get ways() {
      return reasons().ways;
    },
  };
}

/** A function's answer, worked out when it is first asked for. */
export function once<T>(ask: () => T): () => T {
  let answer: { readonly it: T } | undefined;
  return () => (answer ??= { it: ask() }).it;
}

/** Decides by one of several variants of a path: the one that lets through, or the one that lacks least. */
export function decideAmong(variants: readonly Variant[]): Outcome {
  let verdict: Outcome["verdict"] = "blocked";
  for (const variant of variants) {
    if (passes(variant, false)) {
      verdict = "reachable";
      break;
    }
    if (verdict === "blocked" && passes(variant, true)) verdict = "undecided";
  }
  return outcomeOf(verdict, () => {
    const rank = (one: Outcome) =>
      rankOf(one.verdict) * 1000 + one.settings.filter(({ effect }) => effect === "blocks").length;
    const outcomes = variants.map(decide);
    const best = outcomes.reduce((least, one) => (rank(one) < rank(least) ? one : least));
    return outcomes.length === 1
      ? best
      : { ...best, ways: outcomes.map(({ settings }) => settings) };
  });
}

function passes(variant: Variant, hopeful: boolean): boolean {
  return passage(variant, hopeful, true).stopped.length === 0;
}

function decide(variant: Variant): Outcome {
  const hopeful = passage(variant, true);
  const strict = passage(variant, false);
  const unknown = strict.stopped
    .filter((layer) => !hopeful.stopped.includes(layer))
    .map((layer) => layer.setting("unknown"));
  if (hopeful.stopped.length > 0) {
    const blocks = hopeful.stopped.map((layer) => layer.setting("blocks"));
    return { verdict: "blocked", settings: [...blocks, ...unknown], cells: [] };
  }
  const allows = variant.layers
    .filter((layer) => !strict.stopped.includes(layer))
    .flatMap((layer) => layer.allows?.() ?? []);
  if (strict.stopped.length > 0) {
    return { verdict: "undecided", settings: [...unknown, ...allows], cells: [] };
  }
  return { verdict: "reachable", settings: allows, cells: strict.cells };
}

/**
 * The layers that stop all. A layer that does is taken as changed, and the next ones are asked for what has come so far:
 * so each named layer has to change, and changing all of them is enough. For a verdict the first one is enough.
 */
function passage(
  variant: Variant,
  hopeful: boolean,
  first = false,
): { stopped: Layer[]; cells: readonly Cell[] } {
  const stopped: Layer[] = [];
  let cells: readonly Cell[] = [variant.start];
  for (const layer of variant.layers) {
    const passed = cells.flatMap((cell) => layer.filter(cell, hopeful));
    if (passed.length === cells.length && passed.every((cell, place) => cell === cells[place])) {
      continue;
    }
    const left = passed.filter(({ caller, called }) => caller.length > 0 && called.length > 0);
    if (hopeful ? left.length > 0 : isEnough(variant, left)) {
      cells = left;
    } else {
      stopped.push(layer);
      if (first) break;
    }
  }
  return { stopped, cells };
}

/** Whether the cells have every port for every pair of addresses that may be those of the two ends. */
function isEnough({ start, some }: Variant, cells: readonly Cell[]): boolean {
  const width = ({ reply }: Cell) => reply[1] - reply[0] + 1;
  const covered = cells.reduce((sum, cell) => sum + width(cell), 0);
  if (covered < width(start)) return false;
  return (["caller", "called"] as const).every((end) =>
    some === end
      ? cells.reduce<AddressSet>((all, cell) => intersection(all, cell[end]), ALL).length > 0
      : cells.every((cell) => holds(cell[end], start[end])),
  );
}

/** The variants for callers of several systems, which call from other ports. */
export function bySystem(
  variants: readonly Variant[],
  ranges: readonly Cell["reply"][],
): readonly Variant[] {
  return variants.flatMap((variant) =>
    (variant.layers.some(({ replies }) => replies) ? ranges : ranges.slice(0, 1)).map((reply) => ({
      ...variant,
      start: { ...variant.start, reply },
    })),
  );
}

/** A layer that narrows the addresses of one end. */
export function narrowing(
  end: "caller" | "called",
  allowed: (hopeful: boolean) => AddressSet,
): Layer["filter"] {
  const sets = new Map<boolean, AddressSet>();
  return (cell, hopeful) => {
    let set = sets.get(hopeful);
    if (set === undefined) {
      set = allowed(hopeful);
      sets.set(hopeful, set);
    }
    return set === ALL ? [cell] : [{ ...cell, [end]: intersection(cell[end], set) }];
  };
}

/** Every connection, to see what a layer makes of it. */
const EVERY: Cell = { caller: ALL, called: ALL, reply: [1, 1] };

/** Whether some layer stops everything in any case. */
export function areClosed(layers: readonly Layer[]): boolean {
  return layers.some(({ filter }) =>
    filter(EVERY, true).every(({ caller, called }) => caller.length === 0 || called.length === 0),
  );
}

const EVERY_V4: Cell = { caller: ALL_V4, called: ALL_V4, reply: [1, 1] };

/** Whether layers that narrow addresses let every IPv4 address through in any case. */
export function areOpen(layers: readonly Layer[]): boolean {
  return passage({ layers, start: EVERY_V4 }, false, true).stopped.length === 0;
}

/** A layer that lets everything through or nothing. */
export function gate(answer: boolean | undefined): Layer["filter"] {
  return (cell, hopeful) => ((answer ?? hopeful) ? [cell] : []);
}
