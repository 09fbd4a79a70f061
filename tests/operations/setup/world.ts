/** The files of the tests' stacks in a folder of their own, and `npm run setup` there. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { parse } from "yaml";

import { type Ask, main } from "../../../operations/setup";
import { fixtureOf, ownFiles } from "../../support/scratch";

/** An owner's answers. */
export const ANSWERS = {
  account: "012345678901",
  region: "us-east-1",
  "copy-region": "us-west-2",
  domain: "acme-sales.com",
  repository: "acme/crm-platform",
  "owner-id": "4711",
  "repository-id": "471147",
  reviewers: "@acme/platform",
  team: "sre@acme.io",
  alerts: "on-call@acme.io",
  phone: "+4915112345678",
};
export type Changes = Readonly<Partial<Record<keyof typeof ANSWERS | "stacks" | "suffix", string>>>;

/** CODEOWNERS as it is shipped. */
export const CODE_OWNERS = ".github/CODEOWNERS";
const OWNERS =
  "# Of @crm-consulting/platform\n/.github/ @crm-consulting/platform\n/bootstrap/ @crm-consulting/platform\n";

/** A pack configuration of the folder that a test works in. */
export const configOf = (stack: string) => `policy-pack/config.${stack}.json`;

/** A folder as an owner clones it, and what setup says there. */
export class SetupWorld {
  public readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "setup-"));
  public output: string[] = [];
  public readonly errors: string[] = [];
  /** Folders in which what follows from the values was written. */
  public readonly accepted: string[] = [];

  public constructor() {
    for (const file of ownFiles()) {
      fs.cpSync(fixtureOf(file), path.join(this.folder, file));
    }
    fs.mkdirSync(path.join(this.folder, ".github"));
    this.write(CODE_OWNERS, OWNERS);
  }

  public async setup(args: readonly string[], ask?: Ask): Promise<number> {
    const { log, error } = console;
    const write = process.stdout.write.bind(process.stdout);
    console.log = (line: string) => this.output.push(line);
    console.error = (line: string) => this.errors.push(line);
    process.stdout.write = ((text: string) => this.output.push(text)) as never;
    try {
      const accept = (_: unknown, root: string) => Promise.resolve(this.accepted.push(root));
      return await main(args, this.folder, ask, accept);
    } finally {
      Object.assign(console, { log, error });
      process.stdout.write = write;
    }
  }

  public read(file: string): string {
    return fs.readFileSync(path.join(this.folder, file), "utf8");
  }

  public write(file: string, text: string): void {
    fs.writeFileSync(path.join(this.folder, file), text);
  }

  // any: tests reach into every section
  public settings(stack: string): Record<string, any> {
    return (parse(this.read(`Pulumi.${stack}.yaml`)) as { config: Record<string, any> }).config;
  }

  /** The texts of all files that setup may change. */
  public all(): Map<string, string> {
    return new Map([...ownFiles(), CODE_OWNERS].map((file) => [file, this.read(file)]));
  }

  public writeAll(texts: ReadonlyMap<string, string>): void {
    texts.forEach((text, file) => this.write(file, text));
  }

  public remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A world of its own for each test of a suite, and what tests most often do there. */
export function setupWorlds() {
  let world: SetupWorld;
  const begin = () => (world = new SetupWorld());
  const end = () => world.remove();
  beforeEach(begin);
  afterEach(end);
  return {
    world: () => world,
    /** For a test that needs a second one. */
    again: () => {
      end();
      begin();
    },
    setup: (args: readonly string[], ask?: Ask) => world.setup(args, ask),
    read: (file: string) => world.read(file),
    settings: (stack: string) => world.settings(stack),
    all: () => world.all(),
  };
}

/** Answers as options. */
export function options(changes: Changes = {}): string[] {
  return Object.entries({ ...ANSWERS, ...changes }).flatMap(([name, value]) => [
    `--${name}`,
    value,
  ]);
}
