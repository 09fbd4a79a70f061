/** What the files of a deployment say now, and the texts that they get from answers. */
import { type Document, isMap, isSeq, parseDocument } from "yaml";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { entryOf } from "../../facts/entry-of";
import { CLOUDFRONT_PREFIX_LIST } from "../../facts/prefix-lists";
import { SHIPPED_MAILBOX } from "../../schema";
import {
  BOOTSTRAP_FILE,
  documentOf,
  packFileOf,
  type Rewrite,
  rewriteDocument,
  rewriteJson,
  stackFileOf,
  type Texts,
  textOfDocument,
} from "./files";
import { type AnswerName, type Answers, questionOf, QUESTIONS, SHIPPED } from "./questions";

/** Region of the services that have one only: CloudFront, its certificates and firewall, Route 53. */
const GLOBAL_REGION = CLOUDFRONT_REGION;

/** Suffixes of the shipped files: somebody has buckets of these names. A bucket that an owner named is never renamed. */
export const SHIPPED_SUFFIXES: readonly string[] = ["prod", "staging", "prodrecovery"];

/** Longest that a suffix may be. Source: schema/sections.ts. */
const SUFFIX_LENGTH = 20;

/** The values in the files as they are now; undefined for what no file says. */
export type Present = Readonly<Partial<Record<AnswerName | "system", string>>>;

/** What is read of a stack file. */
export interface StackSettings {
  readonly "aws:region"?: string;
  readonly "crm:accountId"?: string;
  readonly "crm:naming"?: { readonly qualifier?: string; readonly bucketSuffix?: string };
  readonly "crm:tags"?: { readonly owner?: string };
  readonly "crm:edge"?: { readonly domain?: string; readonly role?: string };
  readonly "crm:storage"?: {
    readonly replicationRegion?: string;
    readonly buckets?: Readonly<Record<string, { replication?: { bucketName?: string } }>>;
  };
  readonly "crm:eventing"?: {
    readonly topics?: Readonly<
      Record<string, { readonly subscriptions?: readonly { email?: string; sms?: string }[] }>
    >;
  };
}

/** What is read of bootstrap's stack file. */
interface BootstrapSettings {
  readonly "crm-bootstrap:stateRegion"?: string;
  readonly "crm-bootstrap:copyRegion"?: string;
  readonly "crm-bootstrap:repository"?: string;
  readonly "crm-bootstrap:ownerId"?: string;
  readonly "crm-bootstrap:repositoryId"?: string;
}

/** The settings of a document; texts and numbers are not judged here. */
function plain<T>(document: Document): T {
  return ((document.toJS() as { config?: T } | null)?.config ?? {}) as T;
}

/** The first subscription of a kind that a topic has. */
function subscription(
  config: StackSettings,
  topic: string,
  kind: "email" | "sms",
): string | undefined {
  const subscriptions = config["crm:eventing"]?.topics?.[topic]?.subscriptions ?? [];
  return subscriptions.find((one) => one[kind] !== undefined)?.[kind];
}

/** Whether a stack has the plain names and the domain itself. */
function isMain(config: StackSettings): boolean {
  return config["crm:naming"]?.qualifier === undefined;
}

/** Settings by stack. */
function configsOf(texts: Texts, stacks: readonly string[]): Map<string, StackSettings> {
  return new Map(
    stacks
      .filter((stack) => texts.has(stackFileOf(stack)))
      .map((stack) => [
        stack,
        plain<StackSettings>(documentOf(stackFileOf(stack), texts.get(stackFileOf(stack))!)),
      ]),
  );
}

/** What the file of each stack says now, a secondary one's apart: its region is that of the copies. */
function presentByStack(texts: Texts, stacks: readonly string[]): Present[] {
  const bootstrap = plain<BootstrapSettings>(parseDocument(texts.get(BOOTSTRAP_FILE) ?? "{}"));
  const configs = [...configsOf(texts, stacks)];
  const phone = configs
    .flatMap(([, config]) => subscription(config, "alert-notifications", "sms") ?? [])
    .at(0);
  return configs
    .filter(([, config]) => config["crm:edge"]?.role !== "secondary")
    .sort(([, one], [, other]) => Number(isMain(other)) - Number(isMain(one)))
    .map(([stack, config]) => {
      const domain = config["crm:edge"]?.domain;
      return {
        account: config["crm:accountId"],
        region: config["aws:region"],
        "copy-region":
          config["crm:storage"]?.replicationRegion ??
          bootstrap["crm-bootstrap:stateRegion"] ??
          bootstrap["crm-bootstrap:copyRegion"],
        domain: domain?.startsWith(`${stack}.`) ? domain.slice(stack.length + 1) : domain,
        repository: bootstrap["crm-bootstrap:repository"],
        "owner-id": bootstrap["crm-bootstrap:ownerId"],
        "repository-id": bootstrap["crm-bootstrap:repositoryId"],
        team: config["crm:tags"]?.owner,
        alerts: subscription(config, "alert-notifications", "email"),
        system: subscription(config, "system-notifications", "email"),
        phone: phone ?? "none",
        ...(isMain(config) && { suffix: config["crm:naming"]?.bucketSuffix }),
      };
    });
}

