/**
 * Writes facts/api-constraints.json: what AWS's own description of its APIs (the one that its SDKs and its API reference
 * are made of) states of a property and the resource's schema leaves open. Run:
 *
 *   node facts/generate/run.js api-constraints --models DATA --release VERSION
 *
 * DATA is the folder `botocore/data` of the installed Python package botocore, VERSION its version.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";

import { constraintOf, expression, type SchemaNode, schemaOf } from "../published-schemas";
import { namesOfProperty, tokenMap } from "../type-names";
import { inputsOf, type Model, type Place } from "./api-models";
import { FACTS, lines, optionsOf, readJson, today } from "./sources";

/** Prefix of an action -> the folder of the service's model, where they differ. */
const SERVICES: Readonly<Record<string, string>> = {
  elasticloadbalancing: "elbv2",
  servicequotas: "service-quotas",
};

/** The model of a module of the SDK whose actions have the prefix of another API. */
const OF_MODULE: Readonly<Record<string, string>> = { elb: "elb", sesv2: "sesv2" };
const SHARED = ["elasticloadbalancing", "ses"];

/** The operations of actions that are called otherwise. */
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  "budgets:ModifyBudget": ["CreateBudget"],
  "s3:PutBucketCORS": ["PutBucketCors"],
  "s3:PutBucketNotification": ["PutBucketNotificationConfiguration"],
  "s3:PutEncryptionConfiguration": ["PutBucketEncryption"],
  "s3:PutLifecycleConfiguration": ["PutBucketLifecycleConfiguration"],
  "s3:PutReplicationConfiguration": ["PutBucketReplication"],
};

/** What an API calls otherwise than AWS's resource types and Terraform do. */
const RENAMED: Readonly<Record<string, string>> = {
  "backupplan.backupplanrule.targetbackupvault": "backupplan.rule.targetbackupvaultname",
  "notificationconfiguration.lambdaconfiguration.event":
    "notificationconfiguration.lambdafunctionconfiguration.event",
  "replicaregion.region": "addreplicaregion.region",
  value: "desiredvalue",
};

type Calls = Readonly<Record<string, { calls: Readonly<Record<string, readonly string[]>> }>>;

export function main(args: string[]): Promise<number> {
  const options = optionsOf(args, ["models", "release"]);
  const models = new Models(options["models"]![0]!);
  const calls = readJson<{ types: Calls }>(path.join(FACTS, "provider-calls.json")).types;
  const types: Record<string, Record<string, SchemaNode>> = {};
  for (const token of Object.keys(tokenMap().types)) {
    const places = actionsFor(token, calls).flatMap((action) => models.placesOf(action, token));
    const found = rowsOf(token, places);
    if (Object.keys(found).length > 0) types[token] = found;
  }
  const source = { package: "botocore", version: options["release"]![0], date: today() };
  fs.writeFileSync(path.join(FACTS, "api-constraints.json"), lines({ source, types }, ["types"]));
  return Promise.resolve(0);
}

/** What sets a resource's properties: the provider's calls where they were measured, else those of AWS's handlers. */
function actionsFor(token: string, calls: Calls): string[] {
  const own = calls[token]?.calls;
  const handlers = schemaOf(tokenMap().types[token]!.aws ?? "")?.handlers;
  const named = ["create", "update"].flatMap((step) => [
    ...(own?.[step] ?? []),
    ...(handlers?.[step as "create"] ?? []),
  ]);
  const sets =
    /:(Create|Put|Register|Request|Run|Start|Set|Add|Associate|Authorize|Update|Modify|Attach|Subscribe|Schedule|Enable|Change)/;
  return [...new Set(named)].filter((action) => sets.test(action));
}

class Models {
  private readonly read = new Map<string, Model | undefined>();
  public constructor(private readonly folder: string) {}

  /** Where an action takes values; none for an action that is not an operation of an API. */
  public placesOf(action: string, token: string): Place[] {
    const [prefix, operation] = action.split(":") as [string, string];
    const own = SHARED.includes(prefix) ? OF_MODULE[token.split(/[:/]/)[1]!] : undefined;
    const model = this.model(own ?? SERVICES[prefix] ?? prefix);
    if (model === undefined) return [];
    return (OPERATIONS[action] ?? [operation]).flatMap((one) => inputsOf(model, one));
  }

  private model(service: string): Model | undefined {
    if (!this.read.has(service)) this.read.set(service, this.load(service));
    return this.read.get(service);
  }

