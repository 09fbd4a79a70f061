/** README's move of bootstrap's state, and the script of its last step, with stand-ins for Pulumi's and GitHub's command lines. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { recordedValues } from "../../operations/pages/own-values";
import { spawnSync } from "../support/child";
import { folderForEach, SCRIPTS } from "../support/scripts";

const ROOT = path.join(__dirname, "..", "..");
const README = path.join(ROOT, "README.md");

describe("the move of bootstrap's state", () => {
  const folder = folderForEach();

  /** Runs the commands as a terminal does: a line that fails ends nothing. */
  function moved(line: string): string[] {
    const [, commands] = /^# needs an account; one step\n([^]*?)^```$/m.exec(
      fs.readFileSync(README, "utf8"),
    )!;
    folder.program("pulumi", line);
    spawnSync("bash", ["-c", commands!], {
      cwd: folder.at(),
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder.at("bin")}:${process.env["PATH"]}` },
    });
    return folder.read("calls").trim().split("\n");
  }

  it("goes to the bucket and region that the pages have of bootstrap", () => {
    const { stateBucket, stateRegion } = recordedValues(ROOT)!;
    const calls = moved("");
    assert.deepEqual(calls, [
      "pulumi -C bootstrap stack export --stack bootstrap --file bootstrap.json",
      `pulumi login s3://${stateBucket}?region=${stateRegion}`,
      "pulumi -C bootstrap stack init bootstrap",
      "pulumi -C bootstrap stack import --stack bootstrap --file bootstrap.json",
    ]);
  });

  it("ends where the state cannot be exported, or the bucket not be opened", () => {
    assert.equal(moved("exit 1").length, 1);
    fs.rmSync(folder.at("calls"));
    assert.equal(moved("[[ $* != *login* ]]").length, 2);
  });
});

