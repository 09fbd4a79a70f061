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

  it("says of a rule that opens who reaches what by it, and not the rule beside that", async () => {
    const plan = await planOf("production");
    const RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
    const own = plan.resources.find(({ type, name }) => type === RULE && name.startsWith("crm-ecs"))!; // prettier-ignore
    const open = (name: string, inputs: object) => ({
      ...{ ...own, urn: `${own.urn}-${name}`, name: `${own.name}-${name}` },
      propertyDependencies: { securityGroupId: own.propertyDependencies["securityGroupId"] ?? [] },
      inputs: { securityGroupId: own.inputs["securityGroupId"], ipProtocol: "tcp", ...inputs },
    });
    const mail = open("mail", { cidrIpv4: "0.0.0.0/0", fromPort: 587, toPort: 587 });
    // No place is there that would be reached by this one.
    const idle = open("idle", { cidrIpv4: "10.99.0.0/16", fromPort: 7, toPort: 7 });
    const diff = diffOf(plan, { ...plan, resources: [...plan.resources, mail, idle] });
    assert.ok(
      diff.reach.opened.some((line) => /crm-core.* internet by tcp 587/.test(line)),
      diff.reach.opened.join("\n"),
    );
    assert.deepEqual(
      diff.openings.map(({ says }) => says),
      ["crm-ecs may connect to 10.99.0.0/16 on port 7 (tcp)"],
    );
  });
});
