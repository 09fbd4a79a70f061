/** No database or cache is reachable from outside the platform. */
import type { Node, StackGraph } from "../../analysis/graph";
import { isRecord, items, known, read, shown, UNKNOWN } from "../../analysis/properties";
import {
  coversPort,
  isAnywhere,
  type NormalRule,
  securityGroupRules,
} from "../../analysis/security-group-rules";
import { databaseEngine } from "../../facts/database-engines";
import { NETWORK_PLACES } from "../../facts/network-places";
import { EXPOSURES, opensWith } from "../../facts/public-exposure";
import { CACHE_PORTS, CLUSTER_PORTS } from "../../facts/store-ports";
import { SECURITY_GROUPS, SNAPSHOT_ACCOUNTS } from "../../facts/type-properties";
import { expect, type Report, resourceRule, type Rule, stackRule } from "../define";
import { outsidePlan, reportForeign } from "../relations";
import { united } from "../table-rules";
import { PUBLIC_CONTROLS } from "./data-controls";
import { isReplica } from "./database-relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";

/** Where a public address is the switch, and not that of a server. */
const SWITCHES = EXPOSURES.filter(({ property }) => property === "publiclyAccessible");

/** Where the subnets are those of a group, of what the controls of the rule name: RDS and ElastiCache. */
const PLACES = Object.entries(NETWORK_PLACES.types).flatMap(([type, { subnets, group }]) =>
  group !== undefined && /^aws:(rds|elasticache)\//.test(type)
    ? [{ type, property: subnets, group }]
    : [],
);

const noPublicAccess = resourceRule({
  id: "rds-no-public-access",
  description: "A database has no public IP address.",
  severity: "critical",
  controls: united(Object.values(PUBLIC_CONTROLS)),
  remediation: "Set publiclyAccessible to false.",
  url: `${GUIDE}/rds-controls.html#rds-2`,
  types: SWITCHES.map(({ type }) => type),
  check(subject, report) {
    const row = SWITCHES.find(({ type }) => type === subject.type)!;
    const accepts = (value: unknown) => !opensWith(row, value);
    const breaks = PUBLIC_CONTROLS[subject.type] ?? {};
    expect(subject, report, row.property, accepts, "set it to false", () => breaks);
  },
});

const privateSubnets = stackRule({
  id: "rds-in-private-subnet-group",
  description: "A database or cache uses private subnets.",
  severity: "critical",
  controls: { securityHub: ["RDS.46", "ElastiCache.7"], cdkNag: ["AEC1"] },
  remediation: "Use a subnet group whose subnets have no route to an internet gateway.",
  url: `${GUIDE}/rds-controls.html#rds-46`,
  check(graph, reportOn) {
    const exposed = new Set(publicSubnets(graph));
    for (const place of PLACES) {
      for (const node of graph.ofType(place.type)) {
        judgePlace(graph, node, place, exposed, reportOn(node));
      }
    }
  },
});

function judgePlace(
  graph: StackGraph,
  node: Node,
  place: (typeof PLACES)[number],
  exposed: ReadonlySet<Node>,
  report: Report,
): void {
  const groups = graph.referred(node, place.property, place.group);
  if (groups === UNKNOWN) {
    const outside = graph.external(node, place.property, place.group);
    report.undecided(place.property, outsidePlan(outside));
    return;
  }
  if (groups.length === 0) {
    const inherits = isReplica(node);
    if (!inherits && read(node.properties, place.property) === undefined) {
      report.violation(`${place.property} is not set, which means the default VPC; set it.`);
    }
    return;
  }
  for (const group of groups) {
    const subnets = graph.referred(group, "subnetIds", "aws:ec2/subnet:Subnet");
    const others = graph.external(group, "subnetIds", "aws:ec2/subnet:Subnet");
    if (others.length > 0) {
      report.undecided(`whether ${group.name} has private subnets only`, outsidePlan(others));
    } else if (subnets === UNKNOWN) {
      report.undecided(`subnetIds of ${group.name}`);
    }
    if (subnets === UNKNOWN) {
      continue;
    }
    const open = subnets.filter((subnet) => exposed.has(subnet));
    // While a component's list of subnets is not known, it refers to all subnets of the component, of all tiers.
    // A list that names its items one by one refers to these items only.
    const given = group.properties["subnetIds"];
    const exact = Array.isArray(given) && subnets.length <= given.length;
    if (open.length > 0 && (exact || open.length === subnets.length)) {
      report.violation(
        `${place.property} refers to ${group.name}, with subnets that are routed to an internet gateway (${open.map(({ name }) => name).join(", ")}); use private ones.`,
      );
    } else if (open.length > 0 && read(node.properties, "publiclyAccessible") === UNKNOWN) {
      // Without a public address no tier is reachable; rds-no-public-access judges that.
      report.undecided("publiclyAccessible");
    }
  }
}

