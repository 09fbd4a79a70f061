/** What an instance carries to and from its storage, whatever the volumes behind it do. */
import { entryOf } from "./entry-of";
import type { Fact } from "./fact";
import { sizeMultiple } from "./size-multiple";

/** Mbps and operations of 16 KiB a second of one size: what it always has, and what it has for half an hour a day. */
type Size = readonly [mbps: number, burstMbps: number, iops: number, burstIops: number];

/** What is the same with and without a burst. */
const steady = (mbps: number, iops: number): Size => [mbps, mbps, iops, iops];

const BURSTABLE: Readonly<Record<string, Size>> = {
  micro: [87, 2085, 500, 11_800],
  small: [174, 2085, 1000, 11_800],
  medium: [347, 2085, 2000, 11_800],
  large: [695, 2780, 4000, 15_700],
  xlarge: [695, 2780, 4000, 15_700],
  "2xlarge": [695, 2780, 4000, 15_700],
};
const INTEL_5: Readonly<Record<string, Size>> = {
  large: [650, 4750, 3600, 18_750],
  xlarge: [1150, 4750, 6000, 18_750],
  "2xlarge": [2300, 4750, 12_000, 18_750],
  "4xlarge": steady(4750, 18_750),
  "8xlarge": steady(6800, 30_000),
  "12xlarge": steady(9500, 40_000),
  "16xlarge": steady(13_600, 60_000),
  "24xlarge": steady(19_000, 80_000),
};
const GRAVITON_2: Readonly<Record<string, Size>> = {
  large: [630, 4750, 3600, 20_000],
  xlarge: [1188, 4750, 6000, 20_000],
  "2xlarge": [2375, 4750, 12_000, 20_000],
  "4xlarge": steady(4750, 20_000),
  "8xlarge": steady(9500, 40_000),
  "12xlarge": steady(14_250, 50_000),
  "16xlarge": steady(19_000, 80_000),
};
const FROM_4XLARGE: Readonly<Record<string, Size>> = {
  "4xlarge": [5000, 10_000, 20_000, 40_000],
  "8xlarge": steady(10_000, 40_000),
  "12xlarge": steady(15_000, 60_000),
  "16xlarge": steady(20_000, 80_000),
};
const INTEL_6: Readonly<Record<string, Size>> = {
  large: [650, 10_000, 3600, 40_000],
  xlarge: [1250, 10_000, 6000, 40_000],
  "2xlarge": [2500, 10_000, 12_000, 40_000],
  ...FROM_4XLARGE,
  "24xlarge": steady(30_000, 120_000),
  "32xlarge": steady(40_000, 160_000),
};
const INTEL_7: Readonly<Record<string, Size>> = {
  ...INTEL_6,
  "48xlarge": steady(40_000, 240_000),
};
const GRAVITON_3: Readonly<Record<string, Size>> = {
  large: [630, 10_000, 3600, 40_000],
  xlarge: [1250, 10_000, 6000, 40_000],
  "2xlarge": [2500, 10_000, 12_000, 40_000],
  ...FROM_4XLARGE,
};
const GRAVITON_4: Readonly<Record<string, Size>> = {
  ...GRAVITON_3,
  "24xlarge": steady(30_000, 120_000),
  "48xlarge": steady(40_000, 240_000),
};

const FAMILIES: Readonly<Record<string, Readonly<Record<string, Size>>>> = {
  ...{ t3: BURSTABLE, t4g: BURSTABLE },
  ...{ m5: INTEL_5, m5d: INTEL_5, r5: INTEL_5, r5d: INTEL_5 },
  ...{ m6g: GRAVITON_2, m6gd: GRAVITON_2, r6g: GRAVITON_2, r6gd: GRAVITON_2 },
  ...{ m6i: INTEL_6, m6id: INTEL_6, r6i: INTEL_6, r6id: INTEL_6 },
  ...{ m7i: INTEL_7, r7i: INTEL_7, m7g: GRAVITON_3, r7g: GRAVITON_3, r8g: GRAVITON_4 },
};

/** Where the sizes stand: AWS's guide of EC2 instance types of 2024, tables "Amazon EBS specifications", in a copy of it. */
export const INSTANCE_STORAGE = {
  burstMinutesADay: 30,
  /** MB, as AWS counts the throughput of instances, in a MiB. */
  megabytesInMiB: 1.048576,
  source:
    "https://github.com/jihoo529/ragstone/blob/fc702f1e896befe8ad362282056088c43c3186ef/backend/data/AWS/ec2-types.md",
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/** What passes between an instance and its storage: always, and for half an hour a day. */
export interface InstanceStorage {
  /** Operations of 16 KiB a second. */
  readonly iops: readonly [always: number, burst: number];
  readonly mibps: readonly [always: number, burst: number];
}

/** That of a database class such as `db.r6g.large`; none for one that is not known. */
export function instanceStorage(instanceClass: string): InstanceStorage | undefined {
  const [, family, size] = /^db\.([a-z0-9]+)\.([a-z0-9]+)$/.exec(instanceClass) ?? [];
  return storageOf(entryOf(entryOf(FAMILIES, family) ?? {}, size));
}

/** Sizes of a family such as `r6g`, in multiples of `large`, the smallest first; empty for one that is not known or is burstable. */
export function familySizes(family: string): number[] {
  return Object.keys(entryOf(FAMILIES, family) ?? {})
    .map(sizeMultiple)
    .filter((one) => one !== undefined)
    .sort((one, other) => one - other);
}

/** That of the largest class of the same family; none for a family that is not known. */
export function largestInstanceStorage(instanceClass: string): InstanceStorage | undefined {
  const family = entryOf(FAMILIES, /^db\.([a-z0-9]+)\./.exec(instanceClass)?.[1]);
  const largest = Object.values(family ?? {}).reduce<Size | undefined>(
    (most, one) => (most === undefined || one[2] >= most[2] ? one : most),
    undefined,
  );
  return storageOf(largest);
}

function storageOf(size: Size | undefined): InstanceStorage | undefined {
  if (size === undefined) return undefined;
  const [mbps, burstMbps, iops, burstIops] = size;
  const mib = (megabits: number) => megabits / 8 / INSTANCE_STORAGE.megabytesInMiB;
  return { iops: [iops, burstIops], mibps: [mib(mbps), mib(burstMbps)] };
}
