/** `npm run setup -- --environment NAME --from STACK`: a stack of its own from another one's file. */
import { type Document, isMap, isScalar, type YAMLMap } from "yaml";

import { BACKUP_RESTORE } from "../../facts/control-planes";
import { shownValue } from "../../facts/problem-text";
import { ENVIRONMENTS } from "../../platform/tags";
import {
  BOOTSTRAP_FILE,
  documentOf,
  packFileOf,
  rewriteDocument,
  rewriteJson,
  stackFileOf,
  type Texts,
  textOfDocument,
} from "./files";
import { DOMAIN } from "./no-domain";
import { withSettings } from "./pack-file";
import { baseOf, configsOf, isFresh, isMain, type StackSettings, suffixOf } from "./present";
import { SHIPPED_SUFFIXES } from "./questions";

/** What may be the name of a new stack: a word that fits into every name. Source: schema/sections.ts, `naming`. */
export const STACK_NAME = /^[a-z][a-z0-9]{0,10}$/;

/** Top-level keys that belong to the secrets of one stack. Source: pulumi/pulumi, sdk/go/common/workspace, `ProjectStack`. */
const KEYS_OF_SECRETS = ["encryptionsalt", "encryptedkey", "secretsprovider"];

/** Settings of an account, or of an account in a region, which the first stack keeps for itself. */
const OF_ONE_STACK: readonly (readonly string[])[] = [
  ["crm:cluster", "imageReplication"],
  ["crm:cost", "costAllocationTags"],
  ["crm:database", "subnetGroupName"],
  ["crm:edge", "zone", "delegations"],
  ["crm:naming", "alarmNames"],
  ["crm:naming", "bucketNames"],
  ["crm:naming", "logGroupNames"],
  ["crm:naming", "queueNames"],
];

/** The texts of a new stack's files and of bootstrap's, which lists it. @throws where it cannot be made */
export function newStack(texts: Texts, name: string, from: string, all: readonly string[]): Texts {
  const source = texts.get(stackFileOf(from));
  if (source === undefined) {
    throw new Error(`--from: expected one of ${all.join(", ")}, got ${shownValue(from)}`);
  }
  if (all.includes(name)) {
    throw new Error(
      `--environment: ${stackFileOf(name)} already exists; expected the name of a stack without a file`,
    );
  }
  if (!STACK_NAME.test(name)) {
    const expected = "a name of at most 11 lower-case letters and digits";
    throw new Error(`--environment: expected ${expected}, got ${shownValue(name)}`);
  }
  const document = documentOf(stackFileOf(from), source);
  if (document.getIn(["config", "crm:edge", "role"]) === "secondary") {
    throw new Error(`--from: expected a stack with the role primary, got ${shownValue(from)}`);
  }
  const configs = configsOf(texts, all);
  const suffix = suffixOf(name, suffixBase(configs, from));
  const environment = changeSettings(document, { name, from, suffix }, networksOf(configs));
  const isRestored = withoutStandby(document);
  const changed = new Map([[stackFileOf(name), textOfDocument(document)]]);
  const pack = texts.get(packFileOf(from));
  if (pack !== undefined) {
    const copied = documentOf(stackFileOf(from), source);
    changed.set(
      packFileOf(name),
      packText(pack, {
        ...{ name, from, environment, isRestored },
        copiesImages: copied.hasIn(["config", "crm:cluster", "imageReplication"]),
      }),
    );
  }
  const bootstrap = texts.get(BOOTSTRAP_FILE);
  if (bootstrap !== undefined) {
    const pipeline = documentOf(BOOTSTRAP_FILE, bootstrap);
    const stack = { environment, prefix: `crm-${name}`, buckets: [`crm-*-${suffix}`] };
    const node = pipeline.createNode(stack, { flow: true });
    pipeline.setIn(["config", "crm-bootstrap:stacks", name], node);
    changed.set(BOOTSTRAP_FILE, textOfDocument(pipeline));
  }
  return changed;
}

