/** Bounds of settings that AWS's schemas publish, compared with the schemas. */
import assert from "node:assert/strict";

import { CORS_RULES, FILTER_DIMENSIONS } from "../../facts/limits";
import { TEXT_LENGTHS } from "../../facts/name-lengths";
import published from "../../facts/resource-schemas.json";
import * as bounds from "../../facts/setting-bounds";

type Node = { readonly [key: string]: Node } & {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
};

/** What the schemas say at a place. */
function at(place: string): Node {
  const node = place
    .split("/")
    .reduce<Node | undefined>((all, key) => all?.[key], published.types as unknown as Node);
  assert.ok(node, `${place}: expected a property that resource-schemas.json holds, got nothing`);
  return node;
}

const rows = Object.entries(bounds).flatMap(([name, value]): [string, bounds.Bounds][] =>
  "minimum" in value
    ? [[name, value]]
    : Object.entries(value).map(([part, row]) => [`${name}.${part}`, row]),
);

describe("setting-bounds", () => {
  for (const [name, row] of rows) {
    const place = row.published;
    if (place === undefined) continue;
    it(`${name} is what ${place} says`, () => {
      const node = at(place);
      assert.deepEqual(
        { minimum: node.minimum, maximum: node.maximum },
        { minimum: row.minimum, maximum: row.maximum },
      );
    });
  }

  for (const [name, { maximum, published: place }] of Object.entries(TEXT_LENGTHS)) {
    it(`the length ${name} is what ${place} says`, () => {
      const { maxLength, pattern } = at(place);
      assert.equal(maxLength ?? Number(/,(\d+)\}\$$/.exec(pattern!)![1]), maximum);
    });
  }

  it("has as many rules and dimensions as the schemas' lists have items", () => {
    const { maxLength } = at(
      "AWS::S3::Bucket/definitions/CorsConfiguration/properties/CorsRules/items",
    );
    const { maxItems } = at(
      "AWS::Logs::MetricFilter/definitions/MetricTransformation/properties/Dimensions",
    );
    assert.deepEqual([CORS_RULES.most, FILTER_DIMENSIONS.most], [maxLength, maxItems]);
  });

  it("compares each row that a schema publishes", () => {
    const compared = rows.filter(([, row]) => row.published !== undefined);
    assert.ok(compared.length >= 15, `${compared.length} of ${rows.length}`);
  });
});
