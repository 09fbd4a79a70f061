/** A certificate for tests of TLS, made when they run, so that no private key lies in the repository. */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** Certificate, which is its own authority, and private key, both as PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A self-signed certificate for one host name, valid for a day around now (RFC 5280). */
export function certificateFor(host: string): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  // ecdsa-with-SHA256, 1.2.840.10045.4.3.2
  const algorithm = sequence(Buffer.from("06082a8648ce3d040302", "hex"));
  // Common name, 2.5.4.3
  const name = sequence(
    tagged(0x31, sequence(Buffer.from("0603550403", "hex"), tagged(0x0c, Buffer.from(host)))),
  );
  const day = 24 * 3600 * 1000;
  const validity = sequence(time(Date.now() - day / 2), time(Date.now() + day / 2));
  // Subject alternative name, 2.5.29.17: one DNS name
  const alternative = sequence(
    Buffer.from("0603551d11", "hex"),
    tagged(0x04, sequence(tagged(0x82, Buffer.from(host)))),
  );
  const body = sequence(
    tagged(0xa0, Buffer.from("020102", "hex")),
    tagged(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(alternative)),
  );
  const signature = tagged(0x03, Buffer.concat([Buffer.of(0), sign("sha256", body, privateKey)]));
  const der = sequence(body, algorithm, signature);
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

/** One DER value: tag, length, content. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80
      ? Buffer.of(length)
      : length < 0x100
        ? Buffer.of(0x81, length)
        : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, content]);
}

function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return tagged(0x17, Buffer.from(`${text}Z`));
}
