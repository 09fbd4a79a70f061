/** Each file of facts/ says where its facts stand, and when somebody looked; a file that says neither holds no fact. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import ts from "typescript";

import { providerText } from "../../facts/fact";

const FACTS = path.join(__dirname, "..", "..", "facts");
const filesIn = (folder: string) =>
  fs.readdirSync(path.join(FACTS, folder)).map((file) => path.join(folder, file));
const FILES = [...filesIn(""), ...filesIn("iam")];

/**
 * All that is written in modules without a source. None of it is AWS's: these are the calendar and our words. The list is
 * compared whole: what is added to such a module needs a source, or a reason here.
 */
const OURS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "backup.ts": {
    RESTORABLE_AGE: "a metric of ours",
    COPY_AGE: "a metric of ours",
    BACKUP_AGE: "a metric of ours",
  },
  "public-exposure.ts": { ADDRESS: "our words" },
  "regions.ts": {
    USUAL_REGION: "what examples have",
    USUAL_COPY_REGION: "what examples have",
  },
  "schedules.ts": { MINUTES: "calendar" },
  "data-types.ts": {
    HOLDS: "words in names of types, from which a guard suspects",
    PROTECTS: "properties in AWS's schemas, from which a guard suspects",
    EMPTY: "our answer for types whose name misleads",
    CAUTION: "our words",
    PARTS: "endings of names",
  },
  "duration-rows.ts": {
    DURATION_KINDS: "our words for how a length is known",
    REPLICATION_MINUTES: "a row of durations.json",
  },
  "interruption.ts": { NOT_KNOWN: "that no page was found" },
  "outage-types.ts": { OUTAGE_TYPES: "our words for what stops" },
  "pools.ts": { POOL: "our variable, and what we leave of a database's connections" },
  "problem-text.ts": { LISTED: "how many names a message lists" },
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
  "control-planes.ts": {
    STANDS_IN_TAG: "a tag of ours",
    RECOVERS_BY_TAG: "a tag of ours",
    PILOT_LIGHT: "our word",
    BACKUP_RESTORE: "our word",
  },
  "database-users.ts": {
    GUESSED_USERS: "names that we take for known at any server",
  },
  "iam-actions.ts": { LEVELS: "the letters of our own file" },
  "name-lengths.ts": { SAMPLING: "where rows stand in AWS's schemas" },
  "metrics.ts": { TARGETS: "a part of rows that have a source" },
  "service-quotas.ts": { begins: "our words for what no page has" },
  "setting-bounds.ts": {
    BACKUP_API: "an address that rows name as their source",
    STRATEGY: "where rows stand in AWS's schemas",
    DEPLOYMENT: "where rows stand in AWS's schemas",
    TARGETS: "where rows stand in AWS's schemas",
  },
  "time-windows.ts": { DAYS: "calendar", DAY: "calendar", WEEK: "calendar" },
};

/** Constants that have their source in another one of their module, by its name there. */
const BESIDE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "database-engines.ts": { DATABASE_ENGINES: "DATABASE_ENGINES.0.1" },
  "deployment-time.ts": { SHIFTING_STRATEGIES: "STEPS" },
  "public-exposure.ts": {
    PUBLICLY_ACCESSIBLE: "EXPOSURES.0",
    ACCESS_BLOCKS: "EXPOSURES.0",
    NESTED: "EXPOSURES.0",
  },
  "twin-types.ts": { LOAD_BALANCING: "TWIN_TYPES", LOAD_BALANCING_MODULES: "TWIN_TYPES" },
  "schedules.ts": {
    ANY_UNIT: "DIALECTS.eventbridge-rule",
    DEFAULT_BACKUP_SCHEDULE: "DIALECTS.backup",
  },
  "instance-storage.ts": Object.fromEntries(
    [
      ...["BURSTABLE", "INTEL_5", "GRAVITON_2", "FROM_4XLARGE"],
      ...["INTEL_6", "INTEL_7", "GRAVITON_3", "GRAVITON_4"],
    ].map((table) => [table, "INSTANCE_STORAGE"]),
  ),
  "cloudfront.ts": {
    CLOUDFRONT_REGION: "CLOUDFRONT_PAGES.region",
    GLOBAL_BUCKET_NAMES_REGION: "CLOUDFRONT_PAGES.bucketNames",
    CACHE_POLICIES: "CLOUDFRONT_PAGES.cachePolicies",
    CACHE_SECONDS: "CLOUDFRONT_PAGES.cachePolicies",
    ORIGIN_REQUEST_POLICIES: "CLOUDFRONT_PAGES.originRequestPolicies",
    ERROR_STATUSES: "CLOUDFRONT_PAGES.errorStatuses",
    ERROR_SECONDS: "CLOUDFRONT_PAGES.errorStatuses",
    UNANSWERED_STATUSES: "CLOUDFRONT_PAGES.errorStatuses",
    FAILOVER_STATUSES: "CLOUDFRONT_PAGES.failoverStatuses",
    FUNCTION_CODE_BYTES: "CLOUDFRONT_PAGES.functions",
  },
  "control-planes.ts": { ROWS: "CONTROL_PLANES.endpointNames" },
  "expirations.ts": {
    rds: "EXPIRATIONS.aws:rds/instance:Instance",
    cache: "EXPIRATIONS.aws:elasticache/cluster:Cluster",
  },
  "fargate-sizes.ts": { SIZES: "FARGATE_SIZES" },
  "firewall-groups.ts": {
    BODY_RULES: "FIREWALL_GROUP_PAGES.AWSManagedRulesCommonRuleSet",
    GROUP_RULES: "GROUP_RULES_FACT",
  },
  "free-types.ts": {
    FREE_MODULES: "FREE_OF_CHARGE",
    FREE_TYPES: "FREE_OF_CHARGE",
    UNPRICED: "FREE_OF_CHARGE",
  },
  "iam-targets.ts": { BESIDE_ROWS: "IAM_TARGETS_PAGE", TARGET_ROWS: "IAM_TARGETS_PAGE" },
  "instance-families.ts": {
    UP_TO_16: "DATABASE_CLASSES",
    UP_TO_32: "DATABASE_CLASSES",
  },
  "instance-memory.ts": { LARGE_GIB: "INSTANCE_CLASSES", SIZES: "INSTANCE_CLASSES" },
  "lambda-runtimes.ts": {
    RUNTIME_SUPPORT_ENDS: "LAMBDA_RUNTIME_PAGE",
    DEPRECATED_RUNTIMES: "LAMBDA_RUNTIME_PAGE",
    OTHER_RUNTIMES: "LAMBDA_RUNTIME_PAGE",
  },
  "regions.ts": {
    PARTITIONS: "REGIONS_SOURCE",
    ZONE_LETTERS: "ZONES_FACT",
    ENABLED_REGIONS: "OPT_IN_FACT",
  },
  "schedule-cron.ts": {
    CRON_FIELDS: "CRON_DIALECTS.eventBridge",
    MONTHS: "CRON_DIALECTS.eventBridge",
    WEEKDAYS: "CRON_DIALECTS.eventBridge",
    RANGES: "CRON_DIALECTS.eventBridge",
    EVENTBRIDGE: "CRON_DIALECTS.eventBridge",
    SECRETS_MANAGER: "CRON_DIALECTS.secretsManager",
  },
  "service-principals.ts": { SERVICE_PRINCIPALS: "SERVICE_PRINCIPALS_PAGE" },
  "stateful-types.ts": { STATEFUL_TYPES: "STATEFUL" },
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

