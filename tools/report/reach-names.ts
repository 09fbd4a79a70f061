/** The names of places, as the tables print them and as a question gives them. */
import type { Place } from "../../analysis/reach/model";
import { nearest } from "../../facts/nearest";
import { expectedText } from "../../facts/problem-text";

/** A place with its type, which tells apart two with one name: `gate (Function)`. */
export function typedName({ label, resource }: Place): string {
  return resource === undefined ? label : `${label} (${resource.type.split(":").at(-1)})`;
}

/** The words behind a caller's name that say which of its roles acts: `core (start)`. */
export function purposeText(purpose: string | undefined): string {
  return purpose === undefined ? "" : ` (${purpose})`;
}

/** What a question names. */
export interface NamedPlace {
  readonly place: Place;
  /** Which of its roles acts, where the name says so. */
  readonly purpose?: string;
}

const PURPOSE = / \((start)\)$/;

/** What can stand at an end: a store or a service calls nothing, a function takes no connections. */
const CAN_BE: Readonly<Record<End, (place: Place) => boolean>> = {
  from: ({ kind }) => kind !== "store" && kind !== "service",
  to: ({ resource }) => resource?.type !== "aws:lambda/function:Function",
};

export type End = "from" | "to";

/** A place by its URN or by its name as the tables print it, or what is wrong. */
export function placeNamed(places: readonly Place[], end: End, name: string): NamedPlace | string {
  const option = `--${end}`;
  const purpose = PURPOSE.exec(name)?.[1];
  const plain = name.replace(PURPOSE, "");
  const all = places.filter(
    (place) => place.id === plain || place.label === plain || typedName(place) === plain,
  );
  const fitting = all.filter(CAN_BE[end]);
  const named = fitting.length > 0 ? fitting : all;
  const [place] = named;
  if (place === undefined) {
    const known = places.flatMap((one) => [one.label, typedName(one)]);
    const near = nearest(plain, known);
    const meant = near === undefined ? "" : `; did you mean ${near}?`;
    return `${expectedText(option, "the name of a place of the plan", name)}${meant}`;
  }
  if (named.length === 1) return { place, ...(purpose !== undefined && { purpose }) };
  const names = named.map(typedName);
  const told = new Set(names).size === names.length ? names : named.map(({ id }) => id);
  return expectedText(option, `one of ${told.join(", ")}`, name);
}
