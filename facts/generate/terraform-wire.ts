/**
 * What Terraform's plugin protocol 5 sends over the wire, as far as one call to plan a change needs it: Protocol
 * Buffers for the messages and MessagePack for the values. Field numbers:
 * https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/tfplugin5.proto
 */

/** A value as Terraform knows them: what its schema calls an object, list, set, map, string, number or bool. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** What stands for a value that is known only after apply (MessagePack extension type 0). */
export const UNKNOWN = "\u0000unknown";

/** A field of a message: its number, and a string, bytes or a nested message. */
export function field(number: number, content: string | Buffer): Buffer {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  while (value > 127) {
    bytes.push((value % 128) | 128);
    value = Math.floor(value / 128);
  }
  bytes.push(value);
  return Buffer.from(bytes);
}

/** The fields of a message in their order: length-delimited ones as bytes, numbers as numbers. */
export function fields(message: Buffer): { number: number; bytes?: Buffer; value?: number }[] {
  const found: { number: number; bytes?: Buffer; value?: number }[] = [];
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = next();
    const [number, kind] = [Math.floor(key / 8), key & 7];
    if (kind === 0) found.push({ number, value: next() });
    else if (kind === 2) {
      const length = next();
      found.push({ number, bytes: message.subarray(at, (at += length)) });
    } else throw new Error(`A field of kind ${kind} is not expected in this protocol.`);
  }
  return found;
}

/** MessagePack of a value. */
export function pack(value: Value): Buffer {
  if (value === null) return Buffer.from([0xc0]);
  if (typeof value === "boolean") return Buffer.from([value ? 0xc3 : 0xc2]);
  if (typeof value === "number") return packNumber(value);
  if (value === UNKNOWN) return Buffer.from([0xd4, 0, 0]);
  if (typeof value === "string") {
    const bytes = Buffer.from(value);
    const head = Buffer.alloc(5, 0xdb);
    head.writeUInt32BE(bytes.length, 1);
    return Buffer.concat([head, bytes]);
  }
  const list = Array.isArray(value);
  const parts = list
    ? value.map(pack)
    : Object.entries(value).flatMap(([key, one]) => [pack(key), pack(one)]);
  const head = Buffer.alloc(5, list ? 0xdd : 0xdf);
  head.writeUInt32BE(list ? parts.length : parts.length / 2, 1);
  return Buffer.concat([head, ...parts]);
}

function packNumber(value: number): Buffer {
  if (Number.isInteger(value) && value >= 0 && value < 128) return Buffer.from([value]);
  const bytes = Buffer.alloc(9);
  if (Number.isSafeInteger(value)) {
    bytes[0] = 0xd3;
    bytes.writeBigInt64BE(BigInt(value), 1);
  } else {
    bytes[0] = 0xcb;
    bytes.writeDoubleBE(value, 1);
  }
  return bytes;
}

/** The value that MessagePack holds. */
export function unpack(bytes: Buffer): Value {
  return new Reader(bytes).value();
}

class Reader {
  private at = 0;
  constructor(private readonly bytes: Buffer) {}

  value(): Value {
    const byte = this.bytes[this.at++]!;
    if (byte < 0x80) return byte;
    if (byte >= 0xe0) return byte - 256;
    if (byte < 0x90) return this.map(byte & 15);
    if (byte < 0xa0) return this.list(byte & 15);
    if (byte < 0xc0) return this.text(byte & 31);
    switch (byte) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xd9:
        return this.text(this.uint(1));
      case 0xc5:
      case 0xda:
        return this.text(this.uint(2));
      case 0xc6:
      case 0xdb:
        return this.text(this.uint(4));
      case 0xc7:
        return this.extension(this.uint(1));
      case 0xca:
        return this.take(4).readFloatBE(0);
      case 0xcb:
        return this.take(8).readDoubleBE(0);
      case 0xcc:
        return this.uint(1);
      case 0xcd:
        return this.uint(2);
      case 0xce:
        return this.uint(4);
      case 0xcf:
        return Number(this.take(8).readBigUInt64BE(0));
      case 0xd0:
        return this.take(1).readInt8(0);
      case 0xd1:
        return this.take(2).readInt16BE(0);
      case 0xd2:
        return this.take(4).readInt32BE(0);
      case 0xd3:
        return Number(this.take(8).readBigInt64BE(0));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.extension(2 ** (byte - 0xd4));
      case 0xdc:
        return this.list(this.uint(2));
      case 0xdd:
        return this.list(this.uint(4));
      case 0xde:
        return this.map(this.uint(2));
      case 0xdf:
        return this.map(this.uint(4));
      default:
        throw new Error(`MessagePack does not know the byte ${byte}.`);
    }
  }

  private take(length: number): Buffer {
    return this.bytes.subarray(this.at, (this.at += length));
  }

  private uint(length: number): number {
    return this.take(length).readUIntBE(0, length);
  }

  private text(length: number): string {
    return this.take(length).toString();
  }

  private extension(length: number): Value {
    this.take(length + 1);
    return UNKNOWN;
  }

  private list(length: number): Value[] {
    return Array.from({ length }, () => this.value());
  }

  private map(length: number): Value {
    const entries: [string, Value][] = [];
    for (let i = 0; i < length; i++) entries.push([this.value() as string, this.value()]);
    return Object.fromEntries(entries);
  }
}
