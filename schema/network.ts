/** `crm:network`: the VPC, its subnets, its NAT gateways and endpoints, and its security groups. */
import { z } from "zod";

import { contains, overlaps, parseCidr } from "../facts/cidr";
import { FLOW_LOG_INTERVALS, NETWORK_LENGTHS, UNUSABLE_NETWORKS } from "../facts/limits";
import { CLOUDFRONT_PREFIX_LIST } from "../facts/prefix-lists";
import { PORTS } from "../facts/setting-bounds";
import { repeatedRules, ruleText, unansweredRules } from "../platform/security-rules";
import {
  availabilityZone,
  cidr,
  filledIn,
  flag,
  group,
  list,
  logRetentionDays,
  oneOf,
  oneOfNumbers,
  text,
  within,
  type Report,
  type SectionRules,
} from "./common";
import { existingNetworkRules, existingNetworkSchema } from "./existing-network";

const PREFIX_LISTS = CLOUDFRONT_PREFIX_LIST.ids;

/** The security groups of the platform, by their name in rules. */
export const SECURITY_GROUPS = ["alb", "ecs", "rds", "elasticache", "functions"] as const;

/** AWS services that interface endpoints are offered for here; the last part of `com.amazonaws.<region>.<service>`. */
export const INTERFACE_ENDPOINTS = [
  "ecr.api",
  "ecr.dkr",
  "ecs",
  "kms",
  "lambda",
  "logs",
  "monitoring",
  "secretsmanager",
  "sns",
  "sqs",
  "ssm",
  "ssmmessages",
  "sts",
  "xray",
] as const;

const PORT_FORM = "a port such as 443, a range such as 3000-3010, or database or cache for theirs";

/** A port or a range of ports, as a number or a text such as 3000-3010; the words are numbers here already. */
const ports = z
  .union([within(PORTS), text(/^\d{1,5}(-\d{1,5})?$/, PORT_FORM)], {
    error: PORT_FORM,
  })
  .transform((value) => {
    const [from, to] = String(value).split("-").map(Number);
    return { from: from!, to: to ?? from! };
  })
  .refine(
    (range) => PORTS.minimum <= range.from && range.from <= range.to && range.to <= PORTS.maximum,
    {
      error: `a range that begins at 1 or above and ends at ${PORTS.maximum} at most, first port first`,
    },
  );

const PEERS = `one of the groups ${SECURITY_GROUPS.join(", ")}, or an IPv4 network such as 0.0.0.0/0`;

/** Where traffic comes from or goes to: another of the platform's groups, or a network. */
const peer = z
  .string({ error: PEERS })
  .refine(
    (value) =>
      (SECURITY_GROUPS as readonly string[]).includes(value) || parseCidr(value) !== undefined,
    { error: PEERS },
  );

const protocol = oneOf(["tcp", "udp"]).default("tcp").describe("Transport protocol");

const PORT_OF_RULE =
  "Port, range of ports such as 3000-3010, or `database` or `cache` for the port that the section of that name sets";

const ingressRule = group({
  port: ports.describe(PORT_OF_RULE),
  protocol,
  source: peer.describe("Who may connect: another group, or a network"),
});

const egressRule = group({
  port: ports.describe(PORT_OF_RULE),
  protocol,
  destination: peer.describe("Target of the connections: another group, or a network"),
});

const securityGroup = group({
  ingress: list(ingressRule, 0, 30, "rules").default([]).describe("Accepted connections"),
  egress: list(egressRule, 0, 30, "rules")
    .default([])
    .describe("Connections that may be opened; none: the group cannot connect to anything"),
});

const tier = (purpose: string) =>
  list(cidr(), 2, 6, "networks, one for each zone").describe(purpose);

export const networkSchema = group({
  cidrBlock: cidr().describe(
    "Addresses of the VPC. Changing those of the stack's own VPC replaces the whole network",
  ),
  existing: existingNetworkSchema
    .optional()
    .describe(
      "A VPC that exists, in place of the stack's own: its owner keeps subnets, routes, NAT gateways, endpoints, flow logs and default security group. docs/adopting.md",
    ),
  availabilityZones: filledIn(
    list(availabilityZone(), 2, 6, "availability zones").describe(
      "Zones that every tier has a subnet in; by default the first that most accounts have in the region, as many as subnets. `npm run doctor` reports one that the account does not have",
    ),
    "of aws:region",
  ),
  subnets: group({
    public: tier("Subnets of the load balancer and the NAT gateways, in the order of the zones"),
    private: tier("Subnets of tasks and functions, in the order of the zones"),
    database: tier("Subnets of database and cache, without a route to the internet"),
  })
    .optional()
    .describe(
      "One subnet for each zone in each tier, required without existing. Changing a network replaces its subnet",
    ),
  enableDnsHostnames: flag().default(true).describe("Whether instances get names in the VPC's DNS"),
  enableDnsSupport: flag().default(true).describe("Whether the VPC resolves names"),
  natGateways: oneOf(["one-per-zone", "single", "none"])
    .default("one-per-zone")
    .describe(
      "NAT gateways of the private subnets: one for each zone, a single one for all (cheaper), or none: then tasks and functions reach only the interfaceEndpoints, which must include all services that the settings need",
    ),
  flowLogs: group({
    retentionDays: logRetentionDays().default(30).describe("Days that flow logs are kept"),
    trafficType: oneOf(["ALL", "ACCEPT", "REJECT"])
      .default("ALL")
      .describe("Which traffic is logged"),
    aggregationSeconds: oneOfNumbers(FLOW_LOG_INTERVALS.seconds, "seconds")
      .default(600)
      .describe("Seconds of traffic in one log record"),
  })
    .prefault({})
    .describe("Log of the VPC's traffic"),
  s3GatewayEndpoint: flag()
    .default(true)
    .describe("Whether S3 is reached without NAT; the gateway endpoint costs nothing"),
  interfaceEndpoints: list(oneOf(INTERFACE_ENDPOINTS), 0, INTERFACE_ENDPOINTS.length, "services")
    .default([])
    .describe(
      "AWS services with an interface endpoint, reached without NAT, at a price for each zone and service that `npm run cost` shows",
    ),
  cloudFrontPrefixListId: filledIn(
    text(/^pl-[0-9a-f]{8,17}$/, `the id of a prefix list such as ${PREFIX_LISTS["us-east-1"]}`)
      .optional()
      .describe(
        `Prefix list ${CLOUDFRONT_PREFIX_LIST.name} of the stack's region (us-east-1: ${PREFIX_LISTS["us-east-1"]}), the only source of a load balancer that accepts CloudFront only; to set in a region that is newer than this release`,
      ),
    "of aws:region",
  ),
  securityGroups: group({
    alb: securityGroup.describe("Load balancer"),
    ecs: securityGroup.describe("Tasks"),
    rds: securityGroup.describe("Database"),
    elasticache: securityGroup.describe("Cache"),
    functions: securityGroup.describe("Functions that reach the database"),
  }).describe("Connections that each part of the platform accepts and may open"),
});

