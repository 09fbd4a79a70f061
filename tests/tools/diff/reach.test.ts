/** Paths that open and close between two plans. */
import assert from "node:assert/strict";

import { diffOf } from "../../../tools/diff/document";
import { headline } from "../../../tools/diff/headline";
import { meaningOf } from "../../../tools/diff/text";
import type { Plan, PlannedResource } from "../../../tools/preview/index";
import { planOf } from "../../support/plans";

const LOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const BUCKET = "crm-storage-report-requests";

/** The plan with some resources changed. */
function withChange(plan: Plan, change: (one: PlannedResource) => object | undefined): Plan {
  const resources = plan.resources.map((one) => {
    const inputs = change(one);
    return inputs === undefined ? one : { ...one, inputs: { ...one.inputs, ...inputs } };
  });
  return { ...plan, resources };
}

describe("who reaches what, in a comparison", () => {
  it("says that a bucket opens to the internet, in the headline as well", async () => {
    const plan = await planOf("production");
    const isIts = ({ inputs, name }: PlannedResource) =>
      name.startsWith(BUCKET) || inputs["bucket"] === BUCKET;
    const keys = plan.resources.filter(
      ({ type, name }) => type.includes("ServerSideEncryption") && name.startsWith(BUCKET),
    );
    const opened = withChange(
      { ...plan, resources: plan.resources.filter((one) => !keys.includes(one)) },
      (one) => {
        if (!isIts(one)) return undefined;
        if (one.type === LOCK) return { restrictPublicBuckets: false, blockPublicPolicy: false };
        if (one.type !== POLICY) return undefined;
        const statement = {
          Effect: "Allow",
          Principal: "*",
          Action: "s3:ListBucket",
          Resource: "*",
        };
        return { policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) };
      },
    );
    const diff = diffOf(plan, opened);
    const line = `internet reaches ${BUCKET} by s3: ListBucket now`;
    assert.equal(diff.reach.opened[0], line);
    assert.ok(headline(diff).includes(` | ${line}`), headline(diff));
    const back = diffOf(opened, plan).reach;
    assert.ok(back.closed.some((one) => one.startsWith("internet") && one.includes("no longer")));
    assert.deepEqual(back.opened, []);
  });

  it("says that a permission goes, and nothing of a plan that stays", async () => {
    const plan = await planOf("production");
    const without = withChange(plan, ({ type, name }) =>
      type === "aws:iam/rolePolicy:RolePolicy" && name === "crm-core-task"
        ? { policy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "xray:PutTraceSegments", Resource: "*" }] }) } // prettier-ignore
        : undefined,
    );
    const diff = diffOf(plan, without);
    const [meaning] = meaningOf(diff).filter(({ title }) => title === "Who reaches what");
    assert.ok(
      meaning!.lines.some((line) =>
        /^crm-core no longer reaches crm-storage-user-uploads by s3: GetObject/.test(line),
      ),
      meaning!.lines.join("\n"),
    );
    assert.deepEqual(diffOf(plan, plan).reach, { opened: [], closed: [] });
  });
});
