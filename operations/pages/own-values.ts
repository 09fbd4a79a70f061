/**
 * An owner's values in the pages that people follow: a runbook's commands are copied at night, and name the owner's domain,
 * account and buckets. Which values the pages have now stands in a record beside them.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { parse } from "yaml";

import { EXAMPLE_ACCOUNT_ID, type StackConfig } from "../../schema";
import { namesOf } from "../../schema/names-of";

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

/** Whether a file is a runbook's page. */
export const isRunbook = (file: string) =>
  file.startsWith(`${RUNBOOKS_FOLDER}/`) && file.endsWith(".md");

/** The values of a deployment, from its stack files and bootstrap's. */
export function valuesOf(configs: ReadonlyMap<string, StackConfig>, bootstrapFile: string): Values {
  const values: Record<string, string> = {};
  for (const [stack, config] of configs) {
    const names = namesOf(config);
    const { buckets } = config.storage;
    for (const [key, { replication }] of Object.entries(buckets)) {
      values[`bucket.${stack}.${key}`] = names.bucket(key);
      if (replication !== undefined) values[`copy.${stack}.${key}`] = replication.bucketName;
    }
    const { role, domain } = config.edge;
    if (role === "primary" && domain !== undefined) values[`domain.${stack}`] = domain;
    values[`region.${stack}`] = config.region;
    const copies = config.storage.replicationRegion;
    if (copies !== undefined) values[`copyRegion.${stack}`] = copies;
    values[`account.${stack}`] = config.accountId;
  }
  return fs.existsSync(bootstrapFile)
    ? { ...values, ...bootstrapValues(fs.readFileSync(bootstrapFile, "utf8")) }
    : values;
}

/** What is read of bootstrap's stack file. */
interface Bootstrap {
  readonly "aws:region"?: string;
  readonly "crm-bootstrap:stateBucket"?: string;
  readonly "crm-bootstrap:stateRegion"?: string;
  readonly "crm-bootstrap:repository"?: string;
  readonly "crm-bootstrap:stacks"?: Readonly<Record<string, { readonly region?: string } | null>>;
}

function bootstrapValues(text: string): Values {
  const { config = {} } = (parse(text) ?? {}) as { config?: Bootstrap };
  const region = config["aws:region"];
  const keys = Object.entries(config["crm-bootstrap:stacks"] ?? {}).map(
    ([stack, own]) => [`keyRegion.${stack}`, own?.region ?? region] as const,
  );
  const values = [
    ...keys,
    ["pipelineRegion", region] as const,
    ["stateBucket", config["crm-bootstrap:stateBucket"]] as const,
    ["stateRegion", config["crm-bootstrap:stateRegion"] ?? region] as const,
    ["repository", config["crm-bootstrap:repository"]] as const,
  ];
  return Object.fromEntries(values.filter(([, value]) => typeof value === "string")) as Values;
}

/** What the pages have in place of a name of a stack that is not set up: a command with it fails instead of reaching a stranger's. */
const NOT_SET_UP = "NOT-SET-UP";
const NO_DOMAIN = "not-set-up.invalid";

/**
 * The values for the pages, from those of the files. A stack with AWS's example account, beside one that is set up, has the example's
 * names: it gets the other stack's account, regions and domain, which setup proposes for it, and no name of a bucket.
 */
export function pageValues(values: Values): Values {
  const accounts = Object.keys(values).filter((name) => name.startsWith("account."));
  const stacks = accounts.map((name) => name.slice("account.".length));
  const isFresh = (stack: string) => values[`account.${stack}`] === EXAMPLE_ACCOUNT_ID;
  const setUp = stacks.filter((stack) => !isFresh(stack));
  const model = setUp.find((stack) => values[`copyRegion.${stack}`] !== undefined) ?? setUp[0];
  if (model === undefined) return values;
  const named = values[`domain.${model}`] ?? NO_DOMAIN;
  const domain = named.startsWith(`${model}.`) ? named.slice(model.length + 1) : named;
  const own = (name: string, value: string): string | undefined => {
    const [kind = "", stack = "", key = ""] = name.split(".");
    if (!stacks.includes(stack) || !isFresh(stack)) return value;
    // Of the shipped stacks the one that copies nothing is the second region's.
    const isPrimary = values[`copyRegion.${stack}`] !== undefined;
    switch (kind) {
      case "account":
        return values[`account.${model}`];
      case "region":
        return values[`${isPrimary ? "region" : "copyRegion"}.${model}`];
      case "copyRegion":
        return values[`copyRegion.${model}`];
      case "domain":
        return value.startsWith(`${stack}.`) ? `${stack}.${domain}` : domain;
      case "bucket":
      case "copy":
        return `crm-${key}${kind === "copy" ? "-backup" : ""}-${stack}-${NOT_SET_UP}`;
      default:
        return value;
    }
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, own(name, value) ?? value]),
  );
}

/** A generated runbook without the example's account, domain and buckets, where its stack is not set up and another is. */
export function withoutExamples(text: string, values: Values): string {
  const names = Object.entries(values).filter(([name]) =>
    /^(account|domain|bucket|copy)\./.test(name),
  );
  return withValues(text, Object.fromEntries(names), pageValues(values));
}

/** A text with other values in the place of those that it has. A value that both do not have stays. */
export function withValues(text: string, before: Values, after: Values): string {
  const replacements: string[] = [];
  const patterns = new Set<string>();
  // What its place tells apart comes first, then the longest: a bucket's name may hold the account's number.
  const names = Object.keys(before).sort(
    (one, other) =>
      Number(isPlaced(other)) - Number(isPlaced(one)) ||
      before[other]!.length - before[one]!.length,
  );
  for (const name of names) {
    const to = after[name];
    const pattern = patternOf(name, before[name]!);
    if (to === undefined || patterns.has(pattern)) continue;
    patterns.add(pattern);
    replacements.push(to);
  }
  if (patterns.size === 0) {
    return text;
  }
  // All at once: two regions may change places.
  const pattern = new RegExp([...patterns].map((one) => `(${one})`).join("|"), "g");
  return text.replace(pattern, (from, ...groups: (string | undefined)[]) => {
    const index = groups.slice(0, replacements.length).findIndex((group) => group !== undefined);
    return replacements[index] ?? from;
  });
}

/** Whether what stands before a value tells it from an equal one. */
const isPlaced = (name: string) => /^(keyRegion\.|(pipeline|state)Region$)/.test(name);

/** What finds a value in a page and nothing else. */
function patternOf(name: string, value: string): string {
  const literal = value.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const [kind, stack] = name.split(".");
  if (kind === "keyRegion") {
    return `(?<=alias/crm-pulumi-${stack}\\?region=)${literal}(?![a-z0-9-])`;
  }
  if (kind === "pipelineRegion") {
    return `(?<=AWS_REGION --body )${literal}(?![a-z0-9-])`;
  }
  if (kind === "stateRegion") {
    return `(?<=pulumi login 's3://[a-z0-9.-]{3,63}\\?region=)${literal}(?![a-z0-9-])`;
  }
  if (kind === "account") {
    return `(?<!\\d)${literal}(?!\\d)`;
  }
  if (kind === "region" || kind === "copyRegion") {
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
