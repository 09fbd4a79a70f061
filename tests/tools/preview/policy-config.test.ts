import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { EXEMPTIONS_SCHEMA } from "../../../policy-pack/exemptions";
import {
  defaultPackConfig,
  parsePackConfig,
  resolvePackConfig,
  type Rule,
} from "../../../tools/preview/engine/policy-config";

const rules: Rule[] = [
  { name: "a", description: "A", level: "advisory" },
  {
    name: "b",
    description: "B",
    level: "mandatory",
    schema: {
      properties: { maximum: { type: "integer", default: 3 }, kind: { type: "string" } },
      required: ["maximum"],
    },
  },
];

const OWN = { where: "file", closed: true };

const resolve = (...layers: object[]) =>
  resolvePackConfig(OWN, rules, ...layers.map((layer) => parsePackConfig(layer, "file")));

describe("preview policy configuration", () => {
  it("without configuration, rules have their own levels and defaults", () => {
    assert.deepEqual(resolve(), {
      a: { level: "advisory", properties: {} },
      b: { level: "mandatory", properties: { maximum: 3 } },
    });
  });

  it("later layers win, and `all` comes before single rules in each", () => {
    const resolved = resolve(
      { all: "disabled", b: { maximum: 4, kind: "x" } },
      { a: "remediate", b: { enforcementLevel: "advisory", maximum: 5 } },
    );
    assert.deepEqual(resolved, {
      a: { level: "remediate", properties: {} },
      b: { level: "advisory", properties: { maximum: 5, kind: "x" } },
    });
    assert.equal(resolve({ b: "advisory" }, { all: "mandatory" }).b?.level, "mandatory");
  });

  it("a wrong level, entry or rule is an error with the value and what is accepted", () => {
    const levels = "advisory, mandatory, remediate, disabled";
    assert.throws(() => resolve({ a: "strict" }), {
      message: `file has one problem:\n  a: expected one of ${levels}, got "strict"`,
    });
    assert.throws(() => resolve({ a: { enforcementLevel: "" } }), {
      message: `file has one problem:\n  a.enforcementLevel: expected one of ${levels}, got ""`,
    });
    assert.throws(() => resolve({ a: 3 }), {
      message: `file has one problem:\n  a: expected one of ${levels}, or a group of settings, got 3`,
    });
    assert.throws(() => resolve({ a: { enforcementLevel: "maybe" }, bb: "off" }), {
      message: [
        "file has 3 problems:",
        `  a.enforcementLevel: expected one of ${levels}, got "maybe"`,
        `  bb: expected one of ${levels}, got "off"`,
        "  bb: there is no such key. Did you mean b?",
      ].join("\n"),
    });
    assert.throws(() => resolve([]), {
      message: "file: expected rules with their settings, got []",
    });
    assert.throws(() => resolve({ bb: "advisory" }), {
      message: "file has one problem:\n  bb: there is no such key. Did you mean b?",
    });
  });

  it("all problems of a file are one error, each with key, value, what is accepted and the default", () => {
    const items = {
      type: "object",
      required: ["urn"],
      properties: { urn: { type: "string", minLength: 2 } },
    };
    const rule: Rule = {
      ...{ name: "c", description: "C", level: "mandatory" },
      schema: {
        properties: {
          days: { type: "integer", minimum: 1, maximum: 9, default: 3 },
          share: { type: "number" },
          on: { type: "boolean" },
          kind: { enum: ["x", "y"] },
          name: { type: "string", pattern: "^[a-z]+$", maxLength: 3 },
          list: { type: "array", items: { type: "string" }, minItems: 1 },
          more: { type: "array", items },
        },
        required: [],
      },
    };
    const given = {
      ...{ days: 0, share: "1", on: "yes", kind: "z", name: "Ab", list: [] },
      ...{ more: [{ urn: "" }, {}], reason: "any" },
    };
    const resolved = () =>
      resolvePackConfig(OWN, [...rules, rule], parsePackConfig({ c: given, none: {} }, "file"));
    assert.throws(resolved, (error: Error) => {
      assert.deepEqual(error.message.split("\n"), [
        "file has 10 problems:",
        "  none: there is no such key. The keys here are a, b, c.",
        "  c.days: expected a whole number of at least 1, got 0. Its default is 3.",
        '  c.share: expected a number, got "1"',
        '  c.on: expected true or false, got "yes"',
        '  c.kind: expected one of "x", "y", got "z"',
        '  c.name: expected a text that matches ^[a-z]+$, got "Ab"',
        "  c.list: expected a list of at least one item, got []",
        '  c.more[0].urn: expected a text of at least 2 characters, got ""',
        "  c.more[1].urn: expected a text, got nothing",
        "  c.reason: there is no such key. The keys here are days, share, on, kind, name, list, more.",
      ]);
      return true;
    });
    const long = { c: { days: 10, name: "abcd", share: 1 } };
    assert.throws(
      () => resolvePackConfig(OWN, [rule], parsePackConfig(long, "file")),
      /c\.days: expected a whole number of at most 9, got 10\..*\n {2}c\.name: expected a text of at most 3 characters, got "abcd"$/,
    );
  });

  it("an exemption's owner and last day are named as what they are, not as patterns", () => {
    const properties = { exemptions: EXEMPTIONS_SCHEMA };
    const rule: Rule = {
      ...{ name: "c", description: "C", level: "mandatory" },
      schema: { properties, required: [] },
    };
    const exemption = { urn: "u", reason: "long enough as a reason", owner: "me", expires: "soon" };
    const config = parsePackConfig({ c: { exemptions: [exemption] } }, "file");
    assert.throws(() => resolvePackConfig(OWN, [rule], config), {
      message: [
        "file has 2 problems:",
        '  c.exemptions[0].owner: expected a mailbox such as team@example.com, got "me"',
        '  c.exemptions[0].expires: expected a day, YYYY-MM-DD, got "soon"',
      ].join("\n"),
    });
  });

  it("another pack's rules and settings may be more than it declares, as with Pulumi's engine; a part of one that says so may not", () => {
    const nested = { type: "object", properties: { size: { type: "integer" } } };
    const strict = { ...nested, additionalProperties: false };
    const rule: Rule = {
      ...{ name: "c", description: "C", level: "mandatory" },
      schema: { properties: { open: nested, strict }, required: [] },
    };
    const resolved = (config: object) =>
      resolvePackConfig({ where: "file", closed: false }, [rule], parsePackConfig(config, "file"));
    const properties = { more: 1, open: { size: 2, more: [3] }, strict: { size: 4 } };
    assert.deepEqual(resolved({ c: properties, d: { a: 1 }, e: "disabled" }), {
      c: { level: "mandatory", properties },
    });
    assert.throws(() => resolved({ c: { strict: { sise: 4 }, open: { size: "x" } } }), {
      message: [
        "file has 2 problems:",
        '  c.open.size: expected a number, got "x"',
        "  c.strict.sise: there is no such key.",
      ].join("\n"),
    });
  });

  it("is a pack's file of the stack, and missed by name where every other stack has one", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pack-"));
    try {
      const fileOf = (stack: string) => path.join(folder, `config.${stack}.json`);
      fs.writeFileSync(fileOf("a"), "{}");
      assert.equal(defaultPackConfig(folder, "a", ["a", "b"]), fileOf("a"));
      assert.throws(
        () => defaultPackConfig(folder, "b", ["a", "b"]),
        /config\.b\.json: expected the policy pack's configuration of the stack b, as there is one of a, got no file/,
      );
      // A pack that is configured for some stacks alone, or whose project has one stack.
      assert.equal(defaultPackConfig(folder, "b", ["a", "b", "c"]), undefined);
      assert.equal(defaultPackConfig(folder, "b", ["b"]), undefined);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
