/**
 * What a provider called of a stand-in for AWS, against what npm run rights predicts of each type. The recording was made of
 * production's plan after the table of differences was written, and is no part of it.
 */
import assert from "node:assert/strict";

import { recallOf } from "../../analysis/rights/recall";
import { actionOf, note, type Recorded } from "../../facts/generate/recorded-calls";
import { iamAction } from "../../facts/iam-actions";
import table from "../../facts/recorded-calls.json";
import { recordedCalls } from "../../facts/recording";
import { recallSaid } from "../../operations/rights";
import { planOf } from "../support/plans";

describe("calls that a provider was seen to make", () => {
  for (const stack of ["production", "staging", "recovery", "bootstrap"]) {
    it(`are predicted of ${stack}'s types, every one`, async () => {
      const { resources } = await planOf(stack);
      const { recorded, calls, notPredicted } = recallOf(resources.map(({ type }) => type));
      assert.deepEqual(notPredicted, []);
      const [types, least] = stack === "bootstrap" ? [10, 60] : [60, 250];
      assert.ok(recorded.length > types && calls > least, `${recorded.length} ${calls}`);
    });
  }

  it("are counted where the command ends, and fail it where one is not predicted", () => {
    const type = "aws:sqs/queue:Queue";
    const plan = { resources: [{ type, custom: true }] } as unknown as Parameters<typeof recallSaid>[0]; // prettier-ignore
    const own = recordedCalls(type) as Record<string, string[]>;
    const count = Object.values(own).flat().length;
    const said = recallSaid(plan);
    assert.match(
      said.lines[0]!,
      new RegExp(`^1 type recorded with .*: 0 of ${count} calls not predicted;`),
    );
    assert.ok(said.good);
    own["read"]!.push("sqs:SendMessage");
    assert.ok(!said.lines.some((line) => line.startsWith("assumed: ")));
    const keyed = {
      resources: [{ type: "aws:kms/key:Key", custom: true }],
    } as unknown as typeof plan;
    assert.match(
      recallSaid(keyed).lines.at(-1)!,
      /^assumed: the tags that a KMS key is created with/,
    );
    const more = recallSaid(plan);
    own["read"]!.pop();
    assert.equal(more.lines[1], "  not predicted  aws:sqs/queue:Queue read sqs:SendMessage");
    assert.ok(!more.good);
  });

  it("are actions that IAM has", () => {
    const all = Object.values(table.types).flatMap((steps) => Object.values(steps).flat());
    assert.deepEqual(all.filter((action) => iamAction(action) === undefined), []); // prettier-ignore
  });

  it("are read from the provider's log by type and step", () => {
    const recorded: Recorded = { requests: 0, types: {} };
    const entry = {
      "@message": "HTTP Request Sent",
      ...{ "rpc.service": "S3", "rpc.method": "HeadBucket", tf_resource_type: "aws_s3_bucket" },
    };
    const lines = [
      { ...entry, tf_rpc: "ApplyResourceChange" },
      { ...entry, tf_rpc: "ApplyResourceChange" },
      { ...entry, tf_rpc: "ReadResource", "rpc.method": "GetBucketCors" },
      { ...entry, tf_rpc: "ApplyResourceChange", "@message": "HTTP Response Received" },
      { ...entry, tf_rpc: "ConfigureProvider", tf_resource_type: undefined },
    ];
    for (const line of lines) note(recorded, "delete", JSON.stringify(line));
    note(recorded, "delete", "no request");
    assert.deepEqual(recorded, {
      requests: 3,
      types: { aws_s3_bucket: { delete: ["s3:ListBucket"], read: ["s3:GetBucketCORS"] } },
    });
    assert.throws(
      () => actionOf("S3", "PutNothing"),
      /expected an action of IAM, got "s3:PutNothing"/,
    );
  });
});
