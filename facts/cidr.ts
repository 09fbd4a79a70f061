/** Arithmetic on IPv4 networks. */

/** An IPv4 network as the numbers of its first and last address. */
export interface Cidr {
  readonly first: number;
  readonly last: number;
  /** Length of the prefix, 0 to 32. */
  readonly length: number;
}

/** The network that `text` writes in canonical form (no bits set beyond its length); undefined for any other text. */
export function parseCidr(text: string): Cidr | undefined {
  const match =
    /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\/(0|[1-9]\d?)$/.exec(
      text,
    );
  if (!match) {
    return undefined;
  }
  const [a, b, c, d, length] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if ([a, b, c, d].some((octet) => octet > 255) || length > 32) {
    return undefined;
  }
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - length);
  return first % size === 0 ? { first, last: first + size - 1, length } : undefined;
}

/** Whether `inner` lies wholly inside `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** Whether the two networks share an address. */
export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.first <= other.last && other.first <= one.last;
}
