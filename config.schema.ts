/**
 * The typed, validated configuration of a stack. It knows nothing of Pulumi: `config.ts` hands it the
 * values it read. All errors are found in one pass; each names its key, the value and what is accepted.
 */
import { z } from "zod";

import { ORIGIN_SECRET } from "./components/shared/origin-header";
import { ENVIRONMENTS } from "./components/shared/tags";
import { betweenSections } from "./schema/between-sections";
import { cacheRules, cacheSchema } from "./schema/cache";
import { clusterRules, clusterSchema } from "./schema/cluster";
import {
  accountId,
  flag,
  group,
  integer,
  mailbox,
  oneOf,
  region,
  REGION,
  text,
  type Report,
  type SectionRules,
} from "./schema/common";
import { costRules, costSchema } from "./schema/cost";
import { databaseRules, databaseSchema } from "./schema/database";
import { edgeRules, edgeSchema } from "./schema/edge";
import { eventingRules, eventingSchema } from "./schema/eventing";
import { networkRules, networkSchema } from "./schema/network";
import { observabilityRules, observabilitySchema } from "./schema/observability";
import { recoveryRules, recoverySchema } from "./schema/recovery";
import { servicesRules, servicesSchema } from "./schema/services";
import { storageRules, storageSchema } from "./schema/storage";

/** The account number in the shipped stack files: AWS's own example, which nobody can deploy to. */
export const EXAMPLE_ACCOUNT_ID = "123456789012";

const namingSchema = group({
  qualifier: text(/^[a-z][a-z0-9]{0,15}$/, "a lower-case word of at most 16 letters and digits")
    .optional()
    .describe(
      "Word in every name that sets this stack apart; none for the stack that owns the plain names",
    ),
  environmentLabel: text(
    /^[a-z][a-z0-9]{0,15}$/,
    "a lower-case word of at most 16 letters and digits",
  ).describe("Word in the names that always carry one, such as `crm-production-alb`"),
  bucketSuffix: text(/^[a-z0-9]{1,20}$/, "lower-case letters and digits, 20 at most").describe(
    "Last word of bucket names, which are unique in all of AWS",
  ),
});

const tagsSchema = group({
  project: text(/^[\w .:/=+@-]{1,128}$/, "1 to 128 letters, digits, spaces or _.:/=+-@")
    .default("CRM-System")
    .describe("Value of the tag Project"),
  owner: mailbox().describe(
    "Value of the tag Owner: the mailbox of the team that answers for the stack",
  ),
  costCenter: text(
    /^[\w .:/=+@-]{1,128}$/,
    "1 to 128 letters, digits, spaces or _.:/=+-@",
  ).describe("Value of the tag CostCenter"),
});

const keysSchema = group({
  deletionWindowDays: integer(7, 30, "days")
    .default(30)
    .describe("Days between the deletion of a key and its effect, in which it can be taken back"),
  protect: flag()
    .default(true)
    .describe(
      "Whether Pulumi refuses to delete keys and image repositories: what keys encrypted is lost with them",
    ),
}).prefault({});

/** A key below `crm:` with its schema and the rules between its fields. */
interface Section {
  readonly schema: z.ZodType;
  readonly rules?: SectionRules<never>;
}

/** Every key below `crm:`. */
export const SECTIONS = {
  environment: {
    schema: oneOf(ENVIRONMENTS).describe(
      "Environment that the stack belongs to; value of the tag Environment",
    ),
  },
  accountId: { schema: accountId().describe("The only account that the stack may touch") },
  permissionsBoundary: {
    schema: text(/^[\w+=,.@-]{1,128}$/, "the name of a managed policy of the account")
      .optional()
      .describe(
        "Managed policy of the account that bounds every role of the stack; bootstrap makes one for each stack, and its deployment role makes no role without",
      ),
  },
  naming: { schema: namingSchema },
  tags: { schema: tagsSchema },
  keys: { schema: keysSchema },
  network: { schema: networkSchema, rules: networkRules },
  database: { schema: databaseSchema, rules: databaseRules },
  cache: { schema: cacheSchema, rules: cacheRules },
  cluster: { schema: clusterSchema, rules: clusterRules },
  services: { schema: servicesSchema, rules: servicesRules },
  storage: { schema: storageSchema, rules: storageRules },
  edge: { schema: edgeSchema, rules: edgeRules },
  eventing: { schema: eventingSchema, rules: eventingRules },
  observability: { schema: observabilitySchema, rules: observabilityRules },
  cost: { schema: costSchema, rules: costRules },
  recovery: { schema: recoverySchema, rules: recoveryRules },
} as const satisfies Record<string, Section>;

type Sections = typeof SECTIONS;

/** The configuration of a stack, valid and complete. */
export type StackConfig = { readonly [K in keyof Sections]: z.infer<Sections[K]["schema"]> } & {
  /** `aws:region`. */
  readonly region: string;
};

/** What `config.ts` read: the sections' values by key below `crm:`, and the standard `aws:region`. */
export interface RawConfig {
  readonly region: unknown;
  readonly sections: Readonly<Record<string, unknown>>;
}

/** One thing to mend in a stack file. */
export interface ConfigProblem {
  /** Full key with the path below it: `crm:database.allocatedStorage`. */
  readonly key: string;
  /** The sentence that a person reads; begins with the key. */
  readonly message: string;
}

