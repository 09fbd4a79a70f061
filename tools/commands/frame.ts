/** What all commands have in common: help that fits a terminal, hints at a wrong option, options that npm consumed. */
import {
  didYouMean,
  hasNpmSettings,
  npmConsumed,
  optionsIn,
  swallowedByNpm,
} from "../command-hints";
import { wrapped } from "./options";

/** A command's `main`. */
export type Main = (args: readonly string[]) => number | Promise<number>;

/** Wrong usage that a command finds while it works, such as a stack that does not exist, has the exit code 2 as well. */
function refusing(main: Main): Main {
  return async (args) => {
    try {
      return await main(args);
    } catch (error) {
      if ((error as { kind?: unknown }).kind !== "usage") throw error;
      console.error((error as Error).message);
      return 2;
    }
  };
}

/** Runs a command; returns its exit code. */
export async function run(given: Main, name: string, args: readonly string[]): Promise<number> {
  const main = refusing(given);
  const own = args.findIndex((one) => one.startsWith("-"));
  const first = (own < 0 ? args : args.slice(0, own)).slice(0, 1);
  const help = () =>
    heard(() => main([...first, "--help"]), BOTH, { silent: true }).then(
      ({ text }) => text,
      () => "",
    );
  if (hasNpmSettings(process.env)) {
    const taken = swallowedByNpm(optionsIn(await help()), args, process.env);
    if (taken !== undefined) {
      const script = process.env["npm_lifecycle_event"] ?? name;
      console.error(npmConsumed(`npm run ${script} --`, taken));
      return 2;
    }
  }
  if (own < 0) return main(args);
  if (asksForHelp(args)) {
    const { code, text } = await heard(() => main(args), [process.stdout], { silent: true });
    process.stdout.write(wrapped(text));
    return code;
  }
  const { code, text } = await heard(() => main(args), [process.stderr]);
  if (code !== 2) return code;
  const hint = didYouMean(text.includes("Usage") ? text : text + (await help()), args);
  if (hint !== undefined) console.error(hint);
  return code;
}

const BOTH = [process.stdout, process.stderr];

/** Whether the usage is asked for; what follows `--` is for another program. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  return own.includes("--help") || own.includes("-h");
}

/** Runs something and keeps what it writes; silent: nothing of it is shown. */
async function heard(
  work: () => number | Promise<number>,
  streams: readonly NodeJS.WriteStream[],
  { silent = false } = {},
): Promise<{ readonly code: number; readonly text: string }> {
  const written: string[] = [];
  const writes = streams.map((stream) => stream.write.bind(stream));
  streams.forEach((stream, index) => {
    stream.write = (chunk: string | Uint8Array, ...rest: []) => {
      written.push(String(chunk));
      return silent || writes[index]!(chunk, ...rest);
    };
  });
  try {
    return { code: await work(), text: written.join("") };
  } finally {
    streams.forEach((stream, index) => {
      stream.write = writes[index]!;
    });
  }
}
