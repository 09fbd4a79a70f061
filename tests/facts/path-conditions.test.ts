/** Paths of one rule. Source of the bounds: Application Load Balancers guide, "Condition types for listener rules". */
import assert from "node:assert/strict";

import { coversPaths, pathCondition, pathPatterns } from "../../facts/path-conditions";
import { pathMatches } from "../../operations/pages/request-way";

const FOUR = ["/a/*", "/v1.0/*", "/file-?.png", "/~me"];

describe("paths of a load balancer's rule", () => {
  it("are patterns while the condition takes them", () => {
    const three = FOUR.slice(0, 3);
    assert.deepEqual(pathCondition(three), { values: three });
    assert.deepEqual(pathPatterns({ values: three }), three);
  });

  it("are regular expressions beyond, which let in what the patterns do and nothing else", () => {
    const condition = pathCondition(FOUR);
    assert.ok(condition && "regexValues" in condition);
    assert.deepEqual(condition.regexValues, ["^(/a/.*|/v1\\.0/.*|/file-.\\.png|/~me)$"]);
    const paths = [
      ...["/a/", "/a/b/c", "/a", "/ab/", "/v1.0/x", "/v1x0/x", "/file-1.png", "/file-12.png"],
      ...["/file-1xpng", "/~me", "/~me/", "/x/a/b"],
    ];
    for (const path of paths) {
      const fits = condition.regexValues.some((regex) => new RegExp(regex).test(path));
      const meant = FOUR.some((pattern) => pathMatches(pattern, path));
      assert.equal(fits, meant, path);
    }
    assert.deepEqual(pathPatterns(condition), FOUR);
  });

  it("are spread over three expressions of 128 characters at most, and more do not fit", () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => `/section-${index}/*`);
    const condition = pathCondition(many(20));
    assert.ok(condition && "regexValues" in condition);
    assert.equal(condition.regexValues.length, 3);
    assert.ok(condition.regexValues.every(({ length }) => length <= 128));
    assert.deepEqual(pathPatterns(condition), many(20));
    assert.equal(pathCondition(many(40)), undefined);
    assert.equal(pathCondition([`/${"a".repeat(128)}`]), undefined);
  });

  it("cover others whose every path they match", () => {
    const parts = ["/", "a", "b", "*", "?", "."];
    const patterns = ["/*", "/a*", "/?", "/a", "/*a", "/*.b", "/?*", "/**"];
    for (let one = 0; one < 60; one++) {
      const at = (seed: number) => parts[(one * 7 + seed * 5 + one * seed) % parts.length]!;
      patterns.push(`/${at(1)}${at(2)}${at(3)}`);
    }
    const letters = ["a", "b", "/", "."];
    const ends = ["", ...letters, ...letters.flatMap((one) => letters.map((two) => one + two))];
    const paths = ends.flatMap((one) => ["/", "/a", "/.b", "/ab"].map((start) => start + one));
    for (const outer of patterns) {
      for (const inner of patterns.filter((one) => coversPaths(outer, one))) {
        const missed = paths.find((path) => pathMatches(inner, path) && !pathMatches(outer, path));
        assert.equal(missed, undefined, `${outer} covers ${inner}`);
      }
    }
    assert.ok(coversPaths("/*", "/social/*") && coversPaths("/api/*", "/api/social/?"));
    assert.ok(!coversPaths("/social/*", "/*") && !coversPaths("/a?", "/a*"));
    // As a regular expression this took minutes.
    assert.ok(!coversPaths(`${"*a".repeat(30)}b`, "a".repeat(120)));
    assert.ok(coversPaths(`${"*a".repeat(30)}**`, "a".repeat(120)));
  });
});
