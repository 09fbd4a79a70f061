/** How an account is asked, by AWS's command line. */

/** What AWS's command line answers. `status` null: it is not installed. */
export interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs AWS's command line with arguments. */
export type Aws = (args: readonly string[]) => Answer;

/** The JSON that a command prints, or why there is none. */
export function call(aws: Aws, args: readonly string[]): { readonly value: unknown } | string {
  const { status, stdout, stderr } = aws([...args, "--output", "json"]);
  if (status === null) {
    return "AWS's command line is not installed";
  }
  if (status !== 0) {
    return errorOf(stderr);
  }
  try {
    return { value: JSON.parse(stdout) };
  } catch {
    return `expected JSON of aws ${args.slice(0, 2).join(" ")}`;
  }
}

/** The last line of an error, which names the cause. */
export function errorOf(stderr: string): string {
  return stderr.trim().split("\n").at(-1) ?? "";
}

/** The texts of a list. */
export const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
