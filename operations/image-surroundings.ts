/**
 * What an image meets beside its stores, for `npm run image-check`: RDS's certificate authorities, which it has to bring along, and a collector
 * of traces, which may be there.
 */
import { X509Certificate } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { counted } from "../analysis/counted";
import type { ImageContract } from "./image-contract";

/** A file of a container: its text, or what Docker says against it. */
export type ReadFile = (path: string) => { readonly text?: string; readonly error?: string };

/**
 * Variables that name a file of certificate authorities: libpq's, Node.js's, OpenSSL's.
 * Sources: PostgreSQL, "libpq environment variables"; Node.js, "Command-line API"; OpenSSL, X509_get_default_cert_file_env.
 */
const AUTHORITY_VARIABLES = ["PGSSLROOTCERT", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"] as const;

/**
 * What is wrong with an image's authorities, or nothing: `sslmode=verify-full` needs those of RDS in the stack's region.
 *
 * @param variables the container's, the task's before the image's own
 * @param file where the image's code looks for them, if no variable says so
 */
export function wrongAuthorities(
  { region, sslRootCertificate }: Pick<ImageContract, "region" | "sslRootCertificate">,
  variables: Readonly<Record<string, string>>,
  read: ReadFile,
  file?: string,
): string | undefined {
  const places = [file, sslRootCertificate, ...AUTHORITY_VARIABLES.map((name) => variables[name])];
  const [place] = places.flatMap((one) => (one ? [one] : []));
  if (place === undefined) {
    return `expected ${AUTHORITY_VARIABLES.join(", ")} or --ca-file FILE to name a file of authorities, got none`;
  }
  const { text, error } = read(place);
  if (text === undefined) return `${place}: ${error ?? "expected a file, got none"}`;
  const names = [...text.matchAll(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g)].flatMap(
    ([pem]) => {
      const certificate = new X509Certificate(pem);
      return new Date(certificate.validTo) > new Date() ? certificate.subject : [];
    },
  );
  // RDS signs a region's servers with that region's authorities: RDS User Guide, "Using SSL/TLS to encrypt a connection".
  return names.some((name) => name.includes(`Amazon RDS ${region} Root CA`))
    ? undefined
    : `expected a valid "Amazon RDS ${region} Root CA" in ${place}, got ${counted(names.length, "other")}`;
} // prettier-ignore

/** What listens for traces in a collector's place. */
export interface Collector {
  readonly port: number;
  /** Batches of spans that came. */
  readonly batches: () => number;
  readonly close: () => void;
}

/** Takes traces by OTLP over HTTP, from containers too, and counts the batches. */
export async function startCollector(): Promise<Collector> {
  let batches = 0;
  const server = createServer((request, response) => {
    if (request.method === "POST" && request.url === "/v1/traces") batches += 1;
    request.resume().on("end", () => response.end());
  });
  // On all addresses: a container reaches this machine by its bridge's.
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    batches: () => batches,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
