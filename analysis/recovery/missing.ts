/** What the checks of the other region answer. */
import type { Noted, RecoveryStack, Unknown } from "./resources";

/** Something that would be missing there, or a property that has to be known to say so. */
export type Missing = { readonly urn: string } & (
  | { readonly message: string; readonly undecided?: undefined }
  /** `because`: why no update makes it known. */
  | { readonly message?: undefined; readonly undecided: string; readonly because?: string }
);

/** The answer where an unknown value decides. */
export function undecidedBy({ urn, property }: Unknown): Missing {
  return { urn, undecided: property };
}

/** What a search finds missing; where it read something unknown for that, only that this is not known. */
export function decided(stack: RecoveryStack, find: () => readonly Missing[]): readonly Missing[] {
  const noted = stack.noting(find);
  return noted.result.length === 0 ? [] : certain(noted);
}

/** The same of a search that would find more if it knew more: it is not sure of finding nothing, either. */
export function decidedWhole(
  stack: RecoveryStack,
  find: () => readonly Missing[],
): readonly Missing[] {
  return certain(stack.noting(find));
}

function certain({ result, unknown }: Noted<readonly Missing[]>): readonly Missing[] {
  const [first] = unknown;
  return first === undefined ? result : [undecidedBy(first)];
}
