/** The known name that was probably meant; undefined if none is near: two letters may differ, and of a long name two in five. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const limit = Math.max(2, Math.ceil(name.length * 0.4));
  const [first] = known
    .map((one) => ({ one, letters: distance(name, one) }))
    .filter(({ letters }) => letters <= limit)
    .sort((a, b) => a.letters - b.letters);
  return first?.one;
}

/** Number of letters to add, drop or change to make one word the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, changed));
    }
    row = next;
  }
  return row[other.length]!;
}
