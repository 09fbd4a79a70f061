import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

const ROOT = path.join(__dirname, "..");
const FOLDER = path.join(ROOT, ".github", "workflows");
const SCRIPTS = path.join(ROOT, ".github", "scripts");
const scriptFiles = fs.readdirSync(SCRIPTS).filter((file) => file.endsWith(".sh"));

interface Step {
  "continue-on-error"?: boolean;
  if?: string;
  shell?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, unknown>;
}
interface Job {
  if?: string;
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
  env?: Record<string, string>;
  jobs: Record<string, Job>;
}

const files = fs.readdirSync(FOLDER).filter((file) => file.endsWith(".yml"));
const textOf = (file: string) => fs.readFileSync(path.join(FOLDER, file), "utf8");
const workflow = (file: string) => parse(textOf(file)) as Workflow;
const jobs = () =>
  files.flatMap((file) =>
    Object.entries(workflow(file).jobs).map(([name, job]) => ({ file, name, job })),
  );

describe("workflows", () => {
  it("are linted on each push, and each exception says why", () => {
    const script = ".github/scripts/lint-workflows.sh";
    const steps = workflow("ci.yml").jobs["workflows"]!.steps!;
    assert.ok(steps.some(({ run }) => run?.startsWith(script)));
    assert.ok(fs.readFileSync(path.join(ROOT, ".ci", "run"), "utf8").includes(script));
    for (const file of files) {
      for (const [line] of textOf(file).matchAll(/.*zizmor: ignore.*/g)) {
        assert.match(line, /# zizmor: ignore\[[\w-]+\] \w+ \w+/, `${file}: ${line}`);
      }
    }
    const needed = fs.readFileSync(path.join(ROOT, ".github", "requirements.txt"), "utf8");
    for (const [, name] of needed.matchAll(/^([\w-]+)/gm)) {
      assert.match(needed, new RegExp(`^${name}==[\\d.]+ \\\\\n +--hash=sha256:[0-9a-f]{64}`, "m"));
    }
  });

  it("run on each push what .ci/run runs, but for the questions to the provider", () => {
    const script = fs.readFileSync(path.join(ROOT, ".ci", "run"), "utf8");
    const code = script.replace(/^ *#.*$/gm, "").replace(/\\\n/g, " ");
    const commands = [...code.matchAll(/npm (?:run )?(?:--silent )?([a-z:]+)(.*)/g)].map(
      ([, name, rest]) => `${name}${/ --(?:check|profile strict)/.exec(rest!)?.[0] ?? ""}`,
    );
    assert.ok(commands.length > 12, commands.join());
    const steps = Object.values(workflow("ci.yml").jobs).flatMap(({ steps: own = [] }) => own);
    const runs = steps.map(({ run = "" }) => run.replaceAll("--silent ", "")).join("\n");
    const missing = commands.filter((command) => {
      const [name, option = ""] = command.split(/(?= --)/);
      return !new RegExp(`npm (?:run )?${name}\\b.*${option}`).test(runs);
    });
    assert.deepEqual(missing, []);
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
    assert.equal(withCredentials.length, 4);
    for (const { file, job } of withCredentials) {
      const steps = job.steps!;
      const taken = steps.findIndex(({ uses }) => uses?.startsWith("aws-actions/"));
      const before = steps.slice(0, taken).map(({ run }) => run);
      if (file === "image.yml") {
        // Nothing of npm's or Pulumi's runs in this job, and what a Dockerfile runs has ended.
        assert.ok(before.some((run) => run?.startsWith(".github/scripts/image.sh build ")));
      } else {
        const install = steps
          .slice(0, taken)
          .find(({ run }) => run === "node .github/scripts/pulumi-releases.mjs install");
        // Without a token GitHub answers 60 requests an hour for each address, which runners share.
        assert.deepEqual(install?.env, { GITHUB_TOKEN: "${{ github.token }}" }, file);
        assert.ok(before.includes("npm ci --omit=dev"), file);
        assert.equal(job.env?.["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"], "true", file);
      }
      for (const { run = "" } of steps.slice(taken)) {
        // npx runs what it finds, and fetches what it does not find.
        assert.doesNotMatch(run, /\bnpx\b|npm (ci|install)|\b(curl|wget)\b.*\|/, file);
      }
    }
  });

  it("take the same for an image by hand and from another workflow", () => {
    const { workflow_call: call, workflow_dispatch: hand } = workflow("image.yml").on as Record<
      string,
      { inputs: unknown }
    >;
    assert.deepEqual(hand!.inputs, call!.inputs);
  });

  // A cache is unpacked over the machine, and every run on main can write it. Source: CodeQL, "actions/cache-poisoning";
  // actions/setup-node#1567.
  it("take nothing from a cache where a job may do more than read", () => {
    const withRights = jobs().filter(
      ({ job }) => job.steps && Object.values(job.permissions ?? {}).includes("write"),
    );
    assert.deepEqual(
      withRights.map(({ file, name }) => `${file}: ${name}`),
      [
        ...["deploy-stack.yml: deploy", "drift.yml: drift"],
        ...["image.yml: image", "image.yml: deliver", "preview-comment.yml: comment"],
        ...["preview.yml: preview", "preview.yml: comment", "release.yml: release"],
      ],
    );
    for (const { file, job } of withRights) {
      for (const { uses = "", with: options = {} } of job.steps!) {
        assert.doesNotMatch(uses, /^actions\/cache\b/, file);
        if (/^[\w-]+\/setup-/.test(uses)) {
          assert.equal(options["package-manager-cache"], false, file);
          assert.ok(!("cache" in options), file);
        }
      }
    }
  });

  it("audit what is deployed every week and on each push, and release it with its bill of materials", () => {
    const runs = (file: string) =>
      Object.values(workflow(file).jobs).flatMap(({ steps }) => steps!.map(({ run }) => run));
    const [{ cron } = { cron: "" }] = workflow("audit.yml").on["schedule"] as { cron: string }[];
    assert.match(cron, /^\d+ \d+ \* \* [0-6]$/);
    assert.ok(runs("audit.yml").includes(".github/scripts/audit.sh"));
    assert.ok(runs("ci.yml").includes("npm audit --omit=dev --audit-level=high"));
    assert.ok(runs("release.yml").includes('.github/scripts/release.sh "$TAG"'));
    assert.deepEqual(workflow("release.yml").on, { push: { tags: ["v*"] } });
  });

  it("run one command a step: what decides is in scripts, which tests execute", () => {
    for (const { file, job } of jobs()) {
      for (const { run = "", shell } of job.steps ?? []) {
        // No substitution either: only a program with its arguments.
        assert.doesNotMatch(run.trimEnd(), /[\n;|&`]|\$\(|\bexit\b/, `${file}: ${run}`);
        assert.equal(shell, undefined, file);
        for (const [script] of run.matchAll(/\.github\/scripts\/[\w.-]+/g)) {
          fs.accessSync(path.join(ROOT, script), fs.constants.R_OK);
        }
      }
    }
  });

  it("write nothing but JSON into JSON", () => {
    for (const file of scriptFiles) {
      const text = fs.readFileSync(path.join(SCRIPTS, file), "utf8");
      assert.doesNotMatch(text, /npm ci(?! >&2)/, file);
      assert.doesNotMatch(text, /npm run (?!--silent)/, file);
    }
  });

  it("preview with the role that reads the state what a person of this repository has written", () => {
    const preview = workflow("preview.yml");
    const own = preview.env!["OWN"]!.replace(/\s+/g, " ");
    for (const condition of [
      "github.event.pull_request.head.repo.full_name == github.repository",
      "github.event.pull_request.user.type == 'User'",
      "!endsWith(github.actor, '[bot]')",
    ]) {
      assert.ok(own.includes(condition), condition);
    }
    assert.doesNotMatch(own, /\|\|/);
    const steps = preview.jobs["preview"]!.steps!;
    const taken = steps.findIndex(({ uses }) => uses?.startsWith("aws-actions/"));
    for (const { uses, run, if: condition } of steps.slice(taken)) {
      const upload = uses?.startsWith("actions/upload-artifact@");
      assert.ok(upload || condition === "env.OWN == 'true'", run ?? uses);
    }
  });

  it("write on a fork's pull request with main's code, and take documents of its run alone", () => {
    const { on, jobs: all } = workflow("preview-comment.yml");
    assert.deepEqual(on, { workflow_run: { workflows: ["Preview"], types: ["completed"] } });
    const { steps, permissions } = all["comment"]!;
    assert.deepEqual(permissions, {
      ...{ actions: "read", contents: "read", "pull-requests": "write" },
    });
    const checkouts = steps!.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    assert.deepEqual(
      checkouts.map(({ with: options }) => options?.["ref"]),
      ["${{ github.event.repository.default_branch }}"],
    );
    const taken = steps!.findIndex(({ uses }) => uses?.startsWith("actions/download-artifact@"));
    assert.equal(steps![taken]!.with!["path"], "out");
    // Nothing is installed or run from what was taken.
    assert.deepEqual(
      steps!.slice(taken + 1).map(({ run, uses }) => run ?? uses!.split("@")[0]),
      [".github/scripts/comment.sh out --offline", "actions/github-script"],
    );
  });

  it("write a comment also where a job or an installation fails, on every stack that is compared", () => {
    const preview = workflow("preview.yml").jobs;
    for (const { steps } of [
      preview["comment"]!,
      workflow("preview-comment.yml").jobs["comment"]!,
    ]) {
      const install = steps!.find(({ run }) => run?.startsWith("npm ci"));
      assert.equal(install!["continue-on-error"], true);
    }
    assert.equal(preview["comment"]!.if, "${{ !cancelled() }}");
    // comment.sh reads the stacks out of these lines.
    const text = fs.readFileSync(path.join(ROOT, ".github", "workflows", "preview.yml"), "utf8");
    const lines = [...text.matchAll(/^ *stack: \[(.*)\]$/gm)].map(([, names]) =>
      names!.split(", "),
    );
    const matrices = Object.values(preview).flatMap(
      (job) => (job.strategy?.matrix as { stack?: string[] } | undefined)?.stack ?? [],
    );
    assert.deepEqual(lines.flat(), matrices);
    assert.ok(matrices.includes("production") && matrices.includes("bootstrap"));
  });

  it("are owned, as are roles and exceptions", () => {
    const owned = fs.readFileSync(path.join(ROOT, ".github", "CODEOWNERS"), "utf8");
    const paths = [...owned.matchAll(/^(\/\S+)(?:\s+@\S+)+$/gm)].map(([, one]) => one!);
    for (const needed of ["/.github/", "/bootstrap/", "/guard-exceptions.json", "/policy-pack/"]) {
      assert.ok(paths.includes(needed), needed);
    }
    for (const one of paths.filter((name) => name !== "/guard-exceptions.json")) {
      const [folder, pattern] = [path.dirname(one), path.basename(one)];
      const names = fs.readdirSync(path.join(ROOT, folder));
      const start = pattern.replace("*", "");
      assert.ok(
        names.some((name) => (pattern.endsWith("*") ? name.startsWith(start) : name === pattern)),
        one,
      );
    }
  });

  it("take new versions a week after they are published", () => {
    const { updates } = parse(
      fs.readFileSync(path.join(ROOT, ".github", "dependabot.yml"), "utf8"),
    ) as { updates: { "package-ecosystem": string; cooldown?: Record<string, number> }[] };
    assert.deepEqual(
      updates.map((update) => update["package-ecosystem"]),
      ["npm", "pip", "gomod", "github-actions"],
    );
    for (const { cooldown } of updates) {
      assert.deepEqual(cooldown, { "default-days": 7 });
    }
    assert.match(fs.readFileSync(path.join(ROOT, ".npmrc"), "utf8"), /^min-release-age=7$/m);
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
    assert.ok(stacks!.steps!.some(({ run }) => run === ".github/scripts/list-stacks.sh"));
  });

  it("refuse a stack that keeps another one's names, on a pull request too", () => {
    const { on, jobs: all } = workflow("ci.yml");
    assert.ok(Object.hasOwn(on, "pull_request"));
    const [look = ""] = all["preview"]!.steps!.flatMap(({ run = "" }) =>
      run.startsWith("npm run doctor ") ? [run] : [],
    );
    for (const id of ["shared-settings", "physical-names", "bootstrap", "pack-configuration"]) {
      assert.ok(look.includes(` --only ${id}`), id);
    }
    assert.match(look, /--stack "\$STACK" --offline /);
  });

  it("check what is made of the stack files", () => {
    const steps = workflow("ci.yml").jobs["accepted"]!.steps!;
    assert.ok(steps.some(({ run }) => run === "npm run accept -- --check"));
  });

  it("run commands that exist", () => {
    const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const shell = scriptFiles.map((file) => fs.readFileSync(path.join(SCRIPTS, file), "utf8"));
    const names = [...files.map(textOf), ...shell].flatMap((text) =>
      [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name!),
    );
    assert.deepEqual(
      names.filter((name) => !Object.hasOwn(scripts, name)),
      [],
    );
  });
});
