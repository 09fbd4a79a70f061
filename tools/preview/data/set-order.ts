/**
 * The order in which Terraform's plugin SDK gives out a set: by the CRC-32 of each member's text, compared as text
 * (`helper/schema/set.go`, `serialize.go`). The AWS provider writes sets in that order.
 */

/** A value in a member of a set: a text, a list of texts, or a set of them. */
export type Member = string | readonly string[] | { readonly set: readonly string[] };

const TABLE = Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** CRC-32 as Go's `hash/crc32` computes it with the IEEE polynomial. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}

function serialized(value: Member): string {
  if (typeof value === "string") return `${value};`;
  if ("set" in value)
    return `{${textsInOrder(value.set)
      .map((text) => `${text};`)
      .join("")}};`;
  return `(${value.map((text) => `${text};`).join("")});`;
}

function block(value: Readonly<Record<string, Member>>): string {
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, item]) => `${key}:${serialized(item)}`)
    .join("");
}

function byCode<T>(members: readonly T[], code: (member: T) => number): T[] {
  return [...new Map(members.map((member) => [String(code(member)), member] as const))]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, member]) => member);
}

function textsInOrder(texts: readonly string[]): string[] {
  return byCode(texts, (text) => crc32(`${text};`));
}

/** The members in the set's order, each once. */
export function inSetOrder<T>(
  members: readonly T[],
  attributes: (member: T) => Readonly<Record<string, Member>>,
): T[] {
  return byCode(members, (member) => crc32(block(attributes(member))));
}
