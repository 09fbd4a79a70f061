/**
 * The texts that the files of a deployment get from answers. Replaced are shipped values, all values of a stack that is not set
 * up yet, and, where an answer changes, its former value. Values that an owner has set differently since then stay.
 */
import { type Document, isMap, isSeq } from "yaml";

import { entryOf } from "../../facts/entry-of";
import { CLOUDFRONT_PREFIX_LIST } from "../../facts/prefix-lists";
import { USUAL_COPY_REGION, USUAL_REGION } from "../../facts/regions";
import { SHIPPED_MAILBOX } from "../../schema";
import { bootstrapText } from "./bootstrap-file";
import {
  BOOTSTRAP_FILE,
  CODE_OWNERS_FILE,
  documentOf,
  packFileOf,
  type Rewrite,
  rewriteDocument,
  rewriteJson,
  stackFileOf,
  type Texts,
  textOfDocument,
} from "./files";
import { hasDomain, packTextFor, setDomain } from "./no-domain";
import {
  bootstrapSettings,
  isFresh,
  isFreshBootstrap,
  isMain,
  plain,
  type Present,
  present,
  type StackSettings,
  suffixOf,
  valuesOf,
} from "./present";
import {
  type AnswerName,
  type Answers,
  type Former,
  NONE,
  SHIPPED,
  SHIPPED_SUFFIXES,
} from "./questions";

/** The texts that the files get, without those that stay as they are. @param configs what the stack files say now */
export function answered(
  texts: Texts,
  configs: ReadonlyMap<string, StackSettings>,
  answers: Answers,
): Texts {
  const chosen = answers.stacks.split(",");
  const now = present(texts, configs, chosen);
  const names = bucketNames(configs, chosen, answers, now);
  const changed = new Map<string, string>();
  const after = new Map<string, StackSettings>();
  const put = (file: string, text: string) => {
    if (text !== texts.get(file)) changed.set(file, text);
  };
  const putPack = (name: string, rewrite: Rewrite, hasDomain = true) => {
    const file = packFileOf(name);
    const before = texts.get(file);
    if (before === undefined) return;
    const text = packTextFor(rewriteJson(file, before, rewrite), hasDomain, answers);
    put(file, text);
  };
  for (const stack of chosen.filter((one) => configs.has(one))) {
    const config = configs.get(stack)!;
    const former = formerOf(answers, now, isFresh(config), valuesOf(stack, config));
    const rewrite = rewriting(former, answers, names);
    const document = stackDocument(texts, stack, config, { former, rewrite, answers, names });
    put(stackFileOf(stack), textOfDocument(document));
    putPack(stack, rewrite, hasDomain(document));
    after.set(stack, plain(document));
  }
  const text = texts.get(BOOTSTRAP_FILE);
  if (text !== undefined) {
    const former = formerOf(answers, now, isFreshBootstrap(bootstrapSettings(texts)));
    const rewrite = rewriting(former, answers, names);
    put(BOOTSTRAP_FILE, bootstrapText(text, { rewrite, former, answers, stacks: after }));
    putPack("bootstrap", rewrite);
  }
  const owners = texts.get(CODE_OWNERS_FILE);
  if (owners !== undefined) {
    put(
      CODE_OWNERS_FILE,
      withReviewers(owners, formerOf(answers, now, false)("reviewers"), answers.reviewers),
    );
  }
  return changed;
}

/**
 * What an answer takes the place of in a file: the shipped value, all that a fresh file says, and the former answer where this
 * is another one. A stack in a region of its own stays there.
 */
function formerOf(answers: Answers, now: Present, fresh: boolean, own: Present = {}): Former {
  const elsewhere = !fresh && own.region !== undefined && own.region !== now.region;
  return (name) => {
    const stays = elsewhere && Object.hasOwn(SHIPPED_REGIONS, name);
    const olds = [
      SHIPPED[name],
      ...(fresh ? [SHIPPED_REGIONS[name], own[name]] : []),
      ...(now[name] === answers[name] || stays ? [] : [now[name]]),
    ];
    return new Set(olds.filter((old) => old !== undefined));
  };
}

/** Regions of the shipped files. They may be an owner's as well, so that they count in a fresh file alone. */
const SHIPPED_REGIONS: Present = { region: USUAL_REGION, "copy-region": USUAL_COPY_REGION };

/** What is needed for the text of a stack file. */
interface Writing {
  readonly former: Former;
  readonly rewrite: Rewrite;
  readonly answers: Answers;
  readonly names: ReadonlyMap<string, string>;
}

/** The document of a stack's file with the answers. */
function stackDocument(
  texts: Texts,
  stack: string,
  config: StackSettings,
  { former, rewrite, answers, names }: Writing,
): Document {
  const file = stackFileOf(stack);
  const document = documentOf(file, texts.get(file)!);
  rewriteDocument(document, rewrite);
  setDomain(document, stack, config, { former: former("domain"), domain: answers.domain });
  const suffix = names.get(`suffix:${stack}`);
  if (suffix !== undefined) {
    document.setIn(["config", "crm:naming", "bucketSuffix"], suffix);
  }
  setPrefixList(document, config);
  setPhone(document, former("phone"), answers.phone);
  const runbooks = config["crm:observability"]?.runbooks ?? SHIPPED_RUNBOOKS;
  const olds = [...former("repository")].map(runbooksOf);
  if (runbooks === SHIPPED_RUNBOOKS || olds.includes(runbooks)) {
    document.setIn(["config", "crm:observability", "runbooks"], runbooksOf(answers.repository));
  }
  return document;
}

