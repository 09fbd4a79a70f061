/**
 * Looks a name from outside up in a table: a stack file's, a plan's, a message's. Every object of JavaScript knows names
 * that are in no table (`constructor`, `__proto__`): `table[name]` finds a function there.
 */
export function entryOf<T>(
  table: Readonly<Record<string, T>>,
  name: string | undefined,
): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