  private load(service: string): Model | undefined {
    const folder = path.join(this.folder, service);
    if (!fs.existsSync(folder)) return undefined;
    const newest = fs.readdirSync(folder).sort().at(-1)!;
    const file = path.join(folder, newest, "service-2.json.gz");
    return JSON.parse(gunzipSync(fs.readFileSync(file)).toString("utf8")) as Model;
  }
}

function rowsOf(token: string, places: readonly Place[]): Record<string, SchemaNode> {
  const found: Record<string, SchemaNode> = {};
  const { at, properties } = tokenMap().types[token]!;
  for (const property of Object.keys(properties)) {
    const names = namesOfProperty(token, property);
    if (names === undefined || names.key !== undefined || names.values !== undefined) continue;
    const inside = at !== undefined && names.aws?.startsWith(`${at}.`);
    const ways = [names.aws, inside ? names.aws!.slice(at.length + 1) : undefined, names.terraform]
      .filter((way) => way !== undefined)
      .map((way) => way.split(".").map(plain).join("."));
    const here = ways
      .flatMap((way) => [way, ...(RENAMED[way] === undefined ? [] : [RENAMED[way]])])
      .map((way) => matching(way, places));
    const nodes = here.find((one) => one.length > 0);
    if (nodes === undefined) continue;
    const open = leftOpen(token, property, nodes);
    if (Object.keys(open).length > 0) found[property] = open;
  }
  return found;
}

/** The places that are called so: the whole way, or what is left of it after what every call must bring. */
function matching(wanted: string, places: readonly Place[]): Place[] {
  const whole = places.filter((place) => place.names.map(plain).join(".") === wanted);
  if (whole.length > 0) return whole;
  const length = wanted.split(".").length;
  return places.filter(
    ({ names, required }) =>
      names.length > length &&
      names.length - length <= required &&
      names.slice(-length).map(plain).join(".") === wanted,
  );
}

/** `log_delivery_configuration` and `LogDeliveryConfigurations` are one name. */
const plain = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .replace(/s$/, "");

const KEYWORDS = [
  ...["enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"],
] as const;

/** What all calls state alike and the schema does not. */
function leftOpen(token: string, property: string, places: readonly Place[]): SchemaNode {
  const constraint = constraintOf(token, property);
  const schema = constraint?.item ?? constraint?.node;
  const [first, ...others] = places;
  const open: Record<string, unknown> = {};
  for (const keyword of KEYWORDS) {
    const value = first!.node[keyword];
    if (value === undefined || others.some(({ node }) => !same(node[keyword], value))) continue;
    const stated = keyword.endsWith("Items") ? constraint?.node : schema;
    if (isStated(stated, keyword) && !narrower(stated![keyword], value, keyword)) continue;
    if (says(keyword, value)) open[keyword] = value;
  }
  if (Object.keys(open).length > 0) open["type"] = first!.node.type;
  return open;
}

/** Longer lists are of what grows each month, such as classes of instances, and a region is no value of one service. */
const CLOSED_LISTS = 40;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** Patterns of any text; one of them takes forever where it does not fit. */
const ANYTHING = /^\^(\(\?:)?(\.\*|\[\\s\\S\]\*|\[\\S\\s\]\*|\(\.\*\[[^\]]*\]\?\)\*)\)?\$$/;
const UNBOUNDED = 2_147_483_647;

/** Whether a keyword leaves anything out that is not better known elsewhere. */
function says(keyword: (typeof KEYWORDS)[number], value: unknown): boolean {
  if (keyword === "enum") {
    const list = value as string[];
    return list.length <= CLOSED_LISTS && !list.some((one) => REGION.test(one));
  }
  if (keyword === "pattern") {
    return !ANYTHING.test(String(value)) && expression(value as string) !== undefined;
  }
  return value !== UNBOUNDED && (value !== 0 || !keyword.startsWith("minLength"));
}

/** A pattern that is open at one end states little: the services ask for the whole value. */
function isStated(schema: SchemaNode | undefined, keyword: (typeof KEYWORDS)[number]): boolean {
  if (schema?.[keyword] === undefined) {
    return keyword === "enum" && schema?.enumCaseInsensitive !== undefined;
  }
  if (keyword !== "pattern") return true;
  return /^\^[^|]*(\$|\\Z)$/.test(schema.pattern!) && !ANYTHING.test(schema.pattern!);
}

/** Whether the API's bound leaves out what the schema's lets through: the provider calls the API. */
function narrower(stated: unknown, value: unknown, keyword: string): boolean {
  if (typeof stated !== "number" || typeof value !== "number") return false;
  return keyword.startsWith("max") ? value < stated : value > stated;
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
