/** A size of an instance or node in multiples of `large`: 1 for `large`, 24 for `12xlarge`; none for a smaller one. */
export function sizeMultiple(size: string): number | undefined {
  if (size === "large") return 1;
  const [, times] = /^(\d*)xlarge$/.exec(size) ?? [];
  return times === undefined ? undefined : 2 * Number(times || 1);
}
