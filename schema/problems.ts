/** What is wrong in a stack file. */
import { problemsText } from "../facts/problem-text";

/** One thing to fix in a stack file. */
export interface ConfigProblem {
  /** Full key with the path below it: `crm:database.allocatedStorage`. */
  readonly key: string;
  /** The sentence that a person reads; begins with the key. */
  readonly message: string;
  /** What helps with every problem of its kind; an error shows it once, at its end. */
  readonly help?: string;
}

/** Thrown when a stack's configuration is not valid; holds every problem. */
export class ConfigError extends Error {
  public constructor(public readonly problems: readonly ConfigProblem[]) {
    const messages = problems.map(({ message }) => message);
    const help = new Set(problems.flatMap((problem) => problem.help ?? []));
    super([problemsText("The stack's configuration", messages), ...help].join("\n"));
    this.name = "ConfigError";
  }
}