/** Subnets with a default route to an internet gateway, or that assign public addresses. */
export function publicSubnets(graph: StackGraph): Node[] {
  const routed = new Set([
    ...graph
      .ofType("aws:ec2/route:Route")
      .filter((route) => leadsToInternet(route.properties) && reachesGateway(graph, route))
      .flatMap((route) =>
        TABLES.flatMap((type) => nodes(graph.referred(route, "routeTableId", type))),
      ),
    ...graph
      .ofType(...TABLES)
      .filter((table) => nodes(items(table.properties["routes"])).some(isInternetRoute)),
  ]);
  const associations = graph.ofType("aws:ec2/routeTableAssociation:RouteTableAssociation");
  const subnetsOf = (association: Node) =>
    nodes(graph.referred(association, "subnetId", "aws:ec2/subnet:Subnet"));
  const tablesOf = (association: Node) =>
    TABLES.flatMap((type) => nodes(graph.referred(association, "routeTableId", type)));
  const associated = associations
    .filter((association) => tablesOf(association).some((table) => routed.has(table)))
    .flatMap(subnetsOf);
  const elsewhere = new Set(associations.flatMap(subnetsOf));
  // A subnet without an association uses the VPC's main table.
  const main = [
    ...graph.ofType("aws:ec2/defaultRouteTable:DefaultRouteTable"),
    ...graph
      .ofType("aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation")
      .flatMap(tablesOf),
  ].some((table) => routed.has(table));
  const byDefault = graph
    .ofType("aws:ec2/subnet:Subnet")
    .filter(
      (subnet) =>
        read(subnet.properties, "mapPublicIpOnLaunch") === true || (main && !elsewhere.has(subnet)),
    );
  return [...new Set([...associated, ...byDefault])];
}

const TABLES = [
  "aws:ec2/routeTable:RouteTable",
  "aws:ec2/defaultRouteTable:DefaultRouteTable",
] as const;

function leadsToInternet(route: Readonly<Record<string, unknown>>): boolean {
  const destinations = [
    route["destinationCidrBlock"],
    route["destinationIpv6CidrBlock"],
    route["cidrBlock"],
    route["ipv6CidrBlock"],
  ];
  return destinations.some((value) => typeof value === "string" && isAnywhere(value));
}

function reachesGateway(graph: StackGraph, route: Node): boolean {
  const gateways = graph.referred(route, "gatewayId", "aws:ec2/internetGateway:InternetGateway");
  if (gateways !== UNKNOWN) {
    return gateways.length > 0;
  }
  // An id that is not known and comes from another resource is that of a VPN gateway.
  return isInternetGateway(route.properties["gatewayId"]) && !route.references["gatewayId"]?.length;
}

function isInternetRoute(route: unknown): boolean {
  return isRecord(route) && leadsToInternet(route) && isInternetGateway(route["gatewayId"]);
}

/** By its id; one that is not known yet counts. */
function isInternetGateway(id: unknown): boolean {
  const gateway = known(id);
  return gateway === UNKNOWN || (typeof gateway === "string" && gateway.startsWith("igw-"));
}

function nodes<T>(list: readonly T[] | typeof UNKNOWN): readonly T[] {
  return list === UNKNOWN ? [] : list;
}

/** Data stores with security groups, with their default port. */
const LISTENERS: Readonly<Record<string, (node: Node) => number>> = {
  "aws:rds/instance:Instance": databasePort,
  "aws:rds/cluster:Cluster": databasePort,
  ...Object.fromEntries(
    Object.entries(CLUSTER_PORTS).map(([type, { port }]) => [type, () => port]),
  ),
  "aws:elasticache/replicationGroup:ReplicationGroup": () => CACHE_PORTS.redis,
  "aws:elasticache/cluster:Cluster": (node) =>
    read(node.properties, "engine") === "memcached" ? CACHE_PORTS.memcached : CACHE_PORTS.redis,
};

function databasePort(node: Node): number {
  return databaseEngine(String(read(node.properties, "engine"))).port;
}

interface AllowedGroups {
  /** Regular expressions for the names of the groups that may connect; empty: any group of the stack. */
  readonly allowedGroups: string[];
}

const onlyFromApplication = stackRule<AllowedGroups>({
  id: "db-sg-only-from-app-sg",
  description:
    "A database or cache accepts connections only from the application's security groups.",
  severity: "critical",
  controls: { securityHub: ["EC2.18", "EC2.19"] },
  remediation:
    "Set the rule's source to the tasks' security group, on the engine's port; do not use addresses or prefix lists.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html",
  defaults: { allowedGroups: ["ecs", "functions", "tasks", "app", "lambda"] },
  check(graph, reportOn, config) {
    const rules = securityGroupRules(graph).filter(({ direction }) => direction === "ingress");
    for (const [type, port] of Object.entries(LISTENERS)) {
      const property = SECURITY_GROUPS.properties[type]!;
      for (const node of graph.ofType(type)) {
        const groups = graph.referred(node, property, GROUP);
        reportForeign(graph, node, property, reportOn(node));
        if (groups === UNKNOWN) {
          if (graph.external(node, property, GROUP).length === 0) {
            reportOn(node).undecided(property);
          }
          continue;
        }
        if (groups.length === 0 && read(node.properties, property) === undefined) {
          reportOn(node).violation(
            `${property} is not set, which means the default group; set it.`,
          );
        }
        const own = read(node.properties, "port");
        const listens = typeof own === "number" ? own : port(node);
        for (const rule of rulesOf(rules, groups)) {
          judgeSource(node, rule, listens, config, reportOn(rule.node));
        }
      }
    }
  },
});

