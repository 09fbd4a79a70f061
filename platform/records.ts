/** The same keys with values made of the old ones. */
export function mapped<T, R>(
  values: Readonly<Record<string, T>>,
  make: (value: T, key: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, make(value, key)]));
}

/** The same values under keys made of the old ones. */
export function mapKeys(
  values: Readonly<Record<string, string>>,
  key: (name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [key(name), value]));
}
