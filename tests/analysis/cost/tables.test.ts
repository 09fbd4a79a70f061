import assert from "node:assert/strict";

import { PRICED_REGIONS } from "../../../analysis/cost/model";
import { PRICES, USAGE as SHIPPED } from "../../../analysis/cost/tables";
import { USAGE } from "../../support/usage";

describe("cost: tables", () => {
  it("each price has both regions, a unit, its page and a day", () => {
    for (const [id, price] of Object.entries(PRICES.prices)) {
      for (const region of PRICED_REGIONS) {
        assert.ok(price.usd[region]! > 0, `${id} in ${region}`);
      }
      assert.ok(price.unit.length > 0, id);
      assert.match(price.source, /^https:\/\/aws\.amazon\.com\//, id);
      assert.match(price.asOf, /^\d{4}-\d{2}-\d{2}$/, id);
    }
  });

  it("each assumption says what it stands for", () => {
    for (const { assumptions } of [SHIPPED, USAGE]) {
      for (const [id, { value, why }] of Object.entries(assumptions)) {
        assert.ok(Number.isFinite(value) && value >= 0, id);
        assert.ok(why.length > 10, id);
      }
    }
  });

  it("an owner sets values: what is assumed stays the same", () => {
    assert.deepEqual(Object.keys(SHIPPED.assumptions), Object.keys(USAGE.assumptions));
  });
});
