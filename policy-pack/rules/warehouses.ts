/** Redshift: clusters and Redshift Serverless. Public access is in public-database.ts, keys in more-keys.ts. */
import { read, UNKNOWN } from "../../analysis/properties";
import { REDSHIFT_TLS, REDSHIFT_USERS } from "../../facts/redshift";
import { CLUSTER_PORTS } from "../../facts/store-ports";
import { type Controls, isNotFalse, isTrue, resourceRule, type Rule, stackRule } from "../define";
import { isSet, propertyRule } from "../relations";
import { companionRule, listRule, parameterHolds, typedRule } from "../table-rules";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const CONTROLS = `${GUIDE}/redshift-controls.html`;
const MANAGEMENT = "https://docs.aws.amazon.com/redshift/latest/mgmt";
const CLUSTER = "aws:redshift/cluster:Cluster";
const GROUP = "aws:redshift/parameterGroup:ParameterGroup";
const WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup";
const NAMESPACE = "aws:redshiftserverless/namespace:Namespace";

const isOn = (value: string) => value === "true";

const groupTls = resourceRule({
  id: "redshift-group-requires-tls",
  description: "A Redshift parameter group requires TLS, as new ones do by default.",
  severity: "medium",
  controls: { securityHub: ["Redshift.2"], cdkNag: ["RS1"], checkov: ["CKV_AWS_105"] },
  remediation:
    'Add the parameter require_ssl with the value "true", or use the family redshift-2.0.',
  url: `${CONTROLS}#redshift-2`,
  types: [GROUP],
  check({ properties }, report) {
    const family = read(properties, "family");
    const byDefault = REDSHIFT_TLS.families.includes(family);
    const parameter = { name: REDSHIFT_TLS.parameter, accepts: isOn, byDefault };
    const holds = parameterHolds(read(properties, "parameters"), parameter);
    if (holds === UNKNOWN || (!holds && family === UNKNOWN)) {
      report.undecided(holds === UNKNOWN ? "parameters" : "family");
    } else if (!holds) {
      report.violation('parameters does not require TLS; set require_ssl to "true".');
    }
  },
});

const clusterTls = stackRule({
  id: "redshift-requires-tls",
  description: "A Redshift cluster uses a parameter group that requires TLS.",
  severity: "medium",
  controls: { securityHub: ["Redshift.2"], cdkNag: ["RS1"] },
  remediation:
    "Remove clusterParameterGroupName, or name a group of the program that requires TLS.",
  url: `${CONTROLS}#redshift-2`,
  check(graph, reportOn) {
    const property = "clusterParameterGroupName";
    for (const node of graph.ofType(CLUSTER)) {
      const name = read(node.properties, property);
      if (name === REDSHIFT_TLS.open) {
        reportOn(node).violation(
          `${property} is AWS's group ${REDSHIFT_TLS.open}, which does not require TLS; name another group.`,
        );
      } else if (
        // A group of the plan is judged by itself; AWS's newer group requires TLS.
        !(typeof name === "string" && name.startsWith("default.")) &&
        graph.referred(node, property, GROUP) === UNKNOWN
      ) {
        reportOn(node).undecided(
          "require_ssl of its parameter group",
          "the plan does not have the group",
        );
      }
    }
  },
});

const workgroupTls = resourceRule({
  id: "redshift-serverless-requires-tls",
  description: "A Redshift Serverless workgroup requires TLS, as new ones do by default.",
  severity: "medium",
  controls: { securityHub: ["RedshiftServerless.2"] },
  remediation: 'Remove require_ssl from configParameters, or set it to "true".',
  url: `${GUIDE}/redshiftserverless-controls.html#redshiftserverless-2`,
  types: [WORKGROUP],
  check({ properties }, report) {
    const holds = parameterHolds(read(properties, "configParameters"), {
      name: REDSHIFT_TLS.parameter,
      accepts: isOn,
      byDefault: true,
      inputs: ["parameterKey", "parameterValue"],
    });
    if (holds === UNKNOWN) {
      report.undecided("configParameters");
    } else if (!holds) {
      report.violation("configParameters has require_ssl off; remove it: the default is true.");
    }
  },
});

