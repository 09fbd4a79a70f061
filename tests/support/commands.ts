/** The commands of package.json, run in this process as run-from.js runs them. */
import * as fs from "node:fs";
import * as path from "node:path";

import { type Main, run } from "../../tools/commands/frame";

const ROOT = path.join(__dirname, "..", "..");

/** The scripts of package.json. */
export const { scripts: SCRIPTS } = JSON.parse(
  fs.readFileSync(path.join(ROOT, "package.json"), "utf8"),
) as { scripts: Readonly<Record<string, string>> };

/** Our commands by name: the file of `main`, and the arguments that the script gives it. */
export const COMMANDS = new Map(
  Object.entries(SCRIPTS).flatMap(([name, line]) => {
    const [, folder, file, rest] =
      /^node (operations|tools\/commands)\/run\.js (\S+)(.*)$/.exec(line) ?? [];
    return file === undefined
      ? []
      : [[name, { file: path.join(ROOT, folder!, file), first: rest!.split(" ").filter(Boolean) }]];
  }) as [string, { file: string; first: string[] }][],
);

/** What a command writes, and its exit code. */
export async function ran(name: string, args: readonly string[]) {
  const { file, first } = COMMANDS.get(name)!;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the commands are CommonJS, as run-from.js loads them
  const { main } = require(`${file}.ts`) as { main: Main };
  const written = { stdout: "", stderr: "" };
  const streams = ["stdout", "stderr"] as const;
  const writes = streams.map((stream) => process[stream].write.bind(process[stream]));
  for (const stream of streams) {
    process[stream].write = (chunk: string) => {
      written[stream] += chunk;
      return true;
    };
  }
  const ends = [console.log, console.error];
  console.log = (text: string) => process.stdout.write(`${text}\n`);
  console.error = (text: string) => process.stderr.write(`${text}\n`);
  try {
    return { code: await run(main, name, [...first, ...args]), ...written };
  } finally {
    [console.log, console.error] = ends as [typeof console.log, typeof console.error];
    streams.forEach((stream, index) => (process[stream].write = writes[index]!));
  }
}
