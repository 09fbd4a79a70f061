/** Bounds of settings that AWS's schemas publish, compared with the schemas. */
import assert from "node:assert/strict";

import published from "../../facts/resource-schemas.json";
import * as bounds from "../../facts/setting-bounds";

type Node = { readonly [key: string]: Node } & {
  readonly minimum?: number;
  readonly maximum?: number;
};

const rows = Object.entries(bounds).flatMap(([name, value]): [string, bounds.Bounds][] =>
  "minimum" in value
    ? [[name, value]]
    : Object.entries(value).map(([part, row]) => [`${name}.${part}`, row]),
);

describe("setting-bounds", () => {
  for (const [name, row] of rows) {
    const at = row.published;
    if (at === undefined) continue;
    it(`${name} is what ${at} says`, () => {
      const node = at
        .split("/")
        .reduce<Node | undefined>((all, key) => all?.[key], published.types as unknown as Node);
      assert.ok(node, `${at}: expected a property that resource-schemas.json holds, got nothing`);
      assert.deepEqual(
        { minimum: node.minimum, maximum: node.maximum },
        { minimum: row.minimum, maximum: row.maximum },
      );
    });
  }

  it("compares each row that a schema publishes", () => {
    const compared = rows.filter(([, row]) => row.published !== undefined);
    assert.ok(compared.length >= 15, `${compared.length} of ${rows.length}`);
  });
});
