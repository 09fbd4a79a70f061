/** Whether the certificate of the load balancer can be issued in the other region without a manual step. */
import { AMAZON_ISSUERS } from "../../facts/certificates";
import { decided, decidedWhole, type Missing } from "./missing";
import { isSet, text, value, type RecoveryResource, type RecoveryStack } from "./resources";

/** Inputs that make a certificate an imported one. */
const IMPORTED = ["privateKey", "certificateBody"];

/**
 * What keeps ACM from issuing a certificate for the same hosts in a region: one that is made there beforehand would
 * not be renewed, as nothing uses it, so that the recovery asks for it, and the records that stand prove the hosts.
 */
export function missingCertificates(stack: RecoveryStack, region: string): Missing[] {
  const listeners = stack
    .ofType("aws:lb/listener:Listener")
    .filter((listener) => isSet(listener, "certificateArn"));
  if (listeners.length === 0) {
    return [];
  }
  const used = new Set<RecoveryResource>();
  const missing: Missing[] = [];
  for (const listener of listeners) {
    const certificate = certificateOf(stack, listener);
    const arn = text(listener, "certificateArn");
    if (certificate !== undefined) {
      used.add(certificate);
    } else if (arn === undefined) {
      missing.push({ urn: listener.urn, undecided: "certificateArn" });
    } else if (arn.split(":")[3] !== region) {
      // ACM copies no certificate to another region; there may be another one for its hosts.
      missing.push({
        urn: listener.urn,
        undecided: `whether ${region} has a certificate for the hosts of ${arn}`,
        because: "the stack creates neither",
      });
    }
  }
  return [
    ...missing,
    ...[...used].flatMap((certificate) => decided(stack, () => obstacles(certificate, region))),
    ...decidedWhole(stack, () => missingProofs(stack, [...used], region)),
    ...refusedIssuers(stack, region),
  ];
}

function certificateOf(
  stack: RecoveryStack,
  listener: RecoveryResource,
): RecoveryResource | undefined {
  const certificates = stack.ofType("aws:acm/certificate:Certificate");
  const direct = listener.references["certificateArn"] ?? [];
  const validated = stack
    .ofType("aws:acm/certificateValidation:CertificateValidation")
    .filter(({ urn }) => direct.includes(urn))
    .flatMap(({ references }) => references["certificateArn"] ?? []);
  return certificates.find(({ urn }) => direct.includes(urn) || validated.includes(urn));
}

function obstacles(certificate: RecoveryResource, region: string): Missing[] {
  const { urn } = certificate;
  if (IMPORTED.some((property) => isSet(certificate, property))) {
    return [{ urn, message: `it is imported: its private key is not in ${region}.` }];
  }
  const authority = text(certificate, "certificateAuthorityArn");
  if (authority !== undefined) {
    return authority.split(":")[3] === region
      ? []
      : [{ urn, message: `its private authority is not in ${region}.` }];
  }
  const method = text(certificate, "validationMethod");
  return method === "DNS"
    ? []
    : [
        {
          urn,
          message: `it is proven by ${method ?? "nothing"}, in ${region} too; by DNS alone it is issued without a person.`,
        },
      ];
}

/** Each host needs its record. Hosts share them, as ACM proves a host the same way in every region. */
function missingProofs(
  stack: RecoveryStack,
  used: readonly RecoveryResource[],
  region: string,
): Missing[] {
  const first = used.find(isProvenByDns);
  if (first === undefined) {
    return [];
  }
  const proven = stack.ofType("aws:acm/certificate:Certificate").filter(isProvenByDns);
  const urns = proven.map(({ urn }) => urn);
  const all = stack.ofType("aws:route53/record:Record");
  const proofs = all.filter(({ references }) =>
    ["name", "records"].some((property) =>
      (references[property] ?? []).some((urn) => urns.includes(urn)),
    ),
  );
  const hosts = new Set(proven.flatMap(hostsOf));
  if (proofs.length >= hosts.size) {
    return [];
  }
  // A record with a name that is not known may be a proof, too: read for the note of it.
  all.filter((record) => !proofs.includes(record)).forEach((record) => text(record, "name"));
  return [
    {
      urn: first.urn,
      message: `${proofs.length} records prove the ${hosts.size} hosts of the certificates; ${region} gets no certificate for a host without one.`,
    },
  ];
}

function isProvenByDns(certificate: RecoveryResource): boolean {
  return text(certificate, "validationMethod") === "DNS";
}

function hostsOf(certificate: RecoveryResource): string[] {
  const others = value(certificate, "subjectAlternativeNames");
  const names: unknown[] = Array.isArray(others) ? others : [];
  return [value(certificate, "domainName"), ...names].filter((host) => typeof host === "string");
}

function refusedIssuers(stack: RecoveryStack, region: string): Missing[] {
  return stack
    .ofType("aws:route53/record:Record")
    .filter((record) => text(record, "type") === "CAA" && !admitsAmazon(record))
    .flatMap((record) =>
      decidedWhole(stack, () =>
        issuersOf(record).length === 0
          ? []
          : [
              {
                urn: record.urn,
                message: `it admits no issuer of Amazon's: ACM issues nothing in ${region}.`,
              },
            ],
      ),
    );
}

function admitsAmazon(record: RecoveryResource): boolean {
  return issuersOf(record).some((issuer) => AMAZON_ISSUERS.names.includes(issuer));
}

/** The issuers that a CAA record admits; none where it names no issuer and refuses none. */
function issuersOf(record: RecoveryResource): string[] {
  const entries = value(record, "records");
  return (Array.isArray(entries) ? entries : []).flatMap((entry) => {
    const [, issuer] = /^\d+ issue "([^";]*)/.exec(String(entry)) ?? [];
    return issuer === undefined ? [] : [issuer.trim()];
  });
}
