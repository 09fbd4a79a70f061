/** Programs with the address of a database or cache can connect to it. */
import type { Node, StackGraph } from "../../analysis/graph";
import { items, known, read, UNKNOWN } from "../../analysis/properties";
import {
  coversPort,
  isAnywhere,
  type NormalRule,
  securityGroupRules,
} from "../../analysis/security-group-rules";
import { databaseEngine } from "../../facts/database-engines";
import { CACHE_PORTS } from "../../facts/store-ports";
import { SECURITY_GROUPS } from "../../facts/type-properties";
import { type Report, type Rule, stackRule } from "../define";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";

/** Stores, with their default port. */
const STORES: Readonly<Record<string, (node: Node) => number>> = {
  "aws:rds/instance:Instance": (node) =>
    databaseEngine(String(read(node.properties, "engine"))).port,
  "aws:elasticache/replicationGroup:ReplicationGroup": () => CACHE_PORTS.redis,
};

/** Where a program gets an address. */
const CARRIERS: Readonly<Record<string, string>> = {
  "aws:ssm/parameter:Parameter": "value",
  "aws:secretsmanager/secretVersion:SecretVersion": "secretString",
};

/** Workloads with security groups, with the properties of their groups and of their environment. */
const READERS: Readonly<Record<string, { groups: string; given: string }>> = {
  "aws:ecs/taskDefinition:TaskDefinition": { groups: "", given: "containerDefinitions" },
  "aws:lambda/function:Function": { groups: "vpcConfig", given: "environment" },
};

/** A program with the address of a store, and the groups that it runs in. */
interface Connection {
  readonly reader: Node;
  readonly groups: readonly Node[] | typeof UNKNOWN;
  readonly store: Node;
}

const reachable = stackRule({
  id: "store-connection-possible",
  description:
    "A workload with the address of a database or cache of the stack can connect to it: both security groups allow the store's port.",
  severity: "high",
  remediation:
    "Allow the store's port in the egress rules of the tasks' or functions' group and in the ingress rules of the store's group; change both rules when the port changes.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html",
  check(graph, reportOn) {
    const rules = securityGroupRules(graph);
    for (const connection of connections(graph)) {
      judge(graph, connection, rules, reportOn(connection.reader));
    }
  },
});

function judge(
  graph: StackGraph,
  { groups, store }: Connection,
  rules: readonly NormalRule[],
  report: Report,
): void {
  const accepting = graph.referred(store, SECURITY_GROUPS.properties[store.type]!, GROUP);
  const port = known(store.properties["port"]) ?? STORES[store.type]!(store);
  if (groups === UNKNOWN || accepting === UNKNOWN || port === UNKNOWN) {
    report.undecided(`the groups or the port between it and ${store.name}`);
    return;
  }
  if (groups.length === 0 || accepting.length === 0) {
    return; // The default group, which other rules are about.
  }
  const out = lets(rules, "egress", groups, accepting, Number(port));
  const into = lets(rules, "ingress", accepting, groups, Number(port));
  if (out === false || into === false) {
    const missing = [
      ...(out === false ? [`${names(groups)} allows no egress to it`] : []),
      ...(into === false ? [`${names(accepting)} allows no ingress from it`] : []),
    ];
    report.violation(
      `it gets the address of ${store.name}, which listens on port ${Number(port)}, but ${missing.join(" and ")} on that port; add the rule.`,
    );
  } else if (out === UNKNOWN || into === UNKNOWN) {
    report.undecided(`the rules between it and ${store.name}`);
  }
}

/** Whether one of the groups' rules allows a port to or from one of the others. */
function lets(
  rules: readonly NormalRule[],
  direction: NormalRule["direction"],
  own: readonly Node[],
  others: readonly Node[],
  port: number,
): boolean | typeof UNKNOWN {
  const answers = rules
    .filter((rule) => rule.direction === direction)
    .map((rule): boolean | typeof UNKNOWN => {
      const ofOwn =
        rule.groups === UNKNOWN ? UNKNOWN : rule.groups.some((group) => own.includes(group));
      const covers = coversPort(rule, port);
      const meets = meetsPeer(rule, others);
      const all = [ofOwn, covers, meets];
      return all.includes(false) ? false : all.includes(UNKNOWN) ? UNKNOWN : true;
    });
  return answers.includes(true) || (answers.includes(UNKNOWN) ? UNKNOWN : false);
}

/** By group, or by network: one of addresses may be theirs. */
function meetsPeer(rule: NormalRule, others: readonly Node[]): boolean | typeof UNKNOWN {
  const { peers, networks, prefixLists, self, groups } = rule;
  const ownToo = self && groups !== UNKNOWN && groups.some((group) => others.includes(group));
  if (ownToo || (peers !== UNKNOWN && peers.some((peer) => others.includes(peer)))) {
    return true;
  }
  if (networks !== UNKNOWN && networks.some(isAnywhere)) {
    return true;
  }
  const byAddress = networks === UNKNOWN || networks.length > 0;
  const byList = prefixLists === UNKNOWN || prefixLists.length > 0;
  return peers === UNKNOWN || byAddress || byList ? UNKNOWN : false;
}

function connections(graph: StackGraph): Connection[] {
  const addresses = Object.entries(CARRIERS).flatMap(([type, property]) =>
    graph.ofType(type).flatMap((carrier) =>
      Object.keys(STORES)
        .flatMap((store) => graph.ofType(store))
        .filter(({ urn }) => (carrier.references[property] ?? []).includes(urn))
        .map((store) => ({ carrier, store })),
    ),
  );
  return Object.entries(READERS).flatMap(([type, { groups, given }]) =>
    graph
      .ofType(type)
      .flatMap((reader) =>
        addresses
          .filter(({ carrier }) => isHanded(reader, given, carrier))
          .flatMap(({ store }) => running(graph, reader, groups).map((of) => ({ ...of, store }))),
      ),
  );
}

/** By reference, or by the carrier's name as the end of an ARN or alone. */
function isHanded(reader: Node, property: string, carrier: Node): boolean {
  if ((reader.references[property] ?? []).includes(carrier.urn)) {
    return true;
  }
  const name = known(carrier.properties["name"]);
  const given = known(reader.properties[property]);
  const text = typeof given === "string" ? given : (JSON.stringify(given) ?? "");
  return (
    typeof name === "string" &&
    name !== "" &&
    (text.includes(`${name}"`) || text.includes(`${name}:`))
  );
}

/** The services that run a task definition, or the function itself, each with its groups. */
function running(
  graph: StackGraph,
  reader: Node,
  groups: string,
): Pick<Connection, "reader" | "groups">[] {
  if (groups !== "") {
    const inNetwork = items(reader.properties[groups]);
    return inNetwork !== UNKNOWN && inNetwork.length === 0
      ? []
      : [{ reader, groups: graph.referred(reader, groups, GROUP) }];
  }
  return graph.referring(reader, "aws:ecs/service:Service", "taskDefinition").map((service) => ({
    reader: service,
    groups: graph.referred(service, "networkConfiguration", GROUP),
  }));
}

function names(groups: readonly Node[]): string {
  return groups.map(({ name }) => name).join(", ");
}

export const storeConnectionRules: readonly Rule[] = [reachable];
