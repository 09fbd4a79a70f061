/** The sizes that Fargate has, and its platform. */
import type { Fact } from "./fact";

/** Where the sizes stand. */
export const FARGATE_SIZES: Fact = {
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",
  asOf: "2026-11-23",
};

/** The only version of the platform for Linux that AWS still offers. */
export const FARGATE_PLATFORM = {
  version: "1.4.0",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html",
  asOf: "2026-11-23",
} as const satisfies Fact & Record<string, unknown>;

/** CPU units (1024 are one vCPU) -> smallest, largest and step of the memory, in MiB. */
const SIZES: Readonly<Record<number, readonly [number, number, number]>> = {
  256: [512, 2048, 512],
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
  8192: [16_384, 61_440, 4096],
  16384: [32_768, 122_880, 8192],
};

/** The CPU units that a task can have. */
export const FARGATE_CPU_UNITS: readonly number[] = Object.keys(SIZES).map(Number);

/** The least and the most that a task can have. */
export const FARGATE_BOUNDS = {
  cpu: { minimum: Math.min(...FARGATE_CPU_UNITS), maximum: Math.max(...FARGATE_CPU_UNITS) },
  memoryMiB: {
    minimum: Math.min(...Object.values(SIZES).map(([smallest]) => smallest)),
    maximum: Math.max(...Object.values(SIZES).map(([, largest]) => largest)),
  },
};

/** Memory in MiB that goes with so many CPU units; none for units that Fargate does not have. */
export function fargateMemories(cpu: number): number[] {
  const size = SIZES[cpu];
  if (size === undefined) {
    return [];
  }
  const [smallest, largest, step] = size;
  const steps = Array.from(
    { length: Math.floor((largest - smallest) / step) + 1 },
    (_, index) => smallest + index * step,
  );
  // The one size off the grid: a quarter vCPU comes with 0.5, 1 or 2 GiB, not 1.5.
  return cpu === 256 ? steps.filter((memory) => memory !== 1536) : steps;
}
