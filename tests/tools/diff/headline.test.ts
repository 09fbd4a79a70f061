/** How values are shown: on a line each, with the difference in sight. */
import assert from "node:assert/strict";

import { shownPair } from "../../../tools/diff/headline";

describe("two values of a property", () => {
  it("are shown whole where they are short, whatever differs", () => {
    assert.deepEqual(shownPair(undefined, 1), ["not set", "1"]);
    assert.deepEqual(shownPair(["a", "b"], ["a", "c"]), ['["a","b"]', '["a","c"]']);
  });

  it("begin shortly before the difference where they are long", () => {
    const long = "x".repeat(300);
    const [old, now] = shownPair(`${long} mail to platform`, `${long} mail to ops`, 60);
    assert.match(old, /^….* mail to platform"$/);
    assert.match(now, /^….* mail to ops"$/);
    assert.ok(old.length <= 60 && now.length <= 60);
    // A value that the other one begins with.
    const [short, more] = shownPair(long, `${long}y`, 60);
    assert.notEqual(short, more);
    const [different] = shownPair(`a${long}`, `b${long}`, 60);
    assert.match(different, /^"ax+…$/);
  });
});
