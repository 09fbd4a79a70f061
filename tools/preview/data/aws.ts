/** Data sources of the AWS provider whose result follows from their arguments and the provider's settings. */
import { type PropertyBag, UNKNOWN } from "../../../analysis/plan/model";
import { entryOf } from "../../../facts/entry-of";
import { shownValue } from "../../../facts/problem-text";
import { BILLING_ACCOUNT, LOG_DELIVERY_USERS, OWN_SUFFIX } from "../../../facts/provider-answers";
import { assumedZones, PARTITIONS, partitionOf } from "../../../facts/regions";
import { policyDocument } from "./policy-document";

/** What an answer may depend on besides the arguments. */
export interface Surroundings {
  /** The provider's region; assumed where nothing names one. */
  region: () => string;
  /** Id of the account, if the provider's settings allow one alone. */
  account: string | undefined;
  /** Tags that the provider adds to everything. */
  defaultTags: unknown;
  /** In a second evaluation, what stands for texts that AWS chooses: see engine/assigned.ts. */
  assigned: string | undefined;
  /** Records that a value is assumed, as in most accounts. */
  assume: (what: string) => void;
}

type Answer = (args: PropertyBag, around: Surroundings) => PropertyBag;

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const regionOf = (args: PropertyBag, around: Surroundings): string =>
  textOf(args.region) ?? around.region();

function getRegion(args: PropertyBag, around: Surroundings): PropertyBag {
  const byEndpoint = /^ec2\.([a-z0-9-]+)\./.exec(textOf(args.endpoint) ?? "")?.[1];
  const region = byEndpoint ?? textOf(args.name) ?? textOf(args.id) ?? regionOf(args, around);
  const { regions, dnsSuffix } = PARTITIONS[partitionOf(region)]!;
  return {
    ...{ id: region, name: region, region },
    description: entryOf(regions, region) ?? UNKNOWN,
    endpoint: `ec2.${region}.${dnsSuffix}`,
  };
}

function getPartition(args: PropertyBag, around: Surroundings): PropertyBag {
  const partition = partitionOf(regionOf(args, around));
  const { dnsSuffix } = PARTITIONS[partition]!;
  return { id: partition, partition, dnsSuffix, reverseDnsPrefix: reversed(dnsSuffix) };
}

const reversed = (name: string): string => name.split(".").reverse().join(".");

function getArn({ arn }: PropertyBag): PropertyBag {
  const text = textOf(arn) ?? "";
  const [prefix, partition, service, region, account, ...resource] = text.split(":");
  if (prefix !== "arn" || !resource.length)
    throw new Error(`arn: expected an ARN, got ${shownValue(text)}`);
  const parts = { partition, service, region, account, resource: resource.join(":") };
  return { arn: text, id: text, ...parts };
}

function getServicePrincipal(args: PropertyBag, around: Surroundings): PropertyBag {
  const region = regionOf(args, around);
  const service = textOf(args.serviceName) ?? "";
  const partition = partitionOf(region);
  const own = entryOf(OWN_SUFFIX.services, partition)?.includes(service) ?? false;
  const suffix = own ? PARTITIONS[partition]!.dnsSuffix : "amazonaws.com";
  return {
    ...{ region, serviceName: service, suffix },
    id: `${service}.${region}.${suffix}`,
    name: `${service}.${suffix}`,
  };
}

function getService(args: PropertyBag, around: Surroundings): PropertyBag {
  const fromDns = reversed(textOf(args.dnsName) ?? "");
  const given = textOf(args.reverseDnsName) ?? fromDns;
  const region = textOf(args.region) ?? /\.([a-z]+-[a-z-]+-\d+)\./.exec(given)?.[1];
  const place = region ?? around.region();
  const service = textOf(args.serviceId) ?? given.slice(given.lastIndexOf(".") + 1);
  const partition = partitionOf(place);
  const { dnsSuffix } = PARTITIONS[partition]!;
  const prefix = textOf(args.reverseDnsPrefix) ?? reversed(dnsSuffix);
  const name = `${prefix}.${place}.${service}`;
  return {
    ...{ id: name, region: place, serviceId: service, partition },
    ...{ reverseDnsPrefix: prefix, reverseDnsName: name, dnsName: reversed(name) },
    // The name alone does not show which regions have a service.
    supported: UNKNOWN,
  };
}

function getCallerIdentity(_: PropertyBag, around: Surroundings): PropertyBag {
  const { account: id = UNKNOWN, assigned = UNKNOWN } = around;
  return { accountId: id, id, arn: assigned, userId: assigned };
}

function getAvailabilityZones(args: PropertyBag, around: Surroundings): PropertyBag {
  const region = regionOf(args, around);
  const excluded = Array.isArray(args.excludeNames) ? args.excludeNames : [];
  const names = assumedZones(region).filter((name) => !excluded.includes(name));
  around.assume(
    `the availability zones of ${region} are ${names.join(", ")}; ` +
      `aws ec2 describe-availability-zones --region ${region} says which your account has`,
  );
  return { ...args, id: region, region, names, zoneIds: UNKNOWN, groupNames: [region] };
}

function getAvailabilityZone(args: PropertyBag): PropertyBag {
  const name = textOf(args.name);
  const match = /^([a-z]{2}(?:-[a-z]+)+-\d)([a-z])$/.exec(name ?? "");
  if (!match) return {};
  const [, region, nameSuffix] = match;
  const known = {
    name,
    region,
    nameSuffix,
    id: name,
    groupName: region,
    networkBorderGroup: region,
  };
  return { ...args, ...known, zoneId: UNKNOWN, state: "available", zoneType: "availability-zone" };
}

/** By type token; each as the AWS provider computes it. */
export const PURE: Readonly<Record<string, Answer>> = {
  "aws:index/getArn:getArn": getArn,
  "aws:index/getAvailabilityZone:getAvailabilityZone": getAvailabilityZone,
  "aws:index/getAvailabilityZones:getAvailabilityZones": getAvailabilityZones,
  "aws:index/getBillingServiceAccount:getBillingServiceAccount": (_, around) => {
    const partition = partitionOf(around.region());
    return { id: BILLING_ACCOUNT.id, arn: `arn:${partition}:iam::${BILLING_ACCOUNT.id}:root` };
  },
  "aws:index/getCallerIdentity:getCallerIdentity": getCallerIdentity,
  "aws:index/getDefaultTags:getDefaultTags": (_, around) => ({
    id: partitionOf(around.region()),
    tags: around.defaultTags ?? {},
  }),
  "aws:index/getPartition:getPartition": getPartition,
  "aws:index/getRegion:getRegion": getRegion,
  "aws:index/getService:getService": getService,
  "aws:index/getServicePrincipal:getServicePrincipal": getServicePrincipal,
  "aws:cloudfront/getLogDeliveryCanonicalUserId:getLogDeliveryCanonicalUserId": (args, around) => ({
    id:
      entryOf(LOG_DELIVERY_USERS.ids, partitionOf(regionOf(args, around))) ??
      LOG_DELIVERY_USERS.ids.aws,
    region: regionOf(args, around),
  }),
  "aws:iam/getPolicyDocument:getPolicyDocument": policyDocument,
};
