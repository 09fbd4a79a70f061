import assert from "node:assert/strict";

import { estimate } from "../../analysis/cost/estimate";
import { PRICES } from "../../analysis/cost/tables";
import { countByComponent } from "../../analysis/plan/tree";
import { bagFromWire } from "../../analysis/plan/values";
import { interfaceEndpointPolicy } from "../../components/network/endpoint-policies";
import { instanceMemoryGiB } from "../../facts/instance-memory";
import { isPublished } from "../../facts/metrics";
import { canonicalType } from "../../facts/twin-types";
import { explained } from "../../operations/aws";
import { secretProblems, validate } from "../../schema";
import { renderComment } from "../../tools/commands/comment-render";
import { guard } from "../../tools/commands/guard";
import { diffOf } from "../../tools/diff/document";
import { parsePackConfig, resolvePackConfig } from "../../tools/preview/engine/policy-config";
import { expanderFor } from "../../tools/preview/engine/remote";
import { arns } from "../support/fixtures";
import { stackFile } from "../support/stack-files";
import { USAGE } from "../support/usage";
import { resource, stackResource } from "../tools/preview/support";

/** Names that every object has. */
const NAMES = Object.getOwnPropertyNames(Object.prototype);

/** The sections of production's stack file as Pulumi hands them over: JSON, whose keys are all an object's own. */
function sections(change: (text: string) => string = (text) => text): Record<string, unknown> {
  const own = Object.entries(stackFile("production"))
    .filter(([key]) => key.startsWith("crm:"))
    .map(([key, value]) => [key.slice("crm:".length), value] as const);
  return JSON.parse(change(JSON.stringify(Object.fromEntries(own)))) as Record<string, unknown>;
}

function messages(raw: Record<string, unknown>): string[] {
  try {
    validate({ region: "us-east-1", sections: raw });
    return [];
  } catch (error) {
    return (error as { problems: { message: string }[] }).problems.map(({ message }) => message);
  }
}

describe("names that JavaScript knows", () => {
  it("are at least these", () => {
    assert.ok(NAMES.includes("constructor") && NAMES.includes("__proto__"));
    assert.deepEqual(messages(sections()), []);
  });

  for (const name of NAMES) {
    it(`are refused as a section, a service and a group deep inside: ${name}`, () => {
      const refusal = (key: string) =>
        `${key}: expected a name that is not a built-in property of JavaScript objects, got "${name}"`;
      const added = (at: string) => (text: string) =>
        text.replace(at, `${at}${JSON.stringify(name)}:{"a":1},`);
      assert.deepEqual(messages(sections((text) => `{"${name}":{"a":1},${text.slice(1)}`)), [
        refusal(`crm:${name}`),
      ]);
      assert.ok(
        messages(sections(added('"services":{'))).includes(refusal(`crm:services.${name}`)),
      );
      assert.ok(messages(sections(added('"queues":{'))).some((text) => text.includes(`.${name}:`)));
    });
  }

  it("are refused as the name of a secret", () => {
    for (const name of NAMES) {
      const value = JSON.parse(`{"${name}": "x"}`) as unknown;
      assert.match(
        secretProblems(value, () => false)[0]!.message,
        /: expected a name that is not a built-in property of JavaScript objects, got "\w+"$/,
      );
    }
  });

  it("are in no table: metrics, classes, types, prefixes, advice, expanders", () => {
    for (const name of NAMES) {
      assert.equal(isPublished(name, name, [name], []), false);
      assert.equal(isPublished("AWS/ECS", "CPUUtilization", [name], []), false);
      assert.throws(() => instanceMemoryGiB(`db.r6g.${name.toLowerCase()}`), /is not known/);
      assert.equal(canonicalType(name), name);
      assert.match(interfaceEndpointPolicy(arns, name), new RegExp(`"${name}:\\*"`));
      assert.equal(explained(Object.assign(new Error("no"), { name })), "no");
      assert.equal(expanderFor(name), undefined);
    }
  });

  it("are names like others in a plan: of components, properties, types", () => {
    for (const name of NAMES) {
      const component = resource("crm:aws:X", name, stackResource, { custom: false });
      const gateway = resource("aws:ec2/natGateway:NatGateway", "nat", component);
      const resources = [stackResource, component, gateway];
      const counts = countByComponent(resources);
      assert.equal(Object.getOwnPropertyDescriptor(counts, name)?.value, 2, name);
      const { byComponent } = estimate({ ...PLAN, resources }, PRICES, USAGE);
      assert.equal(typeof Object.getOwnPropertyDescriptor(byComponent, name)?.value, "number");
      const bag = bagFromWire(JSON.parse(`{"${name}": "x"}`) as Record<string, never>);
      assert.equal(Object.getOwnPropertyDescriptor(bag, name)?.value, "x");
      const strange = [resource(name, "x", component)];
      assert.doesNotThrow(() => estimate({ ...PLAN, resources: strange }, PRICES, USAGE));
    }
  });

  it("are nothing to the guard and in a comment", () => {
    for (const name of NAMES) {
      const urn = `urn:pulumi:production::crm::${name}::${name}`;
      const steps = [{ op: "delete", urn, oldState: { type: name } }];
      assert.deepEqual(guard({ steps }, [], "2026-11-01").findings, []);
      const strange = resource(name, "x", stackResource);
      const plan = (inputs: Record<string, unknown>) => ({
        ...{ ...PLAN, stack: "production" },
        policies: { packs: [], violations: [], undecided: [], remediations: [] },
        resources: [{ ...strange, inputs }],
      });
      const diff = diffOf(plan({ [name]: 1 }), plan({ [name]: 2 }));
      const text = renderComment([
        { stack: "production", diff, pulumi: { steps: [...steps, { op: name, urn }] } },
        { stack: "staging", diff },
      ]);
      assert.match(text, /\| \*\*delete\*\* \|/);
      assert.doesNotMatch(text, /NaN|function|undefined|data lost/);
    }
  });

  it("are no rule of a pack", () => {
    for (const name of NAMES) {
      const config = parsePackConfig(JSON.parse(`{"${name}": {"a": 1}}`), "file");
      assert.throws(
        () => resolvePackConfig({ where: "pack", closed: true }, [], config),
        new RegExp(`^ {2}${name}: there is no such key`, "m"),
      );
    }
  });
});

const PLAN = {
  ...{ project: "crm", stack: "production", outputs: {}, diagnostics: [], durationMs: 0 },
  policies: { packs: [], violations: [], undecided: [], remediations: [] },
};
