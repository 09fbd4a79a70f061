/** A deployment's files in a folder of their own, plans of the tests' stacks, and a stand-in for AWS's command line. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import type { Surroundings } from "../../../operations/doctor";
import type { Answer } from "../../../operations/doctor/ask";
import { main as setup } from "../../../operations/setup";
import type { Plan } from "../../../tools/preview/index";
import { planOf } from "../../support/plans";
import { fixtureOf, ownFiles } from "../../support/scratch";
import { stackNames } from "../../support/stack-files";

const GOLDEN = path.join(__dirname, "..", "..", "golden");

/** Options of `npm run setup` with an owner's answers. */
export const ANSWERS = [
  ...["--account", "210987654321", "--domain", "acme-sales.com"],
  ...["--repository", "acme/crm-platform", "--owner-id", "4711", "--repository-id", "471147"],
  ...["--reviewers", "@acme/platform"],
  ...["--team", "sre@acme.io", "--alerts", "on-call@acme.io", "--phone", "+4915112345678"],
];

/** Who has to look at a change of the pipeline. */
export const CODE_OWNERS = ".github/CODEOWNERS";

/** What the workflows download; `npm run pulumi:update` writes its digests. */
export const RELEASES = ".github/pulumi-releases.json";

/** Checks that fail or warn of the shipped files of staging, offline. */
export const SHIPPED = {
  "placeholder-account": "fail",
  "placeholder-domain": "fail",
  "placeholder-mailboxes": "fail",
  "placeholder-buckets": "fail",
  runbooks: "warn",
  "placeholder-bootstrap": "fail",
  "code-owners": "warn",
  "pipeline-downloads": "warn",
  "stack-init": "warn",
  "secrets-optional": "warn",
  delegation: "warn",
  code: "warn",
  "quota-fargateVcpus": "warn",
  "quota-lambdaConcurrency": "warn",
  account: "skipped",
};

/** A folder with the files of the tests' stacks, as an owner has them. */
export function deployment(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "doctor-"));
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: crm\nruntime: nodejs\n");
  for (const file of ownFiles()) {
    fs.cpSync(fixtureOf(file), path.join(folder, file));
  }
  fs.mkdirSync(path.join(folder, ".github"));
  fs.writeFileSync(path.join(folder, CODE_OWNERS), "# Who\n/.github/ @crm-consulting/platform\n");
  const file = "pulumi-v3.276.0-linux-x64.tar.gz";
  const releases = [{ name: "pulumi", version: "3.276.0", file, sha256: null }];
  fs.writeFileSync(path.join(folder, RELEASES), JSON.stringify({ releases }));
  for (const stack of stackNames()) {
    const list = path.join(folder, "operations", "accepted", `${stack}.urns`);
    fs.cpSync(path.join(GOLDEN, `${stack}.urns`), list);
  }
  return folder;
}

/** Puts an owner's answers into the files, and a digest beside each download of a deployment. */
export async function answer(folder: string): Promise<void> {
  const { log } = console;
  console.log = () => undefined;
  try {
    if ((await setup(ANSWERS, folder)) !== 0) throw new Error("setup did not end well");
  } finally {
    console.log = log;
  }
  if (!fs.existsSync(path.join(folder, RELEASES))) return;
  change(folder, RELEASES, "null", `"${"0a".repeat(32)}"`);
}

/** Changes a file of the folder. */
export function change(folder: string, file: string, from: string | RegExp, to: string): void {
  const name = path.join(folder, file);
  const text = fs.readFileSync(name, "utf8");
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${file} has no ${String(from)}`);
  fs.writeFileSync(name, changed);
}

/** The surroundings of a folder; AWS's command line is not installed unless answers are given. */
export function surroundings(
  folder: string,
  aws: (args: readonly string[]) => Answer = () => ({ status: null, stdout: "", stderr: "" }),
  altered: (plan: Plan) => Plan = (plan) => plan,
): Surroundings {
  return {
    root: folder,
    aws,
    previewed: async (stack) =>
      altered({ ...(await planOf(stackNames().includes(stack) ? stack : "staging")), stack }),
  };
}

/** An answer of AWS's command line. */
export const says = (value: unknown): Answer => ({
  status: 0,
  stdout: JSON.stringify(value),
  stderr: "",
});

/** An error of AWS's command line, as it prints it. */
export const fails = (error: string): Answer => ({
  status: 254,
  stdout: "",
  stderr: `\n${error}\n`,
});
