/**
 * `npm run nameservers -- --stack <stack>`: what to enter of the stack's zone at the registrar or in the parent zone, and
 * whether a public resolver returns it. Reads Route 53 by the domain of the stack file: a first update still waits for this.
 */
import { Resolver } from "node:dns/promises";
import * as path from "node:path";

import { runDayTwo, type World } from "./aws";
import { stackConfigOf } from "./platform";

/** What a public resolver says of a domain. */
export interface Resolved {
  readonly nameServers: readonly string[];
}

/** Public resolvers; a machine's own often answers with a company's internal zones instead. */
export const PUBLIC_RESOLVERS: readonly string[] = ["1.1.1.1", "8.8.8.8"];

const USAGE = `Usage: npm run nameservers [-- --stack <stack>]

Prints the zone's name servers, the answer of a public resolver (${PUBLIC_RESOLVERS.join(", ")}) for them and, if the zone is signed, the DS record, which
is not looked up. Exit code 0: the resolver returns the name servers; 1: they are not entered yet. Needs the AWS CLI and route53:ListHostedZonesByName, GetHostedZone, GetDNSSEC.`;

/** Queries public resolvers, independent of this machine's settings. */
export function publicResolver(): Resolver {
  const resolver = new Resolver({ timeout: 5000, tries: 2 });
  resolver.setServers(PUBLIC_RESOLVERS);
  return resolver;
}

/** What a public resolver answers. A domain without delegation has no name servers. */
async function resolvePublicly(domain: string): Promise<Resolved> {
  try {
    return { nameServers: await publicResolver().resolveNs(domain) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTFOUND" || code === "ENODATA" || code === "ESERVFAIL") {
      return { nameServers: [] };
    }
    throw error;
  }
}

const plain = (name: string) => name.toLowerCase().replace(/\.$/, "");

/** The command. */
export function main(
  args: readonly string[],
  world?: World,
  resolve: (domain: string) => Promise<Resolved> = resolvePublicly,
): Promise<number> {
  return runDayTwo(
    {
      usage: USAGE,
      options: {},
      service: "none",
      act: async ({ platform, world: aws }) => {
        const config = stackConfigOf(platform.stack, aws.root ?? path.join(__dirname, ".."));
        const { domain, zone } = config.edge;
        if (domain === undefined) {
          throw new Error("crm:edge.domain: expected a domain, got nothing: the stack has no zone");
        }
        const zoneId = zone.id ?? zoneOf(aws, domain);
        const { DelegationSet } = route53(aws, "get-hosted-zone", "--id", zoneId) as {
          readonly DelegationSet?: { readonly NameServers: readonly string[] };
        };
        const nameServers = (DelegationSet?.NameServers ?? []).map(plain).sort();
        const known = (await resolve(domain)).nameServers.map(plain).sort();
        const delegated = nameServers.length > 0 && known.join() === nameServers.join();
        aws.print(`${domain}: zone ${zoneId}`);
        aws.print(`NS  ${nameServers.join(" ")}`);
        aws.print(
          delegated
            ? "    a public resolver returns them"
            : `    enter them at the registrar, or as NS records in the parent zone; a resolver answers ${known.length > 0 ? known.join(" ") : "nothing"}`,
        );
        return (zone.dnssec ? signing(aws, zoneId, domain) : true) && delegated ? 0 : 1;
      },
    },
    args,
    world,
  );
}

const route53 = (aws: World, command: string, ...rest: readonly string[]): unknown =>
  JSON.parse(aws.output("aws", ["route53", command, "--output", "json", ...rest]));

/** The id of the account's public zone of a domain. @throws where there is none yet, or more than one */
function zoneOf(aws: World, domain: string): string {
  const { HostedZones } = route53(aws, "list-hosted-zones-by-name", "--dns-name", domain) as {
    readonly HostedZones: readonly {
      readonly Id: string;
      readonly Name: string;
      readonly Config?: { readonly PrivateZone?: boolean };
    }[];
  };
  const found = HostedZones.filter(
    ({ Name, Config }) => plain(Name) === plain(domain) && Config?.PrivateZone !== true,
  ).map(({ Id }) => Id.replace(/^\/hostedzone\//, ""));
  if (found.length !== 1) {
    throw new Error(
      found.length === 0
        ? `${domain}: expected a public zone of the account, got none: \`pulumi up\` creates it within the first minute`
        : `${domain}: expected one public zone of the account, got ${found.join(" and ")}: set crm:edge.zone.id`,
    );
  }
  return found[0]!;
}

/** The DS record of a signed zone; whether it is there to be entered. */
function signing(aws: World, zoneId: string, domain: string): boolean {
  const { KeySigningKeys } = route53(aws, "get-dnssec", "--hosted-zone-id", zoneId) as {
    readonly KeySigningKeys?: readonly { readonly Status: string; readonly DSRecord?: string }[];
  };
  const records = (KeySigningKeys ?? [])
    .filter(({ Status }) => Status === "ACTIVE")
    .flatMap(({ DSRecord }) => DSRecord ?? []);
  if (records.length === 0) {
    aws.print("DS  none: the zone has no active key; deploy with crm:edge.zone.dnssec: true");
    return false;
  }
  for (const record of records) aws.print(`DS  ${record}`);
  aws.print(
    `    enter it at the registrar once the name servers are delegated; \`dig +short DS ${domain}\` then answers it`,
  );
  return true;
}
