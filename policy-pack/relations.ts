/** Helpers for rules about several resources, lists and stacks. */
import { getStack } from "@pulumi/pulumi";

import { cacheLayout } from "../analysis/cache-layout";
import { type Node, type StackGraph } from "../analysis/graph";
import { STACK_TYPE } from "../analysis/plan/model";
import { homeRegion } from "../analysis/plan/regions";
import { isRecord, items, type Properties, read, UNKNOWN } from "../analysis/properties";
import { STANDS_IN_TAG } from "../facts/control-planes";
import { canonicalType } from "../facts/twin-types";
import { expect, type Report, type ResourceRule, resourceRule, type Rule } from "./define";

/** A test for type tokens and their twins, for the rules about single resources. */
export function typesWithTwins(...types: readonly string[]): (type: string) => boolean {
  return (type) => types.includes(canonicalType(type));
}

/**
 * The resources of a type whose property refers to the target. Undefined when there is none but the target of one is
 * not known: that is reported as undecided.
 */
export function companions(
  graph: StackGraph,
  target: Node,
  type: string,
  property: string,
  report: Pick<Report, "undecided">,
): readonly Node[] | undefined {
  const found = graph.referring(target, type, property);
  const targetType = canonicalType(target.type);
  const vague =
    graph.unplaced(type, property, targetType).length > 0 ||
    (isUnnamed(target) &&
      graph.ofType(type).some((one) => graph.external(one, property, targetType).length > 0));
  if (found.length === 0 && vague) {
    report.undecided(`${property} of a ${type.split(":").at(-1)!}`);
    return undefined;
  }
  return found;
}

/** Why resources that are named by known ids are not known; nothing where no id is. */
export function outsidePlan(ids: readonly string[]): string | undefined {
  return ids.length === 0
    ? undefined
    : `${ids.join(", ")} ${ids.length > 1 ? "are" : "is"} not in the plan`;
}

const GROUP = "aws:ec2/securityGroup:SecurityGroup";

/** Reports security groups that are named by id and are not in the plan: their rules are not known. */
export function reportForeign(
  graph: StackGraph,
  node: Node,
  property: string,
  report: Pick<Report, "undecided">,
): void {
  const foreign = graph.external(node, property, GROUP).filter((id) => /^sg-/.test(id));
  if (foreign.length > 0) {
    const because = `${foreign.length > 1 ? "they are" : "it is"} not in the plan`;
    report.undecided(`who may connect through ${foreign.join(", ")}`, because);
  }
}

/**
 * The stack's own region: as its providers name it, else the one of most resources' providers, as Pulumi's own engine sends
 * the pack no providers among the resources. Undefined where neither says it.
 */
