/**
 * Condition keys of everything that is planned, and of the requests that are put to the evaluator, against AWS's own list.
 * IAM accepts a policy with a key that it does not know, so no plan and no deployment would show it; an evaluator that is told
 * a value for it would not either.
 */
import assert from "node:assert/strict";

import { isGlobalConditionKey, TOPIC_OWNER_KEY } from "../../facts/condition-keys";
import { dutiesOf } from "../../operations/rights";
import type { Plan } from "../../tools/preview/index";
import { planOf } from "../support/plans";

interface Document {
  readonly Statement?: readonly { readonly Condition?: Record<string, Record<string, unknown>> }[];
}

/** Documents of a plan as JSON text, wherever they stand in the resources' inputs. */
function documentsOf(value: unknown): Document[] {
  if (typeof value === "string") {
    return /"Statement"\s*:/.test(value) ? [JSON.parse(value) as Document] : [];
  }
  return typeof value === "object" && value !== null
    ? Object.values(value).flatMap(documentsOf)
    : [];
}

/** The `aws:` keys of a plan's documents, with the resource that has them. */
function* keysOf(plan: Plan): Generator<{ key: string; type: string; name: string }> {
  for (const { type, name, inputs } of plan.resources) {
    for (const { Statement = [] } of documentsOf(inputs)) {
      const conditions = Statement.flatMap(({ Condition = {} }) => Object.values(Condition));
      for (const key of conditions.flatMap((one) => Object.keys(one))) {
        if (/^aws:/i.test(key)) yield { key, type, name };
      }
    }
  }
}

describe("condition keys", () => {
  for (const stack of ["bootstrap", "staging", "production", "recovery"]) {
    it(`of the policies of ${stack} are AWS's`, async () => {
      let count = 0;
      for (const { key, type, name } of keysOf(await planOf(stack))) {
        count++;
        const topics = type.startsWith("aws:sns/") && key === TOPIC_OWNER_KEY.name;
        assert.ok(topics || isGlobalConditionKey(key), `${key} in ${type} ${name}`);
      }
      assert.ok(count > 10, `${count} keys`);
    });
  }

  it("of the requests that roles are asked about are AWS's", async () => {
    const duties = dutiesOf("staging", await planOf("staging"), await planOf("bootstrap"));
    const keys = duties.flatMap(({ questions }) =>
      questions.list.flatMap(({ context }) => Object.keys(context)),
    );
    const global = [...new Set(keys)].filter((key) => key.startsWith("aws:"));
    assert.ok(global.length > 10);
    assert.deepEqual(
      global.filter((key) => !isGlobalConditionKey(key)),
      [],
    );
  });

  it("know tags' names, and no key that only sounds like one", () => {
    for (const key of ["aws:ResourceTag/Environment", "AWS:securetransport", "aws:TagKeys"]) {
      assert.ok(isGlobalConditionKey(key), key);
    }
    for (const key of ["aws:ResourceArn", "aws:ResourceTag", "aws:SourceOwner", "s3:TlsVersion"]) {
      assert.ok(!isGlobalConditionKey(key), key);
    }
  });
});