/** Where the shipped files say that the runbooks are. Source: schema/observability.ts. */
const SHIPPED_RUNBOOKS = "docs/runbooks";

const runbooksOf = (repository: string) =>
  `https://github.com/${repository}/blob/main/${SHIPPED_RUNBOOKS}`;

/** Old names of buckets with their new ones, and the suffix of each stack that gets another. */
function bucketNames(
  configs: ReadonlyMap<string, StackSettings>,
  chosen: readonly string[],
  answers: Answers,
  now: Present,
): Map<string, string> {
  const names = new Map<string, string>();
  for (const [stack, config] of configs) {
    const made = (base: string) => (isMain(config) ? base : suffixOf(stack, base));
    const before = String(config["crm:naming"]?.bucketSuffix);
    const suffix = made(answers.suffix);
    const shipped = SHIPPED_SUFFIXES.includes(before);
    const isChosen = chosen.includes(stack);
    const follows =
      shipped || (isChosen && now.suffix !== undefined && before === made(now.suffix));
    if (isChosen && follows && before !== suffix) {
      names.set(`suffix:${stack}`, suffix);
      // Of the shipped names there is no bucket that would still be looked at.
      if (shipped) names.set(`crm-*-${before}`, `crm-*-${suffix}`);
    }
    for (const [key, bucket] of Object.entries(config["crm:storage"]?.buckets ?? {})) {
      const copy = bucket.replication?.bucketName;
      if (copy === undefined) continue;
      const west = `crm-${key}-backup-west${isMain(config) ? "" : `-${stack}`}`;
      const own =
        follows && [west, copyName(key, before)].includes(copy) ? copyName(key, suffix) : copy;
      // Another stack may name them: what reads the copies after the region's loss.
      names.set(copy, own).set(west, own);
    }
  }
  return names;
}

const copyName = (key: string, suffix: string) => `crm-${key}-backup-${suffix}`;

/** What each text of a file becomes. */
function rewriting(former: Former, answers: Answers, names: ReadonlyMap<string, string>): Rewrite {
  const within = new Map<string, string>();
  const patterns: string[] = [];
  for (const [name, before, after] of WITHIN) {
    for (const old of former(name)) {
      if (old === NONE || answers[name] === NONE) continue;
      within.set(old, answers[name]);
      patterns.push(`${before}${old.replaceAll(".", "\\.")}${after}`);
    }
  }
  // All at once: the two regions may change places.
  const pattern = new RegExp(patterns.join("|") || "$^", "g");
  return (value, at) =>
    mailboxOf(value, at, former, answers) ??
    names.get(value) ??
    value.replace(pattern, (old) => within.get(old)!);
}

/** The mailbox in the place of a former one; that of alarms where both were one, and alarms go there. */
function mailboxOf(
  value: string,
  at: readonly (string | number)[],
  former: Former,
  answers: Answers,
): string | undefined {
  if (value.endsWith(SHIPPED_MAILBOX)) {
    return value === `alerts${SHIPPED_MAILBOX}` ? answers.alerts : answers.team;
  }
  const was = (["team", "alerts"] as const).filter((name) => former(name).has(value));
  const ring = at.some((key) => OF_ALARMS.includes(String(key)));
  const name = was.length > 1 ? (ring ? "alerts" : "team") : was[0];
  return name && answers[name];
}

/** Settings whose mailboxes are those that alarms go to. */
const OF_ALARMS = ["alert-notifications", "subscribers", "mailboxes"];

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

/** Puts the number, or the lack of one, in the place of a former one, and adds it to production where there was none. */
function setPhone(document: Document, former: ReadonlySet<string>, phone: string): void {
  const at = ["config", "crm:eventing", "topics", "alert-notifications", "subscriptions"];
  const list = document.getIn(at);
  if (!isSeq(list)) {
    return;
  }
  const numbers = list.items.map((item) => (isMap(item) ? item.get("sms") : undefined));
  const index = numbers.findIndex((number) => former.has(String(number)));
  if (index >= 0 && phone === NONE) {
    list.delete(index);
  } else if (index >= 0) {
    document.setIn([...at, index, "sms"], phone);
  } else if (
    former.has(NONE) &&
    phone !== NONE &&
    numbers.every((number) => number === undefined) &&
    document.getIn(["config", "crm:environment"]) === "production"
  ) {
    list.add(document.createNode({ sms: phone }));
  }
}

/** Who reviews, in the place of who was shipped or named before. */
function withReviewers(text: string, former: ReadonlySet<string>, reviewers: string): string {
  return text.replace(/#.*|@\S+/g, (word) => (former.has(word) ? reviewers : word));
}