export type NetworkConfig = z.infer<typeof networkSchema>;

export const networkRules: SectionRules<NetworkConfig> = (network, report) => {
  existingNetworkRules(network, report);
  zoneRules(network, report);
  addressRules(network, report);
  resolverRules(network, report);
  dataGroupRules(network, report);
  pairRules(network, report);
};

function zoneRules(network: NetworkConfig, report: Report): void {
  const { availabilityZones, subnets, existing } = network;
  if (subnets === undefined && existing === undefined) {
    const expected = "networks of the tiers public, private and database, or crm:network.existing";
    report(["subnets"], undefined, expected);
  }
  for (const [name, networks] of Object.entries(subnets ?? {})) {
    if (networks.length !== availabilityZones.length) {
      const expected = `${availabilityZones.length} networks, one for each of crm:network.availabilityZones`;
      report(["subnets", name], networks, expected);
    }
  }
}

function addressRules({ cidrBlock, subnets }: NetworkConfig, report: Report): void {
  const { shortest, longest } = NETWORK_LENGTHS;
  const size = `a network between /${shortest} and /${longest}`;
  const vpc = parseCidr(cidrBlock)!;
  if (vpc.length < shortest || vpc.length > longest) {
    report(["cidrBlock"], cidrBlock, size);
  }
  const unusable = UNUSABLE_NETWORKS.networks.find((one) => overlaps(vpc, parseCidr(one)!));
  if (unusable !== undefined) {
    const privateNetworks = "10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16";
    report(
      ["cidrBlock"],
      cidrBlock,
      `a network in ${privateNetworks}, as no VPC is in ${unusable}`,
    );
  }
  const placed = Object.entries(subnets ?? {}).flatMap(([name, networks]) =>
    networks.map((text, index) => ({
      path: ["subnets", name, index],
      text,
      range: parseCidr(text)!,
    })),
  );
  placed.forEach((subnet, index) => {
    if (!contains(vpc, subnet.range)) {
      report(subnet.path, subnet.text, `a network inside crm:network.cidrBlock ${cidrBlock}`);
    } else if (subnet.range.length > longest) {
      report(subnet.path, subnet.text, size);
    }
    const other = placed.slice(0, index).find(({ range }) => overlaps(range, subnet.range));
    if (other) {
      const [, name, position] = other.path;
      const expected = `a network that does not overlap ${other.text} (subnets.${name}[${position}])`;
      report(subnet.path, subnet.text, expected);
    }
  });
}

function resolverRules(network: NetworkConfig, report: Report): void {
  if (network.enableDnsHostnames && !network.enableDnsSupport) {
    report(["enableDnsSupport"], false, "true, which enableDnsHostnames requires");
  }
  if (network.interfaceEndpoints.length > 0 && !network.enableDnsHostnames) {
    report(
      ["enableDnsHostnames"],
      false,
      "true, which private names of interfaceEndpoints require",
    );
  }
}

/** Database and cache accept connections from groups only: an address can belong to any resource. */
function dataGroupRules({ securityGroups }: NetworkConfig, report: Report): void {
  for (const name of ["rds", "elasticache"] as const) {
    securityGroups[name].ingress.forEach((rule, index) => {
      if (parseCidr(rule.source)) {
        report(
          ["securityGroups", name, "ingress", index, "source"],
          rule.source,
          `one of the groups ${SECURITY_GROUPS.join(", ")}`,
        );
      }
    });
  }
}

/** A rule between two groups has no effect without its other half, and AWS refuses a rule that already exists. */
function pairRules({ securityGroups }: NetworkConfig, report: Report): void {
  for (const rule of unansweredRules(securityGroups)) {
    const other = rule.direction === "ingress" ? "egress" : "ingress";
    report(
      ["securityGroups", rule.group, rule.direction, rule.index],
      ruleText(rule),
      `its other half in securityGroups.${rule.peer}.${other}, or no such rule`,
    );
  }
  for (const rule of repeatedRules(securityGroups)) {
    report(
      ["securityGroups", rule.group, rule.direction, rule.index],
      ruleText(rule),
      "a rule that is not in the list already",
    );
  }
}
