/**
 * Numbers, dates, addresses and bytes of conditions.
 *
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
 */

/** A number; nothing for another text. */
export function numberOf(text: string): number | undefined {
  return /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

/** A date in one of W3C's forms of ISO 8601, or in seconds since 1970; as milliseconds. */
export function dateOf(text: string): number | undefined {
  if (/^\d{5,}(\.\d+)?$/.test(text)) {
    return Number(text) * 1000;
  }
  const form = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?$/i;
  if (!form.test(text)) {
    return undefined;
  }
  // Without a zone the time is UTC; Date would take it as local.
  const zoned = /T/i.test(text) && !/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? `${text}Z` : text;
  const time = Date.parse(zoned.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isNaN(time) ? undefined : time;
}

/** The bytes of a base64 text, as a text that is equal for equal bytes. */
export function bytesOf(text: string): string | undefined {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0
    ? Buffer.from(text, "base64").toString("hex")
    : undefined;
}

/** A network: an address and how many of its leading bits count. */
export interface Network {
  readonly bits: bigint;
  readonly length: number;
  /** 32 for IPv4, 128 for IPv6. */
  readonly size: 32 | 128;
}

/** Reads `203.0.113.0/24`, `2001:DB8::/64` or an address alone; nothing for another text. */
export function networkOf(text: string): Network | undefined {
  const [address, length, ...rest] = text.trim().split("/");
  if (address === undefined || rest.length > 0) {
    return undefined;
  }
  const v4 = ipv4(address);
  const size = v4 === undefined ? 128 : 32;
  const bits = v4 ?? ipv6(address);
  const count = length === undefined ? size : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  return bits === undefined || count < 0 || count > size
    ? undefined
    : { bits, length: count, size };
}

/** Whether an address lies in a network. */
export function inNetwork(address: Network, network: Network): boolean {
  const shift = BigInt(network.size - network.length);
  return (
    address.size === network.size &&
    address.length >= network.length &&
    address.bits >> shift === network.bits >> shift
  );
}

function ipv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function ipv6(text: string): bigint | undefined {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (embedded !== null) {
    const low = ipv4(embedded[2]!);
    const groups = low === undefined ? [] : [low >> 16n, low & 0xffffn];
    return low === undefined
      ? undefined
      : ipv6(`${embedded[1]}${groups.map((group) => group.toString(16)).join(":")}`);
  }
  const halves = text.split("::");
  if (halves.length > 2) {
    return undefined;
  }
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const given = [...head!, ...(tail ?? [])];
  const missing = 8 - given.length;
  if (!given.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) {
    return undefined;
  }
  if (tail === undefined ? missing !== 0 : missing < 1) {
    return undefined;
  }
  const groups = [...head!, ...new Array<string>(missing).fill("0"), ...(tail ?? [])];
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}
