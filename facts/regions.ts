/** AWS's partitions and regions, by the names that the AWS provider gives them. */
import { entryOf } from "./entry-of";
import type { Fact } from "./fact";

/** What the AWS provider is built with. */
export const REGIONS_SOURCE: Fact = {
  source:
    "https://github.com/hashicorp/aws-sdk-go-base/blob/v2.0.0-beta.72/endpoints/endpoints_gen.go",
  asOf: "2026-11-28",
};

/** A partition, with its regions: name to the provider's description. */
export interface Partition {
  readonly dnsSuffix: string;
  /** Fits regions that are newer than this list. */
  readonly regionPattern: RegExp;
  readonly regions: Readonly<Record<string, string>>;
}

/** By id, the standard one first. */
export const PARTITIONS: Readonly<Record<string, Partition>> = {
  aws: {
    dnsSuffix: "amazonaws.com",
    regionPattern: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
    regions: {
      "af-south-1": "Africa (Cape Town)",
      "ap-east-1": "Asia Pacific (Hong Kong)",
      "ap-east-2": "Asia Pacific (Taipei)",
      "ap-northeast-1": "Asia Pacific (Tokyo)",
      "ap-northeast-2": "Asia Pacific (Seoul)",
      "ap-northeast-3": "Asia Pacific (Osaka)",
      "ap-south-1": "Asia Pacific (Mumbai)",
      "ap-south-2": "Asia Pacific (Hyderabad)",
      "ap-southeast-1": "Asia Pacific (Singapore)",
      "ap-southeast-2": "Asia Pacific (Sydney)",
      "ap-southeast-3": "Asia Pacific (Jakarta)",
      "ap-southeast-4": "Asia Pacific (Melbourne)",
      "ap-southeast-5": "Asia Pacific (Malaysia)",
      "ap-southeast-6": "Asia Pacific (New Zealand)",
      "ap-southeast-7": "Asia Pacific (Thailand)",
      "ca-central-1": "Canada (Central)",
      "ca-west-1": "Canada West (Calgary)",
      "eu-central-1": "Europe (Frankfurt)",
      "eu-central-2": "Europe (Zurich)",
      "eu-north-1": "Europe (Stockholm)",
      "eu-south-1": "Europe (Milan)",
      "eu-south-2": "Europe (Spain)",
      "eu-west-1": "Europe (Ireland)",
      "eu-west-2": "Europe (London)",
      "eu-west-3": "Europe (Paris)",
      "il-central-1": "Israel (Tel Aviv)",
      "me-central-1": "Middle East (UAE)",
      "me-south-1": "Middle East (Bahrain)",
      "mx-central-1": "Mexico (Central)",
      "sa-east-1": "South America (Sao Paulo)",
      "us-east-1": "US East (N. Virginia)",
      "us-east-2": "US East (Ohio)",
      "us-west-1": "US West (N. California)",
      "us-west-2": "US West (Oregon)",
    },
  },
  "aws-cn": {
    dnsSuffix: "amazonaws.com.cn",
    regionPattern: /^cn-\w+-\d+$/,
    regions: {
      "cn-north-1": "China (Beijing)",
      "cn-northwest-1": "China (Ningxia)",
    },
  },
  "aws-eusc": {
    dnsSuffix: "amazonaws.eu",
    regionPattern: /^eusc-(de)-\w+-\d+$/,
    regions: {
      "eusc-de-east-1": "AWS European Sovereign Cloud (Germany)",
    },
  },
  "aws-iso": {
    dnsSuffix: "c2s.ic.gov",
    regionPattern: /^us-iso-\w+-\d+$/,
    regions: {
      "us-iso-east-1": "US ISO East",
      "us-iso-west-1": "US ISO WEST",
    },
  },
  "aws-iso-b": {
    dnsSuffix: "sc2s.sgov.gov",
    regionPattern: /^us-isob-\w+-\d+$/,
    regions: {
      "us-isob-east-1": "US ISOB East (Ohio)",
      "us-isob-west-1": "US ISOB West",
    },
  },
  "aws-iso-e": {
    dnsSuffix: "cloud.adc-e.uk",
    regionPattern: /^eu-isoe-\w+-\d+$/,
    regions: {
      "eu-isoe-west-1": "EU ISOE West",
    },
  },
  "aws-iso-f": {
    dnsSuffix: "csp.hci.ic.gov",
    regionPattern: /^us-isof-\w+-\d+$/,
    regions: {
      "us-isof-east-1": "US ISOF EAST",
      "us-isof-south-1": "US ISOF SOUTH",
    },
  },
  "aws-us-gov": {
    dnsSuffix: "amazonaws.com",
    regionPattern: /^us-gov-\w+-\d+$/,
    regions: {
      "us-gov-east-1": "AWS GovCloud (US-East)",
      "us-gov-west-1": "AWS GovCloud (US-West)",
    },
  },
};

/** Commercial regions that every account has; each other one is enabled in an account first. */
const ENABLED_REGIONS: readonly string[] = [
  ...["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"],
  ...["eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"],
  ...["ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1"],
  ...["ap-southeast-1", "ap-southeast-2"],
];

/** Where {@link isOptIn} comes from. */
export const OPT_IN_FACT: Fact = {
  source: "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html",
  asOf: "2026-11-29",
};

/** Whether an account must enable a commercial region before it can use it. */
export function isOptIn(region: string): boolean {
  return !ENABLED_REGIONS.includes(region);
}

/** Id of the partition of a region; `aws` for one that fits none. */
export function partitionOf(region: string): string {
  const found = Object.entries(PARTITIONS).find(
    ([, { regions, regionPattern }]) =>
      Object.hasOwn(regions, region) || regionPattern.test(region),
  );
  return found?.[0] ?? "aws";
}

/** The region of most examples, assumed where nothing names one. */
export const USUAL_REGION = "us-east-1";

/** The second region of most examples, where copies are. */
export const USUAL_COPY_REGION = "us-west-2";

/** Letters of the zones that new accounts get, where they are not a, b and c. */
const ZONE_LETTERS: Readonly<Record<string, string>> = {
  "us-east-1": "abcdef",
  "us-west-1": "ac",
  "us-west-2": "abcd",
  "ca-central-1": "abd",
  "ap-northeast-1": "acd",
  "ap-northeast-2": "abcd",
};

/** Where {@link assumedZones} comes from. */
export const ZONES_FACT: Fact = {
  source:
    "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html",
  asOf: "2026-11-28",
  unverified:
    "AWS maps the names of zones to places for each account; aws ec2 describe-availability-zones says which an account has",
};

/** Names of a region's availability zones, as most accounts see them. */
export function assumedZones(region: string): string[] {
  const letters = entryOf(ZONE_LETTERS, region) ?? "abc";
  return [...letters].map((letter) => region + letter);
}