/** What the files say now: the main stack's values, and another's where those are the shipped ones. */
export function present(texts: Texts, stacks: readonly string[]): Present {
  const all = presentByStack(texts, stacks);
  const names = QUESTIONS.map(({ name }) => name).filter((name) => name !== "stacks");
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = all.flatMap((one) => one[name] ?? []);
      const value = values.find((one) => !isShipped(name, one)) ?? values[0];
      return value === undefined ? [] : [[name, value]];
    }),
  );
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
  const [label = ""] = (answers.domain ?? "").split(".");
  const suffix = label.replaceAll(/[^a-z0-9]/g, "").slice(0, 9);
  return questionOf("suffix").accepts(suffix) ? { suffix, ...answers } : answers;
}

/** Last word of the bucket names of a stack beside the main one. */
export function suffixOf(stack: string, base: string): string {
  return `${base}${stack.replaceAll(/[^a-z0-9]/g, "")}`.slice(0, SUFFIX_LENGTH);
}

/** The texts that the files get. Those that stay as they are are not among them. */
export function answered(texts: Texts, answers: Answers, all: readonly string[]): Texts {
  const chosen = answers.stacks.split(",");
  const configs = configsOf(texts, chosen);
  const names = bucketNames(configs, answers);
  const rewrite = rewriting(presentByStack(texts, all), answers, names);
  const changed = new Map<string, string>();
  const put = (file: string, text: string) => {
    if (text !== texts.get(file)) changed.set(file, text);
  };
  for (const stack of configs.keys()) {
    const file = stackFileOf(stack);
    const document = documentOf(file, texts.get(file)!);
    rewriteDocument(document, rewrite);
    const suffix = names.get(`suffix:${stack}`);
    if (suffix !== undefined) {
      document.setIn(["config", "crm:naming", "bucketSuffix"], suffix);
    }
    setPrefixList(document, configs.get(stack)!);
    setPhone(document, answers.phone);
    const runbooks = `https://github.com/${answers.repository}/blob/main/docs/runbooks`;
    document.setIn(["config", "crm:observability", "runbooks"], runbooks);
    put(file, textOfDocument(document));
  }
  const bootstrap = texts.get(BOOTSTRAP_FILE);
  if (bootstrap !== undefined) {
    put(BOOTSTRAP_FILE, bootstrapText(bootstrap, rewrite, configs, answers));
  }
  for (const stack of [...chosen, "bootstrap"]) {
    const text = texts.get(packFileOf(stack));
    if (text !== undefined) {
      const json = rewriteJson(packFileOf(stack), text, rewrite);
      put(packFileOf(stack), withGlobalRegion(json));
    }
  }
  return changed;
}

/** Old names of buckets with their new ones, and the suffix of each stack that still has the shipped one. */
function bucketNames(
  configs: ReadonlyMap<string, StackSettings>,
  answers: Answers,
): Map<string, string> {
  const names = new Map<string, string>();
  for (const [stack, config] of configs) {
    if (!SHIPPED_SUFFIXES.includes(String(config["crm:naming"]?.bucketSuffix))) continue;
    const suffix = isMain(config) ? answers.suffix : suffixOf(stack, answers.suffix);
    names.set(`suffix:${stack}`, suffix);
    names.set(`crm-*-${config["crm:naming"]?.bucketSuffix}`, `crm-*-${suffix}`);
    for (const [key, bucket] of Object.entries(config["crm:storage"]?.buckets ?? {})) {
      const copy = bucket.replication?.bucketName;
      if (copy !== undefined) names.set(copy, `crm-${key}-backup-${suffix}`);
    }
  }
  return names;
}

