/** Whether each limit names all that it follows from: what is changed and moves a limit has to be among its figures. */
import assert from "node:assert/strict";

import { idsOf, type Assumed, type OwnAssumptions } from "../../../analysis/capacity/assumed";
import general from "../../../analysis/capacity/assumptions.json";
import { titleOf } from "../../../analysis/capacity/breaks";
import { rangeOf, type Figure } from "../../../analysis/capacity/figures";
import type { Limit } from "../../../analysis/capacity/model";
import { limitsOfPlan, type PlanOfCapacity } from "../../../analysis/capacity/of-plan";
import type { Plan } from "../../../tools/preview/index";
import { planOf } from "../../support/plans";

const SERVICE = "crm-core";
const QUEUE = "crm-social-processing";

/** Types whose numbers are changed, one after the other. */
const TYPES =
  /:(Service|TaskDefinition|Target|Policy|Instance|ReplicationGroup|EventSourceMapping|Queue|Function|NatGateway|WebAcl)$/;

type Bag = Record<string, unknown>;

/** Copies of inputs in which one number is another, with its property; a text of digits, as a task's CPU is, is a number. */
function* variants(inputs: Bag, depth = 0): Generator<readonly [property: string, inputs: Bag]> {
  for (const [property, given] of Object.entries(inputs)) {
    const isText = typeof given === "string" && /^\d+$/.test(given);
    if (typeof given === "number" || isText) {
      const other = 2 * Number(given) + 1;
      yield [property, { ...inputs, [property]: isText ? String(other) : other }];
    } else if (typeof given === "object" && given !== null && depth < 5) {
      for (const [, inner] of variants(given as Bag, depth + 1)) {
        const copy = Array.isArray(given) ? Object.assign([...(given as unknown[])], inner) : inner;
        yield [property, { ...inputs, [property]: copy }];
      }
    }
  }
}

const substance = ({ capacity, fixed, parts }: Limit) => JSON.stringify([capacity, fixed, parts]);

describe("the figures of limits", () => {
  let plan: Plan;
  let limits: readonly Limit[];
  before(async () => {
    const production = await planOf("production");
    const resources = production.resources.map((one) =>
      one.type.endsWith(":EventSourceMapping")
        ? { ...one, inputs: { ...one.inputs, enabled: true } }
        : one,
    );
    plan = { ...production, resources };
    limits = limitsOfPlan(plan).limits;
  });

  /** Limits that another plan or load changes and that do not name what was changed. */
  function untraced(
    what: string,
    other: PlanOfCapacity,
    names: (figure: Figure) => boolean,
    load?: OwnAssumptions,
  ): string[] {
    const after = limitsOfPlan(other, load && { load }).limits;
    return limits.flatMap((limit) => {
      const same = after.find(({ kind, urn }) => kind === limit.kind && urn === limit.urn);
      const isChanged = same === undefined || substance(same) !== substance(limit);
      return isChanged && !limit.figures.some(names) ? [`${titleOf(limit)}: ${what}`] : [];
    });
  }

  it("name each number of the plan that moves them", () => {
    const found: string[] = [];
    let moved = 0;
    for (const one of plan.resources.filter(({ type }) => TYPES.test(type))) {
      for (const [property, inputs] of variants(one.inputs)) {
        const resources = plan.resources.map((each) => (each === one ? { ...one, inputs } : each));
        const names = ({ origin }: Figure) =>
          origin.from === "plan" &&
          origin.urn === one.urn &&
          origin.property.split(/[.[]/)[0] === property;
        const other = { ...plan, resources: resources };
        found.push(...untraced(`${one.name} ${property}`, other, names));
        moved += 1;
      }
    }
    assert.ok(moved > 100, `${moved} numbers`);
    assert.deepEqual([...new Set(found)], []);
  });

  it("name the base of each service, of which all is on demand", () => {
    const basesOf = (base: number) => {
      const resources = plan.resources.map((one) => {
        const strategies = one.inputs["capacityProviderStrategies"] as Bag[] | undefined;
        if (strategies === undefined || !one.type.endsWith(":Service")) return one;
        const changed = strategies.map((each) =>
          each["capacityProvider"] === "FARGATE" ? { ...each, base } : each,
        );
        return { ...one, inputs: { ...one.inputs, capacityProviderStrategies: changed } };
      });
      const limit = limitsOfPlan({ ...plan, resources }).limits.find(
        ({ kind }) => kind === "fargate-vcpus",
      )!;
      return limit.figures.filter(({ name }) => name === "base").map(({ value }) => value[0]);
    };
    assert.deepEqual(basesOf(2), [2, 2, 2, 2]);
    assert.deepEqual(basesOf(5), [5, 5, 5, 5]);
  });

  it("name the assumptions by keys that lead to them: of the program, of any program, or of the cost", async () => {
    const at = (document: unknown, key: string) =>
      key.split(".").reduce<unknown>((found, part) => (found as Bag | undefined)?.[part], document);
    const keys = new Set<string>();
    for (const of of [plan, await planOf("staging")]) {
      for (const { origin, name, value } of limitsOfPlan(of).limits.flatMap((one) => one.figures)) {
        if (origin.from !== "assumption" || /^(general|usage)\./.test(origin.key)) continue;
        const any = origin.key.replace(".any.", ".");
        const found = (at(of.assumptions, origin.key) ?? at(general, any)) as
          Partial<Assumed> | undefined;
        assert.ok(found, `${of.stack} ${name}: ${origin.key}`);
        assert.equal(found.why, origin.why, origin.key);
        if (found.value !== undefined) assert.deepEqual(rangeOf(found.value), value, origin.key);
        keys.add(origin.key);
      }
    }
    assert.ok(keys.size > 20, [...keys].join(", "));
    assert.ok(keys.has("stacks.staging.quotas.lambdaConcurrency"), [...keys].join(", "));
    assert.ok(keys.has("quotas.fargateVcpus"), [...keys].join(", "));
  });

  it("name each assumption that moves them", () => {
    const value = { value: [0.37, 0.41] as const, why: "of the test", asOf: "2026-11-29" };
    const own = plan.assumptions ?? {};
    const changes: readonly (readonly [string, OwnAssumptions])[] = [
      ...idsOf("general").map((id) => [id, { general: { [id]: value } }] as const),
      ...idsOf("services").map(
        (id) =>
          [id, { services: { [SERVICE]: { ...own.services?.[SERVICE], [id]: value } } }] as const,
      ),
      ...idsOf("queues").map((id) => [id, { queues: { [QUEUE]: { [id]: value } } }] as const),
    ];
    const found = changes.flatMap(([id, change]) => {
      const load: OwnAssumptions = {
        ...own,
        general: { ...own.general, ...change.general },
        services: { ...own.services, ...change.services },
        queues: { ...own.queues, ...change.queues },
      };
      return untraced(
        id,
        plan,
        ({ name, origin }) => name === id && origin.from === "assumption",
        load,
      );
    });
    assert.deepEqual(found, []);
  });
});
