/**
 * What the stack uses by id and another stack or team owns: each is there, in its place and usable. A preview reads nothing from
 * AWS, so a wrong id would fail in the deployment.
 */
import { counted } from "../../analysis/counted";
import { isRecord } from "../../analysis/properties";
import { COLLECTOR } from "../../platform/image-lifecycle";
import type { StackConfig } from "../../schema";
import { namesOf } from "../../schema/names-of";
import { type Aws, call } from "./ask";
import { certificates } from "./certificates";
import { type Finding, judged, ok, skipped } from "./check";

/** Free addresses that an Application Load Balancer needs in each of its subnets. */
const BALANCER_ADDRESSES = 8;

/** What is asked about. */
interface Adopting {
  readonly stack: string;
  readonly config: StackConfig;
}

export const ADOPTED_IDS = [
  "account-network",
  "account-keys",
  "account-hosted-zone",
  "account-certificates",
  "account-repositories",
] as const;

export function adoptedFindings(adopting: Adopting, aws: Aws): Finding[] {
  return [network, keys, hostedZone, certificates, repositories].map((check) =>
    check(adopting, aws),
  );
}

/** One answer of a description, whose fields are asked for by name. */
type Fields = Readonly<Record<string, unknown>>;

const records = (value: unknown): Fields[] =>
  Array.isArray(value) ? value.filter((one) => isRecord(one)) : [];

/**
 * The VPC is the account's own; subnets and route tables are in it, and subnets in their zones. A filter answers with what is
 * there, where an id that is not would fail the whole call.
 */
function network({ stack, config }: Adopting, aws: Aws): Finding {
  const id = "account-network";
  const { existing, cidrBlock, availabilityZones } = config.network;
  if (existing === undefined) return ok(id, "the stack creates its network");
  const { vpcId, subnetIds, routeTableIds = [] } = existing;
  const ask = (command: string, filter: string, ids: readonly string[], query: string) =>
    call(aws, [
      ...["ec2", command, "--region", config.region],
      ...["--filters", `Name=${filter},Values=${[...new Set(ids)].join(",")}`, "--query", query],
    ]);
  const vpcs = ask(
    ...(["describe-vpcs", "vpc-id"] as const),
    [vpcId],
    "Vpcs[].{owner:OwnerId,ranges:CidrBlockAssociationSet[].CidrBlock}",
  );
  if (typeof vpcs === "string") return skipped(id, vpcs);
  const [vpc] = records(vpcs.value);
  const fix = `aws ec2 describe-subnets --region ${config.region} --filters Name=vpc-id,Values=${vpcId} --query 'Subnets[].[SubnetId,AvailabilityZone]' --output text`;
  if (vpc === undefined) {
    const others = `aws ec2 describe-vpcs --region ${config.region} --query 'Vpcs[].VpcId'`;
    return judged(id, [`${vpcId} is not in ${config.region}`], "", others);
  }
  if (vpc["owner"] !== config.accountId) {
    const shared = `${vpcId} is the account ${String(vpc["owner"])}'s: only its owner creates endpoints in it (docs/decisions.md, "A VPC that another account shares")`;
    return judged(
      id,
      [shared],
      "",
      `pulumi config rm --stack ${stack} --path crm:network.existing`,
    );
  }
  const ranges = Array.isArray(vpc["ranges"]) ? vpc["ranges"] : [];
  const tiers = Object.entries(subnetIds);
  const subnets = ask(
    ...(["describe-subnets", "subnet-id"] as const),
    Object.values(subnetIds).flat(),
    "Subnets[].{id:SubnetId,vpc:VpcId,zone:AvailabilityZone,free:AvailableIpAddressCount}",
  );
  if (typeof subnets === "string") return skipped(id, subnets);
  const tables =
    routeTableIds.length === 0
      ? { value: [] }
      : ask(
          ...(["describe-route-tables", "route-table-id"] as const),
          routeTableIds,
          "RouteTables[].{id:RouteTableId,vpc:VpcId}",
        );
  if (typeof tables === "string") return skipped(id, tables);
  const gateways = ask(
    ...(["describe-internet-gateways", "attachment.vpc-id"] as const),
    [vpcId],
    "InternetGateways[].InternetGatewayId",
  );
  if (typeof gateways === "string") return skipped(id, gateways);
  const hasGateway = Array.isArray(gateways.value) && gateways.value.length > 0;
  const inVpc = (key: string, found: readonly Fields[], name: string): string[] => {
    const one = found.find((other) => other["id"] === name);
    if (one === undefined) return [`${key}: ${name} is not in ${config.region}`];
    return one["vpc"] === vpcId
      ? []
      : [`${key}: ${name} is in ${String(one["vpc"])}, not ${vpcId}`];
  };
  const allSubnets = records(subnets.value);
  const inZones = tiers.flatMap(([tier, ids]) =>
    ids.flatMap((name, index) => {
      const key = `crm:network.existing.subnetIds.${tier}[${index}]`;
      const wrong = inVpc(key, allSubnets, name);
      const zone = allSubnets.find((one) => one["id"] === name)?.["zone"];
      const expected = availabilityZones[index];
      return wrong.length > 0 || zone === expected
        ? wrong
        : [
            `${key}: ${name} is in ${String(zone)}, crm:network.availabilityZones[${index}] is ${expected}`,
          ];
    }),
  );
  // An internal load balancer is in the private subnets.
  const balancerTier = config.edge.domain === undefined ? "private" : "public";
  return judged(
    id,
    [
      ...(hasGateway ? [] : [`${vpcId} has no internet gateway`]),
      ...roomProblems(balancerTier, subnetIds[balancerTier] ?? [], allSubnets),
      ...(ranges.includes(cidrBlock)
        ? []
        : [
            `crm:network.cidrBlock is ${cidrBlock}, the ranges of ${vpcId} are ${ranges.join(", ")}`,
          ]),
      ...inZones,
      ...routeTableIds.flatMap((name, index) =>
        inVpc(`crm:network.existing.routeTableIds[${index}]`, records(tables.value), name),
      ),
    ],
    `${vpcId} is there with ${counted(allSubnets.length, "subnet")}`,
    fix,
  );
}

