/**
 * What AWS is stands in facts/ and nowhere else: no other room writes one of its lists or its larger numbers, a region, a
 * store's port, the form of a bucket's name, or a price.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import ts from "typescript";

import { DATABASE_ENGINES, POSTGRES } from "../../facts/database-engines";
import { TAG_LENGTHS } from "../../facts/limits";
import { NAME_LENGTHS, TEXT_LENGTHS } from "../../facts/name-lengths";
import { HIGH_RISK_PORTS } from "../../facts/security-hub";
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
const ELSEWHERE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "platform/database-logins.ts": {
    "a number of facts/: 4096": "rounds of SCRAM, as RFC 7677 has them",
  },
  "policy-pack/rules/network-acls.ts": {
    "a number of facts/: 3389": "the port of one of Checkov's checks",
  },
  "schema/cache.ts": { "a length of facts/: 255": "our bound on a description" },
  "schema/database-logins.ts": { "a length of facts/: 128": "an image's tag: no limit of AWS's" },
  "schema/eventing.ts": { "a length of facts/: 256": "our bound on the values of a filter" },
  "schema/images.ts": { "a length of facts/: 128": "an image's tag: no limit of AWS's" },
  "schema/edge.ts": { "a number of facts/: 9999": "how often a secret can be made anew" },
  "schema/services.ts": { "a number of facts/: 10240": "our bound on /tmp, in MiB" },
  "schema/storage.ts": { "a number of facts/: 3653": "ten years, our bound on access logs" },
  "tools/preview/awsx/fargate.ts": {
    "a service's principal: ecs-tasks.amazonaws.com": "what awsx writes, as its source has it",
  },
  "tools/preview/awsx/trail.ts": {
    "a service's principal: cloudtrail.amazonaws.com": "what awsx writes, as its source has it",
  },
  "tools/preview/engine/typescript.ts": { "a number of facts/: 9999": "a number of an error" },
};

const listed = (items: readonly unknown[]) => JSON.stringify([...items].map(String).sort());

/** Lists of three and more in what a module of facts/ exports, and of two if a mark joins the words of each, as in `slow-log`. */
function lists(value: unknown): string[] {
  if (typeof value !== "object" || value === null || value instanceof RegExp) return [];
  const items: unknown[] = Array.isArray(value) ? value : [];
  const least = items.every((item) => /\w[-_:.]\w/.test(String(item))) ? 2 : 3;
  const plain =
    items.length >= least && items.every((item) => /^(string|number)$/.test(typeof item));
  return [...(plain ? [listed(items)] : []), ...Object.values(value).flatMap(lists)];
}

/** Numbers by which one knows a fact: those above 1000 that are no round ones, no lengths of time and no powers of 1024. */
function numbers(value: unknown): number[] {
  if (typeof value === "number") {
    const known =
      value <= 1000 || /^(?:[1-9]0+|[1-9]\d0{3,})$/.test(String(value)) || OTHERS.includes(value);
    return known ? [] : [value];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbers) : [];
}

/** Seconds of an hour, a day and a year, minutes of a day, what a unit has of the next smaller one. */
const OTHERS: readonly number[] = [3600, 86_400, 31_536_000, 1440, 1024];

/**
 * What a role is given and what it is asked for are written apart: read off the one, the other would find nothing missing. So no
 * grant is compared with what services need.
 */
const ASKED = "service-calls.ts";
const FILES = fs.readdirSync(FACTS).filter((file) => file.endsWith(".ts") && file !== ASKED);
// eslint-disable-next-line @typescript-eslint/no-require-imports -- all modules there are
const MODULES: readonly unknown[] = FILES.map((file) => require(path.join(FACTS, file)));
const FACT_LISTS = new Set(MODULES.flatMap(lists));
const FACT_NUMBERS = new Set(MODULES.flatMap(numbers));

/** Lengths by which one knows a fact: those of names, texts and tags that are no length of a word in a sentence. */
const FACT_LENGTHS = new Set(
  [
    ...Object.values({ ...NAME_LENGTHS, ...TEXT_LENGTHS }).map(({ maximum }) => maximum),
    ...[TAG_LENGTHS.key, TAG_LENGTHS.value],
  ].filter((length) => length > 64),
);

