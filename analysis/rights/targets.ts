/** On which ARN a call works. */
import { iamAction, iamResource, type IamResource } from "../../facts/iam-actions";
import { BESIDE_ROWS, TARGET_ROWS } from "../../facts/iam-targets";
import type { PlannedResource } from "../plan/model";
import { UNKNOWN } from "../plan/model";
import { reveal } from "../plan/values";
import { type Home, moduleOf, type PlanIndex, serviceOf, textOf } from "./plan-index";

/** An ARN, and the planned resource that has it. */
export interface Target {
  readonly arn: string;
  readonly resource?: PlannedResource;
}

/** Whether it is written down what IAM calls the type. */
export function hasTarget(type: string): boolean {
  return TARGET_ROWS[moduleOf(type)] !== undefined;
}

/** The type that IAM has for a resource itself; nothing for a part of another. */
export function iamTypeOf(type: string): string | undefined {
  const row = TARGET_ROWS[moduleOf(type)];
  return row === undefined || /^[>*]/.test(row) ? undefined : row.split(/ (?=\w+=)/)[0];
}

/** The resource that another is a part of, or itself. */
export function wholeOf(index: PlanIndex, resource: PlannedResource): PlannedResource | undefined {
  const row = TARGET_ROWS[moduleOf(resource.type)];
  if (row === undefined || row === "*") return undefined;
  if (!row.startsWith("> ")) return resource;
  const input = row.slice(2);
  const near = index.behind(resource, input).filter(({ type }) => hasTarget(type));
  // A name that the program sets itself depends on nothing.
  const name = textOf(resource.inputs[input]);
  const named = (name === undefined ? [] : (byName(index).get(name) ?? [])).filter(
    (one) => one !== resource && serviceOf(one.type) === serviceOf(resource.type),
  );
  const arn = textOf(resource.inputs[input]);
  const found = near[0] ?? named[0] ?? (arn === undefined ? undefined : byArn(index).get(arn));
  return found && wholeOf(index, found);
}

const namesByIndex = new WeakMap<PlanIndex, ReadonlyMap<string, readonly PlannedResource[]>>();

/** The resources by each name that the program sets itself. */
function byName(index: PlanIndex): ReadonlyMap<string, readonly PlannedResource[]> {
  const known = namesByIndex.get(index);
  if (known !== undefined) return known;
  const names = new Map<string, PlannedResource[]>();
  for (const one of index.managed.filter(({ type }) => iamTypeOf(type) !== undefined)) {
    for (const name of new Set(Object.values(placeholdersOf(one)))) {
      names.set(name, [...(names.get(name) ?? []), one]);
    }
  }
  namesByIndex.set(index, names);
  return names;
}

const arnsByIndex = new WeakMap<PlanIndex, ReadonlyMap<string, PlannedResource>>();

/** The resources whose ARN follows from names that the program sets itself. */
function byArn(index: PlanIndex): ReadonlyMap<string, PlannedResource> {
  let arns = arnsByIndex.get(index);
  if (arns === undefined) {
    const known = index.managed.flatMap((one): [string, PlannedResource][] => {
      const [prefix = "", type] = (iamTypeOf(one.type) ?? "").split(/:(.*)/s);
      const template = type === undefined ? undefined : iamResource(prefix, type)?.arn;
      if (template === undefined) return [];
      const arn = filled(index, template, index.regionOf(one), asInArn(placeholdersOf(one)));
      return arn.includes(UNKNOWN) ? [] : [[arn, one]];
    });
    arnsByIndex.set(index, (arns = new Map(known)));
  }
  return arns;
}

/**
 * The resources that a resource's inputs speak of: those whose outputs they are made of, and those whose ARN the program
 * has put together itself, on which they depend in nothing that a plan shows.
 */
export function spokenOf(index: PlanIndex, resource: PlannedResource): readonly PlannedResource[] {
  const texts = (value: unknown): string[] =>
    typeof value === "string"
      ? [value]
      : value !== null && typeof value === "object"
        ? Object.values(value).flatMap(texts)
        : [];
  const arns = byArn(index);
  const named = texts(reveal(resource.inputs)).flatMap((text) => arns.get(text) ?? []);
  return [...new Set([...index.referred(resource), ...named])].filter((one) => one !== resource);
}

function placeholdersOf(
  resource: Pick<PlannedResource, "type" | "inputs">,
): Record<string, string> {
  const [, ...pairs] = TARGET_ROWS[moduleOf(resource.type)]!.split(/ (?=\w+=)/);
  return Object.fromEntries(
    pairs.flatMap((pair) => {
      const [placeholder, input] = pair.split("=") as [string, string];
      if (input.startsWith('"')) return [[placeholder, input.slice(1, -1)]];
      const [name, rest = ""] = input.split(/(?=\/)/);
      const text = textOf(resource.inputs[name!]);
      return text === undefined ? [] : [[placeholder, `${text}${rest}`]];
    }),
  );
}

