/** What the files of a deployment say now. */
import { type Document, parseDocument } from "yaml";

import { EXAMPLE_ACCOUNT_ID, SHIPPED_MAILBOX, SUFFIX_LENGTH } from "../../schema";
import { BOOTSTRAP_FILE, CODE_OWNERS_FILE, documentOf, stackFileOf, type Texts } from "./files";
import { type AnswerName, type Answers, NONE, questionOf, QUESTIONS, SHIPPED } from "./questions";

/** The values in the files as they are now; undefined for what no file says. */
export type Present = Readonly<Partial<Record<AnswerName, string | undefined>>>;

/** What is read of a stack file. */
export interface StackSettings {
  readonly "aws:region"?: string;
  readonly "crm:accountId"?: string;
  readonly "crm:naming"?: {
    readonly qualifier?: string;
    readonly bucketSuffix?: string;
    readonly bucketNames?: Readonly<Record<string, string>>;
    readonly queueNames?: Readonly<Record<string, string>>;
  };
  readonly "crm:network"?: { readonly cidrBlock?: string };
  readonly "crm:tags"?: { readonly owner?: string };
  readonly "crm:edge"?: { readonly domain?: string; readonly role?: string };
  readonly "crm:observability"?: { readonly runbooks?: string };
  readonly "crm:recovery"?: { readonly region?: string };
  readonly "crm:storage"?: {
    readonly replicationRegion?: string;
    readonly buckets?: Readonly<Record<string, { replication?: { bucketName?: string } }>>;
  };
  readonly "crm:services"?: Readonly<Record<string, { repository?: { name?: string } }>>;
  readonly "crm:eventing"?: {
    readonly functions?: Readonly<Record<string, { image?: string }>>;
    readonly topics?: Readonly<
      Record<string, { readonly subscriptions?: readonly { email?: string; sms?: string }[] }>
    >;
  };
}

/** What is read of bootstrap's stack file. */
export interface BootstrapSettings {
  readonly "aws:region"?: string;
  readonly "crm-bootstrap:accountId"?: string;
  readonly "crm-bootstrap:stateRegion"?: string;
  readonly "crm-bootstrap:copyRegion"?: string;
  readonly "crm-bootstrap:repository"?: string;
  readonly "crm-bootstrap:ownerId"?: string;
  readonly "crm-bootstrap:repositoryId"?: string;
}

/** The settings of a document; texts and numbers are not judged here. */
export function plain<T>(document: Document): T {
  return ((document.toJS() as { config?: T } | null)?.config ?? {}) as T;
}

/** Settings by stack, of those that have a file. */
export function configsOf(texts: Texts, stacks: readonly string[]): Map<string, StackSettings> {
  return new Map(
    stacks
      .filter((stack) => texts.has(stackFileOf(stack)))
      .map((stack) => [
        stack,
        plain<StackSettings>(documentOf(stackFileOf(stack), texts.get(stackFileOf(stack))!)),
      ]),
  );
}

/** Whether a stack has the plain names and the domain itself. */
export function isMain(config: StackSettings): boolean {
  return config["crm:naming"]?.qualifier === undefined;
}

/** Whether a stack still has the shipped values. */
export function isFresh(config: StackSettings): boolean {
  return config["crm:accountId"] === EXAMPLE_ACCOUNT_ID;
}

/** The first subscription of a kind to alarms. */
function alarms(config: StackSettings, kind: "email" | "sms"): string | undefined {
  const topic = config["crm:eventing"]?.topics?.["alert-notifications"];
  return topic?.subscriptions?.find((one) => one[kind] !== undefined)?.[kind];
}

/** Last word of the bucket names of a stack beside the main one. */
export function suffixOf(stack: string, base: string): string {
  return `${base}${wordOf(stack)}`.slice(0, SUFFIX_LENGTH);
}

const wordOf = (stack: string) => stack.replaceAll(/[^a-z0-9]/g, "");

/** The word of which a stack's own suffix is made. */
export function baseOf(stack: string, config: StackSettings): string | undefined {
  const suffix = config["crm:naming"]?.bucketSuffix;
  if (suffix === undefined || isMain(config)) return suffix;
  const word = wordOf(stack);
  return suffix.endsWith(word) ? suffix.slice(0, -word.length) || undefined : undefined;
}

/** What a stack's file says. The region of a secondary one is that of the copies, and is not read here. */
export function valuesOf(stack: string, config: StackSettings): Present {
  const domain = config["crm:edge"]?.domain;
  const secondary = config["crm:edge"]?.role === "secondary";
  return {
    account: config["crm:accountId"],
    domain: domain?.startsWith(`${stack}.`) ? domain.slice(stack.length + 1) : (domain ?? NONE),
    team: config["crm:tags"]?.owner,
    alerts: alarms(config, "email"),
    phone: alarms(config, "sms"),
    ...(!secondary && {
      region: config["aws:region"],
      "copy-region": config["crm:storage"]?.replicationRegion ?? config["crm:recovery"]?.region,
      suffix: baseOf(stack, config),
    }),
  };
}

