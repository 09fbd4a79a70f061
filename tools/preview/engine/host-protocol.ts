/** Messages between the command and the preview's process. No Pulumi import. */
import type {
  Diagnostic,
  PlannedResource,
  PolicyVerdict,
  PropertyBag,
} from "../../../analysis/plan/model";
import type { Answer } from "../data/answers";
import type { Project, StackConfig } from "./config";
import type { Failure } from "./errors";
import type { PackConfig } from "./policy-config";

/** How far a preview is. */
export interface Progress {
  phase: "loading" | "registering" | "judging";
  /** Resources so far. */
  resources: number;
}

/** The stack that is previewed. */
export interface StackIdentity {
  project: string;
  stack: string;
}

/** A policy pack that judges the preview. */
export interface PackJob {
  directory: string;
  /** Version in PulumiPolicy.yaml, if there is one. */
  version: string | undefined;
  config: PackConfig;
  /** File of the configuration, for errors; none without one. */
  configFile: string | undefined;
  /** Whether a setting that the pack does not declare is refused: see policy-config.ts. */
  closed: boolean;
}

/** The job of a preview. */
export interface Job {
  project: Project;
  identity: StackIdentity;
  config: StackConfig;
  packs: readonly PackJob[];
  /** The user's answers for data sources. */
  answers: readonly Answer[];
  /** Without the quick start: see plain.ts. */
  plain: boolean;
  /** Whether packs list the types that none of their rules judges. */
  unjudged: boolean;
  /** Whether it is a second evaluation, with known outputs: see assigned.ts. */
  again?: true;
  /** Whether a terminal shows the progress. */
  progress: boolean;
}

/** What there is when the host ends, however it ends. */
export interface Report {
  /** In the order of the tree. */
  resources: PlannedResource[];
  outputs: PropertyBag;
  /** Absent if the program did not complete. */
  policies?: PolicyVerdict;
  /** What the packs had said of single resources when a program ended before its end. */
  judged?: PolicyVerdict;
  /** What the program and the packs logged. */
  diagnostics: Diagnostic[];
  /** Why a policy pack could not judge. */
  packFailure?: Failure[];
  /** Directory of the policy pack that the host was loading when it ended. */
  loadingPack?: string;
}

/** A line that the host writes: how far it is, or its report as the last one. */
export type Line = { progress: Progress } | { report: Report };

/** File descriptor on which the host writes its lines. */
export const REPORT_FD = 4;