const snapshots = typedRule({
  id: "redshift-snapshot-retention",
  description: "A Redshift cluster keeps its automatic snapshots for a week.",
  severity: "medium",
  remediation: "Set automatedSnapshotRetentionPeriod to 7 or more; AWS's default is one day.",
  url: `${CONTROLS}#redshift-3`,
  of: {
    [CLUSTER]: [
      "automatedSnapshotRetentionPeriod",
      { securityHub: ["Redshift.3"], cdkNag: ["RS10"], checkov: ["CKV_AWS_343"] },
    ],
  },
  accepts: (days) => typeof days === "number" && days >= 7,
  fix: "set it to 7 at least",
  // cdk-nag and Checkov ask only for snapshots.
  satisfies: (days) => (days === 0 ? [] : ["RS10", "CKV_AWS_343"]),
});

const logged = companionRule({
  id: "redshift-audit-log",
  description: "A Redshift cluster writes audit logs.",
  severity: "medium",
  controls: { securityHub: ["Redshift.4"], cdkNag: ["RS5"], checkov: ["CKV_AWS_71"] },
  remediation: "Add an aws.redshift.Logging with its clusterIdentifier.",
  url: `${CONTROLS}#redshift-4`,
  of: CLUSTER,
  by: [{ type: "aws:redshift/logging:Logging", property: "clusterIdentifier" }],
  fix: "no aws.redshift.Logging has it as its clusterIdentifier; add one.",
});

const activity = resourceRule({
  id: "redshift-activity-log",
  description: "A Redshift parameter group turns the log of users' statements on.",
  severity: "low",
  controls: { cdkNag: ["RS11"] },
  remediation: 'Add the parameter enable_user_activity_logging with the value "true".',
  url: `${MANAGEMENT}/db-auditing.html`,
  level: "advisory",
  types: [GROUP],
  check({ properties }, report) {
    const name = "enable_user_activity_logging";
    const parameter = { name, accepts: isOn, byDefault: false };
    const holds = parameterHolds(read(properties, "parameters"), parameter);
    if (holds === UNKNOWN) {
      report.undecided("parameters");
    } else if (!holds) {
      report.violation(`parameters does not set ${name}; set it to "true".`);
    }
  },
});

const serverlessLogs = listRule({
  id: "redshift-serverless-logs",
  description: "A Redshift Serverless namespace exports its logs of connections and users.",
  severity: "medium",
  remediation: 'Set logExports to ["connectionlog", "userlog"].',
  url: `${GUIDE}/redshiftserverless-controls.html#redshiftserverless-6`,
  of: { [NAMESPACE]: ["logExports", { securityHub: ["RedshiftServerless.6"] }] },
  wanted: ["connectionlog", "userlog"],
});

const upgrades = propertyRule({
  id: "redshift-version-upgrades",
  description: "A Redshift cluster installs new versions, as by default.",
  severity: "medium",
  controls: { securityHub: ["Redshift.6"], cdkNag: ["RS9"], checkov: ["CKV_AWS_141"] },
  remediation: "Remove allowVersionUpgrade, or set it to true.",
  url: `${CONTROLS}#redshift-6`,
  types: [CLUSTER],
  property: "allowVersionUpgrade",
  accepts: isNotFalse,
  fix: "set it to true",
});

const routing = typedRule({
  id: "redshift-vpc-routing",
  description: "Redshift loads and unloads data through its VPC (enhanced VPC routing).",
  severity: "medium",
  remediation: "Set enhancedVpcRouting to true; the subnets then need a route or endpoint to S3.",
  url: `${CONTROLS}#redshift-7`,
  of: {
    [CLUSTER]: ["enhancedVpcRouting", { securityHub: ["Redshift.7"], checkov: ["CKV_AWS_321"] }],
    [WORKGROUP]: ["enhancedVpcRouting", { securityHub: ["RedshiftServerless.1"] }],
  },
  accepts: isTrue,
  fix: "set it to true",
});

