import assert from "node:assert/strict";

import {
  actionsOf,
  constraintAt,
  constraintOf,
  expression,
  publishedSchemas,
  refusals,
  schemaOf,
  schemaOverrides,
  type SchemaNode,
} from "../../facts/published-schemas";

describe("AWS's published schemas", () => {
  it("have only patterns that JavaScript understands", () => {
    const wrong = new Set<string>();
    const walk = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      for (const [key, one] of Object.entries(value)) {
        if (key === "pattern" && typeof one === "string") {
          if (expression(one) === undefined) wrong.add(one);
        } else walk(one);
      }
    };
    walk(publishedSchemas().types);
    assert.deepEqual([...wrong], []);
  });

  it("have patterns that mean what they mean in Java", () => {
    assert.equal(expression("^[.\\-_/#A-Za-z0-9]{1,512}\\Z")?.test("/aws/lambda/one"), true);
    assert.equal(expression("^\\p{Print}+$")?.test("a policy"), true);
    assert.equal(expression("^\\p{Print}+$")?.test("a\tpolicy"), false);
    assert.equal(expression("(?s)^a.b$")?.test("a\nb"), true);
    assert.equal(expression("^[\\p{L}\\p{N}]+$")?.test("é1"), true);
  });

  it("err only where they still do", () => {
    for (const { type, path, keyword, published, why, source } of schemaOverrides()) {
      const schema = schemaOf(type);
      assert.ok(schema, `${type} is no longer published`);
      if (keyword === "dependentExcluded") {
        assert.deepEqual(schema.dependentExcluded?.[path], published, `${type} ${path}`);
        continue;
      }
      let node: SchemaNode | undefined = schema;
      for (const name of path.split(".")) {
        const own: SchemaNode | undefined = node && resolved(node, type);
        node =
          own?.properties?.[name] ?? (own?.items && resolved(own.items, type).properties?.[name]);
      }
      assert.ok(node, `${type} no longer has ${path}`);
      assert.deepEqual(
        resolved(node, type)[keyword],
        published,
        `${type} ${path}: the schema says something else now; is the override still needed?`,
      );
      assert.match(source, /^https:\/\//);
      assert.ok(why.length > 20);
    }
  });

  it("are corrected where they err", () => {
    const status = constraintAt("AWS::SSM::Parameter", "Type");
    assert.deepEqual(refusals(status!.node, "SecureString"), []);
    assert.notDeepEqual(refusals(status!.node, "Secure"), []);
  });

  it("know which IAM actions AWS's handlers call", () => {
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
    assert.ok(actionsOf("AWS::SQS::Queue", "create")?.includes("sqs:CreateQueue"));
    assert.ok(actionsOf("AWS::SQS::Queue", "delete")?.includes("sqs:DeleteQueue"));
    assert.equal(actionsOf("AWS::None::None", "create"), undefined);
    const types = Object.values(publishedSchemas().types);
    const described = types.filter(({ handlers }) => handlers !== undefined).length;
    assert.ok(described / types.length > 0.95, `${described} of ${types.length}`);
  });

  it("say what cannot be changed or read", () => {
    const secret = constraintOf("aws:rds/instance:Instance", "passwordWo");
    assert.deepEqual([secret?.writeOnly, secret?.createOnly], [true, "never"]);
    assert.equal(constraintOf("aws:rds/instance:Instance", "dbName")?.createOnly, "always");
    assert.equal(constraintOf("aws:rds/instance:Instance", "multiAz")?.createOnly, "sometimes");
  });

  it("bound numbers, texts and lists", () => {
    assert.deepEqual(refusals({ type: "integer", minimum: 1, maximum: 3 }, "4"), ["at most 3"]);
    assert.deepEqual(refusals({ type: "integer", minimum: 1, maximum: 3 }, 3), []);
    // ECS takes steps of a tenth of a percent: binary fractions leave a remainder of 25.
    const tenth = { type: "number", multipleOf: 0.1 };
    assert.deepEqual([refusals(tenth, 25), refusals(tenth, 10.3)], [[], []]);
    assert.deepEqual(refusals(tenth, 25.05), ["a multiple of 0.1"]);
    assert.deepEqual(refusals({ type: "string", minLength: 2 }, "a"), ["at least 2 characters"]);
    assert.deepEqual(refusals({ enum: ["a", "b"] }, "c"), ["one of a, b"]);
    assert.deepEqual(refusals({ enum: [1, 2] }, "2"), []);
    assert.deepEqual(refusals({ minItems: 1, maxItems: 2, uniqueItems: true }, []), [
      "at least 1 items",
    ]);
    assert.deepEqual(refusals({ uniqueItems: true }, ["a", "a"]), ["no item twice"]);
    assert.deepEqual(refusals({ maxLength: 1 }, undefined), []);
  });
});

function resolved(node: SchemaNode, type: string): SchemaNode {
  const reference = node.$ref;
  if (reference === undefined) return node;
  const name = reference.split("/").at(-1)!;
  return schemaOf(type)!.definitions![name]!;
}
