/** Each file of facts/ says where its facts stand, and when somebody looked; a file that says neither holds no fact. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import ts from "typescript";

const FACTS = path.join(__dirname, "..", "..", "facts");
const filesIn = (folder: string) =>
  fs.readdirSync(path.join(FACTS, folder)).map((file) => path.join(folder, file));
const FILES = [...filesIn(""), ...filesIn("iam")];

/**
 * All that is written in modules without a source. None of it is AWS's: these are the calendar and our words. The list is
 * compared whole: what is added to such a module needs a source, or a reason here.
 */
const OURS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "data-types.ts": {
    HOLDS: "words in names of types, from which a guard suspects",
    PROTECTS: "properties in AWS's schemas, from which a guard suspects",
    EMPTY: "our answer for types whose name misleads",
    CAUTION: "our words",
    PARTS: "endings of names",
  },
  "duration-rows.ts": { DURATION_KINDS: "our words for how a length is known" },
  "fact.ts": { CFN_LINT_SCHEMAS: "an address that rows name as their source" },
  "identities.ts": { FROM_THE_NAME: "our answer; its source stands beside it" },
  "outage-types.ts": { OUTAGE_TYPES: "our words for what stops" },
  "pools.ts": { POOL: "our variable, and what we leave of a database's connections" },
  "published-schemas.ts": {
    FORMATS: "what the names of two formats mean",
    JAVA: "how patterns of Java are written in JavaScript",
  },
  "replacement.ts": { REASONS: "our words for what replacement-disagreements.json says" },
  "schedule-runs.ts": {
    MINUTE: "calendar",
    DAY: "calendar",
    CYCLE_YEARS: "calendar",
    DEFAULT_FROM: "a date to count from",
  },
  "time-zones.ts": { MINUTE: "calendar", DAY: "calendar" },
};

/** Whether a value says where it stands and when somebody looked; what was never seen there says so as well. */
function stands(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { source, sources, version, asOf, date, unverified } = value as Record<string, unknown>;
  // A page, a release that was read or asked, or the list of a row that was joined from several.
  const read: { date?: unknown } | undefined =
    typeof source === "object" && source !== null ? source : undefined;
  const page = typeof source === "string" && (URL.canParse(source) || typeof version === "string");
  const several = Array.isArray(sources) && sources.length > 0;
  const where = page || several || Object.keys(read ?? {}).length > 1;
  const when = asOf ?? date ?? read?.date;
  const says =
    unverified === undefined || (typeof unverified === "string" && unverified.length > 20);
  return where && says && isDay(when);
}

/** A day that was, written YYYY-MM-DD; a moment of that day will do. */
const isDay = (value: unknown): boolean =>
  typeof value === "string" &&
  /^20\d\d-\d\d-\d\d(T[\d:]+Z)?$/.test(value) &&
  Date.parse(value) <= Date.now() + 24 * 60 * 60_000;

/** Items of the tables in a file: of its one list, or its one record of records. */
function rowsOf(file: Record<string, unknown>): unknown[] {
  const tables = Object.values(file).filter((item) => typeof item === "object" && item !== null);
  return tables.length === 1 ? Object.values(tables[0] as object) : [];
}

/** A file whose rows name one of its pages: each row with what its page says of source and date. */
function paged({ pages, ...rest }: Record<string, unknown>): Record<string, unknown> {
  if (typeof pages !== "object" || pages === null) return rest;
  const rows = (rest["rows"] as { readonly page: string }[] | undefined) ?? [];
  return { rows: rows.map((row) => ({ ...row, ...(pages as Record<string, object>)[row.page] })) };
}

/** Names of a module's constants, those in a function aside, that have something written in them. */
function writtenIn(file: string): string[] {
  const text = fs.readFileSync(path.join(FACTS, file), "utf8");
  const hasSource = (node: ts.Node) =>
    ts.isObjectLiteralExpression(node) &&
    node.properties.some(({ name }) => name?.getText(source) === "source");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const holds = (node: ts.Node): boolean =>
    !ts.isFunctionLike(node) &&
    !hasSource(node) &&
    (ts.isLiteralExpression(node) || (ts.forEachChild(node, (child) => holds(child)) ?? false));
  return source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .filter(({ initializer }) => initializer !== undefined && holds(initializer))
    .map(({ name }) => name.getText(source));
}

/** Everything in a value, itself included, that has a `source`. */
function sourced(value: unknown): object[] {
  if (typeof value !== "object" || value === null || value instanceof RegExp) return [];
  return [...("source" in value ? [value] : []), ...Object.values(value).flatMap(sourced)];
}

describe("each file of facts/", () => {
  for (const file of FILES.filter((name) => name.endsWith(".json") && name !== "package.json")) {
    it(`${file} has a date and a source, or each of its rows has`, () => {
      const read = JSON.parse(fs.readFileSync(path.join(FACTS, file), "utf8")) as unknown;
      if (stands(read)) return;
      assert.ok(!Array.isArray(read), "expected an object with source and date, got a bare list");
      const rows = rowsOf(paged(read as Record<string, unknown>));
      assert.ok(rows.length > 0, "expected source and date, got neither");
      for (const row of rows) assert.ok(stands(row), JSON.stringify(row).slice(0, 200));
    });
  }

  it("is written from a source, or has nothing written in it but our own words", () => {
    const without: Record<string, string[]> = {};
    for (const file of FILES.filter((name) => name.endsWith(".ts"))) {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- whatever modules there are
      const found = sourced(require(path.join(FACTS, file)));
      for (const fact of found) assert.ok(stands(fact), `${file}: ${JSON.stringify(fact)}`);
      const written = found.length > 0 ? [] : writtenIn(file);
      if (written.length > 0) without[file] = written;
    }
    const ours = Object.entries(OURS).map(([file, names]) => [file, Object.keys(names)]);
    assert.deepEqual(without, Object.fromEntries(ours));
  });

  it("is JSON, a module, a text for readers, or a folder that this test knows", () => {
    const others = FILES.filter((name) => !/\.(?:ts|json)$/.test(name));
    assert.deepEqual(others.sort(), ["README.md", "generate", "iam"]);
  });
});