/** Fills an ARN's placeholders; unknown parts stay unknown. */
function filled(
  index: PlanIndex,
  template: string,
  region: string,
  names: Readonly<Record<string, string>>,
): string {
  return filledIn({ ...index.home, region }, template, names, UNKNOWN);
}

function filledIn(
  { partition, region, account }: Home,
  template: string,
  names: Readonly<Record<string, string>>,
  chosen: string,
): string {
  const known: Record<string, string> = {
    ...{ Partition: partition, Region: region, Account: account },
    ...names,
  };
  return template.replace(/\$\{(\w+)\}/g, (_, name: string) => known[name] ?? chosen);
}

/**
 * The ARN that AWS gives to a resource, as far as it follows from its inputs and its place; undefined for a type whose ARN has
 * no form here.
 *
 * @param chosen stands for what AWS, or Pulumi, chooses: ids, and names that the program does not give
 */
export function arnOf(
  resource: Pick<PlannedResource, "type" | "inputs">,
  home: Home,
  chosen: string,
): string | undefined {
  const iam = iamTypeOf(resource.type);
  return iam === undefined ? undefined : arnAsType(iam, home, placeholdersOf(resource), chosen);
}

/** The same for a type of the Service Authorization Reference, such as `sqs:queue`, and the placeholders of its ARN. */
export function arnAsType(
  iam: string,
  home: Home,
  names: Readonly<Record<string, string>>,
  chosen: string,
): string | undefined {
  const [prefix = "", type = ""] = iam.split(/:(.*)/s);
  const template = iamResource(prefix, type)?.arn;
  return template && filledIn(home, template, asInArn(names), chosen);
}

/** An id of AWS's choice: no policy can be written for it before it exists. */
export const AWS_CHOOSES = "1234abcd-12ab-34cd-56ef-1234567890ab";

/** The placeholders of a resource that its row names no input for: AWS fills them. */
function chosen(template: string, resource: PlannedResource): Record<string, string> {
  const row = TARGET_ROWS[moduleOf(resource.type)]!;
  const placeholders = [...template.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!);
  return Object.fromEntries(
    placeholders
      .filter((name) => !row.includes(` ${name}=`) && !/^(Partition|Region|Account)$/.test(name))
      .map((name) => [name, AWS_CHOOSES]),
  );
}