/** What each text of the files becomes; `now` is what each stack says. */
function rewriting(
  now: readonly Present[],
  answers: Answers,
  names: ReadonlyMap<string, string>,
): Rewrite {
  const olds = (name: keyof Present) => now.flatMap((one) => one[name] ?? []);
  const mailboxes = new Set([...olds("team"), ...olds("alerts"), ...olds("system")]);
  const whole = new Map<string, string>(names);
  for (const name of ["repository", "owner-id", "repository-id"] as const) {
    olds(name).forEach((old) => whole.set(old, answers[name]));
  }
  const within = new Map<string, string>();
  const patterns: string[] = [];
  for (const [name, before, after] of WITHIN) {
    for (const old of new Set(olds(name))) {
      within.set(old, answers[name]);
      patterns.push(`${before}${old.replaceAll(".", "\\.")}${after}`);
    }
  }
  // All at once: the two regions may change places.
  const pattern = new RegExp(patterns.join("|") || "$^", "g");
  return (value, at) => {
    if (mailboxes.has(value)) {
      return at.includes("alert-notifications") || at.includes("subscribers")
        ? answers.alerts
        : answers.team;
    }
    return whole.get(value) ?? value.replace(pattern, (old) => within.get(old)!);
  };
}

/** What stands within longer texts, with what may stand before and after it. A zone is a region with a letter. */
const WITHIN: readonly (readonly [AnswerName, before: string, after: string])[] = [
  ["account", "(?<!\\d)", "(?!\\d)"],
  ["domain", "(?<![a-z0-9@-])", "(?![a-z0-9-])"],
  ["region", "(?<![a-z0-9])", "(?=[a-z]?(?![a-z0-9]))"],
  ["copy-region", "(?<![a-z0-9])", "(?=[a-z]?(?![a-z0-9]))"],
];

/** CloudFront's list of addresses has an id in each region; another one is the owner's own. */
function setPrefixList(document: Document, before: StackSettings): void {
  const at = ["config", "crm:network", "cloudFrontPrefixListId"];
  const { ids } = CLOUDFRONT_PREFIX_LIST;
  if (document.getIn(at) === entryOf<string>(ids, String(before["aws:region"]))) {
    const id = entryOf<string>(ids, String(document.getIn(["config", "aws:region"])));
    if (id !== undefined) document.setIn(at, id);
  }
}

/** Puts production's number, or the lack of one, in the place of the shipped or the former one. */
function setPhone(document: Document, phone: string): void {
  const at = ["config", "crm:eventing", "topics", "alert-notifications", "subscriptions"];
  const list = document.getIn(at);
  if (!isSeq(list)) {
    return;
  }
  const index = list.items.findIndex((item) => isMap(item) && item.has("sms"));
  if (phone === "none") {
    if (index >= 0) list.delete(index);
  } else if (index >= 0) {
    document.setIn([...at, index, "sms"], phone);
  } else if (document.getIn(["config", "crm:environment"]) === "production") {
    list.add(document.createNode({ sms: phone }));
  }
}

function bootstrapText(
  text: string,
  rewrite: Rewrite,
  configs: ReadonlyMap<string, StackSettings>,
  answers: Answers,
): string {
  const document = documentOf(BOOTSTRAP_FILE, text);
  rewriteDocument(document, rewrite);
  const regions = ["config", "crm-bootstrap:regions"];
  const named = document.getIn(regions);
  if (isSeq(named) && !(named.toJSON() as string[]).includes(GLOBAL_REGION)) {
    named.add(GLOBAL_REGION);
  }
  for (const [stack] of configs) {
    const buckets = document.getIn(["config", "crm-bootstrap:stacks", stack, "buckets"]);
    if (!isSeq(buckets)) continue;
    // Copies end in the stack's own suffix: the pattern of the shipped ones has nothing to match.
    const left = buckets.items.findIndex((item) => String(item) === "crm-*-backup-west");
    if (left >= 0 && !isShipped("suffix", answers.suffix)) buckets.delete(left);
  }
  return textOfDocument(document);
}

/** The list of regions that the pack allows, with that of CloudFront. */
function withGlobalRegion(json: string): string {
  return json.replace(/("allowedRegions": \[)([^\]]*)\]/g, (list, start: string, named: string) =>
    named.includes(`"${GLOBAL_REGION}"`) ? list : `${start}${named}, "${GLOBAL_REGION}"]`,
  );
}