/** Subnets of the load balancer without the free addresses that it needs, also to grow. Source: ELB User Guides, "Subnets for your load balancer". */
function roomProblems(tier: string, ids: readonly string[], subnets: readonly Fields[]): string[] {
  return ids.flatMap((name, index) => {
    const free = subnets.find((one) => one["id"] === name)?.["free"];
    const key = `crm:network.existing.subnetIds.${tier}[${index}]`;
    return typeof free === "number" && free < BALANCER_ADDRESSES
      ? [`${key}: ${name} has ${free} free addresses, a load balancer needs ${BALANCER_ADDRESSES}`]
      : [];
  });
}

/** Keys are enabled, symmetric and a customer's: only such a key encrypts for the services and takes an alias. */
function keys({ stack, config }: Adopting, aws: Aws): Finding {
  const id = "account-keys";
  const named = new Map<string, string>();
  for (const [name, arn] of Object.entries(config.keys.existing)) {
    if (arn !== undefined && !named.has(arn)) named.set(arn, `crm:keys.existing.${name}`);
  }
  if (named.size === 0) return ok(id, "the stack creates its keys");
  const wrong: string[] = [];
  let fix = "";
  for (const [arn, key] of named) {
    const answer = call(aws, [
      ...["kms", "describe-key", "--key-id", arn, "--region", config.region],
      ...["--query", "KeyMetadata.[KeyState,KeySpec,KeyManager]"],
    ]);
    if (typeof answer === "string" && !/NotFoundException/.test(answer)) return skipped(id, answer);
    const [state, spec, manager] =
      typeof answer === "string" ? ["not there"] : (answer.value as unknown[]).map(String);
    const problem =
      state !== "Enabled"
        ? `is ${state}`
        : spec !== "SYMMETRIC_DEFAULT"
          ? `has the specification ${spec}, not SYMMETRIC_DEFAULT`
          : manager !== "CUSTOMER"
            ? "is a key that AWS manages, which takes no alias"
            : undefined;
    if (problem === undefined) continue;
    wrong.push(`${key}: ${arn} ${problem}`);
    fix ||=
      state === "Disabled"
        ? `aws kms enable-key --key-id ${arn} --region ${config.region}`
        : `pulumi config set --stack ${stack} --path ${key} <ARN>`;
  }
  return judged(id, wrong, `${counted(named.size, "key is", "keys are")} enabled`, fix);
}

/** The zone is public and the domain's. */
function hostedZone({ stack, config }: Adopting, aws: Aws): Finding {
  const id = "account-hosted-zone";
  const { domain, zone } = config.edge;
  if (zone.id === undefined) return ok(id, "the stack names no hosted zone");
  const answer = call(aws, [
    ...["route53", "get-hosted-zone", "--id", zone.id, "--region", config.region],
    ...["--query", "HostedZone.[Name,Config.PrivateZone]"],
  ]);
  if (typeof answer === "string" && !/NoSuchHostedZone/.test(answer)) return skipped(id, answer);
  const [name, isPrivate] =
    typeof answer === "string" ? [] : (answer.value as readonly [string?, boolean?]);
  const problem =
    name === undefined
      ? "is not there"
      : name !== `${domain}.`
        ? `is of ${name}, not of ${domain}`
        : isPrivate === true
          ? "is private"
          : undefined;
  return judged(
    id,
    problem === undefined ? [] : [`crm:edge.zone.id: ${zone.id} ${problem}`],
    `${zone.id} is the zone of ${domain}`,
    `pulumi config set --stack ${stack} --path crm:edge.zone.id <id>`,
  );
}

/** Those of services and of the collector; the database task's is always the stack's own. */
function repositories({ config }: Adopting, aws: Aws): Finding {
  const id = "account-repositories";
  const names = namesOf(config);
  const { collector } = config.cluster;
  const used = [
    ...Object.entries(config.services).map(
      ([key, { repository }]) => [`services.${key}`, key, repository] as const,
    ),
    ...(collector ? [["cluster.collector", COLLECTOR, collector.repository] as const] : []),
  ].flatMap(([path, key, { create, name }]) =>
    create ? [] : [[`crm:${path}.repository`, names.repository(key, name)] as const],
  );
  if (used.length === 0) return ok(id, "the stack creates its repositories");
  const missing: (readonly [string, string])[] = [];
  for (const [key, name] of used) {
    const answer = call(aws, [
      ...["ecr", "describe-repositories", "--region", config.region],
      ...["--repository-names", name, "--query", "repositories[].repositoryName"],
    ]);
    if (typeof answer !== "string") continue;
    if (!answer.includes("RepositoryNotFoundException")) return skipped(id, answer);
    missing.push([key, name]);
  }
  return judged(
    id,
    missing.map(([key, name]) => `${key}: ${name} is not in ${config.region}`),
    `${counted(used.length, "repository is", "repositories are")} there`,
    `aws ecr create-repository --region ${config.region} --repository-name ${missing[0]?.[1]}`,
  );
}
