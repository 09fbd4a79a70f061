/** The policies of resources, wherever the program writes them, decide about the calls to these resources. */
import assert from "node:assert/strict";

import { PlanIndex } from "../../../analysis/rights/plan-index";
import { Questions } from "../../../analysis/rights/walk";
import type { PlannedResource } from "../../../tools/preview/index";

const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Principal: "*", Action: "*", Resource: "*" }],
});

const planned = (
  type: string,
  inputs: Record<string, unknown>,
  references: Record<string, string[]> = {},
): PlannedResource => ({
  ...{ urn: `urn:pulumi:s::p::${type}::one`, type, name: "one", custom: true, remote: false },
  ...{ inputs, dependencies: [], propertyDependencies: references, protect: false },
  ...{ ignoreChanges: [], replaceOnChanges: [], retainOnDelete: false, aliases: [] },
  ...{ additionalSecretOutputs: [], customTimeouts: {}, provider: "", version: "", hooks: {} },
  external: false,
});

const POLICY = { policy };
const NAMED = { name: "one" };
const part = (type: string, of: PlannedResource, input: string) =>
  planned(type, { ...POLICY, [input]: "one" }, { [input]: [of.urn] });

describe("a resource's policy", () => {
  const queue = planned("aws:sqs/queue:Queue", NAMED);
  const topic = planned("aws:sns/topic:Topic", NAMED);
  const secret = planned("aws:secretsmanager/secret:Secret", NAMED);
  const bucket = planned("aws:s3/bucket:Bucket", { bucket: "one" });
  const repository = planned("aws:ecr/repository:Repository", NAMED);
  const inline = (one: PlannedResource) => ({ ...one, inputs: { ...one.inputs, ...POLICY } });
  const rows: [action: string, resources: PlannedResource[]][] = [
    ["sqs:SendMessage", [inline(queue)]],
    ["sqs:SendMessage", [queue, part("aws:sqs/queuePolicy:QueuePolicy", queue, "queueUrl")]],
    ["sns:Publish", [inline(topic)]],
    ["sns:Publish", [topic, part("aws:sns/topicPolicy:TopicPolicy", topic, "arn")]],
    ["secretsmanager:GetSecretValue", [inline(secret)]],
    [
      "secretsmanager:GetSecretValue",
      [secret, part("aws:secretsmanager/secretPolicy:SecretPolicy", secret, "secretArn")],
    ],
    ["s3:ListBucket", [inline(bucket)]],
    [
      "ecr:PutImage",
      [repository, part("aws:ecr/repositoryPolicy:RepositoryPolicy", repository, "repository")],
    ],
  ];
  for (const [action, resources] of rows) {
    it(`decides about ${action} in ${resources.at(-1)!.type}`, () => {
      const home = { partition: "aws", region: "us-east-1", account: "123456789012" };
      const questions = new Questions(new PlanIndex(resources, home));
      questions.addUse(resources[0]!, { action, step: "update", from: "the test" });
      assert.ok(questions.list.length > 0);
      assert.deepEqual(
        questions.list.map((one) => one.policy?.name),
        ["policy of one"],
      );
    });
  }
});