describe("what the workflows need on GitHub", () => {
  const { at, program, run, read } = folderForEach();

  it("repository.sh sets the variables and environments from bootstrap's outputs, production's reviewer first", () => {
    const arn = (role: string) => `arn:aws:iam::123456789012:role/crm-pipeline-${role}`;
    const roles = Object.fromEntries(
      ["preview", "drift", "images", "staging", "production"].map((role) => [role, arn(role)]),
    );
    const more = { region: "eu-west-1", subject: "repo:o@1/n@2" };
    const outputs = { stateBackend: "s3://state?region=eu-north-1", roles, ...more };
    program("pulumi", `echo '${JSON.stringify(outputs)}'`);
    program(
      "gh",
      `case $* in
      repo*) echo o/n ;;
      *oidc*) echo repo:o@1/n@2 ;;
      *users/*) echo 77 ;;
      *POST*policies*) echo main >"${at()}/$(tr / - <<<"$5")" ;;
      *policies*) cat "${at()}/$(tr / - <<<"$2")" 2>/dev/null || true ;;
      api*) cat >>"${at()}/bodies" ;;
      esac`,
    );
    const { status, said, calls } = run("repository.sh", ["octocat"]);
    assert.deepEqual([status, said.includes("subject")], [0, false], said);
    const set = (name: string, body: string, more = "") =>
      `gh variable set ${name} --repo o/n ${more}--body ${body}`;
    assert.deepEqual(
      calls.filter((call) => call.startsWith("gh variable")),
      [
        set("PULUMI_BACKEND", "s3://state?region=eu-north-1"),
        set("AWS_REGION", "eu-west-1"),
        ...["preview", "drift", "images"].map((role) =>
          set(`AWS_${role.toUpperCase()}_ROLE`, arn(role)),
        ),
        ...["staging", "production"].map((stack) =>
          set("AWS_DEPLOY_ROLE", arn(stack), `--env ${stack} `),
        ),
      ],
    );
    const [staging, production] = read("bodies")
      .trim()
      .split("\n")
      .map((body) => JSON.parse(body) as Record<string, unknown>);
    assert.equal(staging!["reviewers"], undefined);
    assert.deepEqual(production!["reviewers"], [{ type: "User", id: 77 }]);
    for (const body of [staging!, production!]) {
      assert.deepEqual(body["deployment_branch_policy"], {
        protected_branches: false,
        custom_branch_policies: true,
      });
    }
    const named = (all: string[]) => all.filter((call) => call.endsWith(" -f name=main"));
    assert.equal(named(calls).length, 2);
    // A second run finds the branch in both; all calls are kept.
    assert.equal(named(run("repository.sh", ["octocat"]).calls).length, 2);
    assert.ok(
      calls.findIndex((call) => call.includes("environments/production")) <
        calls.findIndex((call) => call.includes("--env production")),
    );
    program("gh", "[[ $1 == repo ]] && echo o/n; [[ $* != *PUT* ]]");
    const refused = run("repository.sh", ["octocat"]);
    assert.equal(refused.status, 1);
    assert.match(refused.said, /environment staging\. A private repository has .* Enterprise only/);
    program("pulumi", `echo '${JSON.stringify({ ...outputs, roles: { preview: "x" } })}'`);
    const missing = run("repository.sh", ["octocat"]);
    assert.notEqual(missing.status, 0);
    assert.match(missing.said, /bootstrap has no output roles\.drift/);
    assert.equal(run("repository.sh", []).status, 2);
  });

  // Answers: GitHub's OpenAPI description and Pulumi's provider for GitHub, ActionsRepositoryOidcSubjectClaimCustomizationTemplate.
  it("repository.sh fails at the end where GitHub's tokens have another subject than the roles trust", function () {
    // gh runs --jq by itself; here jq does.
    if (spawnSync("jq", ["--version"]).status !== 0) this.skip();
    const roles = { preview: "a", drift: "b", images: "c", staging: "d", production: "e" };
    const outputs = { stateBackend: "s3://s", region: "eu-west-1", subject: "repo:o@1/n@2", roles };
    program("pulumi", `echo '${JSON.stringify(outputs)}'`);
    const prefix = { sub_claim_prefix: "repo:o@1/n@2" };
    for (const [answer, got] of [
      [{ use_default: true, ...prefix }, undefined],
      [{ use_default: true, sub_claim_prefix: "repo:o/n" }, "repo:o/n"],
      [{ use_default: false, include_claim_keys: ["repo", "context"], ...prefix }, "a template of repo, context"],
      // The organization's template, or GitHub's default where it has none.
      [{ use_default: false, ...prefix }, "the organization's template, if it has one"],
      [{ use_default: false, include_claim_keys: [], ...prefix }, "the organization's template, if it has one"],
    ] as const) {
      program("gh", `case $* in repo*) echo o/n ;; *oidc*) jq -r "\${@: -1}" <<<'${JSON.stringify(answer)}' ;; esac`);
      const { status, said } = run("repository.sh", ["octocat"]);
      assert.equal(status, got === undefined ? 0 : 1, said);
      if (got === undefined) {
        assert.ok(!said.includes("subject"), said);
      } else {
        assert.ok(said.includes(`expected repo:o@1/n@2, got ${got}.`), said);
        assert.match(said, /docs\/troubleshooting\.md/);
      }
    }
  }); // prettier-ignore

  it("repository.sh asks for bootstrap's passphrase at a terminal, once", function () {
    if (spawnSync("script", ["--version"]).status !== 0) this.skip();
    program("pulumi", `echo "$PULUMI_CONFIG_PASSPHRASE" >>"${at()}/given"; echo '{}'`);
    program("gh", "echo o/n");
    const asked = (env: Record<string, string> = {}) =>
      // A terminal for a script whose input is none.
      spawnSync("script", ["-qec", `${path.join(SCRIPTS, "repository.sh")} octocat`, "/dev/null"], {
        ...{ cwd: at(), encoding: "utf8", input: "of ours\n" },
        env: { ...process.env, PATH: `${at("bin")}:${process.env["PATH"]}`, ...env },
      }).stdout;
    assert.match(asked(), /Passphrase of the stack bootstrap: /);
    assert.doesNotMatch(asked({ PULUMI_CONFIG_PASSPHRASE: "" }), /Passphrase of/);
    assert.equal(read("given"), "of ours\n\n");
  });
});
