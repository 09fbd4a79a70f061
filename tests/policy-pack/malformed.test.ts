/**
 * Malformed documents in every property that holds a policy: no rule throws, and each document is said to be unreadable.
 * What AWS refuses: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
import assert from "node:assert/strict";

import type { Plan } from "../../tools/preview/index";
import { planOf } from "../support/plans";
import { verdictOf } from "./planned";

/** A document of one statement that lets everybody do everything, with elements changed. */
const statement = (change: object) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*", Principal: "*", ...change }],
  });
const condition = (value: unknown) => statement({ Condition: value });

const MALFORMED: Readonly<Record<string, unknown>> = {
  "no JSON": "{",
  "a list": "[]",
  null: "null",
  "a number": 5,
  "no Statement": "{}",
  "an empty Statement": '{"Statement":[]}',
  "Statement null": '{"Statement":null}',
  "a text as Statement": '{"Statement":"x"}',
  "null as a statement": '{"Statement":[null]}',
  "an object with a number as Statement": { Statement: 5 },
  "Effect in lower case": statement({ Effect: "allow" }),
  "an object as Action": statement({ Action: { a: 1 } }),
  "numbers and null as Action": statement({ Action: [1, null, {}] }),
  "an Action without a service": statement({ Action: "GetObject" }),
  "Action and NotAction": statement({ NotAction: "s3:*" }),
  "an object as Resource": statement({ Resource: { x: [1] } }),
  "Resource and NotResource": statement({ NotResource: "*" }),
  "a number as Principal": statement({ Principal: 5 }),
  "a list as Principal": statement({ Principal: ["*", null] }),
  "null as a principal": statement({ Principal: { AWS: null } }),
  "an object as a principal": statement({ Principal: { AWS: [{ a: "*" }] } }),
  "a kind of principal that is none": statement({ Principal: { constructor: "*" } }),
  "Principal and NotPrincipal": statement({ NotPrincipal: "*" }),
  "an element that is none": statement({ Conditions: {} }),
  "Condition null": condition(null),
  "a text as Condition": condition("x"),
  "a list as Condition": condition([1]),
  "null as an operator's keys": condition({ StringEquals: null }),
  "a text as an operator's keys": condition({ StringEquals: "x" }),
  "an operator that is none": condition({ StringEqualz: { "aws:SourceArn": "x" } }),
  "the name of a method as operator": condition({ toString: { "aws:SourceArn": "x" } }),
  "null as a key's value": condition({ StringEquals: { "aws:SourceArn": null } }),
  "an object as a key's value": condition({ StringEquals: { "aws:SourceArn": { a: 1 } } }),
};

/** Types with a policy that no rule reads. */
const UNREAD = ["aws:cloudwatch/logResourcePolicy:LogResourcePolicy"];

/** Of the policy of a vault the vault's rule speaks. */
const VAULT = "aws:backup/vault:Vault";
const VAULT_POLICY = "aws:backup/vaultPolicy:VaultPolicy";

/** Puts a document in the place of every other below a value; whether there was one. */
function replaced(value: unknown, document: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const record = value as Record<string, unknown>;
  return Object.keys(record)
    .map((key) => {
      const held = record[key];
      if (typeof held !== "string" || !/^\s*\{.*"Statement"/s.test(held)) {
        return replaced(held, document);
      }
      record[key] = document;
      return true;
    })
    .includes(true);
}

describe("policy pack: malformed documents", () => {
  let plan: Plan;

  before(async () => {
    const whole = await planOf("production");
    const holding = whole.resources.filter(
      ({ type, inputs }) =>
        type.startsWith("aws:") && (type === VAULT || JSON.stringify(inputs).includes("Statement")),
    );
    // A few of each type: the rules are the same for all of them.
    const few = holding.filter(
      ({ type }, at) => holding.slice(0, at).filter((one) => one.type === type).length < 3,
    );
    plan = { ...whole, resources: few };
  });

  for (const [name, document] of Object.entries(MALFORMED)) {
    it(`${name}: nothing throws, and every rule's reader says so`, () => {
      const broken = structuredClone(plan);
      const changed = broken.resources.filter(({ inputs }) => replaced(inputs, document));
      assert.ok(new Set(changed.map(({ type }) => type)).size >= 8);
      const { violations } = verdictOf(broken, {});
      const silent = changed.filter(
        ({ type, urn }) =>
          !UNREAD.includes(type) &&
          !violations.some(
            (said) =>
              said.includes("cannot be read") && said.includes(type === VAULT_POLICY ? VAULT : urn),
          ),
      );
      assert.deepEqual(
        silent.map(({ type }) => type),
        [],
      );
    });
  }
});