/** Longest texts that a pattern takes, by its ranges: with a first character of another kind it is one more. */
function lengthsIn(pattern: string): number[] {
  return [...pattern.matchAll(/\{(\d+),(\d+)\}/g)]
    .map(([, least, most]) => Number(most) + Number(least === "0"))
    .filter((length) => FACT_LENGTHS.has(length));
}

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
    if (ts.isStringLiteral(node) && /^[a-z0-9.-]+\.amazonaws\.com$/.test(node.text)) {
      found.push(`a service's principal: ${node.text}`);
    }
    if (
      ts.isStringLiteral(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node) ||
      ts.isNoSubstitutionTemplateLiteral(node)
    ) {
      const [code] = /\bL-[0-9A-F]{8}\b/.exec(node.text) ?? [];
      if (code !== undefined) found.push(`a quota's code: ${code}`);
    }
    if (ts.isNumericLiteral(node) && PORTS.includes(Number(node.text))) {
      found.push(`a store's port: ${node.text}`);
    } else if (ts.isNumericLiteral(node) && FACT_NUMBERS.has(Number(node.text))) {
      found.push(`a number of facts/: ${node.text}`);
    }
    if (ts.isRegularExpressionLiteral(node)) {
      for (const length of lengthsIn(node.text)) found.push(`a length of facts/: ${length}`);
    }
    if (ts.isRegularExpressionLiteral(node) && node.text.includes("{1,61}")) {
      found.push(`the form of a bucket's name: ${node.text}`);
    }
    ts.forEachChild(node, look);
  };
  look(source);
  const prices = text.match(/(?:\bcosts?|\bfor about) [^\n]*\d (?:USD|cents?)\b/gi) ?? [];
  return [...new Set([...found, ...prices.map((price) => `a price: ${price.trim()}`)])];
}

/** Selections and near copies of a list of facts/, with the number of their members, that are choices: each with the reason. */
const SELECTED: Readonly<Record<string, string>> = {
  "analysis/capacity/assumed.ts: 3 of service-quotas.ts": "the quotas that a load takes from",
  "analysis/reach/distributions.ts: 3 of condition-keys.ts":
    "keys that CloudFront's requests to an origin have, and one that they lack",
  "analysis/reach/requests.ts: 3 of condition-keys.ts":
    "keys that a call through an endpoint has and another has not",
  "bootstrap/extension-rights.ts: 11 of iam-actions.ts":
    "services that extensions may use, chosen among all",
  "bootstrap/rights.ts: 20 of iam-actions.ts":
    "services whose resources the pipeline cannot name, chosen among those of the program",
  "components/recovery/backup-vault.ts: 4 of backup.ts":
    "the events of AWS Backup of which a person is notified",
  "operations/load/watch.ts: 3 of metrics.ts": "what a load test measures of a database",
  "operations/pages/request-ways.ts: 3 of schedules.ts": "units of time: the calendar's",
  "policy-pack/rules/customer-managed-keys.ts: 7 of type-properties.ts":
    "types of which a public control requires a key, chosen among all that take one",
  "policy-pack/rules/data-controls.ts: 10 of type-properties.ts":
    "types of which a public control requires encryption, chosen among all that have a switch",
  "policy-pack/rules/network-acls.ts: 4 of security-hub.ts":
    "ports of which Checkov has a check each",
  "policy-pack/rules/observability.ts: 10 of metrics.ts": "the metrics that need an alarm",
  "policy-pack/rules/public-database.ts: 4 of expirations.ts":
    "databases and caches; the other list is of what has a retention",
  "policy-pack/rules/public-database.ts: 4 of network-places.ts":
    "databases and caches, of all that is in a network",
  "policy-pack/rules/public-database.ts: 4 of type-properties.ts":
    "databases and caches, of all that has security groups",
  "policy-pack/rules/resource-policies.ts: 7 of type-properties.ts":
    "types that another rule of the pack judges",
  "schema/closed-network.ts: 6 of iam-actions.ts":
    "endpoints that the program's tasks call, chosen among all services",
};

/** Texts and numbers of a list, or the keys of a table that are no words of a program, such as types. */
function membersIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  return keys.every((key) => /\W/.test(key)) ? keys : [];
}

type Members = ReadonlySet<string>;

/** Lists and tables of three and more in what a module of facts/ exports. */
function memberships(value: unknown): Members[] {
  if (typeof value !== "object" || value === null || value instanceof RegExp) return [];
  if (value instanceof Set) return memberships([...value]);
  const plain = !Array.isArray(value) || value.every((item) => /^[sn]/.test(typeof item));
  const own = new Set(plain ? membersIn(value) : []);
  return [...(own.size >= 3 ? [own] : []), ...Object.values(value).flatMap(memberships)];
}

const MEMBERSHIPS = FILES.map((file, at) => [file, memberships(MODULES[at])] as const);

/** Whether all of a list, or nearly all of either, is in another: four fifths of their union. */
function isPartOf(list: Members, whole: Members): boolean {
  const both = [...list].filter((item) => whole.has(item)).length;
  return both === list.size || both / (list.size + whole.size - both) >= 0.8;
}

