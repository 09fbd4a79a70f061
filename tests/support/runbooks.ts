/** The runbooks of recovery, taken apart: their steps, and the commands in them. */
import * as fs from "node:fs";
import * as path from "node:path";

import {
  pageValues,
  recordedValues,
  valuesOf,
  withValues,
} from "../../operations/pages/own-values";
import { BOOTSTRAP_PROJECT, stackNames, validated } from "./stack-files";

/** Folder of the project. */
export const ROOT = path.join(__dirname, "..", "..");

/** The runbooks that are made of commands; alarms.md is made of questions. */
export const RUNBOOKS = [
  "bad-deployment.md",
  "database-restore.md",
  "drill.md",
  "failback.md",
  "objects-restore.md",
  "region-loss.md",
  "secret-rotation.md",
  "service-change.md",
] as const;

/** A row of a table of steps. */
export interface RunbookStep {
  /** Title that the table stands under. */
  readonly section: string;
  readonly number: number;
  readonly text: string;
  /** Undefined where the step is another runbook, or the table has no times. */
  readonly minutes?: number;
}

/** A command as a person copies it. */
export interface RunbookCommand {
  readonly runbook: string;
  readonly line: string;
  /** The same in words, quotes taken off and placeholders filled in. */
  readonly words: readonly string[];
}

/** What stands for what a person fills in. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  ARN: "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-0another0another0another0another",
  moment: "2026-11-23T09:30:00Z",
  milliseconds: "1795000000000",
  "subnet group": "subnets",
  "security group": "sg-0123456789abcdef0",
  "parameter group": "parameters",
  "new id": "db-0EXAMPLE0EXAMPLE0EXAMPLE0E",
  service: "core",
  "service name": "crm-core-service",
  "function name": "crm-social-data-processor",
  "recovery point": "arn:aws:backup:us-east-1:123456789012:recovery-point:1",
  "backups ARN":
    "arn:aws:rds:us-east-1:123456789012:auto-backup:ab-0another0another0another0another",
  "restore job": "0A0A0A0A-0A0A-0A0A-0A0A-0A0A0A0A0A0A",
  "backup job": "0C0C0C0C-0C0C-0C0C-0C0C-0C0C0C0C0C0C",
  "copy job": "0B0B0B0B-0B0B-0B0B-0B0B-0B0B0B0B0B0B",
  function: "social-data-processor",
  "last version": "2",
  change: "/change/C2682N5HXP0BZ4",
  key: "a.pdf",
  version: "null",
  "zone id": "Z0123456789ABCDEFGHIJ",
  digest: `sha256:${"0123456789abcdef".repeat(4)}`,
  task: "arn:aws:ecs:us-east-1:123456789012:task/crm-production/0123456789abcdef0123456789abcdef",
  "part of its name": "jwt-secret",
  login: "crm_app_green",
  "signed in": "crm_app_green",
  idle: "blue",
  retired: "green",
  "idle version": "2",
  "retired version": "2",
  "password version": "2",
  "token version": "2",
  "header version": "2",
  variable: "JWT_SECRET",
  value: "twitter-api-key",
  "health check": "11111111-2222-3333-4444-555555555555",
  repository: "crm-core",
  role: "administrator",
  commit: "HEAD",
  today: new Date().toISOString().slice(0, 10),
  "URN of the repository":
    "urn:pulumi:production::crm::crm:aws:CrmService$crm:aws:ImageRepository$aws:ecr/repository:Repository::crm-core",
};

const PROGRAM = /^(until )?(npm|npx|pulumi|aws|curl|git|jq|node) /;

const PAGES = path.join(ROOT, "tests", "fixtures", "pages", "docs", "runbooks");

/** A runbook with the steps and values of the tests' stacks: the page itself has the owner's, once `npm run accept` has run. */
export function readRunbook(name: string): string {
  const configs = new Map(stackNames().map((stack) => [stack, validated(stack)]));
  const bootstrap = path.join(BOOTSTRAP_PROJECT, "Pulumi.bootstrap.yaml");
  const own = fs.readFileSync(path.join(ROOT, "docs", "runbooks", name), "utf8");
  const page = withValues(
    own,
    pageValues(recordedValues(ROOT) ?? {}),
    valuesOf(configs, bootstrap),
  );
  // The steps have these values already.
  return page.replace(FIGURE, (_, id: string) => {
    const pages = fs.readFileSync(path.join(PAGES, name), "utf8");
    const found = [...pages.matchAll(FIGURE)].find(([, one]) => one === id);
    if (found === undefined)
      throw new Error(`${name}: expected the steps ${id} among the tests' pages`);
    return found[2]!;
  });
}

