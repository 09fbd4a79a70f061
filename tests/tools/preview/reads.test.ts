/** Resources that a program only reads (`Type.get`): what the preview says of them. */
import assert from "node:assert/strict";
import * as path from "node:path";

import { madeByProviders } from "../../../analysis/plan/tree";
import { renderSummary } from "../../../tools/report/summary";
import { inOwnFolder, previewed, written } from "./foreign-support";

const PACK = path.join(__dirname, "..", "..", "..", "policy-pack");

/** Reads a listener without TLS and a database without encryption, and creates a second such listener. */
const PROGRAM = `
import * as aws from "@pulumi/aws";
const common = { loadBalancerArn: "arn:lb", port: 80, protocol: "HTTP", defaultActions: [{ type: "forward", targetGroupArn: "arn:tg" }] };
aws.lb.Listener.get("read", "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/a/1/2", common);
aws.rds.Instance.get("olddb", "olddb", { storageEncrypted: false, publiclyAccessible: true });
new aws.lb.Listener("own", common);
`;

describe("resources that a program only reads", () => {
  inOwnFolder();

  it("are created by no provider, and take no time of a first update", async () => {
    const plan = await previewed(written("counts", { "index.ts": PROGRAM }));
    assert.deepEqual(
      madeByProviders(plan.resources).map(({ name }) => name),
      ["own"],
    );
    assert.equal(plan.resources.find(({ name }) => name === "olddb")?.id, "olddb");
    const summary = renderSummary(plan, { width: 100, color: false });
    assert.match(summary, /: 4 resources, 1 of them created by providers\n/);
    assert.doesNotMatch(summary, /First `pulumi up`/);
  });

  // Pulumi, pkg/resource/deploy/step_executor.go: a read goes to `reads`; AnalyzeResources hands over `news`.
  for (const plain of [false, true]) {
    it(`are judged by no rule${plain ? ", with --plain" : ""}`, async () => {
      const cwd = written(plain ? "plain" : "reads", { "index.ts": PROGRAM });
      const { policies } = await previewed(cwd, { policyPacks: [PACK], plain });
      const names = policies.violations.map(({ urn }) => urn?.split("::").at(-1));
      assert.ok(names.includes("own"), names.join(", "));
      assert.deepEqual(
        [...names, ...policies.undecided.map(({ urn }) => urn?.split("::").at(-1))].filter(
          (name) => name === "read" || name === "olddb",
        ),
        [],
      );
    });
  }
});
