/** The path of an image: its place, the line in the stack file, and the scripts of the workflow with stand-ins. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

import { imagePlace, withImage } from "../../operations/image";
import { spawnSync } from "../support/child";
import { planOf } from "../support/plans";
import { folderForEach } from "../support/scripts";
import { stackFileText, stackNames, STACKS_PROJECT } from "../support/stack-files";

const DIGEST = `sha256:${"0a".repeat(32)}`;
const OTHER = `sha256:${"1b".repeat(32)}`;

describe("an image's path", () => {
  it("leads to the repository that the stack makes, for the processor that its tasks have", async () => {
    const { resources } = await planOf("staging");
    const names = resources
      .filter(({ type }) => type === "aws:ecr/repository:Repository")
      .map(({ inputs }) => inputs["name"]);
    const services = ["auth", "core", "analytics", "social"];
    const places = services.map((service) => imagePlace("staging", service, STACKS_PROJECT));
    assert.deepEqual(places.map(({ repository }) => repository).sort(), names.sort());
    assert.equal(places[0]!.registry, "123456789012.dkr.ecr.us-east-1.amazonaws.com");
    for (const { inputs } of resources.filter(({ type }) => type.includes("taskDefinition"))) {
      const { cpuArchitecture } = inputs["runtimePlatform"] as { cpuArchitecture: string };
      assert.equal(cpuArchitecture, "ARM64");
      assert.ok(places.every(({ platform }) => platform === "linux/arm64"));
    }
    assert.throws(() => imagePlace("staging", "billing", STACKS_PROJECT), {
      message:
        '<service>: expected one of analytics, auth, core, social in stack staging, got "billing"',
    });
    // Recovery runs the copies of production's images.
    assert.throws(() => imagePlace("recovery", "auth", STACKS_PROJECT), /repository\.create: exp/);
  });

  describe("in the stack file", () => {
    const imageIn = (text: string, service: string) =>
      (parse(text) as { config: Record<string, Record<string, { image?: string }>> }).config[
        "crm:services"
      ]![service]!.image;

    it("is one line, and every other byte stays", () => {
      for (const stack of stackNames()) {
        const before = stackFileText(stack);
        const services = Object.keys(
          (parse(before) as { config: Record<string, object> }).config["crm:services"]!,
        );
        for (const service of services) {
          const once = withImage(before, service, DIGEST);
          const twice = withImage(once, service, OTHER);
          assert.equal(imageIn(once, service), DIGEST);
          assert.equal(imageIn(twice, service), OTHER);
          for (const other of services.filter((name) => name !== service)) {
            assert.equal(imageIn(twice, other), imageIn(before, other));
          }
          assert.equal(withImage(once, service, DIGEST), once);
          const without = twice.split("\n").filter((line) => !line.includes(OTHER));
          const kept = before.split("\n").filter((line) => !/^ +image: sha256/.test(line));
          if (imageIn(before, service) === undefined) {
            assert.deepEqual(without, before.split("\n"));
          } else {
            assert.ok(without.length >= kept.length);
          }
        }
      }
    });

    it("keeps the comment beside it, and finds no image of another block", () => {
      const text = [
        "config:",
        "  crm:other:",
        "    auth:",
        "      image: sha256:1",
        "  crm:services:",
        "    # the first",
        "    auth: # who signs in",
        "      # written by the pipeline",
        "      image: sha256:2 # the last",
        "      nested:",
        "        image: x",
        "    core:",
        "      cpu: 256",
      ].join("\n");
      const written = withImage(text, "auth", DIGEST).split("\n");
      assert.equal(written[8], `      image: ${DIGEST} # the last`);
      assert.deepEqual(
        written.filter((_, at) => at !== 8),
        text.split("\n").filter((_, at) => at !== 8),
      );
      assert.equal(withImage(text, "core", DIGEST).split("\n")[12], `      image: ${DIGEST}`);
    });

    it("refuses what is no digest, no service, or no block of lines", () => {
      const text = stackFileText("staging");
      for (const wrong of ["latest", "sha256:1", `${DIGEST}\nx: y`]) {
        assert.throws(() => withImage(text, "auth", wrong), /^Error: --digest: expected sha256/);
      }
      assert.throws(() => withImage(text, "billing", DIGEST), /crm:services\.billing: expected a/);
      const flow = "config:\n  crm:services:\n    auth: { cpu: 256 }\n";
      assert.throws(() => withImage(flow, "auth", DIGEST), /crm:services\.auth: expected a block/);
    });
  });

  describe("in the workflow", () => {
    const folder = folderForEach();
    const REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
    beforeEach(() => {
      folder.program(
        "npm",
        `stack=\${@: -1}; printf 'registry=${REGISTRY}\\nrepository=crm-%s-auth\\nregion=us-east-1\\nplatform=%s\\n' "$stack" "\${PLATFORM:-linux/arm64}"`,
      );
    });
    const step = (name: string, env: Record<string, string> = {}, stacks = "staging production") =>
      folder.run("image.sh", [name, "auth", stacks], {
        GITHUB_RUN_ID: "7",
        GITHUB_RUN_ATTEMPT: "1",
        IMAGE_CONTEXT: "sources/.",
        IMAGE_FILE: "Dockerfile",
        IMAGE_REFUSED: "CRITICAL HIGH",
        ...env,
      });

    it("is built on a machine of its kind, for one processor in all stacks", () => {
      assert.equal(step("where").status, 0);
      assert.equal(folder.read("output"), "runner=ubuntu-24.04-arm\nregion=us-east-1\n");
      folder.program("docker", "");
      const { status, calls } = step("build");
      assert.equal(status, 0);
      assert.equal(
        calls.at(-1),
        "docker buildx build --pull --load --provenance=false --platform linux/arm64 --tag image/auth:built --file sources/./Dockerfile sources/.",
      );
      folder.program(
        "npm",
        `case $* in *staging) echo platform=linux/amd64 ;; *) echo platform=linux/arm64 ;; esac`,
      );
      const mixed = step("where");
      assert.equal(mixed.status, 1);
      assert.match(
        mixed.said,
        /expected one processor in all stacks, got linux\/amd64, linux\/arm64/,
      );
      assert.equal(step("where", {}, "").status, 2);
      assert.equal(step("release").status, 2);
    });

    it("is pushed once for each stack, and named by the digest that the registry gave", () => {
      step("where");
      folder.program("aws", "echo password");
      folder.program(
        "docker",
        `case $1 in login) cat >"${folder.at()}/password" ;; image) echo "\${@: -1}" | sed -E 's|:build.*|@${DIGEST}|' ;; esac`,
      );
      const { status, calls, said } = step("push");
      assert.equal(status, 0, said);
      const name = `${REGISTRY}/crm-production-auth:build-7-1`;
      assert.ok(calls.includes(`docker push ${name}`));
      assert.ok(calls.includes(`docker login --username AWS --password-stdin ${REGISTRY}`));
      assert.equal(folder.read("password"), "password\n");
      assert.equal(folder.read("image/staging.digest"), `${DIGEST}\n`);
      // No digest is no image.
      folder.program("docker", "[[ $1 == login ]] && cat >/dev/null; exit 0");
      assert.match(step("push").said, /expected the digest of .*, got none/);
      folder.program("docker", "[[ $1 == login ]] && cat >/dev/null; [[ $1 != push ]]");
      assert.notEqual(step("push").status, 0);
    });

    /** What the AWS CLI prints as text of a question for all pages: the status stands on the first of the two alone. */
    const OF_PAGES = 'case $* in *--no-paginate*) ;; *"--output text"*) echo None ;; esac';

    it("keeps out of the stack files what the scan refuses, and what was not scanned", () => {
      step("where");
      for (const stack of ["staging", "production"]) {
        fs.writeFileSync(folder.at("image", `${stack}.digest`), `${DIGEST}\n`);
      }
      const found = (counts: string) =>
        folder.program(
          "aws",
          `case $* in *Status*) echo COMPLETE; ${OF_PAGES} ;; *) echo '${counts}' ;; esac`,
        );
      for (const clean of ["null", "{}", '{"LOW": 3, "HIGH": 0}']) {
        found(clean);
        fs.rmSync(folder.at("output"));
        const { status, calls } = step("scan");
        assert.equal(status, 0, clean);
        assert.equal(folder.read("output"), `digests=staging=${DIGEST} production=${DIGEST}\n`);
        assert.ok(calls.some((call) => call.includes(`describe-image-scan-findings --region us-east-1 --repository-name crm-staging-auth --image-id imageDigest=${DIGEST}`))); // prettier-ignore
      }
      found('{"CRITICAL": 2, "HIGH": 1}');
      const refused = step("scan");
      assert.equal(refused.status, 1);
      assert.match(refused.said, /The scan found 2 CRITICAL, 1 HIGH; the stack file keeps/);
      assert.equal(step("scan", { IMAGE_REFUSED: "MEDIUM" }).status, 0);
      found("not json");
      assert.notEqual(step("scan").status, 0);
    });

    it("waits for a scan that has not begun or goes on, and for none that failed", () => {
      step("where");
      fs.writeFileSync(folder.at("image", "staging.digest"), `${DIGEST}\n`);
      // The nth answer to the question for the status; the last stays.
      const statuses = (...answers: string[]) => {
        fs.writeFileSync(folder.at("statuses"), `${answers.join("\n")}\n`);
        folder.program(
          "aws",
          `case $* in *Status*) ;; *) echo '{}'; exit ;; esac
          read -r now <statuses; [ "$(wc -l <statuses)" = 1 ] || sed -i 1d statuses
          case $now in *Exception) echo "An error occurred ($now)" >&2; exit 254 ;; *) echo "$now" ;; esac
          ${OF_PAGES}`,
        );
        return step("scan", { SCAN_PAUSE: "0" }, "staging");
      };
      // Amazon ECR API Reference, ImageScanStatus.
      const waited = statuses("ScanNotFoundException", "PENDING", "IN_PROGRESS", "COMPLETE");
      assert.equal(waited.status, 0, waited.said);
      assert.equal(statuses("ACTIVE").status, 0);
      for (const status of ["FAILED", "UNSUPPORTED_IMAGE", "FINDINGS_UNAVAILABLE"]) {
        const ended = statuses(status);
        assert.equal(ended.status, 1);
        assert.match(ended.said, new RegExp(`got ${status}`));
      }
      assert.match(statuses("PENDING").said, /within ten minutes, got PENDING/);
      const denied = statuses("AccessDeniedException");
      assert.equal(denied.status, 1);
      assert.match(denied.said, /AccessDeniedException/);
    });

    it("comes by a pull request or a commit, and only where it changes something", () => {
      const git = (...args: string[]) =>
        spawnSync("git", args, { cwd: folder.at(), encoding: "utf8" }).stdout.trim();
      const origin = folder.at("origin.git");
      git("init", "--quiet", "--bare", "--initial-branch=main", origin);
      git("init", "--quiet", "--initial-branch=main");
      fs.writeFileSync(folder.at("Pulumi.staging.yaml"), "image: old\n");
      fs.writeFileSync(folder.at("page.md"), "image: old\n");
      git("add", "Pulumi.staging.yaml", "page.md");
      git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "first");
      git("remote", "add", "origin", origin);
      git("push", "--quiet", "origin", "main");
      folder.program("gh", "");
      // What is made of the stack file, and of what others have written meanwhile.
      folder.program(
        "npm",
        `case $* in
        *accept) cat Pulumi.staging.yaml other >page.md 2>/dev/null; true ;;
        *) echo "image: \${@: -1}" >Pulumi.staging.yaml ;;
        esac`,
      );
      const deliver = (how: string, digest = DIGEST, env: Record<string, string> = {}) =>
        folder.run("image-deliver.sh", ["auth", how, `staging=${digest}`], {
          GITHUB_RUN_ID: "7",
          GITHUB_RUN_ATTEMPT: "1",
          GITHUB_SERVER_URL: "https://github.com",
          GITHUB_REPOSITORY: "o/n",
          ...env,
        });
      const asked = deliver("pull-request");
      assert.equal(asked.status, 0, asked.said);
      assert.ok(
        asked.calls.includes(
          `npm run --silent image -- set auth --stack staging --digest ${DIGEST}`,
        ),
      );
      // CI asks `npm run accept -- --check` of every commit.
      for (const file of ["Pulumi.staging.yaml", "page.md"]) {
        assert.equal(git("show", `origin/image/auth-7-1:${file}`), `image: ${DIGEST}`);
      }
      assert.ok(
        asked.calls.some((call) =>
          call.startsWith("gh pr create --base main --head image/auth-7-1 --title feat(auth): "),
        ),
      );
      assert.equal(git("show", "origin/main:Pulumi.staging.yaml"), "image: old");
      git("switch", "--quiet", "main");
      // Another run was faster.
      const faster = folder.at("faster");
      git("clone", "--quiet", origin, faster);
      const other = (...args: string[]) => git("-C", faster, ...args);
      fs.writeFileSync(path.join(faster, "other"), "other\n");
      other("add", "other");
      other("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "other");
      other("push", "--quiet", "origin", "main");
      const committed = deliver("commit", OTHER);
      assert.equal(committed.status, 0, committed.said);
      assert.equal(git("show", "origin/main:Pulumi.staging.yaml"), `image: ${OTHER}`);
      assert.equal(git("show", "origin/main:page.md"), `image: ${OTHER}\nother`);
      assert.equal(git("rev-list", "--count", "origin/main"), "3");
      // GitHub, "Triggering a workflow": a push with GITHUB_TOKEN starts none, a dispatch does.
      const dispatches = ({ calls }: { calls: string[] }) =>
        calls.filter((call) => call === "gh workflow run deploy.yml --ref main").length;
      assert.equal(dispatches(committed), 1);
      const byPerson = deliver("commit", DIGEST, { OWN_TOKEN: "true" });
      assert.equal(byPerson.status, 0, byPerson.said);
      assert.equal(dispatches(byPerson), 1);
      deliver("commit", OTHER);
      folder.program("gh", "[[ $1 != pr ]]");
      const refused = deliver("pull-request", DIGEST, { GITHUB_RUN_ATTEMPT: "2" });
      assert.equal(refused.status, 1);
      assert.match(refused.said, /The branch is pushed\. .* set the secret STACK_FILES_TOKEN/);
      git("switch", "--quiet", "main");
      const again = deliver("commit", OTHER);
      assert.match(again.said, /name this image already/);
      assert.equal(deliver("mail").status, 2);
    });
  });
});
