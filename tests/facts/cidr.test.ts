import assert from "node:assert/strict";

import fc from "fast-check";

import { contains, overlaps, parseCidr } from "../../facts/cidr";

describe("CIDR arithmetic", () => {
  it("parses canonical networks and nothing else", () => {
    assert.deepEqual(parseCidr("10.0.1.0/24"), { first: 167772416, last: 167772671, length: 24 });
    assert.deepEqual(parseCidr("0.0.0.0/0"), { first: 0, last: 4294967295, length: 0 });
    for (const text of [
      "10.0.1.1/24",
      "10.0.0.0/33",
      "10.0.256.0/24",
      "10.0.0/16",
      "::/0",
      "010.0.0.0/16",
      "10.0.0.0/08",
      "",
    ]) {
      assert.equal(parseCidr(text), undefined, text);
    }
  });

  it("knows what lies inside what", () => {
    const vpc = parseCidr("10.0.0.0/16")!;
    assert.equal(contains(vpc, parseCidr("10.0.255.0/24")!), true);
    assert.equal(contains(vpc, parseCidr("10.1.0.0/24")!), false);
    assert.equal(contains(parseCidr("10.0.255.0/24")!, vpc), false);
    assert.equal(overlaps(vpc, parseCidr("10.0.0.0/8")!), true);
    assert.equal(overlaps(parseCidr("10.0.1.0/24")!, parseCidr("10.0.2.0/24")!), false);
  });

  it("finds two networks overlapping exactly when one holds the other", () => {
    const network = fc
      .tuple(fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 }))
      .map(([address, length]) => {
        const size = 2 ** (32 - length);
        const first = Math.floor(address / size) * size;
        return { first, last: first + size - 1, length };
      });
    fc.assert(
      fc.property(network, network, (one, other) => {
        assert.equal(overlaps(one, other), contains(one, other) || contains(other, one));
      }),
    );
  });
});
