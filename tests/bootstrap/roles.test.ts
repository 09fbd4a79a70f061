/** Who may take the pipeline's roles, and what those that only read may do. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { subjectPrefix } from "../../bootstrap/pipeline-role";
import { BootstrapPlan, GITHUB, list } from "../support/bootstrap";

const ROOT = path.join(__dirname, "..", "..");

/** The claims that STS looks at. Source: IAM User Guide, "IAM and AWS STS condition context keys", GitHub. */
const LOOKED_AT = [
  ...["actor", "actor_id", "aud", "enterprise_id", "environment", "job_workflow_ref"],
  ...["ref", "repository", "repository_id", "sub", "workflow"],
];

describe("bootstrap: roles", () => {
  let bootstrap: BootstrapPlan;
  before(async () => {
    bootstrap = await BootstrapPlan.read();
  });

  it("trusts one kind of run for each role, without wildcards in its subject", () => {
    // GitHub, "OpenID Connect", Immutable subject claims: `repo:octocat@123456/my-repo@456789:...`.
    const repository = "repo:crm-consulting@12345678/crm-on-aws@1234567890";
    const subjects = Object.entries(bootstrap.trust()).map(([role, { StringEquals }]) => {
      assert.equal(StringEquals![`${GITHUB}:aud`], "sts.amazonaws.com");
      return [role, StringEquals![`${GITHUB}:sub`]];
    });
    assert.deepEqual(Object.fromEntries(subjects), {
      "crm-pipeline-preview": [`${repository}:pull_request`],
      "crm-pipeline-drift": [`${repository}:ref:refs/heads/main`],
      "crm-pipeline-images": [`${repository}:ref:refs/heads/main`],
      "crm-pipeline-production": [`${repository}:environment:production`],
      "crm-pipeline-recovery": [`${repository}:environment:recovery`],
      "crm-pipeline-staging": [`${repository}:environment:staging`],
    });
  });

  it("writes both forms of a repository in a subject", () => {
    const repository = { name: "octocat/my-repo", id: "456789", ownerId: "123456" };
    assert.equal(
      subjectPrefix({ ...repository, subjects: "ids" }),
      "repo:octocat@123456/my-repo@456789",
    );
    assert.equal(subjectPrefix({ ...repository, subjects: "names" }), "repo:octocat/my-repo");
  });

  it("trusts the repository by its number, and the workflow that needs the role", () => {
    const workflows = path.join(ROOT, ".github", "workflows");
    for (const [role, all] of Object.entries(bootstrap.trust())) {
      for (const key of Object.values(all).flatMap((operator) => Object.keys(operator ?? {}))) {
        assert.ok(LOOKED_AT.includes(key.slice(GITHUB.length + 1)), key);
      }
      assert.equal(all["StringEquals"]![`${GITHUB}:repository_id`], "1234567890", role);
      const claims = { ...all["StringEquals"], ...all["StringLike"] };
      const workflow = claims[`${GITHUB}:job_workflow_ref`] as string;
      const [file, ref] = workflow.split("@");
      assert.equal(claims[`${GITHUB}:ref`], ref);
      const name = file!.replace("crm-consulting/crm-on-aws/.github/workflows/", "");
      // The workflow is there, and takes this role.
      const text = fs.readFileSync(path.join(workflows, name), "utf8");
      const variable = {
        ...{ preview: "AWS_PREVIEW_ROLE", drift: "AWS_DRIFT_ROLE", images: "AWS_IMAGES_ROLE" },
      }[role.slice("crm-pipeline-".length)];
      assert.match(text, new RegExp(`role-to-assume: .*${variable ?? "AWS_DEPLOY_ROLE"}`), role);
      assert.equal(ref, role === "crm-pipeline-preview" ? "refs/pull/*/merge" : "refs/heads/main");
    }
  });

  it("previews nothing of a bot with the role that reads the state", () => {
    assert.deepEqual(bootstrap.trust()["crm-pipeline-preview"]!["StringNotLike"], {
      [`${GITHUB}:actor`]: ["*[bot]"],
    });
  });

  it("lets a pull request read the state and do nothing else", () => {
    const actions = bootstrap
      .policiesOf("crm-pipeline-preview")
      .flatMap(({ Action }) => list(Action));
    assert.deepEqual([...new Set(actions)].sort(), [
      "kms:Decrypt",
      "s3:GetObject",
      "s3:ListBucket",
    ]);
  });

  // pulumi/pulumi, pkg/backend/diy/backend.go: Preview takes no lock of a DIY backend, also with --refresh.
  it("lets the drift check read and use keys, and write nothing: no state and no lock", () => {
    const actions = bootstrap
      .policiesOf("crm-pipeline-drift")
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Action }) => list(Action));
    assert.deepEqual([...new Set(actions)].sort(), [
      "kms:Decrypt",
      "secretsmanager:GetSecretValue",
    ]);
  });
});