/**
 * The word that an owner's bucket names end in, of the main stack or else of the one that is copied. @throws where neither has
 * one: buckets of names that are made of the shipped values may be another account's
 */
function suffixBase(configs: ReadonlyMap<string, StackSettings>, from: string): string {
  const copied = configs.get(from)!;
  if (isFresh(copied)) {
    const first = `npm run setup -- --stacks ${from}`;
    throw new Error(
      `--from: expected a stack that is set up, got ${shownValue(from)}. First: ${first}`,
    );
  }
  const main = [...configs].filter(([, config]) => !isFresh(config) && isMain(config));
  for (const [stack, config] of [...main, [from, copied] as const]) {
    const suffix = config["crm:naming"]?.bucketSuffix;
    if (suffix === undefined || SHIPPED_SUFFIXES.includes(suffix)) continue;
    return baseOf(stack, config) ?? suffix;
  }
  const suffix = copied["crm:naming"]?.bucketSuffix ?? "none";
  const first = `npm run setup -- --stacks ${from} --suffix <word>`;
  throw new Error(
    `--from: expected a stack whose bucket names end in a word of your own, got ${shownValue(suffix)} in ${stackFileOf(from)}. First: ${first}`,
  );
}

/** Second numbers of the networks that there are: 1 of 10.1.0.0/16. */
function networksOf(configs: ReadonlyMap<string, StackSettings>): number[] {
  return [...configs.values()].flatMap(({ "crm:network": network }) =>
    Number(/^10\.(\d+)\./.exec(String(network?.cidrBlock))?.[1] ?? []),
  );
}

/** Gives every name of the document to the new stack; returns its environment. */
function changeSettings(
  document: Document,
  { name, from, suffix }: { readonly name: string; readonly from: string; readonly suffix: string },
  networks: readonly number[],
): string {
  KEYS_OF_SECRETS.forEach((key) => document.delete(key));
  document.deleteIn(["config", "crm:secrets"]);
  OF_ONE_STACK.forEach((path) => document.deleteIn(["config", ...path]));
  const network = Array.from({ length: 256 }, (_, index) => index).find(
    (index) => !networks.includes(index),
  );
  const old = String(document.getIn(["config", "crm:network", "cidrBlock"]))
    .split(".", 2)
    .join(".");
  const word = new RegExp(`(?<![A-Za-z0-9])${from}(?![A-Za-z0-9])`, "g");
  rewriteDocument(document, (value, at) => {
    if (at.includes("environment") || at[1] === "crm:environment") return value;
    if (at[1] === "crm:network") {
      return value.startsWith(`${old}.`) ? value.replace(old, `10.${network}`) : value;
    }
    return value.replaceAll(word, name);
  });
  const set = (value: unknown, ...path: string[]) => document.setIn(["config", ...path], value);
  const environments: readonly string[] = ENVIRONMENTS;
  if (environments.includes(name)) set(name, "crm:environment");
  set(name, "crm:naming", "qualifier");
  set(name, "crm:naming", "environmentLabel");
  set(suffix, "crm:naming", "bucketSuffix");
  setDomain(document, name, from);
  set(`CRM/${name}`, "crm:observability", "metricNamespace");
  set("environment", "crm:cost", "anomalyDetection", "scope");
  const entries = (...path: string[]) => {
    const map = document.getIn(["config", ...path]);
    return isMap(map)
      ? map.items.map(({ key, value }) => [String(key), value as YAMLMap] as const)
      : [];
  };
  for (const [key, bucket] of entries("crm:storage", "buckets")) {
    if (bucket.hasIn(["replication", "bucketName"])) {
      bucket.setIn(["replication", "bucketName"], `crm-${key}-backup-${suffix}`);
    }
  }
  entries("crm:services").forEach(([, service]) => service.delete("image"));
  set(false, "crm:observability", "tracing", "encryption");
  for (const [, rule] of entries("crm:observability", "tracing", "samplingRules")) {
    if (rule.get("serviceName") === "*") rule.set("serviceName", `crm-${name}-*`);
  }
  entitle(document, ` ${name}: made of ${stackFileOf(from)} by npm run setup.`);
  return String(document.getIn(["config", "crm:environment"]));
}