/** How many members of lists of facts/ a source writes as parts or near copies, by module. */
function copied(file: string, text: string): Map<string, number> {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = new Map<string, number>();
  const look = (node: ts.Node): void => {
    // A table may be written as pairs.
    const items = ts.isArrayLiteralExpression(node)
      ? node.elements.map((item) => (ts.isArrayLiteralExpression(item) ? item.elements[0] : item))
      : ts.isObjectLiteralExpression(node)
        ? node.properties.map(({ name }) => name)
        : [];
    const list = new Set(
      items.flatMap((item) => (item && ts.isLiteralExpression(item) ? item.text : [])),
    );
    if (list.size >= 3 && list.size >= items.length * 0.8) {
      for (const [module, wholes] of MEMBERSHIPS) {
        if (!wholes.some((whole) => isPartOf(list, whole))) continue;
        found.set(module, (found.get(module) ?? 0) + list.size);
      }
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

/** Lists that stand in more than one file and are not one: each with the reason. A row that nothing needs any more fails. */
const TWICE: Readonly<Record<string, string>> = {
  "Component, CostCenter, Environment":
    "a setting's default, and what one stack is expected to have",
  "development, production, staging":
    "the program's environments, and what the pack accepts as long as nobody says otherwise: it knows no program",
  "ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:CompleteLayerUpload, ecr:DescribeImageScanFindings, ecr:InitiateLayerUpload, ecr:PutImage, ecr:UploadLayerPart":
    "what a role is given, and what it is asked for: read off the one, the other would find nothing missing",
  "ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer":
    "what an endpoint lets through and what a role may do are decided apart",
  "ignore, ignore, pipe": "the streams of a program that is started",
  "ignore, pipe, pipe": "the streams of a program that is started",
  "isolated, private, public": "two orders of the same three",
  "logs:CreateLogStream, logs:DescribeLogStreams, logs:PutLogEvents":
    "rights of two roles that are decided apart",
  "s3:AbortMultipartUpload, s3:DeleteObject, s3:PutObject":
    "what a role is given, and what it is asked for",
};

/** Lists of three and more texts that a source writes. */
function textLists(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = new Set<string>();
  const look = (node: ts.Node): void => {
    if (ts.isArrayLiteralExpression(node) && node.elements.length >= 3) {
      const items = node.elements.filter(ts.isStringLiteral).map((item) => item.text);
      if (items.length === node.elements.length) found.add(items.sort().join(", "));
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return [...found];
}

/** Every source of the rooms, with its text. */
function sources(rooms: readonly string[]): [file: string, text: string][] {
  return rooms.flatMap((room) =>
    fs
      .readdirSync(path.join(ROOT, room), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
      .map((file): [string, string] => {
        const at = path.join(room, file);
        return [at, fs.readFileSync(path.join(ROOT, at), "utf8")];
      }),
  );
}

describe("a fact stands once", () => {
  it("finds a list, a region, a port, a number, a length, the form of a name, a principal, a quota and a price", () => {
    const text = [
      'const a = ["amazonaws.com", "awstrust.com", "amazontrust.com", "amazon.com"], b = "us-west-2";',
      "/** Costs 7 USD a month. */",
      "const c = [6379, 65_536], d = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;",
      'const h = "sqs.amazonaws.com", i = "the quota L-01234ABC", j = ["engine-log", "slow-log"];',
      "const e = /^.{1,1024}$/, f = /^[a-z][a-z0-9-]{0,254}$/, g = /^[0-9a-f]{64}$/;",
    ];
    assert.equal(facts("a.ts", text.join("\n")).length, 11);
  });

  it("in facts/, and in no other room", () => {
    const found: Record<string, readonly string[]> = {};
    for (const [file, text] of sources(ROOMS)) {
      const own = facts(file, text);
      if (own.length > 0) found[file] = own.sort();
    }
    const expected = Object.entries(ELSEWHERE).map(([file, own]) => [
      file,
      Object.keys(own).sort(),
    ]);
    assert.deepEqual(found, Object.fromEntries(expected));
  });

  it("finds a part and a near copy of a list or table of facts/", () => {
    const part =
      'const a = { "aws:sqs/queuePolicy:QueuePolicy": 1, "aws:sns/topicPolicy:TopicPolicy": 2, "aws:s3/bucketPolicy:BucketPolicy": 3 };';
    assert.deepEqual([...copied("a.ts", part)], [["type-properties.ts", 3]]);
    const near = `const a = [${HIGH_RISK_PORTS.ports.join(", ")}, 2375, 5439, 6379];`;
    assert.deepEqual([...copied("a.ts", near)], [["security-hub.ts", 27]]);
    const other = 'const a = ["aws:sqs/queuePolicy:QueuePolicy", "of our own", "of our own, too"];';
    assert.deepEqual([...copied("a.ts", other)], []);
  });

  it("in facts/, and no room selects from its lists without a reason", () => {
    const found = sources(ROOMS).flatMap(([file, text]) =>
      [...copied(file, text)].map(([module, count]) => `${file}: ${String(count)} of ${module}`),
    );
    assert.deepEqual(found.sort(), Object.keys(SELECTED).sort());
  });

  it("as a list of texts in one file, on any subject", () => {
    const files = new Map<string, string[]>();
    for (const [file, text] of sources([...ROOMS, "facts"])) {
      for (const list of textLists(file, text)) {
        files.set(list, [...(files.get(list) ?? []), file]);
      }
    }
    const twice = [...files].flatMap(([list, where]) => (where.length > 1 ? [list] : []));
    assert.deepEqual(twice.sort(), Object.keys(TWICE).sort());
  });
});
