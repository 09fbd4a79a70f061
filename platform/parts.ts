/** The parts of a list, none longer than `most`; one empty part of an empty list. AWS limits many lists. */
export function inParts<T>(list: readonly T[], most: number): T[][] {
  const count = Math.max(1, Math.ceil(list.length / most));
  return Array.from({ length: count }, (_, index) => list.slice(index * most, (index + 1) * most));
}

/** A name for each part: the first has the plain one, such as `errors`, `errors-2`. */
export function partName(name: string, index: number): string {
  return index === 0 ? name : `${name}-${index + 1}`;
}