/** Rules of these groups; one whose group is not known counts too. */
function rulesOf(rules: readonly NormalRule[], groups: readonly Node[]): NormalRule[] {
  return rules.filter(
    (rule) => rule.groups === UNKNOWN || rule.groups.some((group) => groups.includes(group)),
  );
}

function judgeSource(
  database: Node,
  rule: NormalRule,
  port: number,
  config: AllowedGroups,
  report: Report,
): void {
  const covers = coversPort(rule, port);
  if (covers === false) {
    return;
  }
  if (covers === UNKNOWN || rule.groups === UNKNOWN) {
    report.undecided("the port or the group of the rule");
    return;
  }
  const where = `${database.name} (port ${port})`;
  if (rule.networks === UNKNOWN) {
    report.undecided("the networks of the rule");
  } else {
    for (const network of rule.networks) {
      const what = isAnywhere(network) ? "the whole internet" : `the network ${network}`;
      report.violation(`it opens ${where} to ${what}; name the tasks' security group instead.`);
    }
  }
  if (rule.prefixLists === UNKNOWN || rule.prefixLists.length > 0) {
    report.violation(`it opens ${where} to a prefix list; name the tasks' security group instead.`);
  }
  if (rule.peers === UNKNOWN) {
    report.undecided("the source group of the rule");
  } else {
    for (const peer of rule.peers.filter(({ name }) => !isAllowed(name, config))) {
      report.violation(
        `it opens ${where} to the group ${peer.name}, which is not one of the application's; remove it or add it to the rule's setting allowedGroups.`,
      );
    }
  }
  if (rule.protocol === "all") {
    report.violation(`it opens all ports of ${where}; name port ${port}.`);
  }
}

function isAllowed(name: string, { allowedGroups }: AllowedGroups): boolean {
  return (
    allowedGroups.length === 0 ||
    allowedGroups.some((pattern) => new RegExp(`(^|[^a-z])(${pattern})([^a-z]|$)`, "i").test(name))
  );
}

const snapshotsPrivate = resourceRule({
  id: "rds-snapshot-not-public",
  description: "A database snapshot is not public.",
  severity: "critical",
  controls: { securityHub: ["RDS.1"] },
  remediation: 'Remove "all" from sharedAccounts.',
  url: `${GUIDE}/rds-controls.html#rds-1`,
  types: Object.keys(SNAPSHOT_ACCOUNTS.properties),
  check(subject, report) {
    const property = SNAPSHOT_ACCOUNTS.properties[subject.type]!;
    const accounts = items(subject.properties[property]);
    if (accounts === UNKNOWN) {
      report.undecided(property);
    } else if (accounts.includes("all")) {
      report.violation(
        `${property} has "all", which lets every AWS account restore the snapshot; remove it.`,
      );
    } else if (accounts.includes(UNKNOWN)) {
      report.undecided(property);
    }
  },
});

const managedPasswordReplica = stackRule({
  id: "rds-managed-password-no-replica",
  description: "A database with a read replica does not use an RDS-managed password.",
  severity: "high",
  remediation:
    "Use passwordWo with a secret of your own: AWS refuses a read replica of an instance with manageMasterUserPassword.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations",
  check(graph, reportOn) {
    for (const replica of graph.ofType("aws:rds/instance:Instance")) {
      if (read(replica.properties, "replicateSourceDb") === undefined) {
        continue;
      }
      const sources = graph.referred(replica, "replicateSourceDb", "aws:rds/instance:Instance");
      for (const source of sources === UNKNOWN ? [] : sources) {
        const engine = read(source.properties, "engine");
        const managed = read(source.properties, "manageMasterUserPassword");
        if (managed === UNKNOWN) {
          reportOn(source).undecided("manageMasterUserPassword");
        } else if (managed === true && !/^(custom-)?sqlserver/.test(String(engine))) {
          reportOn(source).violation(
            `manageMasterUserPassword is ${shown(managed)} and ${replica.name} is its replica; use passwordWo.`,
          );
        }
      }
    }
  },
});

export const publicDatabaseRules: readonly Rule[] = [
  noPublicAccess,
  privateSubnets,
  onlyFromApplication,
  snapshotsPrivate,
  managedPasswordReplica,
];