/** What the files of the project say that are no stack's: bootstrap's, and who reviews. */
function valuesBeside(texts: Texts, bootstrap: BootstrapSettings): Present {
  const reviewers = ownersOf(texts.get(CODE_OWNERS_FILE) ?? "");
  return {
    // One of the two is the stacks' own region.
    "copy-region": [
      bootstrap["crm-bootstrap:stateRegion"],
      bootstrap["crm-bootstrap:copyRegion"],
    ].find((region) => region !== undefined && region !== bootstrap["aws:region"]),
    repository: bootstrap["crm-bootstrap:repository"],
    "owner-id": bootstrap["crm-bootstrap:ownerId"],
    "repository-id": bootstrap["crm-bootstrap:repositoryId"],
    reviewers: reviewers.find((one) => !isShipped("reviewers", one)) ?? reviewers[0],
  };
}

/** Bootstrap's region stands for those of the stacks while it is set up and none of them is. */
function regionOfBootstrap(bootstrap: BootstrapSettings): Present {
  return isFreshBootstrap(bootstrap) ? {} : { region: bootstrap["aws:region"] };
}

/** The settings of bootstrap's file. */
export function bootstrapSettings(texts: Texts): BootstrapSettings {
  return plain<BootstrapSettings>(parseDocument(texts.get(BOOTSTRAP_FILE) ?? "{}"));
}

/** Whether bootstrap still has the shipped values. */
export function isFreshBootstrap(bootstrap: BootstrapSettings): boolean {
  return bootstrap["crm-bootstrap:accountId"] === EXAMPLE_ACCOUNT_ID;
}

/** Whether a stack is left out of a setup that bootstrap has had: its account is AWS's example, and the pipeline's is an owner's. */
export function isLeftOut(account: string | undefined, pipeline: string | undefined): boolean {
  return account === EXAMPLE_ACCOUNT_ID && pipeline !== undefined && pipeline !== account;
}

/** Who is named in a text of CODEOWNERS, each once. */
export function ownersOf(text: string): string[] {
  const named = text.split("\n").flatMap((line) => line.replace(/#.*/, "").match(/@\S+/g) ?? []);
  return [...new Set(named)];
}

/**
 * What the files say now: an owner's value before a shipped one, that of a stack that is set up before a fresh one's, of these
 * stacks before the others', and of the main one before those beside it. The stacks are those that are set up, while any is.
 */
export function present(
  texts: Texts,
  configs: ReadonlyMap<string, StackSettings>,
  first: readonly string[] = [],
): Present {
  const bootstrap = bootstrapSettings(texts);
  const ranked = [...configs]
    .map(([stack, config]) => {
      const rank = [isFresh(config), !first.includes(stack), !isMain(config)];
      return { values: valuesOf(stack, config), rank: rank.map(Number).join("") };
    })
    .concat({ values: regionOfBootstrap(bootstrap), rank: "011" })
    .sort((one, other) => one.rank.localeCompare(other.rank));
  const files = [valuesBeside(texts, bootstrap), ...ranked.map(({ values }) => values)];
  const found = QUESTIONS.flatMap(({ name }): [AnswerName, string][] => {
    const said = files.flatMap((one) => one[name] ?? []);
    const value = said.find((one) => !isShipped(name, one)) ?? said[0];
    return value === undefined ? [] : [[name, value]];
  });
  const setUp = [...configs].flatMap(([stack, config]) => (isFresh(config) ? [] : [stack]));
  const values: Present = {
    phone: NONE,
    ...(setUp.length > 0 && { stacks: setUp.join(",") }),
    ...Object.fromEntries(found),
  };
  const meant = [first, setUp].find((stacks) => stacks.length > 0) ?? [...configs.keys()];
  return isShipped("phone", values.phone!) &&
    isWithoutPhone(meant.flatMap((stack) => configs.get(stack) ?? []))
    ? { ...values, phone: NONE }
    : values;
}

/** Whether stacks are set up and have no number: `none` was the answer, or none of them takes one. */
function isWithoutPhone(configs: readonly StackSettings[]): boolean {
  return configs.every((config) => !isFresh(config) && alarms(config, "sms") === undefined);
}

/** Whether a value is the shipped files', which an owner replaces. */
export function isShipped(name: AnswerName, value: string): boolean {
  return value === SHIPPED[name] || value.endsWith(SHIPPED_MAILBOX);
}

/** Answers that follow from what the files say and from other answers; those of a person come first. */
export function completed(
  given: Readonly<Partial<Answers>>,
  now: Present,
  stacks: readonly string[],
): Partial<Answers> {
  const kept = Object.fromEntries(
    Object.entries(now).filter(([name, value]) => !isShipped(name as AnswerName, value)),
  ) as Partial<Answers>;
  const answers = { stacks: stacks.join(","), ...kept, ...given };
  const { domain = "", repository = "" } = answers;
  const [label = ""] = domain === NONE ? repository.split("/") : domain.split(".");
  const suffix = label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 9);
  return questionOf("suffix").accepts(suffix) ? { suffix, ...answers } : answers;
}
