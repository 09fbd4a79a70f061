/** What AWS is stands in facts/ and nowhere else: no other room writes one of its lists, a region or a store's port. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import ts from "typescript";

import { DATABASE_ENGINES, POSTGRES } from "../../facts/database-engines";
import { CACHE_PORTS, CLUSTER_PORTS } from "../../facts/store-ports";

const ROOT = path.join(__dirname, "..", "..");
const FACTS = path.join(ROOT, "facts");
const ROOMS = [
  ...["analysis", "bootstrap", "components", "functions", "operations"],
  ...["platform", "policy-pack", "runtime", "schema", "tools"],
];

/** Ports by which one knows a store; Db2's 50000 is also the highest priority of a listener's rule. */
const PORTS: readonly number[] = [
  ...[CACHE_PORTS.redis, CACHE_PORTS.memcached, POSTGRES.port],
  ...DATABASE_ENGINES.map(([, { port }]) => port),
  ...Object.values(CLUSTER_PORTS).map(({ port }) => port),
].filter((port) => port < 50_000);

/** What is written elsewhere and is no second table, with the reason. A row that nothing needs any more fails. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "policy-pack/rules/security-groups.ts":
    "Security Hub's list of risky ports (EC2.19), in the rule that is this control",
};

const listed = (items: readonly unknown[]) => JSON.stringify([...items].map(String).sort());

/** Lists of three and more in what a module of facts/ exports. */
function lists(value: unknown): string[] {
  if (typeof value !== "object" || value === null || value instanceof RegExp) return [];
  const items: unknown[] = Array.isArray(value) ? value : [];
  const plain = items.length >= 3 && items.every((item) => /^(string|number)$/.test(typeof item));
  return [...(plain ? [listed(items)] : []), ...Object.values(value).flatMap(lists)];
}

const FACT_LISTS = new Set(
  fs
    .readdirSync(FACTS)
    .filter((file) => file.endsWith(".ts"))
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- whatever modules there are
    .flatMap((file) => lists(require(path.join(FACTS, file)))),
);

/** What a source writes of AWS, in the words of the failure. */
function facts(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isArrayLiteralExpression(node)) {
      const items = node.elements.flatMap((item) =>
        ts.isLiteralExpression(item) ? item.text : [],
      );
      if (items.length === node.elements.length && FACT_LISTS.has(listed(items))) {
        found.push(`a list of facts/: ${items.join(", ")}`);
      }
    }
    if (ts.isStringLiteral(node) && /^[a-z]{2}-[a-z]+-\d$/.test(node.text)) {
      const named = ts.isElementAccessExpression(node.parent);
      if (!named) found.push(`a region: ${node.text}`);
    }
    if (ts.isNumericLiteral(node) && PORTS.includes(Number(node.text))) {
      found.push(`a store's port: ${node.text}`);
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

describe("a fact stands once", () => {
  it("finds a list, a region and a port", () => {
    const text =
      'const a = ["amazonaws.com", "awstrust.com", "amazontrust.com", "amazon.com"], b = "us-west-2", c = 6379;';
    assert.equal(facts("a.ts", text).length, 3);
  });

  it("in facts/, and in no other room", () => {
    const found: Record<string, string[]> = {};
    for (const room of ROOMS) {
      for (const file of fs.readdirSync(path.join(ROOT, room), {
        recursive: true,
        encoding: "utf8",
      })) {
        if (!file.endsWith(".ts") || file.includes("node_modules")) continue;
        const at = path.join(room, file);
        const own = facts(at, fs.readFileSync(path.join(ROOT, at), "utf8"));
        if (own.length > 0) found[at] = own;
      }
    }
    const unexpected = Object.entries(found).filter(([file]) => !Object.hasOwn(ELSEWHERE, file));
    assert.deepEqual(Object.fromEntries(unexpected), {});
    assert.deepEqual(Object.keys(found), Object.keys(ELSEWHERE));
  });
});