/** Thrown when a stack's configuration is not valid; holds every problem. */
export class ConfigError extends Error {
  public constructor(public readonly problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
    super(
      `The stack's configuration has ${count}:\n${problems.map((p) => `  ${p.message}`).join("\n")}`,
    );
    this.name = "ConfigError";
  }
}

/** The valid configuration; throws a {@link ConfigError} with every problem there is. */
export function validate(raw: RawConfig): StackConfig {
  const problems: ConfigProblem[] = [];
  const valid: Record<string, unknown> = {};

  const parsedRegion = region().safeParse(raw.region);
  if (parsedRegion.success) {
    valid["region"] = parsedRegion.data;
  } else {
    problems.push(problem("aws:region", raw.region, REGION));
  }
  for (const [name, section] of Object.entries<Section>(SECTIONS)) {
    const key = `crm:${name}`;
    const given = raw.sections[name];
    const parsed = section.schema.safeParse(given);
    if (!parsed.success) {
      problems.push(
        ...parsed.error.issues.flatMap((issue) => issueProblems(key, section, given, issue)),
      );
      continue;
    }
    valid[name] = parsed.data;
    (section.rules as SectionRules<unknown> | undefined)?.(parsed.data, reporter(key, problems));
  }
  problems.push(
    ...Object.keys(raw.sections)
      .filter((name) => !(name in SECTIONS))
      .map((name) => unknownKey(`crm:${name}`, name, Object.keys(SECTIONS), "crm:")),
  );
  betweenSections(valid, reporter("crm:", problems));

  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return valid as StackConfig;
}

/**
 * The secrets that the stack cannot be deployed without and has not set; `given` are the names of those that it has.
 * A preview shows the plan without them.
 */
export function missingSecrets(config: StackConfig, given: readonly string[]): ConfigProblem[] {
  const needed = new Map<string, string>();
  for (const [service, { secrets }] of Object.entries(config.services)) {
    for (const [variable, secret] of Object.entries(secrets)) {
      if (secret.source === "config" && secret.required) {
        needed.set(secret.secret ?? secret.parameter, `${variable} of the ${service} service`);
      }
    }
  }
  if (config.edge.role === "secondary" && config.edge.restrictOrigin) {
    needed.set(ORIGIN_SECRET, "the value of the primary stack's header");
  }
  return [...needed]
    .filter(([name]) => !given.includes(name))
    .map(([name, what]) => ({
      key: `crm:secrets.${name}`,
      message:
        `crm:secrets.${name}: nothing given; ${what} expected. Set it with ` +
        `\`pulumi config set --path crm:secrets.${name} --secret\`.`,
    }));
}

function reporter(key: string, problems: ConfigProblem[]): Report {
  return (path, given, expected) => problems.push(problem(fullKey(key, path), given, expected));
}

/** `crm:database` and `["replica", "zone"]` make `crm:database.replica.zone`. */
function fullKey(key: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((joined, part) => {
    if (typeof part === "number") {
      return `${joined}[${part}]`;
    }
    return joined.endsWith(":") ? joined + String(part) : `${joined}.${String(part)}`;
  }, key);
}

function problem(key: string, given: unknown, expected: string): ConfigProblem {
  const value = given === undefined ? "nothing" : JSON.stringify(given);
  return { key, message: `${key}: ${value} given; ${expected} expected.` };
}

function issueProblems(
  key: string,
  section: Section,
  given: unknown,
  issue: z.core.$ZodIssue,
): ConfigProblem[] {
  const at = fullKey(key, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(section.schema, issue.path);
    return issue.keys.map((unknown) =>
      unknownKey(fullKey(at, [unknown]), unknown, known, `${at}.`),
    );
  }
  if (issue.code === "invalid_key") {
    const expected = issue.issues[0]?.message ?? "another name";
    return [problem(at, issue.path.at(-1), expected)];
  }
  return [problem(at, valueAt(given, issue.path), issue.message)];
}

function unknownKey(
  key: string,
  name: string,
  known: readonly string[],
  prefix: string,
): ConfigProblem {
  const nearest = [...known].sort((a, b) => distance(name, a) - distance(name, b))[0];
  const hint = nearest === undefined ? "" : ` Did you mean ${prefix}${nearest}?`;
  return { key, message: `${key}: there is no such key.${hint}` };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[part],
    value,
  );
}

/** The keys that the schema knows at a path; none where it is no group. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let inner: unknown = schema;
  for (const part of [...path, undefined]) {
    while (
      inner instanceof z.ZodOptional ||
      inner instanceof z.ZodDefault ||
      inner instanceof z.ZodPrefault
    ) {
      inner = inner.def.innerType;
    }
    if (part === undefined) {
      break;
    }
    if (inner instanceof z.ZodObject) {
      inner = (inner.shape as Record<PropertyKey, unknown>)[part];
    } else if (inner instanceof z.ZodArray) {
      inner = inner.element;
    } else if (inner instanceof z.ZodRecord) {
      inner = inner.valueType;
    }
  }
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** Number of letters to add, drop or change to make one word the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, changed));
    }
    row = next;
  }
  return row[other.length]!;
}
