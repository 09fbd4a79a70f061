/** A stand-in for command lines and the person: answers by what a command line holds, and notes what was run. */
import type { Answer, Desk, Progress } from "../../../operations/runbooks/runner";

/** What was run, asked and shown. */
export interface Scene {
  readonly desk: Desk;
  /** Command lines in order, each with whether it was given the terminal. */
  readonly ran: { readonly line: string; readonly terminal: boolean }[];
  readonly asked: string[];
  readonly shown: string[];
  readonly logged: string[];
  readonly files: Map<string, string>;
  /** What the runner keeps for the next run. */
  readonly kept: () => Progress | undefined;
}

/** Output by the first pattern that finds something in the command line; else nothing is printed. */
export type Answers = readonly (readonly [RegExp, string])[];

export interface SceneOptions {
  readonly answers: Answers;
  /** What the person says, by the first pattern that finds something in the question; else `y`. */
  readonly says?: Answers;
  /** What another run left. */
  readonly kept?: Progress;
  readonly attended?: boolean;
  /** The command of this number, from 0, answers so instead. */
  readonly instead?: (number: number, line: string) => Answer | undefined;
}

export function scene({ answers, says = [], kept, attended = true, instead }: SceneOptions): Scene {
  let progress = structuredClone(kept);
  let clock = Date.parse("2026-11-28T03:00:00Z");
  const ran: Scene["ran"] = [];
  const asked: string[] = [];
  const shown: string[] = [];
  const logged: string[] = [];
  const files = new Map<string, string>();
  const found = (table: Answers, text: string) =>
    table.find(([pattern]) => pattern.test(text))?.[1];
  return {
    ...{ ran, asked, shown, logged, files },
    kept: () => progress,
    desk: {
      run: (argv, terminal) => {
        const line = argv.join(" ");
        const own = instead?.(ran.length, line);
        ran.push({ line, terminal });
        const stdout = found(answers, line) ?? "";
        return Promise.resolve(own ?? { status: 0, stdout: `${stdout}\n`, stderr: "" });
      },
      ask: (question) => {
        asked.push(question);
        // A question whose answer is never accepted would be asked for ever.
        if (asked.length > 500) throw new Error(`asked without end: ${question}`);
        return Promise.resolve(found(says, question) ?? "y");
      },
      attended,
      print: (line) => shown.push(line),
      log: (line) => logged.push(line),
      recall: () => structuredClone(progress),
      keep: (given) => (progress = structuredClone(given)),
      write: (file, text) => files.set(file, text),
      now: () => new Date(clock),
      sleep: (milliseconds) => {
        clock += milliseconds;
        return Promise.resolve();
      },
    },
  };
}
