import { warehouseRules } from "../../../policy-pack/rules/warehouses";
import { UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { stackTable, variantTable } from "../variants";

const CLUSTER = "aws:redshift/cluster:Cluster";
const GROUP = "aws:redshift/parameterGroup:ParameterGroup";
const WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup";
const NAMESPACE = "aws:redshiftserverless/namespace:Namespace";

describe("policy pack: warehouses", () => {
  const group = (name: unknown, value: unknown, family = "redshift-1.0") => ({
    family,
    parameters: [
      { name: "use_fips_ssl", value: "false" },
      { name, value },
    ],
  });
  variantTable(warehouseRules, "redshift-group-requires-tls", {
    type: GROUP,
    good: group("require_ssl", "true"),
    compliant: {
      "in capitals": group("Require_SSL", "TRUE"),
      "by default of the newer family": { family: "redshift-2.0", parameters: undefined },
      "on in a family not known yet": { ...group("require_ssl", "true"), family: UNKNOWN_TEXT },
    },
    violating: {
      "by default of the older family": [
        { parameters: undefined },
        /parameters does not require TLS; set require_ssl to "true"/,
      ],
      "off in the newer family": [group("require_ssl", "false", "redshift-2.0"), /require_ssl/],
      off: [group("require_ssl", "false"), /set require_ssl to "true"/],
    },
    unknown: {
      list: { parameters: UNKNOWN_LIST },
      name: group(UNKNOWN_TEXT, "true"),
      value: group("require_ssl", UNKNOWN_TEXT),
      family: { family: UNKNOWN_TEXT, parameters: undefined },
    },
  });
  stackTable(warehouseRules, "redshift-requires-tls", {
    good: {
      group: { type: GROUP, props: { name: "of-the-program" } },
      cluster: {
        type: CLUSTER,
        props: { clusterParameterGroupName: UNKNOWN_TEXT },
        references: { clusterParameterGroupName: ["group"] },
      },
    },
    compliant: {
      "AWS's newer group": {
        cluster: { props: { clusterParameterGroupName: "default.redshift-2.0" }, references: {} },
      },
      "by default": {
        cluster: { props: { clusterParameterGroupName: undefined }, references: {} },
      },
    },
    violating: {
      "AWS's older group": [
        {
          cluster: {
            props: { clusterParameterGroupName: "default.redshift-1.0" },
            references: {},
          },
        },
        /is AWS's group default\.redshift-1\.0, which does not require TLS; name another/,
      ],
    },
    unknown: {
      "a group of another owner": {
        cluster: { props: { clusterParameterGroupName: "elsewhere" }, references: {} },
      },
      "any group": { cluster: { references: {} } },
    },
  });
  const parameters = (parameterKey: unknown, parameterValue: unknown) => ({
    configParameters: [{ parameterKey, parameterValue }],
  });
  variantTable(warehouseRules, "redshift-serverless-requires-tls", {
    type: WORKGROUP,
    good: parameters("require_ssl", "true"),
    compliant: {
      "by default": { configParameters: undefined },
      "another parameter": parameters("query_group", "default"),
    },
    violating: {
      off: [parameters("require_ssl", "false"), /has require_ssl off; remove it/],
    },
    unknown: {
      list: { configParameters: UNKNOWN_LIST },
      value: parameters("require_ssl", UNKNOWN_TEXT),
    },
  });

  variantTable(warehouseRules, "redshift-snapshot-retention", {
    type: CLUSTER,
    good: { automatedSnapshotRetentionPeriod: 7 },
    violating: {
      "a day, by default": [
        { automatedSnapshotRetentionPeriod: undefined },
        /automatedSnapshotRetentionPeriod is not set.*Required by Redshift\.3\./,
      ],
      "six days": [{ automatedSnapshotRetentionPeriod: 6 }, /is 6.*Required by Redshift\.3\./],
      none: [
        { automatedSnapshotRetentionPeriod: 0 },
        /is 0.*Required by Redshift\.3, RS10, CKV_AWS_343\./,
      ],
    },
    unknown: { days: { automatedSnapshotRetentionPeriod: UNKNOWN_TEXT } },
  });
  const logging = (clusterIdentifier: unknown, references: readonly string[]) => ({
    type: "aws:redshift/logging:Logging",
    props: { clusterIdentifier },
    references: { clusterIdentifier: references },
  });
  stackTable(warehouseRules, "redshift-audit-log", {
    good: {
      cluster: { type: CLUSTER, props: { clusterIdentifier: "one" } },
      logging: logging(UNKNOWN_TEXT, ["cluster"]),
    },
    violating: {
      none: [{ logging: undefined }, /no aws\.redshift\.Logging has it as its clusterIdentifier/],
      "of another": [
        {
          other: { type: CLUSTER, props: { clusterIdentifier: "other" } },
          logging: logging("other", ["other"]),
        },
        /no aws\.redshift\.Logging/,
      ],
    },
    unknown: { which: { logging: logging(UNKNOWN_TEXT, []) } },
  });
  variantTable(warehouseRules, "redshift-activity-log", {
    type: GROUP,
    good: group("enable_user_activity_logging", "true"),
    violating: {
      "without a word": [{ parameters: [] }, /does not set enable_user_activity_logging/],
      off: [group("enable_user_activity_logging", "false"), /set it to "true"/],
    },
    unknown: { list: { parameters: UNKNOWN_LIST } },
  });
  variantTable(warehouseRules, "redshift-serverless-logs", {
    type: NAMESPACE,
    good: { logExports: ["userlog", "connectionlog"] },
    violating: {
      none: [{ logExports: undefined }, /logExports lacks connectionlog, userlog; add/],
      one: [{ logExports: ["userlog", "useractivitylog"] }, /lacks connectionlog; add/],
    },
    unknown: {
      list: { logExports: UNKNOWN_LIST },
      item: { logExports: ["userlog", UNKNOWN_TEXT] },
    },
  });
  variantTable(warehouseRules, "redshift-version-upgrades", {
    type: CLUSTER,
    good: { allowVersionUpgrade: true },
    compliant: { "by default": { allowVersionUpgrade: undefined } },
    violating: { off: [{ allowVersionUpgrade: false }, /is false; set it to true/] },
    unknown: { switch: { allowVersionUpgrade: UNKNOWN_FLAG } },
  });
  for (const [id, property] of [
    ["redshift-vpc-routing", "enhancedVpcRouting"],
    ["redshift-multi-az", "multiAz"],
  ] as const) {
    variantTable(warehouseRules, id, {
      type: CLUSTER,
      good: { [property]: true },
      violating: {
        "by default": [{ [property]: undefined }, /is not set; set it to true/],
        off: [{ [property]: false }, /is false/],
      },
      unknown: { switch: { [property]: UNKNOWN_FLAG } },
      ...(id === "redshift-vpc-routing" && {
        rows: [
          {
            violating: "of a workgroup",
            type: WORKGROUP,
            props: {},
            says: /Required by RedshiftServerless\.1\./,
          },
        ],
      }),
    });
  }
  variantTable(warehouseRules, "redshift-custom-admin-name", {
    type: CLUSTER,
    good: { masterUsername: "warehouse", publiclyAccessible: false },
    compliant: { "of a snapshot": { masterUsername: undefined } },
    violating: {
      suggested: [{ masterUsername: "awsuser" }, /well-known.*Required by Redshift\.8, RS3\./],
      "common and public": [
        { masterUsername: "admin", publiclyAccessible: true },
        /Required by CKV_AWS_391\./,
      ],
    },
    unknown: { name: { masterUsername: UNKNOWN_TEXT } },
    rows: [
      {
        violating: "suggested, of a namespace",
        type: NAMESPACE,
        props: { adminUsername: "admin" },
        says: /adminUsername is a well-known name.*Required by RedshiftServerless\.5\./,
      },
    ],
  });
  variantTable(warehouseRules, "redshift-custom-database-name", {
    type: CLUSTER,
    good: { databaseName: "sales" },
    violating: {
      "by default": [{ databaseName: undefined }, /databaseName is not set/],
      suggested: [{ databaseName: "dev" }, /databaseName is another text/],
    },
    unknown: { name: { databaseName: UNKNOWN_TEXT } },
  });
  variantTable(warehouseRules, "redshift-non-default-port", {
    type: CLUSTER,
    good: { port: 5440 },
    violating: {
      "by default": [{ port: undefined }, /port is not set; consider/],
      usual: [{ port: 5439 }, /port is 5439/],
    },
    unknown: { port: { port: UNKNOWN_TEXT } },
  });
  variantTable(warehouseRules, "redshift-subnet-group", {
    type: CLUSTER,
    good: { clusterSubnetGroupName: "private" },
    violating: { none: [{ clusterSubnetGroupName: undefined }, /which means the default VPC/] },
    unknown: {},
    rows: [
      {
        unknown: "the group's name",
        passes: true,
        type: CLUSTER,
        props: { clusterSubnetGroupName: UNKNOWN_TEXT },
      },
    ],
  });
});
