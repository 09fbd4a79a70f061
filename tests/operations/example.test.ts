/** The examples: valid, short, and judged as `.ci/run` judges them. The previews themselves are run there. */
import assert from "node:assert/strict";

import { parse } from "yaml";

import { acceptedConnections } from "../../facts/capacity-limits";
import { knownMemoryGiB } from "../../facts/instance-memory";
import { POOL } from "../../facts/pools";
import {
  type Changes,
  changed,
  changedText,
  differing,
  exampleNames,
  exampleText,
  main,
  objections,
} from "../../operations/example";
import ruleIds from "../../policy-pack/rule-ids.json";
import { validate, type StackConfig } from "../../schema";
import { executionsAt, poolSizes } from "../../schema/pools";
import type { Plan } from "../../tools/preview/index";
import { stackFile } from "../support/stack-files";

const sectionsOf = (settings: Record<string, unknown>) =>
  // An extension's settings stand below a name of its own.
  Object.fromEntries(
    Object.entries(settings)
      .filter(([key]) => key.startsWith("crm:"))
      .map(([key, value]) => [key.replace(/^crm:/, ""), value]),
  );

const resource = (name: string, inputs: object) => ({
  ...{ urn: `urn:pulumi:s::crm::aws:sqs/queue:Queue::${name}`, type: "aws:sqs/queue:Queue" },
  ...{ name, inputs },
});
const planOf = (resources: object[], policies: object = {}) =>
  ({ resources, policies: { violations: [], undecided: [], ...policies } }) as unknown as Plan;

/** All clients of each database fit into it, as capacity-connections demands of the plan. */
function assertPoolsFit(name: string, config: StackConfig): void {
  const { database, services, eventing } = config;
  const pools = Object.entries(poolSizes(config));
  for (const store of ["primary", "replica"] as const) {
    const tasks = pools
      .filter(([service]) => database.urls[service] === store)
      .reduce((sum, [service, pool]) => sum + 2 * services[service]!.maxCapacity * pool, 0);
    const { instanceClass } = store === "replica" ? database.replica : database;
    const [accepted] = acceptedConnections(knownMemoryGiB(instanceClass)!);
    const demand = tasks + executionsAt(eventing, store) + POOL.spare;
    const usable = accepted * (1 - POOL.marginPercent / 100);
    assert.ok(demand <= usable, `${name}: ${demand} connections to the ${store}, ${usable} usable`);
  }
}

describe("npm run example", () => {
  it("merges groups, removes null entries, replaces all others", () => {
    const settings = { a: { b: 1, c: { d: [1, 2] } }, e: "f" };
    const changes = { a: { b: null, c: { d: [3] }, g: { h: 1 } } };
    assert.deepEqual(changed(settings, changes), {
      a: { c: { d: [3] }, g: { h: 1 } },
      e: "f",
    });
    assert.deepEqual(settings.a.b, 1);
  });

  it("writes what an alias stands for", () => {
    const changes: unknown = parse("{config: {a: &shared [1], b: *shared, c: {<<: &d {e: 2}}}}", {
      merge: true,
    });
    const text = changedText({ config: {} }, changes);
    assert.doesNotMatch(text, /[&*<]/);
    assert.deepEqual(parse(text), { config: { a: [1], b: [1], c: { e: 2 } } });
  });

  it("has examples, each of at most 30 lines beside its comments, and each valid", () => {
    assert.ok(exampleNames().length >= 2);
    for (const name of exampleNames()) {
      const text = exampleText(name);
      assert.match(text, /^# \S/, `${name} says what it shows`);
      const lines = text.split("\n").filter((line) => !/^\s*(#|$)/.test(line));
      assert.ok(lines.length <= 30, `${name}: ${lines.length} lines`);
      const { config, policies, ...others } = parse(text) as Changes;
      assert.deepEqual(others, {});
      for (const [id, settings] of Object.entries(policies ?? {})) {
        // What an example gives up is exempt, with its reason: no rule is switched off. A path that it opens is declared.
        assert.ok(ruleIds.includes(id), id);
        const keys = Object.keys(settings as object);
        const declares = /^(network|access)-paths$/.test(id) && keys.includes("allowed");
        assert.deepEqual(keys, declares ? ["allowed", "reason"] : ["exemptions"], `${name}: ${id}`);
      }
      const settings = changed(stackFile("staging"), config) as Record<string, unknown>;
      const { "aws:region": region, ...sections } = settings;
      delete sections["crm:secrets"];
      assert.notDeepEqual(settings, stackFile("staging"), name);
      assertPoolsFit(name, validate({ region, sections: sectionsOf(sections) }));
    }
  });

  it("objects to what is mandatory or undecided, and to no advice", () => {
    const one = (policy: string, enforcementLevel: string) => ({
      ...{ policy, enforcementLevel, message: "no" },
    });
    const policies = {
      violations: [one("a", "mandatory"), one("b", "advisory")],
      undecided: [{ policy: "c", message: "unknown" }],
    };
    assert.deepEqual(objections(planOf([], policies)), ["a: no", "c: unknown"]);
    assert.deepEqual(objections(planOf([])), []);
  });

  it("objects to a value that AWS would refuse", () => {
    const queue = { ...resource("wrong", { visibilityTimeoutSeconds: 43_201 }), custom: true };
    assert.deepEqual(objections(planOf([queue])), [
      "aws-would-refuse: visibilityTimeoutSeconds: expected at most 43200, got 43201",
    ]);
  });

  it("asks the provider about what is added or changed", () => {
    const base = planOf([resource("same", { a: 1 }), resource("other", { a: 1 })]);
    const plan = planOf([
      resource("same", { a: 1 }),
      resource("other", { a: 2 }),
      resource("new", {}),
    ]);
    assert.deepEqual(
      differing(plan, base).map(({ name }) => name),
      ["other", "new"],
    );
  });

  it("names the examples when another is asked for, and takes no other option", async () => {
    const said: string[] = [];
    const { error } = console;
    console.error = (text: string) => said.push(text);
    try {
      assert.equal(await main(["nothing"]), 2);
      assert.equal(await main(["--nothing"]), 2);
    } finally {
      console.error = error;
    }
    assert.equal(
      said[0]!.split("\n")[0],
      `NAME: expected one of ${exampleNames().join(", ")}, got "nothing"`,
    );
    assert.match(said[1]!, /--nothing/);
  });
});