/** A stack that stands by has the replica of one database, that of the copied stack. Returns whether the new one has copies alone. */
function withoutStandby(document: Document): boolean {
  const recovery = document.getIn(["config", "crm:recovery"]);
  if (!isMap(recovery) || !recovery.has("region")) return false;
  const readiness = recovery.items.find(({ key }) => String(key) === "readiness");
  if (isScalar(readiness?.key)) readiness.key.commentBefore = undefined;
  recovery.set("readiness", BACKUP_RESTORE);
  return true;
}

/** `staging.example.com` becomes `<name>.example.com`, and so does the domain itself; no domain stays none. */
function setDomain(document: Document, name: string, from: string): void {
  const domain = document.getIn(DOMAIN);
  if (typeof domain !== "string") return;
  // The word of the stack is replaced already.
  if (!domain.startsWith(`${name}.`)) {
    document.setIn(DOMAIN, `${name}.${domain.replace(new RegExp(`^${from}\\.`), "")}`);
  }
}

/** The comment at the beginning says what the stack is. */
function entitle(document: Document, comment: string): void {
  const first = isMap(document.contents) ? document.contents.items[0]?.key : undefined;
  if (document.contents !== null) document.contents.commentBefore = undefined;
  if (isScalar(first)) first.commentBefore = undefined;
  document.commentBefore = null;
  if (document.contents !== null) document.contents.commentBefore = comment;
}

/** What the pack's configuration of a new stack is made of. */
interface PackOf {
  readonly name: string;
  readonly from: string;
  readonly environment: string;
  /** Whether the other stack sets the registry's replication, which copies the new stack's images too. */
  readonly copiesImages: boolean;
  /** Whether the new stack is restored from copies if its region is lost: none stands by for it. */
  readonly isRestored: boolean;
}

interface Exemption {
  readonly owner: string;
  readonly expires: string;
}

/** What is read of a rule's settings. */
interface RuleSettings {
  readonly exemptions?: readonly Exemption[];
  readonly environment?: string;
}

/** The pack's configuration of a new stack, from that of another one. */
function packText(
  text: string,
  { name, from, environment, copiesImages, isRestored }: PackOf,
): string {
  const own = rewriteJson(packFileOf(from), text, (value) =>
    value.replace(`urn:pulumi:${from}::`, `urn:pulumi:${name}::`),
  );
  const rules = JSON.parse(own) as Readonly<Record<string, RuleSettings>>;
  const added: [rule: string, settings: object][] = [];
  if (environment !== name && rules["tags-environment"]?.environment === undefined) {
    const reason = `The stack stands beside ${environment}, and its resources cost and matter as those do.`;
    added.push(["tags-environment", { environment, reason }]);
  }
  const like = Object.values(rules).flatMap(({ exemptions = [] }) => exemptions)[0];
  const exempt = (rule: string, resources: string, reason: string) => {
    if (like === undefined || rules[rule]?.exemptions !== undefined) return;
    const { owner, expires } = like;
    const urn = `urn:pulumi:${name}::crm::*${resources}`;
    added.push([rule, { exemptions: [{ urn, reason, owner, expires }] }]);
  };
  if (copiesImages) {
    const reason = `The registry has one rule for the account and region: that of ${from} copies these images too.`;
    exempt("recovery-closure", "aws:ecr/repository:Repository::crm-*", reason);
  }
  if (isRestored) {
    const reason = `The stack is restored from copies: the one that stands by has the replica of ${from}.`;
    exempt("recovery-control-planes", "", reason);
  }
  return added.reduce((json, [rule, settings]) => withSettings(json, rule, settings), own);
}
