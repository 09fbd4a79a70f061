/** Databases refuse connections that are not encrypted. */
import type { Node, StackGraph } from "../../analysis/graph";
import { isRecord, items, known, read, UNKNOWN } from "../../analysis/properties";
import { TLS_PARAMETERS, type TlsParameter } from "../../facts/database-engines";
import { type Controls, type Report, stackRule } from "../define";
import { engineOf } from "./database-relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const INSTANCE = "aws:rds/instance:Instance";

/** Types of databases, each with the property that names its parameter group, and the group's type. */
const DATABASES = [
  [INSTANCE, "parameterGroupName", "aws:rds/parameterGroup:ParameterGroup"],
  [
    "aws:rds/cluster:Cluster",
    "dbClusterParameterGroupName",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
  ],
  [
    "aws:docdb/cluster:Cluster",
    "dbClusterParameterGroupName",
    "aws:docdb/clusterParameterGroup:ClusterParameterGroup",
  ],
] as const;

/** The controls about the parameter: those of RDS about instances, one about DocumentDB, none about Aurora. */
const CONTROLS: Readonly<Record<string, Controls | undefined>> = {
  "aws:rds/cluster:Cluster": {},
  "aws:docdb/cluster:Cluster": { securityHub: ["DocumentDB.6"] },
  [INSTANCE]: { securityHub: ["RDS.38", "RDS.39", "RDS.41", "RDS.44"], checkov: ["CKV2_AWS_69"] },
};

export const databaseForcesTls = stackRule({
  id: "rds-force-ssl",
  description: "A database accepts encrypted connections only.",
  severity: "medium",
  controls: {
    securityHub: ["RDS.38", "RDS.39", "RDS.41", "RDS.44", "DocumentDB.6"],
    checkov: ["CKV2_AWS_69"],
  },
  remediation:
    "Give the database a parameter group with rds.force_ssl = 1 (PostgreSQL, SQL Server), require_secure_transport = 1 (MySQL, MariaDB), tls = enabled (DocumentDB) or db2comm = SSL (Db2). For a cluster, that is its cluster parameter group.",
  url: `${GUIDE}/rds-controls.html#rds-38`,
  check(graph, reportOn) {
    for (const database of DATABASES) {
      for (const node of graph.ofType(database[0])) {
        judge(graph, node, database, reportOn(node));
      }
    }
  },
});

function judge(
  graph: StackGraph,
  node: Node,
  [type, property, groupType]: (typeof DATABASES)[number],
  report: Report,
): void {
  // AWS's own groups have what an engine does by default.
  const isDefault = /^default\b/.test(String(read(node.properties, property)));
  const groups = isDefault ? [] : graph.referred(node, property, groupType);
  const found = groups === UNKNOWN ? [] : groups;
  const given = engineOf(graph, node, found, property);
  const engine = given.engine ?? (type.startsWith("aws:docdb/") ? "docdb" : undefined);
  if (typeof engine !== "string") {
    // For example restored from a snapshot: the program does not declare the engine.
    report.undecided("engine");
    return;
  }
  const parameter = TLS_PARAMETERS.engines.find(([name]) => name.test(engine))?.[1];
  if (parameter === undefined || (type === INSTANCE && engine.startsWith("aurora"))) {
    // For Aurora the cluster's parameter group decides.
    return;
  }
  const forced: unknown[] =
    groups === UNKNOWN ? [UNKNOWN] : found.map((group) => forcesTls(group, parameter));
  if (forced.includes(UNKNOWN)) {
    report.undecided(property);
  } else if (forced.includes(false)) {
    report.violation(fault(property, parameter), CONTROLS[type]);
  } else if (!forced.includes(true)) {
    const from = parameter.byDefaultFrom;
    const version = Number.parseFloat(String(given.version));
    if (from === 0 || (from !== undefined && version >= from)) {
      return;
    }
    if (from !== undefined && Number.isNaN(version)) {
      report.undecided("engineVersion, which AWS chooses where it is not set,");
    } else {
      report.violation(fault(property, parameter), CONTROLS[type]);
    }
  }
}

const fault = (property: string, { name, on }: TlsParameter): string =>
  `${property} refers to no group with ${name} = ${name === "tls" ? on[0]! : on[0]!.toUpperCase()}; add that parameter to the group.`;

/** What a group says about TLS: forced, not forced, nothing, or not known. */
function forcesTls(group: Node, { name, on }: TlsParameter): boolean | undefined | typeof UNKNOWN {
  const parameters = items(group.properties["parameters"]);
  if (parameters === UNKNOWN) {
    return UNKNOWN;
  }
  const names = parameters.map((p) => (isRecord(p) ? known(p["name"]) : UNKNOWN));
  const lower = names.map((one) => (typeof one === "string" ? one.toLowerCase() : one));
  const parameter = parameters[lower.indexOf(name)];
  if (!isRecord(parameter)) {
    return names.includes(UNKNOWN) ? UNKNOWN : undefined;
  }
  const value = known(parameter["value"]);
  return value === UNKNOWN ? UNKNOWN : on.includes(String(value).toLowerCase());
}
