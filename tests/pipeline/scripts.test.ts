import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { HISTORY_LENGTH } from "../../tools/commands/approved";
import { MARKER, shownIn } from "../../tools/diff/shown";
import { NO_STACK, folderForEach, SCRIPTS } from "../support/scripts";

const ROOT = path.join(__dirname, "..", "..");

describe("the workflows' scripts", () => {
  const { at, program, run, read } = folderForEach();

  const PACK = "--policy-pack policy-pack --policy-pack-config";

  describe("lint-workflows.sh", () => {
    /** Stands in for Python, pip and Go, which install linters that end with these codes. */
    function linters(actionlint: number, zizmor: number) {
      const made = (file: string, code: number) =>
        `printf '#!/bin/bash\\nexit ${code}\\n' >${file}; chmod +x ${file}`;
      program(
        "python3",
        `mkdir -p "$3/bin"; ${made('"$3/bin/pip"', 0)}; ${made('"$3/bin/zizmor"', zizmor)}`,
      );
      program("go", made('"$GOBIN/actionlint"', actionlint));
      program("shellcheck", "");
      fs.mkdirSync(at(".github", "actionlint"), { recursive: true });
    }

    it("fails with what either linter finds", () => {
      for (const [actionlint, zizmor, expected] of [
        [0, 0, 0],
        [1, 0, 1],
        [0, 14, 1],
      ] as const) {
        linters(actionlint, zizmor);
        const { status, said } = run("lint-workflows.sh", ["lint"], { GH_TOKEN: "" });
        assert.equal(status, expected, said);
      }
    });

    it("says by its code that it cannot install them", () => {
      linters(0, 0);
      program("go", "exit 1");
      const { status, said } = run("lint-workflows.sh", ["lint"]);
      assert.equal(status, 2);
      assert.match(said, /cannot be installed here/);
    });
  });

  describe("history.sh", () => {
    it("reads as many operations of the history as exceptions need", () => {
      program("pulumi", "echo '[{}]'");
      const { status, calls } = run("history.sh", ["staging", "history.json"]);
      assert.equal(status, 0);
      assert.deepEqual(calls, [
        `pulumi stack history --stack staging --json --page-size ${HISTORY_LENGTH}`,
      ]);
      assert.equal(read("history.json"), "[{}]\n");
      // A stack that was made and never updated has as little.
      program("pulumi", 'echo "[ ]"');
      assert.equal(run("history.sh", ["staging", "history.json"]).status, 3);
    });

    it("says by its code that there is no such stack, and fails where it cannot know", () => {
      program("pulumi", NO_STACK);
      assert.equal(run("history.sh", ["staging", "history.json"]).status, 3);
      assert.equal(read("history.json"), "[]\n");
      for (const problem of ["AccessDenied: s3:ListBucket", "could not read stack staging"]) {
        program("pulumi", `echo "error: ${problem}" >&2; exit 255`);
        const { status, said } = run("history.sh", ["staging", "history.json"]);
        assert.deepEqual([status, said], [1, `error: ${problem}\n`]);
      }
    });
  });

  const REPOSITORY = { GITHUB_REPOSITORY: "o/r" };

  describe("deploy.sh", () => {
    beforeEach(() => program("pulumi", 'echo "{}"'));

    /** `npm run approved` names the commit that is deployed. */
    const NPM = "[[ $* == *approved* ]] && echo >deployment/deployed-commit.txt; exit 0";

    it("guards with the exceptions of what is deployed, and judges and deploys by the same", () => {
      program("npm", NPM);
      const { status, calls } = run("deploy.sh", ["guard", "staging"], REPOSITORY);
      assert.equal(status, 0);
      assert.deepEqual(calls, [
        "pulumi login s3://state",
        `pulumi stack history --stack staging --json --page-size ${HISTORY_LENGTH}`,
        "npm run --silent approved -- --stack staging --history deployment/history.json --out deployment",
        `pulumi preview --json --stack staging --non-interactive ${PACK} deployment/policy-config.json`,
        "npm run --silent guard -- deployment/preview.json --exceptions deployment/guard-exceptions.json --shown deployment/approved-comments.json",
      ]);
      assert.equal(read("deployment/approved-comments.json"), "[]\n");
      const up = run("deploy.sh", ["up", "staging"], { UP_MINUTES: "5" });
      assert.equal(
        up.calls.at(-1),
        `pulumi up --stack staging --yes --non-interactive --skip-preview ${PACK} deployment/policy-config.json`,
      );
    });

    it("ends where the exceptions cannot be read, where the preview fails and where the guard refuses", () => {
      const cases: [string, string, number][] = [
        ["[[ $* == *approved* ]] && exit 1; exit 0", 'echo "{}"', 3],
        // Once as a document, once as text.
        ["", '[[ $1 == preview ]] && exit 255; echo "[{}]"', 5],
        [`[[ $* == *guard* ]] && exit 1; ${NPM}`, 'echo "{}"', 5],
      ];
      for (const [npm, pulumi, calls] of cases) {
        fs.rmSync(at("calls"), { force: true });
        program("npm", npm);
        program("pulumi", pulumi);
        const result = run("deploy.sh", ["guard", "staging"], REPOSITORY);
        assert.notEqual(result.status, 0);
        assert.equal(result.calls.length, calls);
      }
    });

    it("says why a preview is refused: what the policy pack said, which the document leaves out", () => {
      program("npm", "");
      program(
        "pulumi",
        '[[ $1 == preview ]] || { echo "[{}]"; exit 0; }; [[ $* == *--json* ]] || echo "[mandatory] rds-encrypted"; exit 1',
      );
      const { status, said, calls } = run("deploy.sh", ["guard", "staging"]);
      assert.equal(status, 1);
      assert.match(said, /\[mandatory\] rds-encrypted/);
      assert.match(said, /^::error title=The preview of staging is refused::/m);
      assert.ok(!calls.some((call) => call.startsWith("npm run --silent guard")));
      assert.equal(read("deployment/preview.json"), "");
    });

    it("leaves a stack's first update to a person, and says so", () => {
      program("npm", "");
      program("pulumi", `[[ $1 == login ]] && exit 0; ${NO_STACK}`);
      const { status, said, calls } = run("deploy.sh", ["guard", "staging"]);
      assert.equal(status, 1);
      assert.match(said, /^::error title=staging is not deployed yet::.*README\.md/m);
      assert.equal(calls.length, 2);
      program("pulumi", "[[ $1 == login ]] && exit 0; echo 'error: AccessDenied' >&2; exit 255");
      const unknown = run("deploy.sh", ["guard", "staging"]);
      assert.notEqual(unknown.status, 0);
      assert.doesNotMatch(unknown.said, /not deployed yet/);
    });

    it("asks the application and the status, and fails with either", () => {
      const urls = ["https://api.example.com/health", "https://api.example.com/api/auth/ready"];
      const outputs = { hosts: { app: "app.example.com" }, probeUrls: urls };
      program("pulumi", `echo '${JSON.stringify(outputs)}'`);
      program("npm", "");
      program("curl", "");
      const { status, calls } = run("deploy.sh", ["check", "staging"]);
      assert.equal(status, 0);
      const asked = calls.filter((call) => call.startsWith("curl "));
      assert.deepEqual(
        asked.map((call) => call.split(" ").at(-1)),
        urls,
      );
      assert.equal(calls.at(-1), "npm run --silent status -- --stack staging --gate");
      assert.equal(read("output"), "url=https://app.example.com\n");
      program("npm", "exit 1");
      assert.notEqual(run("deploy.sh", ["check", "staging"]).status, 0);
      program("npm", "");
      program("curl", "[[ $* != *ready ]] || exit 22");
      const refused = run("deploy.sh", ["check", "staging"]);
      assert.notEqual(refused.status, 0);
      assert.match(
        refused.said,
        /^::error title=staging does not answer as it should::.*auth\/ready/m,
      );
    });

    it("asks an update to end before the job does", () => {
      program("pulumi", 'trap "echo saved; exit 130" INT; while :; do sleep 0.1; done');
      const ended = run("deploy.sh", ["up", "staging"], { UP_MINUTES: "0.01" });
      assert.match(ended.said, /saved/);
      assert.notEqual(ended.status, 0);
    });

    it("reports what still differs, or that it is not known, and fails with neither", () => {
      program("npm", "echo '- update'");
      const different = run("deploy.sh", ["drift", "staging"]);
      assert.equal(different.status, 0);
      assert.match(different.said, /::warning /);
      assert.match(read("summary"), /- update/);
      program("npm", "");
      const same = run("deploy.sh", ["drift", "staging"]);
      assert.deepEqual([same.status, same.said], [0, ""]);
      const unknown = () => {
        const { status, said } = run("deploy.sh", ["drift", "staging"]);
        assert.equal(status, 0);
        assert.match(said, /^::warning title=What differs after .* is not known::/m);
        return said;
      };
      // A refresh that AWS throttles.
      program("pulumi", "exit 255");
      unknown();
      // A list that is no document.
      program("pulumi", `echo '{"steps": []}'`);
      program(
        "npm",
        `shift 4; cd "${ROOT}" && "${process.execPath}" tools/commands/run.js drift "$1" "${at()}/$2" "$3" "${at()}/$4"`,
      );
      fs.writeFileSync(at("known-differences.json"), "[{ no JSON");
      assert.match(unknown(), /known-differences\.json/);
    });

    it("knows no other step", () => {
      assert.equal(run("deploy.sh", ["destroy", "staging"]).status, 2);
    });
  });

  it("comment.sh writes the comment of all stacks and the run's summary, also if no job has left anything", () => {
    program("npm", '[ -d out ] && echo "## Preview"');
    const RUN = "https://github.com/o/n/actions/runs/1";
    fs.mkdirSync(at(".github", "workflows"));
    fs.writeFileSync(
      at(".github", "workflows", "preview.yml"),
      "  matrix:\n    stack: [staging, production]\n  other:\n    stack: [recovery]\n",
    );
    const { status, calls } = run("comment.sh", ["out", "--offline"], { RUN });
    assert.equal(status, 0);
    assert.equal(
      calls[0],
      `npm run --silent comment -- out --run ${RUN} --stack staging --stack production --stack recovery --offline`,
    );
    assert.equal(read("comment.md"), "## Preview\n");
    assert.equal(read("summary"), "## Preview\n");
  });

  it("comment.sh replaces what was approved if the comment cannot be written", () => {
    program("npm", "exit 127");
    fs.mkdirSync(at(".github", "workflows"));
    fs.writeFileSync(at(".github", "workflows", "preview.yml"), "");
    assert.equal(run("comment.sh", ["out"], { RUN: "https://github.com/o/n" }).status, 0);
    const [marker, ...lines] = read("comment.md").split("\n");
    assert.equal(marker, MARKER);
    assert.match(lines.join("\n"), /Changes not known: .*\(https:\/\/github\.com\/o\/n\)/);
    assert.deepEqual(shownIn([read("comment.md")]), { plans: new Set(), steps: new Set() });
  });

  it("list-stacks.sh lists the stacks as a matrix takes them", () => {
    for (const name of ["", "staging.", "own-one.", "production."]) {
      fs.writeFileSync(at(`Pulumi.${name}yaml`), "");
    }
    assert.equal(run("list-stacks.sh", []).status, 0);
    assert.equal(read("output"), 'names=["own-one","production","staging"]\n');
  });

  it("job-time.sh hands on what the settings need, and fails with it", () => {
    program("npm", "echo minutes=215");
    assert.equal(run("job-time.sh", ["staging"]).status, 0);
    assert.equal(read("output"), "minutes=215\n");
    program("npm", "exit 1");
    assert.notEqual(run("job-time.sh", ["staging"]).status, 0);
  });

  it("drift.sh writes the issue's text, and fails when the preview does", () => {
    program("pulumi", "[[ $1 == stack ]] && echo '[{}]'; exit 0");
    program("npm", 'echo "- update"');
    assert.equal(run("drift.sh", ["staging"]).status, 0);
    assert.equal(read("drift.md"), "- update\n");
    assert.equal(read("summary"), "- update\n");
    program("pulumi", "[[ $1 == preview ]] && exit 255; echo '[{}]'");
    assert.notEqual(run("drift.sh", ["staging"]).status, 0);
    program("pulumi", "[[ $1 == stack ]] && exit 255; exit 0");
    assert.notEqual(run("drift.sh", ["staging"]).status, 0);
  });

  it("drift.sh reports a stack that is not deployed yet, and opens no issue", () => {
    program("npm", 'echo "- create"');
    for (const stack of [NO_STACK, "echo '[]'"]) {
      program("pulumi", `[[ $1 == stack ]] || exit 0; ${stack}`);
      fs.rmSync(at("calls"), { force: true });
      const { status, calls } = run("drift.sh", ["staging"]);
      assert.equal(status, 0);
      assert.equal(calls.length, 2);
      assert.equal(read("drift.md"), "");
      assert.match(read("summary"), /staging is not deployed yet/);
    }
  });

  /** GitHub's interface as far as the scripts use it; what they change is kept. */
  function github(items: object[], pulls: object[]) {
    const changes: [string, Record<string, unknown>][] = [];
    const method = (name: string) => (parameters: Record<string, unknown>) => {
      changes.push([name, parameters]);
      return Promise.resolve();
    };
    const names = [
      "listComments",
      "updateComment",
      "createComment",
      "listForRepo",
      "update",
      "create",
    ];
    return {
      changes,
      call: {
        github: {
          // Only pull requests are asked for by their branch.
          paginate: (_: unknown, { head }: { head?: string }) =>
            Promise.resolve(head === undefined ? items : pulls),
          graphql: (query: string, { id }: { id: string }) => {
            changes.push([/^mutation \(\$id: ID!\) \{ (\w+)/.exec(query)![1]!, { id }]);
            return Promise.resolve();
          },
          rest: {
            issues: Object.fromEntries(names.map((name) => [name, method(name)])),
            pulls: { list: method("pulls") },
          },
        },
        context: { repo: { owner: "o", repo: "r" }, issue: { number: 7 } },
      },
    };
  }

  async function script(
    name: string,
    items: object[],
    file: string,
    text: string,
    { pulls = [], ...more }: { pulls?: object[]; run?: object } = {},
  ) {
    const { changes, call } = github(items, pulls);
    const before = process.cwd();
    fs.writeFileSync(at(file), text);
    process.chdir(at());
    try {
      const module = (await import(path.join(SCRIPTS, name))) as {
        default: (call: object) => Promise<void>;
      };
      await module.default({ ...call, ...more });
    } finally {
      process.chdir(before);
    }
    return changes.map(([method, { owner: _o, repo: _r, ...rest }]) => [method, rest]);
  }

  it("preview-comment.cjs writes one comment and finds it again", async () => {
    const body = "<!-- crm-preview -->\n## Preview\n";
    const comment = (type: string, text: string) => ({
      ...{ id: 1, node_id: "N", user: { type }, body: text },
    });
    const run = (items: object[], text = body) =>
      script("preview-comment.cjs", items, "comment.md", text);
    const own = comment("Bot", "<!-- crm-preview -->\nold");
    assert.deepEqual(await run([]), [["createComment", { issue_number: 7, body }]]);
    assert.deepEqual(await run([own]), [
      ["updateComment", { comment_id: 1, body }],
      ["unminimizeComment", { id: "N" }],
    ]);
    // Where nothing changes, it is folded away, and none is made.
    const quiet = "<!-- crm-preview -->\n<!-- nothing changes -->\n";
    assert.deepEqual(await run([], quiet), []);
    assert.deepEqual((await run([own], quiet)).at(-1), ["minimizeComment", { id: "N" }]);
    // A person's comment that begins like it is not the workflow's.
    assert.deepEqual(await run([comment("User", "<!-- crm-preview -->\nold")]), [
      ["createComment", { issue_number: 7, body }],
    ]);
  });

  it("preview-comment.cjs finds a fork's pull request, and leaves one alone that has moved on", async () => {
    const body = "<!-- crm-preview -->\n## Preview\n";
    const run = { head_branch: "b", head_sha: "new", head_repository: { owner: { login: "f" } } };
    const written = (sha: string) =>
      script("preview-comment.cjs", [], "comment.md", body, {
        ...{ run, pulls: [{ number: 9, head: { sha } }] },
      });
    assert.deepEqual(await written("new"), [["createComment", { issue_number: 9, body }]]);
    assert.deepEqual(await written("newer"), []);
  });

  it("drift-issue.cjs opens, renews and closes the stack's own issue", async () => {
    process.env["STACK"] = "staging";
    const issue = { number: 3, title: "Drift: staging" };
    const run = (items: object[], text: string) =>
      script("drift-issue.cjs", items, "drift.md", text);
    const other = { number: 4, title: "Drift: production" };
    assert.deepEqual(await run([other], "- update"), [
      ["create", { title: "Drift: staging", body: "- update", labels: ["drift"] }],
    ]);
    assert.deepEqual(await run([other, issue], "- update"), [
      ["update", { issue_number: 3, body: "- update" }],
    ]);
    assert.deepEqual(await run([other], ""), []);
    const closed = await run([other, issue], "");
    assert.deepEqual(closed.at(-1), ["update", { issue_number: 3, state: "closed" }]);
    delete process.env["STACK"];
  });
});
