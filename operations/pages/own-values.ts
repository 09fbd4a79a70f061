/**
 * An owner's values in the pages that people follow: a runbook's commands are copied at night, and name the owner's domain,
 * account and buckets. Which values the pages have now stands in a record beside them.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { Names } from "../../platform/names";
import type { StackConfig } from "../../schema";

/** Pages that name values of the deployment; every page of RUNBOOKS_FOLDER does too. */
const PAGES = ["README.md", "SECURITY.md", "docs/operations.md", "docs/decisions.md"];
const RUNBOOKS_FOLDER = "docs/runbooks";

/** The values that the pages have, by name. */
export const VALUES_FILE = "docs/runbooks/values.json";

/** Values by name: `account`, `domain`, `bucket.production.backups`. */
export type Values = Readonly<Record<string, string>>;

/** The files that name values of the deployment, below a project's folder. */
export function valuePages(root: string): string[] {
  const folder = path.join(root, RUNBOOKS_FOLDER);
  const runbooks = fs.existsSync(folder)
    ? fs.readdirSync(folder).filter((file) => file.endsWith(".md"))
    : [];
  return [...PAGES, ...runbooks.map((file) => `${RUNBOOKS_FOLDER}/${file}`)];
}

/** The values of a deployment, from its stack files and bootstrap's. */
export function valuesOf(configs: ReadonlyMap<string, StackConfig>, bootstrapFile: string): Values {
  const values: Record<string, string> = {};
  for (const [stack, config] of configs) {
    const names = new Names({ application: "crm", ...config.naming });
    const { buckets } = config.storage;
    for (const [key, { replication }] of Object.entries(buckets)) {
      values[`bucket.${stack}.${key}`] = names.bucket(key);
      if (replication !== undefined) values[`copy.${stack}.${key}`] = replication.bucketName;
    }
    const { role, domain } = config.edge;
    if (role === "primary" && domain !== undefined) values[`domain.${stack}`] = domain;
    values[`region.${stack}`] = config.region;
    values[`account.${stack}`] = config.accountId;
  }
  return fs.existsSync(bootstrapFile)
    ? { ...values, ...bootstrapValues(fs.readFileSync(bootstrapFile, "utf8")) }
    : values;
}

function bootstrapValues(text: string): Values {
  const { config = {} } = (parse(text) ?? {}) as { config?: Readonly<Record<string, unknown>> };
  const named = {
    stateBucket: "crm-bootstrap:stateBucket",
    repository: "crm-bootstrap:repository",
  };
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, key]) => {
      const value = config[key];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}

/** A text with other values in the place of those that it has. A value that both do not have stays. */
export function withValues(text: string, before: Values, after: Values): string {
  const patterns = new Map<string, string>();
  const replacement = new Map<string, string>();
  // The longest first: a bucket's name may hold the account's number.
  const names = Object.keys(before).sort(
    (one, other) => before[other]!.length - before[one]!.length,
  );
  for (const name of names) {
    const from = before[name]!;
    const to = after[name];
    if (to === undefined || replacement.has(from)) continue;
    replacement.set(from, to);
    patterns.set(from, patternOf(name, from));
  }
  if (patterns.size === 0) {
    return text;
  }
  // All at once: two regions may change places.
  const pattern = new RegExp([...patterns.values()].join("|"), "g");
  return text.replace(pattern, (from) => replacement.get(from)!);
}

/** What finds a value in a page and nothing else. */
function patternOf(name: string, value: string): string {
  const literal = value.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const kind = name.split(".")[0];
  if (kind === "account") {
    return `(?<!\\d)${literal}(?!\\d)`;
  }
  if (kind === "region") {
    // In commands, ARNs and hosts alone: prose names us-east-1 for the services that are only there, and no other region.
    return `(?<=region |regions?=|--body |arn:aws:[a-z0-9-]{1,20}:|\\.dkr\\.ecr\\.)${literal}(?![a-z0-9-])`;
  }
  const end = {
    // The state's copy and its log are named after its bucket.
    stateBucket: "(?![a-z0-9])",
    domain: "(?![A-Za-z0-9-]|\\.[a-z0-9])",
  }[String(kind)];
  return `(?<![A-Za-z0-9-])${literal}${end ?? "(?![A-Za-z0-9-])"}`;
}

/** The record of the values that a project's pages have; undefined where there is none yet. */
export function recordedValues(root: string): Values | undefined {
  const file = path.join(root, VALUES_FILE);
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Values) : undefined;
}

/** The record's text. */
export function recordOf(values: Values): string {
  return `${JSON.stringify(values, null, 2)}\n`;
}
