/** Outcomes of several places or of several parts of a path, as one. */
import { once, type Outcome, outcomeOf } from "./decide";
import type { Setting } from "./model";
import { asNamed } from "./named";
import type { Station } from "./stations";
import { worse } from "./verdicts";

/** Two paths of which both are needed: where the second is blocked, the first is not asked for the verdict. */
export function inSeries(ask: () => Outcome, other: Outcome): Outcome {
  const first = once(ask);
  const verdict = other.verdict === "blocked" ? "blocked" : worse(first().verdict, other.verdict);
  // Of a path that is not open, what stops some of the places of an open part need not change.
  const counted = (part: Outcome) =>
    part.settings.filter(
      ({ effect }) =>
        verdict === "reachable" ||
        effect === "unknown" ||
        (effect === "blocks" ? part.verdict === "blocked" : verdict === "undecided"),
    );
  return outcomeOf(verdict, () => ({
    settings: distinct([...counted(first()), ...counted(other)]),
    cells: other.cells,
  }));
}

/** Of all places where the ends may be, what holds for the whole; `vague` ends are in some of theirs. */
export function combine(places: readonly (() => Outcome)[], vague: readonly Station[]): Outcome {
  const asked = places.map(once);
  const verdict = combined(asked, vague.length === 0);
  return outcomeOf(verdict, () => {
    const outcomes = asked.map((ask) => ask());
    if (verdict === "blocked") {
      return { settings: blocking(withLeast(outcomes), vague), cells: [] };
    }
    const settings = distinct(outcomes.flatMap((one) => one.settings));
    const having = (effect: Setting["effect"]) =>
      settings.filter((setting) => setting.effect === effect);
    const blocks = having("blocks");
    if (verdict === "reachable") {
      const open = outcomes.filter((one) => one.verdict === "reachable");
      return {
        settings: [...having("allows"), ...blocks, ...having("unknown")],
        cells: open.flatMap((one) => one.cells),
      };
    }
    const somewheres = blocks.length > 0 ? vague.map((one) => somewhere(one, blocks)) : [];
    return { settings: [...having("unknown"), ...somewheres, ...having("allows")], cells: [] };
  });
}

/** With exact ends one open place is enough; else all places have to be open, or closed. Asks no more than it needs. */
function combined(places: readonly (() => Outcome)[], exact: boolean): Outcome["verdict"] {
  let sum: Outcome["verdict"] | undefined;
  for (const place of places) {
    const { verdict } = place();
    if (exact && verdict === "reachable") return verdict;
    sum = sum === undefined || sum === verdict ? verdict : "undecided";
    if (!exact && sum === "undecided") break;
  }
  return sum ?? "reachable";
}

/** More combinations than this are not compared. */
const COMBINATIONS = 1000;

/** Each with the variant by which all of them together need the fewest changes. */
function withLeast(outcomes: readonly Outcome[]): readonly Outcome[] {
  const ways = outcomes.map((one) => one.ways ?? [one.settings]);
  const count = ways.reduce((product, some) => product * some.length, 1);
  if (count === 1 || count > COMBINATIONS) return outcomes;
  const combinations = ways.reduce<(readonly Setting[])[][]>(
    (all, some) => all.flatMap((one) => some.map((way) => [...one, way])),
    [[]],
  );
  const cost = (combination: readonly (readonly Setting[])[]) =>
    distinct(combination.flat()).filter(({ effect }) => effect === "blocks").length;
  const best = combinations.reduce((least, one) => (cost(one) < cost(least) ? one : least));
  return outcomes.map((one, place) => ({ ...one, settings: best[place]! }));
}

/** All that has to change. Where an end is in some of the subnets only, what stops in one of them need not count. */
function blocking(outcomes: readonly Outcome[], vague: readonly Station[]): readonly Setting[] {
  const textOf = ({ effect, says }: Setting) => `${effect} ${says}`;
  const counts = new Map<string, number>();
  for (const one of outcomes) {
    for (const text of new Set(one.settings.map(textOf))) {
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  const settings = distinct(outcomes.flatMap((one) => one.settings));
  const blocks = settings.filter(({ effect }) => effect === "blocks");
  const unknown = settings.filter(({ effect }) => effect === "unknown");
  const everywhere = blocks.filter((one) => counts.get(textOf(one)) === outcomes.length);
  if (vague.length === 0 || everywhere.length === 0) return [...blocks, ...unknown];
  const elsewhere = blocks.filter((setting) => !everywhere.includes(setting));
  const some = elsewhere.length > 0 ? vague.map((one) => somewhere(one, elsewhere)) : [];
  return [...everywhere, ...unknown, ...some];
}

/** What may have to change as well, by the subnets that an end gets. */
function somewhere({ node, spec, place }: Station, blocks: readonly Setting[]): Setting {
  const names = [
    ...new Set(blocks.map(({ resource, property }) => [resource.name, property].join(" "))),
  ];
  const listed = names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return {
    ...{ effect: "unknown", resource: asNamed(node), property: spec.subnets },
    says: `the subnets of ${place.label} are not known yet; some of those that it may get are stopped by ${listed.join(", ")}`,
  };
}

function distinct(settings: readonly Setting[]): readonly Setting[] {
  const keyed = [...new Set(settings)].map(
    (one) => [`${one.effect} ${one.resource.urn} ${one.says}`, one] as const,
  );
  return [...new Map(keyed).values()];
}