const multiZone = propertyRule({
  id: "redshift-multi-az",
  description: "A Redshift cluster has nodes in two zones.",
  severity: "medium",
  controls: { securityHub: ["Redshift.18"] },
  remediation: "Set multiAz to true.",
  url: `${CONTROLS}#redshift-18`,
  types: [CLUSTER],
  property: "multiAz",
  accepts: isTrue,
  fix: "set it to true",
});

/** The property with the master user's name, the name of Security Hub's control, and the control. */
const USERS: Readonly<Record<string, readonly [string, string, string]>> = {
  [CLUSTER]: ["masterUsername", REDSHIFT_USERS.cluster, "Redshift.8"],
  [NAMESPACE]: ["adminUsername", REDSHIFT_USERS.serverless, "RedshiftServerless.5"],
};

const userName = resourceRule({
  id: "redshift-custom-admin-name",
  description: "Redshift's master user has no well-known name.",
  severity: "medium",
  controls: {
    securityHub: ["Redshift.8", "RedshiftServerless.5"],
    cdkNag: ["RS3"],
    checkov: ["CKV_AWS_391"],
  },
  remediation: "Choose another name; a change replaces the cluster.",
  url: `${CONTROLS}#redshift-8`,
  types: Object.keys(USERS),
  check({ type, properties }, report) {
    const [property, suggested, control] = USERS[type]!;
    const name = read(properties, property);
    if (name === UNKNOWN) {
      report.undecided(property);
    } else if (REDSHIFT_USERS.common.includes(name)) {
      // Checkov: such a name matters where the cluster is public, and wants it said that it is not.
      const isPublic = type === CLUSTER && read(properties, "publiclyAccessible") !== false;
      const isSuggested = name === suggested;
      const breaks: Controls = {
        securityHub: isSuggested ? [control] : [],
        cdkNag: isSuggested && type === CLUSTER ? ["RS3"] : [],
        checkov: isPublic ? ["CKV_AWS_391"] : [],
      };
      report.violation(`${property} is a well-known name; choose another.`, breaks);
    }
  },
});

const names = [
  propertyRule({
    id: "redshift-custom-database-name",
    description:
      "A Redshift cluster's database has a name of its own. Advisory: rights decide who may read it, not its name.",
    severity: "low",
    controls: { checkov: ["CKV_AWS_320"] },
    remediation: "Set databaseName; a change replaces the cluster.",
    url: `${MANAGEMENT}/working-with-clusters.html`,
    level: "advisory",
    types: [CLUSTER],
    property: "databaseName",
    accepts: (name) => name !== undefined && name !== "" && name !== REDSHIFT_USERS.database,
    fix: "set another name",
  }),
  propertyRule({
    id: "redshift-non-default-port",
    description:
      "A Redshift cluster listens on a non-default port. Advisory: this only hides it from simple port scans; its security group decides who may connect.",
    severity: "low",
    controls: { cdkNag: ["RS4"] },
    remediation: "Set port to another number, and change the security group rules to match.",
    url: `${MANAGEMENT}/working-with-clusters.html`,
    level: "advisory",
    types: [CLUSTER],
    property: "port",
    accepts: (port) => port !== undefined && port !== CLUSTER_PORTS[CLUSTER].port,
    fix: "consider a non-default port",
  }),
];

const subnetGroup = resourceRule({
  id: "redshift-subnet-group",
  description: "A Redshift cluster names its subnets; without them AWS uses the default VPC.",
  severity: "medium",
  controls: { cdkNag: ["RS2"], checkov: ["CKV_AWS_154"], trivy: ["AWS-0127"] },
  remediation: "Set clusterSubnetGroupName.",
  url: `${MANAGEMENT}/working-with-cluster-subnet-groups.html`,
  types: [CLUSTER],
  check({ properties }, report) {
    if (!isSet(properties, "clusterSubnetGroupName")) {
      report.violation(
        "clusterSubnetGroupName is not set, which means the default VPC; name a group.",
      );
    }
  },
});

export const warehouseRules: readonly Rule[] = [
  groupTls,
  clusterTls,
  workgroupTls,
  snapshots,
  logged,
  activity,
  serverlessLogs,
  upgrades,
  routing,
  multiZone,
  userName,
  ...names,
  subnetGroup,
];
