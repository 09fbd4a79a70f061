/** What a check of `npm run doctor` says. */

/** skipped: it could not be asked, which is not ok. */
export type Status = "ok" | "warn" | "fail" | "skipped";

/** The result of one check. */
export interface Finding {
  /** Stable: a word for what is checked, and where it is about several things, which. */
  readonly id: string;
  readonly status: Status;
  /** What was checked, and the result. */
  readonly evidence: string;
  /** One command that fixes it, or says more. */
  readonly fix?: string;
}

/** A check that found nothing wrong. */
export const ok = (id: string, evidence: string): Finding => ({ id, status: "ok", evidence });

/** A check that could not be asked. */
export const skipped = (id: string, evidence: string): Finding => ({
  id,
  status: "skipped",
  evidence,
});

/** The command that sets answers of a stack, or writes what follows from those it has. */
export const setup = (stack: string, options?: string) =>
  `npm run setup -- --stacks ${stack}${options === undefined ? "" : ` --${options}`}`;

/** Problems as one finding of a status, or ok. */
export function judged(
  id: string,
  problems: readonly string[],
  otherwise: string,
  fix: string,
  status: "warn" | "fail" = "fail",
): Finding {
  return problems.length === 0
    ? ok(id, otherwise)
    : { id, status, evidence: shortened(problems).join("; "), fix };
}

/** Lines of evidence that are shown. */
const SHOWN = 4;

function shortened(problems: readonly string[]): string[] {
  const more = problems.length - SHOWN;
  return more > 0 ? [...problems.slice(0, SHOWN), `and ${more} more`] : [...problems];
}
