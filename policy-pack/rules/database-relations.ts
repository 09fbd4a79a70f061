/** What a database has in other resources: parameters, replicas, backups, event subscriptions. */
import { counted } from "../../analysis/counted";
import type { Node, StackGraph } from "../../analysis/graph";
import { regionOf } from "../../analysis/plan/regions";
import { items, known, read, UNKNOWN } from "../../analysis/properties";
import { DATABASE_EVENTS } from "../../facts/security-hub";
import { expect, isNotTrue, isTrue, type Report, type Rule, stackRule } from "../define";
import { records } from "../lists";
import { isUnnamed, outsidePlan } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const INSTANCE = "aws:rds/instance:Instance";

/** A replica takes its standby, backups and master user from its source. */
export function isReplica({ properties }: Pick<Node, "properties">): boolean {
  return read(properties, "replicateSourceDb") !== undefined;
}

/** Whether an instance belongs to an Aurora cluster, whose own settings meet these rules. */
export function isMember({ properties }: Pick<Node, "properties">): boolean {
  return String(read(properties, "engine")).startsWith("aurora");
}

/**
 * Engine and version of an instance: its own; for a replica its source's; else those of its parameter group's family, which
 * the name of AWS's own groups has as well (`default.postgres16`). A replica of a database outside the stack that has neither
 * counts as PostgreSQL. Without a version AWS chooses it.
 */
export function engineOf(
  graph: StackGraph,
  node: Node,
  groups: readonly Node[],
  property = "parameterGroupName",
): { engine: unknown; version: unknown } {
  const sources = graph.referred(node, "replicateSourceDb", INSTANCE);
  const [source] = sources === UNKNOWN ? [] : sources;
  const of = (property: string) =>
    read(node.properties, property) ?? (source && read(source.properties, property));
  const named = /^default\.(.+)$/.exec(String(read(node.properties, property)))?.[1];
  const family = groups[0] ? read(groups[0].properties, "family") : named;
  const ofFamily = typeof family === "string" ? /\d+(\.\d+)?$/.exec(family)?.[0] : family;
  return {
    engine: of("engine") ?? family ?? (isReplica(node) ? "postgres" : undefined),
    version: of("engineVersion") ?? ofFamily,
  };
}

/** Parameters that make PostgreSQL log schema changes and slow statements. */
const LOGGING = ["log_statement", "log_min_duration_statement"];

const queryLogging = stackRule({
  id: "rds-query-logging",
  description: "A database logs schema changes and slow statements.",
  severity: "low",
  controls: { checkov: ["CKV2_AWS_30"] },
  remediation: "Set log_statement and log_min_duration_statement in its parameter group.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html",
  check(graph, reportOn) {
    const type = "aws:rds/parameterGroup:ParameterGroup";
    for (const node of graph.ofType(INSTANCE)) {
      const report = reportOn(node);
      const groups = graph.referred(node, "parameterGroupName", type);
      const { engine } = engineOf(graph, node, groups === UNKNOWN ? [] : groups);
      if (engine === UNKNOWN) {
        report.undecided("engine");
        continue;
      }
      if (!/^postgres/.test(String(engine))) {
        continue;
      }
      if (groups === UNKNOWN) {
        const outside = graph.external(node, "parameterGroupName", type);
        report.undecided("parameterGroupName", outsidePlan(outside));
        continue;
      }
      const parameters = groups.flatMap((group) =>
        records(group.properties["parameters"], `parameters of ${group.name}`, report),
      );
      const value = (name: string) =>
        parameters
          .filter((parameter) => read(parameter, "name") === name)
          .map((parameter) => read(parameter, "value"))[0];
      const absent = LOGGING.filter((name) => {
        const setting = value(name);
        return setting === undefined || setting === "none" || setting === "-1";
      });
      if (absent.length > 0 && !groups.some(isListUnknown)) {
        report.violation(
          `parameterGroupName refers to no group that sets ${absent.join(" and ")}; add the parameter.`,
        );
      }
    }
  },
});

function isListUnknown({ properties }: Node): boolean {
  const list = items(properties["parameters"]);
  return list === UNKNOWN || list.includes(UNKNOWN);
}

const eventSubscriptions = stackRule({
  id: "rds-event-subscriptions",
  description:
    "Event subscriptions cover a database's failures, maintenance and parameter changes. DB security groups, a part of EC2-Classic, no longer exist.",
  severity: "low",
  controls: { securityHub: ["RDS.20", "RDS.21", "RDS.22"] },
  remediation: "Add an aws.rds.EventSubscription for the source type with these categories.",
  url: `${GUIDE}/rds-controls.html#rds-20`,
  check(graph, reportOn) {
    const [first] = graph.ofType(INSTANCE);
    if (first === undefined) {
      return;
    }
    const subscriptions = graph
      .ofType("aws:rds/eventSubscription:EventSubscription")
      .filter(({ properties }) => read(properties, "enabled") !== false);
    for (const [source, categories] of Object.entries(DATABASE_EVENTS.categories)) {
      // A subscription without a source type or categories covers all.
      const about = subscriptions.filter(({ properties }) =>
        [undefined, source, UNKNOWN].includes(read(properties, "sourceType") as string | undefined),
      );
      const heard = about.map(({ properties }) => items(properties["eventCategories"]));
      const all = heard.some((list) => list !== UNKNOWN && list.length === 0);
      const absent = categories.filter(
        (category) => !heard.some((list) => list !== UNKNOWN && list.includes(category)),
      );
      const unknown =
        heard.includes(UNKNOWN) ||
        about.some(({ properties }) => read(properties, "sourceType") === UNKNOWN);
      if (all || absent.length === 0) {
        continue;
      }
      if (unknown) {
        reportOn(first).undecided("sourceType or eventCategories of an EventSubscription");
      } else {
        reportOn(first).violation(
          `no EventSubscription covers ${absent.join(", ")} of a ${source}; add one.`,
        );
      }
    }
  },
});