/** What `npm run accept` writes between two comments. */
const FIGURE = /^<!-- ([\w-]+) -->\n([\s\S]*?)^<!-- end of \1 -->$/gm;

/** All steps: rows of the tables whose first column is `step`, and headings with a number. */
export function stepsOf(text: string): RunbookStep[] {
  const steps: RunbookStep[] = [];
  let section = "";
  for (const line of text.split("\n")) {
    const heading = /^### (\d+)\. (.*) \((\d+|-) minutes\)$/.exec(line);
    if (heading === null) section = /^##? ([A-Z].*)$/.exec(line)?.[1] ?? section;
    const [, number, content, minutes = "-"] =
      heading ?? /^\| (\d+) \| (.*?)(?: \| (\d+|-))? \|$/.exec(line) ?? [];
    if (number !== undefined) {
      const length = minutes === "-" ? undefined : Number(minutes);
      steps.push({ section, number: Number(number), text: content!, minutes: length });
    }
  }
  return steps;
}

/** What stands between backticks, and the lines of blocks that are no comments. */
export function spansOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block]) =>
    block!.split("\n").filter((line) => line !== "" && !line.startsWith("#")),
  );
  // A code span with a placeholder alone is none of a command's.
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`<[^<>`]*>`/g, "");
  return [...[...prose.matchAll(/`([^`]+)`/g)].map(([, span]) => span!), ...blocks];
}

/** All commands of all runbooks. */
export function commandsOf(name: string): RunbookCommand[] {
  return spansOf(readRunbook(name))
    .filter((span) => PROGRAM.test(span))
    .map((line) => ({ runbook: name, line, words: wordsOf(line) }));
}

/** The words of a line as a shell takes it apart: of a loop its condition, and nothing after a redirection. */
export function wordsOf(line: string): string[] {
  const [, condition] = /^until (.*); do /.exec(line) ?? [];
  if (condition !== undefined) {
    return wordsOf(condition);
  }
  const filled = line.replace(/<([^<>]+)>/g, (_, name: string) => {
    const value = PLACEHOLDERS[name];
    if (value === undefined) {
      throw new Error(`${line}: <${name}> has no value`);
    }
    // A value with blanks would be several words.
    return value;
  });
  const words = [...filled.matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain!,
  );
  const end = words.indexOf(">");
  return end === -1 ? words : words.slice(0, end);
}

/** Values of an option, which may be given several times. */
export function optionOf({ words }: RunbookCommand, option: string): string[] {
  return words.flatMap((word, index) => (words[index - 1] === option ? [word] : []));
}

/** The commands of all runbooks that begin with these words. */
export function startingWith(...words: string[]): RunbookCommand[] {
  return RUNBOOKS.flatMap(commandsOf).filter((command) =>
    words.every((word, index) => command.words[index] === word),
  );
}

/** Commands by their line, each once. */
export function distinct(list: readonly RunbookCommand[]): RunbookCommand[] {
  return [...new Map(list.map((command) => [command.line, command])).values()];
}

/** A program of the machine; what npm puts into its own folder may be a downloader of the program. */
export function installed(program: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .map((folder) => path.join(folder, program))
    .find((file) => fs.existsSync(file));
}
