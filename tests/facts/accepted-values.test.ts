import assert from "node:assert/strict";

import {
  acceptedByApi,
  apiConstraints,
  statedConstraints,
  type StatedConstraint,
} from "../../facts/accepted-values";
import { constraintOf, expression, refusals, type SchemaNode } from "../../facts/published-schemas";
import { namesOfProperty } from "../../facts/type-names";

const generated = Object.entries(apiConstraints().types).flatMap(([type, rows]) =>
  Object.entries(rows).map(([property, node]) => ({ type, property, node })),
);

const placeOf = ({ type, property }: { type: string; property: string }) => `${type} ${property}`;

describe("what AWS's APIs accept", () => {
  it("is of properties that the SDK has, in patterns that JavaScript understands", () => {
    const stated = statedConstraints().flatMap(({ type, property, accepts }) =>
      accepts.map((node) => ({ type, property, node })),
    );
    assert.ok(generated.length > 500, `${generated.length} rows`);
    for (const one of [...generated, ...stated]) {
      assert.ok(namesOfProperty(one.type, one.property), placeOf(one));
      const { pattern } = one.node;
      assert.ok(pattern === undefined || expression(pattern), `${placeOf(one)}: ${pattern}`);
    }
  });

  it("is stated by a page, once for each property", () => {
    const places = statedConstraints().map(placeOf);
    assert.equal(new Set(places).size, places.length);
    for (const { source, asOf } of statedConstraints()) {
      assert.match(source, /^https:\/\//);
      assert.match(asOf, /^\d{4}-\d{2}-\d{2}$/);
    }
  });

  it("is stated by hand only where neither a schema nor the description of the API says it", () => {
    const said = (one: StatedConstraint) => {
      const { key, values } = namesOfProperty(one.type, one.property)!;
      const published = (key ?? values) ? undefined : constraintOf(one.type, one.property);
      const schema = published?.item ?? published?.node ?? {};
      const api = apiConstraints().types[one.type]?.[one.property] ?? {};
      return one.accepts.every((node) => saysNoMore(node, { ...schema, ...api }));
    };
    assert.deepEqual(statedConstraints().filter(said).map(placeOf), []);
  });

  it("reaches what AWS has no resource type for, and attributes that it keeps as keys", () => {
    const refused = (type: string, property: string, value: unknown) =>
      acceptedByApi(type, property).every((node) => refusals(node, value).length > 0);
    // https://docs.aws.amazon.com/xray/latest/api/API_PutEncryptionConfig.html
    assert.equal(refused("aws:xray/encryptionConfig:EncryptionConfig", "type", "AES"), true);
    assert.equal(refused("aws:xray/encryptionConfig:EncryptionConfig", "type", "KMS"), false);
    assert.equal(refused("aws:lb/loadBalancer:LoadBalancer", "idleTimeout", 4001), true);
    assert.equal(refused("aws:lb/loadBalancer:LoadBalancer", "idleTimeout", 4000), false);
    for (const period of [10, 20, 30, 60, 3600]) {
      assert.equal(refused("aws:cloudwatch/metricAlarm:MetricAlarm", "period", period), false);
    }
    assert.equal(refused("aws:cloudwatch/metricAlarm:MetricAlarm", "period", 90), true);
    assert.deepEqual(acceptedByApi("aws:none/none:None", "constructor"), []);
  });

  it("lists nothing that grows each month: classes of instances, regions", () => {
    for (const one of generated) {
      const values = one.node.enum ?? [];
      assert.ok(values.length <= 40, placeOf(one));
      assert.ok(!values.includes("us-east-1"), placeOf(one));
    }
  });
});

/** Whether all that a node leaves out is left out by another one. */
function saysNoMore(node: SchemaNode, other: SchemaNode): boolean {
  const tight = (one?: number, than?: number) => one === undefined || (than ?? -Infinity) >= one;
  const low = tight(node.minimum, other.minimum) && tight(node.minLength, other.minLength);
  const most = (one?: number, than?: number) => one === undefined || (than ?? Infinity) <= one;
  const high = most(node.maximum, other.maximum) && most(node.maxLength, other.maxLength);
  const listed = node.enum === undefined || other.enum !== undefined;
  const free = node.pattern === undefined || node.pattern === other.pattern;
  const anyCase = node.enumCaseInsensitive === undefined || other.enumCaseInsensitive !== undefined;
  return low && high && listed && free && anyCase && node.multipleOf === undefined;
}