export function homeOf({ nodes }: StackGraph): string | undefined {
  const resources = nodes.map(({ type, name, properties }) => ({ type, name, inputs: properties }));
  const counts = new Map<string, number>();
  for (const { provider } of nodes) {
    const region = provider && read(provider, "region");
    if (typeof region === "string") counts.set(region, (counts.get(region) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  return homeRegion({ resources }) ?? most?.[0];
}

/** Replicas of each shard of a replication group; undefined where no known input states them. */
export function replicasOf({ properties }: { readonly properties: Properties }) {
  return cacheLayout((input) => {
    const given = read(properties, input);
    return typeof given === "number" ? given : undefined;
  }).replicas;
}

/** Whether a resource belongs to a pilot light, on standby or in service after the loss of another region. */
export function isOfPilotLight({ properties }: { readonly properties: Properties }): boolean {
  const region = read(properties, `tags.${STANDS_IN_TAG}`);
  return region !== undefined && region !== UNKNOWN;
}

/** Whether a service has no tasks on purpose, until its region takes over. */
export function runsNoTasks(service: { readonly properties: Properties }): boolean {
  return isOfPilotLight(service) && read(service.properties, "desiredCount") === 0;
}

/** Whether a resource's physical name is not known yet: any unresolved name could be its name. */
export function isUnnamed({ properties }: { readonly properties: Properties }): boolean {
  return ["name", "bucket", "identifier"].some((name) => read(properties, name) === UNKNOWN);
}

/**
 * Whether a bucket is the destination of another's replication, by a rule that is not disabled. UNKNOWN when the name of a destination, or its own,
 * is not known yet.
 */
export function isBucketCopy(graph: StackGraph, bucket: Node): boolean | typeof UNKNOWN {
  const arn = `:::${nameOf(bucket, "bucket")}`;
  const answers = graph
    .ofType("aws:s3/bucketReplicationConfig:BucketReplicationConfig")
    .flatMap(({ properties, references }) => {
      const referred = (references["rules"] ?? []).filter((urn) => {
        const type = graph.get(urn)?.type;
        return type !== undefined && canonicalType(type) === canonicalType(bucket.type);
      });
      if (referred.length > 0) {
        return referred.includes(bucket.urn);
      }
      const rules = items(properties["rules"]);
      return (rules === UNKNOWN ? [rules] : rules).map((rule) => {
        if (isRecord(rule) && rule["status"] === "Disabled") return false;
        const destination = isRecord(rule) ? read(rule, "destination.bucket") : rule;
        const named = typeof destination === "string" && destination.endsWith(arn);
        return destination === UNKNOWN || isUnnamed(bucket) ? UNKNOWN : named;
      });
    });
  return answers.includes(true) || (answers.includes(UNKNOWN) ? UNKNOWN : false);
}

/** `property[0]`, `property[1]` and so on for the items of a list; an unknown list is reported. */
export function itemPaths(
  properties: Properties,
  property: string,
  report: Pick<Report, "undecided">,
): readonly string[] {
  const list = items(read(properties, property));
  if (list === UNKNOWN) {
    report.undecided(property);
    return [];
  }
  return list.map((_, index) => `${property}[${index}]`);
}

const expressions = new Map<string, RegExp>();

/** Whether a text matches one of these regular expressions. */
export function fits(text: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    let expression = expressions.get(pattern);
    if (expression === undefined) {
      expression = new RegExp(pattern);
      expressions.set(pattern, expression);
    }
    return expression.test(text);
  });
}

/** A resource's physical name by a property, else its name in the program. */
export function nameOf(node: { name: string; properties: Properties }, property = "name"): string {
  const name = read(node.properties, property);
  return typeof name === "string" ? name : node.name;
}

/** On what a rule reports a finding about no resource in particular: the stack itself, else its first resource. */
export function rootOf(graph: StackGraph): Node | undefined {
  return graph.ofType(STACK_TYPE)[0] ?? graph.nodes[0];
}

/** Whether the stack is one of those that a rule's setting `stacks` names by regular expression. */
export function inStacks(patterns: readonly string[]): boolean {
  return fits(getStack(), patterns);
}

/** A rule that requires one value of one property. */
export function propertyRule(
  rule: Omit<ResourceRule, "check"> & {
    readonly property: string;
    readonly accepts: (value: unknown) => boolean;
    /** Completes the sentence, for example `set it to true`. */
    readonly fix: string;
  },
): Rule {
  const { property, accepts, fix, ...info } = rule;
  return resourceRule({
    ...info,
    check: (subject, report) => expect(subject, report, property, accepts, fix),
  });
}

/** A rule that one of some properties is set. */
export function setRule(
  rule: Omit<ResourceRule, "check"> & {
    readonly paths: readonly string[];
    /** Completes the sentence, for example `name a role`. */
    readonly fix: string;
  },
): Rule {
  const { paths, fix, ...info } = rule;
  return resourceRule({
    ...info,
    check({ properties }, report) {
      if (!paths.some((path) => isSet(properties, path))) {
        report.violation(
          `${paths.join(" and ")} ${paths.length > 1 ? "are" : "is"} not set; ${fix}.`,
        );
      }
    },
  });
}

/** Accepts a non-empty text. */
export const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

/** Whether a property has a value, even one that is not known yet. */
export function isSet(properties: Properties, path: string): boolean {
  const value = read(properties, path);
  return value !== undefined && value !== "";
}
