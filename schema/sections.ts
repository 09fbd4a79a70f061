/** The sections of a stack's configuration: every key below `crm:`, with its schema and rules. */
import type { z } from "zod";
import { LAMBDA_LOGS } from "../facts/lambda-logs";

import { BUCKET_NAMES, NAME_LENGTHS } from "../facts/name-lengths";
import { KEY_DELETION_DAYS } from "../facts/setting-bounds";
import { ENVIRONMENTS } from "../platform/tags";
import { cacheRules, cacheSchema } from "./cache";
import { clusterRules, clusterSchema } from "./cluster";
import {
  accountId,
  flag,
  group,
  list,
  mailbox,
  namedGroup,
  oneOf,
  queueWord,
  tagValue,
  text,
  within,
  word,
  type SectionRules,
} from "./common";
import { costRules, costSchema } from "./cost";
import { databaseRules, databaseSchema } from "./database";
import { edgeRules, edgeSchema } from "./edge";
import { eventingSchema } from "./eventing";
import { eventingRules } from "./eventing-rules";
import { existingKeysSchema } from "./existing-keys";
import { gamedaySchema } from "./gameday";
import { networkRules, networkSchema } from "./network";
import { observabilityRules, observabilitySchema } from "./observability";
import { recoveryRules, recoverySchema } from "./recovery";
import { servicesSchema } from "./services";
import { servicesRules } from "./services-rules";
import { storageRules, storageSchema } from "./storage";

/** Longest last word of bucket names: with prefix and key they keep within S3's length. */
export const SUFFIX_LENGTH = 20;

const namingSchema = group({
  qualifier: text(/^[a-z][a-z0-9]{0,15}$/, "a lower-case word of at most 16 letters and digits")
    .optional()
    .describe(
      "Word in every name that distinguishes this stack; empty for the stack with the plain names",
    ),
  environmentLabel: text(
    /^[a-z][a-z0-9]{0,15}$/,
    "a lower-case word of at most 16 letters and digits",
  ).describe("Word in the names that always carry one, such as `crm-production-alb`"),
  bucketSuffix: text(
    new RegExp(`^[a-z0-9]{1,${SUFFIX_LENGTH}}$`),
    `lower-case letters and digits, ${SUFFIX_LENGTH} at most`,
  ).describe("Last word of bucket names, which are unique in all of AWS"),
  bucketNames: namedGroup(
    word(),
    text(BUCKET_NAMES.pattern, "a bucket's whole name, such as crm-report-requests"),
  )
    .default({})
    .describe(
      "Whole names of buckets of crm:storage, instead of those with prefix and suffix; a change replaces an existing bucket",
    ),
  alarmNames: namedGroup(
    text(
      /^(High-Error-Rate|High-Response-Time|RDS-High-CPU)$/,
      "one of High-Error-Rate, High-Response-Time, RDS-High-CPU",
    ),
    text(
      new RegExp(`^[A-Za-z0-9][A-Za-z0-9_-]{0,${NAME_LENGTHS.alarm.maximum - 1}}$`),
      `an alarm's whole name of at most ${NAME_LENGTHS.alarm.maximum} letters, digits, - and _`,
    ),
  )
    .default({})
    .describe(
      "Whole names of alarms, instead of those with the prefix; unique in an account and region, so only one stack sets each",
    ),
  queueNames: namedGroup(
    queueWord(),
    text(
      new RegExp(`^(?=.{1,${NAME_LENGTHS.queue.maximum}}$)[A-Za-z0-9_-]+(\\.fifo)?$`),
      `a queue's whole name of at most ${NAME_LENGTHS.queue.maximum} letters, digits, - and _, with .fifo at the end if it is FIFO`,
    ),
  )
    .default({})
    .describe(
      "Whole names of queues and dead-letter queues of crm:eventing, instead of those with the prefix; a change replaces an existing queue with its messages",
    ),
  logGroupNames: namedGroup(
    word(),
    text(
      new RegExp(
        `^${LAMBDA_LOGS.prefix}[A-Za-z0-9_./#-]{1,${NAME_LENGTHS.logGroup.maximum - LAMBDA_LOGS.prefix.length}}$`,
      ),
      `a log group's whole name of at most ${NAME_LENGTHS.logGroup.maximum} characters that begins with /aws/lambda/`,
    ),
  )
    .default({})
    .describe(
      "Whole names of the log groups of functions of crm:eventing, instead of /aws/lambda/ and the function's name; a change replaces an existing log group with its log",
    ),
});

const tagsSchema = group({
  project: tagValue().default("CRM-System").describe("Value of the tag Project"),
  owner: mailbox().describe(
    "Value of the tag Owner: the mailbox of the team that is responsible for the stack",
  ),
  costCenter: tagValue().describe("Value of the tag CostCenter"),
});

const keysSchema = group({
  deletionWindowDays: within(KEY_DELETION_DAYS, "days")
    .default(30)
    .describe(
      "Days between the deletion of a key and its effect, in which the deletion can be cancelled",
    ),
  protect: flag()
    .default(true)
    .describe(
      "Whether Pulumi refuses to delete keys and image repositories: data is lost with its key",
    ),
  existing: existingKeysSchema
    .default({})
    .describe(
      "Keys that exist, by ARN, in place of the stack's own: their owner keeps policy, rotation and deletion. docs/adopting.md",
    ),
}).prefault({});

/** A key below `crm:` with its schema and the rules between its fields. */
export interface Section {
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
    schema: text(
      new RegExp(`^[\\w+=,.@-]{1,${NAME_LENGTHS.other.maximum}}$`),
      "the name of a managed policy of the account",
    )
      .optional()
      .describe(
        "Managed policy of the account that bounds every role of the stack; bootstrap creates one for each stack, and the deployment role creates no role without it",
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
  gameday: { schema: gamedaySchema },
  extensions: {
    schema: list(
      text(/^\.(\/[\w-][\w.-]*)+\.ts$/, "a module of this project such as ./extensions/aurora.ts"),
      0,
      20,
      "modules",
    )
      .default([])
      .describe(
        "Modules with resources of your own, in the order in which they are loaded: docs/extending.md",
      ),
  },
} as const satisfies Record<string, Section>;

type Sections = typeof SECTIONS;

/** The configuration of a stack, valid and complete. */
export type StackConfig = { readonly [K in keyof Sections]: z.infer<Sections[K]["schema"]> } & {
  /** `aws:region`. */
  readonly region: string;
};
