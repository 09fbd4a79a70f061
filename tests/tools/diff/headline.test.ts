/** How values are shown: on a line each, with the difference in sight. */
import assert from "node:assert/strict";

import { type Plan } from "../../../analysis/plan/model";
import { diffOf } from "../../../tools/diff/document";
import { headline, shownPair } from "../../../tools/diff/headline";
import { findingTexts } from "../../../tools/diff/text";
import { planOf } from "../../support/plans";

describe("the answer in one line", () => {
  let old: Plan;
  before(async () => {
    old = await planOf("production");
  });
  const changed = (inputs: object) => {
    const now = structuredClone(old);
    const primary = now.resources.find(({ name }) => name === "crm-database-primary")!;
    Object.assign(primary.inputs, inputs);
    return headline(diffOf(old, now));
  };

  it("names downtime, also where it waits for the maintenance window", () => {
    const certificate = { caCertIdentifier: "rds-ca-ecc384-g1" };
    assert.match(changed(certificate), / 1 to change \(downtime in the maintenance window\), /);
    assert.match(
      changed({ ...certificate, applyImmediately: true }),
      / 1 to change \(downtime now\), /,
    );
    assert.match(changed({ backupWindow: "03:00-03:30" }), / 1 to change, /);
  });

  it("counts what is not made by resource: refused by AWS, or ignored by the program", () => {
    const now = structuredClone(old);
    const find = (name: string) => now.resources.find((one) => one.name === name)!.inputs;
    const [analytics, social] = ["crm-analytics", "crm-social"].map((name) => {
      return ["production", "test"].map((listener) => find(`${name}-${listener}`));
    }) as [Record<string, unknown>[], Record<string, unknown>[]];
    for (const [index, one] of analytics.entries()) {
      const other = social[index]!;
      [one["priority"], other["priority"]] = [other["priority"], one["priority"]];
    }
    assert.match(headline(diffOf(old, now)), / 4 to change, .* \| 4 changes not made \| cost /);
    const core = now.resources.find(
      ({ type, name }) => type === "aws:ecs/service:Service" && name === "crm-core",
    )!;
    const balancers = core.inputs["loadBalancers"] as Record<string, unknown>[];
    balancers[0]!["containerPort"] = 3005;
    assert.match(headline(diffOf(old, now)), / \| 5 changes not made \| cost /);
    assert.doesNotMatch(headline(diffOf(old, old)), /not made/);
  });

  it("has a safe procedure for another lock of a vault, whose findings name it once", () => {
    for (const change of [
      { maxRetentionDays: 400 },
      { minRetentionDays: 3 },
      { changeableForDays: 7 },
    ]) {
      const now = structuredClone(old);
      const locks = now.resources.filter(({ type }) => /:VaultLockConfiguration$/.test(type));
      for (const { inputs } of locks) Object.assign(inputs, change);
      const { findings } = diffOf(old, now);
      assert.equal(findings.length, locks.length);
      for (const { says } of findings) {
        assert.equal(says.split("aws backup put-backup-vault-lock-configuration").length, 2, says);
      }
    }
  });

  it("gives a share of the cost a sign where it is 1 percent or more", () => {
    const diff = diffOf(old, old);
    const said = (now: number) =>
      headline({ ...diff, cost: { ...diff.cost, old: 2000, new: now } });
    assert.match(said(1998.4), /\| -1\.60 USD a month \(less than 1 %\) \|/);
    assert.match(said(2001.6), /\| \+1\.60 USD a month \(less than 1 %\) \|/);
    assert.match(said(1980), /\| -20\.00 USD a month \(-1 %\) \|/);
    assert.match(said(2777), /\(\+39 %\)/);
  });
});

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
    ...{ class: "outage" as const, operation: "delete" as const, urn: name, certain, name },
    ...{ type: "aws:lb/listenerRule:ListenerRule", says: ` would be deleted: ${says}.` },
    message: "",
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
    // A name is a name, whatever is in it.
    assert.deepEqual(findingTexts([finding('x" y', "that ends")]), [
      'aws:lb/listenerRule:ListenerRule "x" y" would be deleted: that ends.',
    ]);
  });
});
