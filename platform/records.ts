/** The same keys with values made of the old ones. */
export function mapped<T, R>(
  values: Readonly<Record<string, T>>,
  make: (value: T, key: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, make(value, key)]));
}
