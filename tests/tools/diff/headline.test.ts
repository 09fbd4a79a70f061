/** How values are shown: on a line each, with the difference in sight. */
import assert from "node:assert/strict";

import { shownPair } from "../../../tools/diff/headline";
import { findingTexts } from "../../../tools/diff/text";

describe("two values of a property", () => {
  it("are shown whole where they are short, for any difference", () => {
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

describe("findings", () => {
  const finding = (name: string, says: string, certain = true) => ({
    ...{ class: "outage" as const, operation: "delete" as const, urn: name, certain },
    message: `aws:lb/listenerRule:ListenerRule "${name}" would be deleted: ${says}.`,
  });

  it("that differ in the name alone are one text, up to twenty names", () => {
    const texts = findingTexts([
      finding("a", "that ends requests"),
      finding("b", "that ends requests"),
      finding("c", "that ends more"),
      finding("d", "that ends requests", false),
    ]);
    assert.deepEqual(texts, [
      'aws:lb/listenerRule:ListenerRule "a", "b" would be deleted: that ends requests.',
      'aws:lb/listenerRule:ListenerRule "c" would be deleted: that ends more.',
      'possibly: aws:lb/listenerRule:ListenerRule "d" would be deleted: that ends requests.',
    ]);
    const many = Array.from({ length: 25 }, (_, index) => finding(`r${index}`, "that ends"));
    const [text, ...others] = findingTexts(many);
    assert.match(text!, /"r19" and 5 more would be deleted/);
    assert.deepEqual(others, []);
    assert.deepEqual(findingTexts([{ ...finding("x", "y"), message: "said otherwise" }]), [
      "said otherwise",
    ]);
  });
});
