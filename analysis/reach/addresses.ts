/** Sets of addresses: IPv4 and IPv6 on one line, IPv6 above. */
import { NOT_OF_THE_INTERNET } from "../../facts/network-defaults";
import { type Network, networkOf } from "../iam/values";

/** Ranges, first and last address included, in order and apart from each other. */
export type AddressSet = readonly (readonly [first: bigint, last: bigint])[];

const V6_START = 1n << 32n;

export const NONE: AddressSet = [];
export const ALL_V4: AddressSet = [[0n, V6_START - 1n]];
export const ALL_V6: AddressSet = [[V6_START, V6_START + (1n << 128n) - 1n]];
export const ALL: AddressSet = [[0n, V6_START + (1n << 128n) - 1n]];

/** The addresses of a network in CIDR notation; undefined for another text. */
export function addressesOf(network: string): AddressSet | undefined {
  const parsed = networkOf(network);
  return parsed && [rangeOf(parsed)];
}

function rangeOf({ bits, length, size }: Network): readonly [bigint, bigint] {
  const count = 1n << BigInt(size - length);
  const first = (bits / count) * count + (size === 32 ? 0n : V6_START);
  return [first, first + count - 1n];
}

export function union(one: AddressSet, other: AddressSet): AddressSet {
  if (one === ALL || other === ALL) return ALL;
  if (one.length === 0 || other.length === 0) return one.length === 0 ? other : one;
  const ranges = [...one, ...other].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const joined: [bigint, bigint][] = [];
  for (const [first, last] of ranges) {
    const previous = joined.at(-1);
    if (previous !== undefined && first <= previous[1] + 1n) {
      if (last > previous[1]) previous[1] = last;
    } else {
      joined.push([first, last]);
    }
  }
  return joined;
}

export function intersection(one: AddressSet, other: AddressSet): AddressSet {
  if (one === ALL || one === other) return other;
  if (other === ALL) return one;
  return one.flatMap(([first, last]) =>
    other
      .filter(([from, to]) => from <= last && first <= to)
      .map(([from, to]) => [first > from ? first : from, last < to ? last : to] as const),
  );
}

export function without(one: AddressSet, other: AddressSet): AddressSet {
  if (other === ALL || one === other) return NONE;
  let left: AddressSet = one;
  for (const [from, to] of other) {
    left = left.flatMap(([first, last]) =>
      from > last || to < first
        ? [[first, last] as const]
        : [
            ...(first < from ? [[first, from - 1n] as const] : []),
            ...(last > to ? [[to + 1n, last] as const] : []),
          ],
    );
  }
  return left;
}

/** Whether the first set has all addresses of the other. */
export function holds(one: AddressSet, other: AddressSet): boolean {
  return one === ALL || one === other || without(other, one).length === 0;
}

/** All addresses outside of private networks. */
export const INTERNET: AddressSet = union(
  NOT_OF_THE_INTERNET.networks.reduce<AddressSet>(
    (left, network) => without(left, addressesOf(network)!),
    ALL_V4,
  ),
  addressesOf(NOT_OF_THE_INTERNET.routedV6)!,
);

/** The networks of a set in CIDR notation. */
export function networksOf(set: AddressSet): readonly string[] {
  return set.flatMap(([first, last]) => {
    const v6 = first >= V6_START;
    const networks: string[] = [];
    const end = v6 ? last - V6_START : last;
    let start = v6 ? first - V6_START : first;
    const size = v6 ? 128 : 32;
    for (; start <= end;) {
      let length = size;
      while (length > 0) {
        const count = 1n << BigInt(size - length + 1);
        if (start % count !== 0n || start + count - 1n > end) break;
        length--;
      }
      networks.push(`${v6 ? textV6(start) : textV4(start)}/${length}`);
      start += 1n << BigInt(size - length);
    }
    return networks;
  });
}

function textV4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join(".");
}

function textV6(address: bigint): string {
  const groups = [...Array(8).keys()].map((place) =>
    ((address >> BigInt(112 - place * 16)) & 0xffffn).toString(16),
  );
  return groups.join(":").replace(/(^|:)0(:0)+(:|$)/, "::");
}