const backupPlan = stackRule({
  id: "rds-in-backup-plan",
  description:
    "AWS Backup stores copies of a database outside RDS, which outlive RDS's own backups.",
  severity: "medium",
  controls: { securityHub: ["RDS.26"] },
  remediation: "Name the database, or a tag of it, in an aws.backup.Selection.",
  url: `${GUIDE}/rds-controls.html#rds-26`,
  check(graph, reportOn) {
    const selections = graph.ofType("aws:backup/selection:Selection");
    for (const node of graph.ofType(INSTANCE).filter((instance) => !isReplica(instance))) {
      const selected = selections.map((selection) => selects(graph, selection, node));
      if (selected.includes(true)) {
        continue;
      }
      if (selected.includes(UNKNOWN)) {
        reportOn(node).undecided("resources or selectionTags of a backup selection");
      } else {
        reportOn(node).violation("no aws.backup.Selection names it; add it to one.");
      }
    }
  },
});

/** Whether a selection matches a database, by ARN, pattern, reference or tag. */
function selects(graph: StackGraph, selection: Node, node: Node): boolean | typeof UNKNOWN {
  const { properties } = selection;
  const resources = items(properties["resources"]);
  const tags = items(properties["selectionTags"]);
  const identifier = read(node.properties, "identifier");
  const named =
    resources !== UNKNOWN &&
    resources.some((arn) => {
      const pattern = typeof arn === "string" ? arn : "";
      return (
        /^(\*|arn:[^:]*:rds:[^:]*:[^:]*:(db:)?\*)$/.test(pattern) ||
        (typeof identifier === "string" && pattern.endsWith(`:db:${identifier}`))
      );
    });
  const referred = graph.referred(selection, "resources", INSTANCE);
  const tagged =
    tags !== UNKNOWN &&
    tags.some((tag) => {
      const [key, value] = [read({ tag }, "tag.key"), read({ tag }, "tag.value")];
      return typeof key === "string" && read(node.properties, `tags.${key}`) === value;
    });
  if (named || tagged || (referred !== UNKNOWN && referred.includes(node))) {
    return true;
  }
  const unknown =
    resources === UNKNOWN ||
    tags === UNKNOWN ||
    resources.includes(UNKNOWN) ||
    tags.includes(UNKNOWN) ||
    (isUnnamed(node) && resources.some((arn) => /^arn:[^:]*:rds:.*:db:/.test(String(arn)))) ||
    (tags.length > 0 && known(node.properties["tags"]) === UNKNOWN);
  return unknown ? UNKNOWN : false;
}

interface Replicas {
  /** Minimum number of replicas of a database. */
  readonly minimumReplicas: number;
}

const replicaHardened = stackRule<Replicas>({
  id: "rds-replica-hardened",
  description: "A database has a replica with the same protection.",
  severity: "high",
  remediation:
    "Give the replica deletionProtection and, in another region, that region's kmsKeyId; no public address.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html",
  defaults: { minimumReplicas: 1 },
  check(graph, reportOn, { minimumReplicas }) {
    const instances = graph.ofType(INSTANCE);
    for (const replica of instances.filter(isReplica)) {
      judgeReplica(replica, reportOn(replica));
    }
    for (const primary of instances.filter((node) => !isReplica(node))) {
      const replicas = graph.referring(primary, INSTANCE, "replicateSourceDb");
      // A replica that names its source by ARN matches by the identifier at the end of the ARN.
      const identifier = read(primary.properties, "identifier");
      const byArn = instances.filter(({ properties }) => {
        const source = read(properties, "replicateSourceDb");
        return typeof source === "string" && source.endsWith(`:db:${String(identifier)}`);
      });
      const count = new Set([...replicas, ...byArn]).size;
      if (count < minimumReplicas && isPostgres(primary)) {
        if (graph.unplaced(INSTANCE, "replicateSourceDb", INSTANCE).length > 0) {
          reportOn(primary).undecided("the replicateSourceDb of a replica");
        } else {
          reportOn(primary).violation(
            `it has ${counted(count, "replica")}; add one with replicateSourceDb.`,
          );
        }
      }
    }
  },
});

function isPostgres({ properties }: Node): boolean {
  return read(properties, "engine") === "postgres";
}

function judgeReplica(replica: Node, report: Report): void {
  expect(replica, report, "publiclyAccessible", isNotTrue, "set it to false");
  expect(replica, report, "deletionProtection", isTrue, "set it to true");
  const source = read(replica.properties, "replicateSourceDb");
  const region = typeof source === "string" ? source.split(":")[3] : undefined;
  const own = regionOf(replica);
  const elsewhere = region !== undefined && typeof own === "string" && region !== own;
  if (elsewhere && read(replica.properties, "kmsKeyId") === undefined) {
    report.violation(`kmsKeyId is not set; name a key of ${own}, as the source's is in ${region}.`);
  }
}

export const databaseRelationRules: readonly Rule[] = [
  queryLogging,
  eventSubscriptions,
  backupPlan,
  replicaHardened,
];
