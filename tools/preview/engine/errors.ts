import type { Diagnostic, PlannedResource, PolicyVerdict } from "../../../analysis/plan/model";

/** Why a preview ended without a plan. */
export type FailureKind =
  /** The command was called with a wrong command line. */
  | "usage"
  /** The project's or the stack's configuration cannot be read. */
  | "config"
  /** The program failed. */
  | "program"
  /** A policy pack could not be run. */
  | "policy";

/** One error as it is shown: what happened, and where in the project's own code. */
export interface Failure {
  message: string;
  /** Stack frames in the project's code, innermost first: `components/network/network.ts:12:5 (createVpc)`. */
  frames: string[];
  urn?: string;
}

/** A preview that ended without a plan. */
export class PreviewError extends Error {
  /**
   * @param failures errors for the user, at least one
   * @param diagnostics what the program had logged before
   * @param resources what the program had registered before
   */
  constructor(
    readonly kind: FailureKind,
    readonly failures: readonly Failure[],
    readonly diagnostics: readonly Diagnostic[] = [],
    readonly resources: readonly PlannedResource[] = [],
    /** The packs' findings for these resources. */
    readonly policies?: PolicyVerdict,
    /** The stack that was previewed, where there are resources. */
    readonly identity?: Readonly<{ project: string; stack: string }>,
  ) {
    super(failures.map((failure) => failure.message).join("\n"));
    this.name = "PreviewError";
  }
}

/** Why a setting may be missing; nothing without an environment. */
export const causeOfMissing = ({ environment }: { environment?: string }): string =>
  environment === undefined ? "" : `; ${environment} may set it and is not read`;

/** A failure with a message only. */
export function previewError(kind: FailureKind, message: string): PreviewError {
  return new PreviewError(kind, [{ message, frames: [] }]);
}

/** Process exit code for a failure: 2 for wrong usage, else 1. */
export function exitCodeOf(kind: FailureKind): 1 | 2 {
  return kind === "usage" ? 2 : 1;
}