/** Names as ARNs have them: without what IAM's placeholder already says. */
function asInArn(names: Readonly<Record<string, string>>): Record<string, string> {
  const { ParameterNameWithoutLeadingSlash: parameter, Alias: alias, SecretId: secret } = names;
  const { OidcProviderName: issuer } = names;
  return {
    ...names,
    ...(parameter !== undefined && {
      ParameterNameWithoutLeadingSlash: parameter.replace(/^\//, ""),
    }),
    ...(alias !== undefined && { Alias: alias.replace(/^alias\//, "") }),
    ...(issuer !== undefined && { OidcProviderName: issuer.replace(/^https:\/\//, "") }),
    // Secrets Manager adds six characters of its own.
    ...(secret !== undefined && { SecretId: `${secret}-1234ab` }),
  };
}

/** The ARN of a resource as one of the types that an action works on; nothing where it is none of them. */
function arnAs(
  index: PlanIndex,
  resource: PlannedResource,
  types: readonly IamResource[],
  service: string,
): string | undefined {
  const own = iamTypeOf(resource.type);
  if (own === undefined) return undefined;
  const [prefix, name] = own.split(/:(.*)/s) as [string, string];
  const same = types.find((one) => one.type === name) ?? ofBothBalancers(own, types);
  const names = asInArn(placeholdersOf(resource));
  const region = index.regionOf(resource);
  if (same !== undefined && (prefix === service || sameArn(same.arn, own))) {
    return filled(index, same.arn, region, { ...chosen(same.arn, resource), ...names });
  }
  return undefined;
}

/**
 * The reference has two lists for `elasticloadbalancing`. Where both name an action, our facts have the classic load
 * balancer's type alone; the action works on what it is called for all the same.
 * Source: Service Authorization Reference, "AWS Elastic Load Balancing V2" (`CreateLoadBalancer`, `AddTags`).
 */
function ofBothBalancers(own: string, types: readonly IamResource[]): IamResource | undefined {
  const [prefix, name] = own.split(/:(.*)/s) as [string, string];
  const classic = types.length === 1 && types[0]!.type === "loadbalancer";
  return prefix === "elasticloadbalancing" && classic ? iamResource(prefix, name) : undefined;
}

/**
 * What an action works on that is no resource of the plan, but comes with one: BESIDE_ROWS. A name that is not known yet
 * is asked about as unknown.
 */
function beside(
  index: PlanIndex,
  resource: PlannedResource,
  action: string,
  types?: readonly IamResource[],
): readonly Target[] {
  const row = BESIDE_ROWS[action];
  if (row === undefined) return [];
  const [type = "", ...pairs] = row.split(" ");
  const [prefix, short] = type.split(":") as [string, string];
  if (types !== undefined && !types.some((one) => one.type === short)) return [];
  const names: Record<string, string> = {};
  for (const pair of pairs) {
    const [placeholder, input, suffix = ""] = pair.split(/[=+?]+/) as [string, string, string?];
    if (pair.endsWith("?") && resource.inputs[input] === undefined) return [];
    names[placeholder] = `${textOf(resource.inputs[input]) ?? UNKNOWN}${suffix}`;
  }
  const template = iamResource(prefix, short)!.arn;
  const left = [...template.matchAll(/\$\{(\w+)\}/g)].map(([, one]) => one!);
  const ids = left.filter((one) => !/^(Partition|Region|Account)$/.test(one));
  const given = Object.fromEntries(ids.map((one) => [one, AWS_CHOOSES]));
  return [{ arn: filled(index, template, index.regionOf(resource), { ...given, ...names }) }];
}

const sameArn = (template: string, own: string) => template.includes(`:${own.split(":")[0]}:`);

/**
 * Services that check each resource which a request names, the optional ones of an action as well: an instance's parameter
 * and subnet groups, a replication group's. Source: RDS User Guide, "Permission policies to create, modify and, delete
 * resources in Amazon RDS" (CreateDBInstance with `pg` and `subgrp`); ElastiCache's reference lists them alike.
 */
const CHECKED_WHERE_NAMED = ["elasticache", "rds"];

/** The repository of an image, by the image's address. */
export function repositoryOf(index: PlanIndex, image: string | undefined): Target {
  const [, account, region, name] =
    /^(\d{12})\.dkr\.ecr\.([\w-]+)\.[^/]+\/([^@:]+)/.exec(image ?? "") ?? [];
  const home = { ...index.home, ...(account && { account }), ...(region && { region }) };
  const template = iamResource("ecr", "repository")!.arn;
  const names: Record<string, string> = name === undefined ? {} : { RepositoryName: name };
  const own = index
    .ofType("aws:ecr/repository:Repository")
    .find((one) => account === index.home.account && textOf(one.inputs["name"]) === name);
  return { arn: filledIn(home, template, names, UNKNOWN), ...(own && { resource: own }) };
}

/**
 * The ARNs that a call about a resource is asked for: of each type that the action must have, otherwise of those types
 * that the resource, what it is a part of, or what it refers to has. `*` where the action takes no resource; none where
 * the resource has nothing to do with what the action works on, as a bucket with access points that do not exist.
 */
export function targetsOf(
  index: PlanIndex,
  resource: PlannedResource,
  action: string,
): readonly Target[] {
  const facts = iamAction(action);
  const types = facts?.resources ?? [];
  if (types.length === 0) return [{ arn: "*" }];
  if (action === "iam:CreateServiceLinkedRole") {
    const { partition, account } = index.home;
    return [{ arn: `arn:${partition}:iam::${account}:role/aws-service-role/${UNKNOWN}` }];
  }
  const service = action.split(":")[0]!;
  if (service === "ecr" && moduleOf(resource.type) === "lambda/function") {
    return [repositoryOf(index, textOf(resource.inputs["imageUri"]))];
  }
  const whole = wholeOf(index, resource);
  const near = [resource, ...(whole === undefined || whole === resource ? [] : [whole])];
  const all = [...near, ...spokenOf(index, resource), ...(whole ? spokenOf(index, whole) : [])];
  const required = types.filter((one) => one.required);
  if (required.length > 0) {
    const found = required.map((type) => of(all, [type]));
    const lacking = required.filter((_, place) => found[place]!.length === 0);
    const named = CHECKED_WHERE_NAMED.includes(service)
      ? types
          .filter((one) => !one.required)
          .flatMap((type) => of(spokenOf(index, resource), [type]))
      : [];
    return [...found.flat(), ...named, ...beside(index, resource, action, lacking)];
  }
  const own = of(near, types);
  if (own.length > 0) return own;
  const others = of(all, types);
  return others.length > 0 ? others.slice(0, 1) : beside(index, resource, action);

  function of(candidates: readonly PlannedResource[], wanted: readonly IamResource[]): Target[] {
    return candidates
      .flatMap((one) => {
        const arn = arnAs(index, one, wanted, service);
        return arn === undefined ? [] : [{ arn, resource: one }];
      })
      .slice(0, 1);
  }
}