/** Whether something in a value is written without a source beside it. */
function isBare(value: unknown): boolean {
  if (typeof value === "string") return !value.startsWith("https://");
  if (typeof value === "number") return true;
  if (typeof value !== "object" || value === null || value instanceof RegExp) return false;
  return !stands(value) && Object.values(value).some(isBare);
}

/** Names of a module's constants that have something written in them without a source beside it, those in a function aside. */
function writtenIn(file: string, module: Record<string, unknown>): string[] {
  const text = fs.readFileSync(path.join(FACTS, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const named = (node: ts.ObjectLiteralExpression) =>
    node.properties.map(({ name }) => name?.getText(source) ?? "");
  const holds = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node)) return false;
    if (ts.isObjectLiteralExpression(node) && named(node).includes("source")) return false;
    const says = ts.isStringLiteralLike(node) && !/^https:|^\d{4}-\d\d-\d\d$/.test(node.text);
    return (
      says ||
      ts.isNumericLiteral(node) ||
      ts.isRegularExpressionLiteral(node) ||
      (ts.forEachChild(node, holds) ?? false)
    );
  };
  return source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .filter(({ initializer }) => initializer !== undefined && holds(initializer))
    .map(({ name }) => name.getText(source))
    .filter((name) => !Object.hasOwn(module, name) || isBare(module[name]));
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

  it("is generated from a source, or contains only our own words", () => {
    const without: Record<string, string[]> = {};
    for (const file of FILES.filter((name) => name.endsWith(".ts"))) {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- whatever modules there are
      const module = require(path.join(FACTS, file)) as Record<string, unknown>;
      for (const fact of sourced(module)) {
        assert.ok(stands(fact), `${file}: ${JSON.stringify(fact)}`);
      }
      const beside = BESIDE[file] ?? {};
      for (const [name, other] of Object.entries(beside)) {
        const said = other.split(".").reduce((value: any, key) => value?.[key], module);
        assert.ok(stands(said), `${file}: ${name} has no source in ${other}`);
      }
      const all = writtenIn(file, module);
      const needless = Object.keys(beside).filter((name) => !all.includes(name));
      assert.deepEqual(needless, [], `${file}: rows that nothing needs any more`);
      const written = all.filter((name) => !Object.hasOwn(beside, name));
      if (written.length > 0) without[file] = written;
    }
    const ours = Object.entries(OURS).map(([file, names]) => [file, Object.keys(names)]);
    assert.deepEqual(without, Object.fromEntries(ours));
  });

  it("names the releases that are installed here where it says that it does", () => {
    const installed = (name: string) =>
      (
        JSON.parse(
          fs.readFileSync(path.join(FACTS, "..", "node_modules", name, "package.json"), "utf8"),
        ) as { version: string }
      ).version;
    const text = (file: string) => fs.readFileSync(path.join(FACTS, file), "utf8");
    const read = FILES.filter((name) => name.endsWith(".ts")).flatMap((file) =>
      [...text(file).matchAll(/apiText\("([\w-]+)", "([\d.]+)"\)/g)].map(
        ([, service, release]) => [file, release, installed(`@aws-sdk/client-${service}`)] as const,
      ),
    );
    assert.ok(read.length > 3);
    // What another release says has to be read there: the number alone would claim it.
    for (const [file, release, here] of read) assert.equal(release, here, file);
    assert.match(providerText("x.ts"), new RegExp(`/v${installed("@pulumi/aws")}/`));
  });

  it("is JSON, a module, a text for readers, or a folder that this test knows", () => {
    const others = FILES.filter((name) => !/\.(?:ts|json)$/.test(name));
    assert.deepEqual(others.sort(), ["README.md", "generate", "iam"]);
  });
});
