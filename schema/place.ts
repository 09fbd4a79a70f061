/** What follows from the region: zones and the prefix list of CloudFront. One setting, `aws:region`, moves a stack. */
import { CLOUDFRONT_REGION } from "../facts/cloudfront";
import { entryOf } from "../facts/entry-of";
import { CLOUDFRONT_PREFIX_LIST } from "../facts/prefix-lists";
import { valueAt } from "../facts/problem-text";
import { assumedZones, isOptIn, USUAL_REGION } from "../facts/regions";
import { isGroup, region, type Report } from "./common";
import type { StackConfig } from "./sections";

type Sections = Readonly<Record<string, unknown>>;

/** Zones of the database where none are given: of primary and standby, then of the replica. */
const DATABASE_ZONES = 2;

/**
 * The sections with what follows from the region, or from the usual one where it is wrong; the schema judges all that is given.
 * Copies of objects are where the stack recovers.
 */
export function withPlace(sections: Sections, given: unknown): Sections {
  const { network, database, storage, recovery } = sections;
  const { data: copies } = region().safeParse(isGroup(recovery) && recovery["region"]);
  // What is wrong with the one is not said of the other too.
  const isElsewhere = copies !== undefined && copies !== given;
  const copied =
    isGroup(storage) && isElsewhere
      ? { ...sections, storage: { replicationRegion: copies, ...storage } }
      : sections;
  if (!isGroup(network)) return copied;
  const { data: place = USUAL_REGION } = region().safeParse(given);
  const zones = network["availabilityZones"] ?? zonesFor(place, network);
  const placed = {
    availabilityZones: zones,
    cloudFrontPrefixListId: entryOf(CLOUDFRONT_PREFIX_LIST.ids, place),
  };
  return {
    ...copied,
    network: { ...placed, ...network },
    ...(isGroup(database) && Array.isArray(zones) && { database: databaseIn(zones, database) }),
  };
}

/** As many zones as the longest tier has subnets, as far as the region has them. */
function zonesFor(name: string, { subnets, existing }: Sections): string[] {
  const given = isGroup(existing) ? existing["subnetIds"] : subnets;
  const tiers = isGroup(given) ? Object.values(given) : [];
  const counts = tiers.map((tier) => (Array.isArray(tier) ? tier.length : 0));
  return assumedZones(name).slice(0, Math.max(2, ...counts));
}

function databaseIn(zones: readonly unknown[], database: Sections): Sections {
  const { replica } = database;
  const first = zones.slice(0, DATABASE_ZONES);
  const third = zones[DATABASE_ZONES] ?? zones.at(-1);
  return {
    availabilityZones: first,
    ...database,
    ...(isGroup(replica) && { replica: { availabilityZone: third, ...replica } }),
  };
}

/** Settings that name a region which the account must enable first, by their key. */
export function optInRegions(
  config: StackConfig,
): { readonly key: string; readonly region: string }[] {
  const { region: own, recovery, storage, cluster } = config;
  const all = {
    "aws:region": own,
    "crm:recovery.region": recovery.region,
    "crm:storage.replicationRegion": storage.replicationRegion,
    "crm:cluster.imageReplication.region": cluster.imageReplication?.region,
  };
  return Object.entries(all).flatMap(([key, name]) =>
    name !== undefined && isOptIn(name) ? [{ key, region: name }] : [],
  );
}

/** Where a stack file names a certificate that exists: of the load balancer, and of the distributions. */
export const CERTIFICATES = {
  balancer: ["cluster", "loadBalancer", "certificateArn"],
  viewer: ["edge", "distribution", "certificateArn"],
} as const;

/**
 * A certificate is of the stack's account, and where what shows it reads it: no policy gives one to another account. Source: ACM
 * User Guide, "How AWS Certificate Manager works with IAM".
 */
function certificateRules(config: Partial<StackConfig>, report: Report): void {
  const { accountId } = config;
  if (accountId === undefined) return;
  const places = {
    balancer: [config.region, `aws:region ${config.region}, as its load balancer`],
    viewer: [CLOUDFRONT_REGION, `${CLOUDFRONT_REGION}, where CloudFront reads it`],
  } as const;
  for (const kind of ["balancer", "viewer"] as const) {
    const given = valueAt(config, CERTIFICATES[kind]);
    if (typeof given !== "string") continue;
    const [, , , where, account] = given.split(":");
    const [expected, said] = places[kind];
    if (expected !== undefined && (where !== expected || account !== accountId)) {
      report(CERTIFICATES[kind], given, `a certificate of crm:accountId ${accountId} in ${said}`);
    }
  }
}

/** Zones, prefix list and certificates are the region's own. */
export function placeRules(config: Partial<StackConfig>, report: Report): void {
  certificateRules(config, report);
  const { network, edge, region: stackRegion } = config;
  if (network === undefined || stackRegion === undefined) return;
  network.availabilityZones.forEach((zone, index) => {
    if (!zone.startsWith(stackRegion)) {
      report(["network", "availabilityZones", index], zone, `a zone of aws:region ${stackRegion}`);
    }
  });
  if (!edge?.restrictOrigin) return;
  const { name, ids } = CLOUDFRONT_PREFIX_LIST;
  const list = network.cloudFrontPrefixListId;
  const own = entryOf(ids, stackRegion);
  const [elsewhere] = Object.entries(ids).find(([, id]) => id === list) ?? [];
  const at = ["network", "cloudFrontPrefixListId"];
  if (list === undefined) {
    const command = `aws ec2 describe-managed-prefix-lists --region ${stackRegion} --filters Name=prefix-list-name,Values=${name}`;
    const why = `which crm:edge.restrictOrigin requires and \`${command}\` prints`;
    report(at, undefined, `the id of CloudFront's prefix list in ${stackRegion}, ${why}`);
  } else if (elsewhere !== undefined && elsewhere !== stackRegion) {
    const expected =
      own === undefined ? "the id of CloudFront's list" : `${own}, CloudFront's list`;
    report(at, list, `${expected} in aws:region ${stackRegion}, not that of ${elsewhere}`);
  }
}
