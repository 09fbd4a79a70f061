/** What of the stacks' plans the provider 5.100.0 can be asked; what it knows was read out of the provider itself. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { askable, askedProvider, NEWER_VALUES } from "../../facts/asked-of-provider";
import { LAMBDA_RUNTIMES } from "../../facts/lambda-runtimes";
import { constraintOf } from "../../facts/published-schemas";
import { shareOf } from "../../operations/askable";
import { planOf } from "../support/plans";

const FUNCTION = "aws:lambda/function:Function";

describe("npm run askable", () => {
  it("knows what came after the provider: an argument, a value, a type", () => {
    assert.equal(askedProvider(), "5.100.0");
    assert.equal(askable("aws:sqs/queue:Queue", "name", "orders"), "asked");
    assert.equal(askable("aws:sqs/queue:Queue", "tags.Owner", "crm"), "asked");
    // Provider 6.0 brought it: https://github.com/hashicorp/terraform-provider-aws/releases/tag/v6.0.0
    assert.equal(askable("aws:sqs/queue:Queue", "region", "eu-west-1"), "newer property");
    assert.equal(askable("aws:none/none:None", "name", "x"), "newer type");
    assert.equal(askable(FUNCTION, "runtime", "nodejs22.x"), "asked");
    assert.equal(askable(FUNCTION, "runtime", "nodejs24.x"), "newer value");
  });

  it("lists no value that AWS does not take, and every runtime that the provider refused", () => {
    for (const { token, property, value } of NEWER_VALUES) {
      // AWS's published schema is the second witness.
      const accepted = constraintOf(token, property)?.node.enum;
      assert.ok(accepted?.includes(value), `${token} ${property} ${value}`);
    }
    // What `terraform validate` with 5.100.0 takes, of those that a stack may name.
    const taken = ["nodejs22.x", "python3.12", "python3.13"];
    const refused = LAMBDA_RUNTIMES.filter((runtime) => !taken.includes(runtime));
    assert.deepEqual(
      refused.filter((runtime) => askable(FUNCTION, "runtime", runtime) !== "newer value"),
      [],
    );
  });

  it("counts the innermost values, each by its path", () => {
    const { properties, asked, rest } = shareOf([
      { type: "random:index/randomPassword:RandomPassword", inputs: { length: 32 } },
      {
        type: FUNCTION,
        inputs: {
          __defaults: [],
          runtime: "nodejs24.x",
          region: "eu-west-1",
          tags: { Owner: "crm", Project: "crm" },
          vpcConfig: { subnetIds: ["a", "b"], securityGroupIds: [] },
          code: { __pulumiArchive: true, entries: { "index.js": 1 } },
        },
      },
    ]);
    assert.equal(properties, 7);
    assert.equal(asked, 5);
    assert.deepEqual(
      [...rest.keys()],
      [`newer value: ${FUNCTION} runtime = nodejs24.x`, `newer property: ${FUNCTION} region`],
    );
  });

  for (const stack of ["production", "staging", "recovery"]) {
    it(`can ask about nearly all of ${stack}, and no type is missing`, async () => {
      const { properties, asked, rest } = shareOf((await planOf(stack)).resources);
      assert.ok(properties > 500 && asked / properties > 0.95, `${asked} of ${properties}`);
      assert.deepEqual(
        [...rest.keys()].filter((what) => what.startsWith("newer type")),
        [],
      );
    });
  }

  it("is what the checks of every stack print", () => {
    const run = fs.readFileSync(path.join(__dirname, "..", "..", ".ci", "run"), "utf8");
    assert.match(run, /npm run --silent askable -- "\$plan"/);
  });
});
