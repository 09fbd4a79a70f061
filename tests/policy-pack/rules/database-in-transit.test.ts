import { databaseForcesTls } from "../../../policy-pack/rules/database-in-transit";
import { type Row, ruleTable, type Sample, UNKNOWN_TEXT } from "../support";

/** A cluster with a parameter group that sets one parameter; without a value, none. */
const cluster = (
  service: "rds" | "docdb",
  props: object,
  name = "",
  value?: unknown,
): readonly Sample[] => [
  {
    type: `aws:${service}/clusterParameterGroup:ClusterParameterGroup`,
    name: "group",
    props: { name: "crm", parameters: value === undefined ? [] : [{ name, value }] },
  },
  {
    type: `aws:${service}/cluster:Cluster`,
    props: { dbClusterParameterGroupName: "crm", ...props },
  },
];

/** Engines with the first version that requires TLS by default and one before; sources: TLS_PARAMETERS. */
const CLUSTERS: readonly (readonly [string, string, string, string, string, string])[] = [
  [
    "aurora-mysql",
    "require_secure_transport",
    "ON",
    "OFF",
    "8.4.mysql_aurora.8.4.1",
    "8.0.mysql_aurora.3.08.0",
  ],
  ["aurora-postgresql", "rds.force_ssl", "1", "0", "17.4", "16.6"],
  ["mysql", "require_secure_transport", "1", "0", "9.7.1", "8.4.5"],
  ["postgres", "rds.force_ssl", "1", "0", "15.7", "14.9"],
];

const clusterRows = CLUSTERS.flatMap(([engine, name, on, off, newer, older]): Row[] => [
  {
    compliant: `a cluster of ${engine} with ${name}`,
    resources: cluster("rds", { engine, engineVersion: older }, name, on),
  },
  {
    compliant: `a cluster of ${engine} ${newer} by default`,
    resources: cluster("rds", { engine, engineVersion: newer }),
  },
  {
    violating: `a cluster of ${engine} ${older} by default`,
    resources: cluster("rds", { engine, engineVersion: older }),
    says: new RegExp(
      `dbClusterParameterGroupName refers to no group with ${name} = .* No public control`,
    ),
  },
  {
    violating: `a cluster of ${engine} that switches it off`,
    resources: cluster("rds", { engine, engineVersion: newer }, name, off),
    says: new RegExp(`no group with ${name} = `),
  },
  {
    unknown: `the version of ${engine}`,
    resources: cluster("rds", { engine, engineVersion: UNKNOWN_TEXT }),
  },
  {
    unknown: `the value of ${engine}'s parameter`,
    resources: cluster("rds", { engine, engineVersion: newer }, name, UNKNOWN_TEXT),
  },
]);

describe("policy pack: databases refuse plain connections", () => {
  const GROUP = "aws:rds/parameterGroup:ParameterGroup";
  const parameters = (value: unknown): Sample => ({
    type: GROUP,
    name: "group",
    props: { name: "crm", parameters: [{ name: "rds.force_ssl", value }] },
  });
  const instance = (props: object, references = {}): Sample => ({
    type: "aws:rds/instance:Instance",
    name: "database",
    props: { engine: "postgres", engineVersion: "14.9", ...props },
    references,
  });
  const inGroup = instance({ parameterGroupName: UNKNOWN_TEXT }, { parameterGroupName: ["group"] });
  const replica = (props: object): Sample => ({
    type: "aws:rds/instance:Instance",
    name: "replica",
    props: { replicateSourceDb: UNKNOWN_TEXT, ...props },
    references: { replicateSourceDb: ["database"] },
  });
  const mariadb = (engineVersion: string) => instance({ engine: "mariadb", engineVersion });
  // Without engineVersion the family of the group has it, or AWS chooses.
  const CLUSTER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
  const withoutVersion = [
    ["postgres", "postgres16", "postgres14"],
    ["mysql", "mysql9.7", "mysql8.4"],
    ["mariadb", "mariadb11.8", "mariadb11.4"],
    ["aurora-postgresql", "aurora-postgresql17", "aurora-postgresql16"],
    ["aurora-mysql", "aurora-mysql8.4", "aurora-mysql8.0"],
  ].flatMap(([engine = "", newer, older]): Row[] => {
    const isCluster = engine.startsWith("aurora");
    const [type, named] = isCluster
      ? (["aws:rds/cluster:Cluster", "dbClusterParameterGroupName"] as const)
      : (["aws:rds/instance:Instance", "parameterGroupName"] as const);
    const database = (props: object): Sample => ({ type, props: { engine, ...props } });
    const ofFamily = (family: unknown): readonly Sample[] => [
      { type: isCluster ? CLUSTER_GROUP : GROUP, name: "group", props: { name: "crm", family } },
      database({ [named]: "crm" }),
    ];
    const ofAws = (family = "") => [database({ [named]: `default.${family}` })];
    return [
      { compliant: `a group of ${newer}, which requires it`, resources: ofFamily(newer) },
      { compliant: `AWS's own group of ${newer}`, resources: ofAws(newer) },
      { violating: `a group of ${older}`, resources: ofFamily(older), says: /to no group with/ },
      { violating: `AWS's own group of ${older}`, resources: ofAws(older), says: /to no group/ },
      { unknown: `the family of a group for ${engine}`, resources: ofFamily(UNKNOWN_TEXT) },
      { unknown: `the version of ${engine} that AWS chooses`, resources: [database({})] },
    ];
  });
  ruleTable(databaseForcesTls, [
    {
      compliant: "an engine and a version that AWS's own group has, of a snapshot",
      resources: [
        instance({
          ...{ engine: undefined, engineVersion: undefined, snapshotIdentifier: "before" },
          parameterGroupName: "default.postgres17",
        }),
      ],
    },
    ...clusterRows,
    { compliant: "DocumentDB by default", resources: cluster("docdb", {}) },
    ...["enabled", "tls1.2+", "tls1.3+", "fips-140-3"].map((value) => ({
      compliant: `DocumentDB with ${value}`,
      resources: cluster("docdb", {}, "tls", value),
    })),
    {
      violating: "DocumentDB without TLS",
      resources: cluster("docdb", {}, "tls", "disabled"),
      says: /no group with tls = enabled; .* Required by DocumentDB\.6\./,
    },
    { unknown: "DocumentDB's value", resources: cluster("docdb", {}, "tls", UNKNOWN_TEXT) },
    { compliant: "MariaDB 11.8 by default", resources: [mariadb("11.8.3")] },
    { violating: "MariaDB 11.4", resources: [mariadb("11.4.5")], says: /require_secure_transport/ },

    { compliant: "by dependency", resources: [parameters("1"), inGroup] },
    { compliant: "by name", resources: [parameters(1), instance({ parameterGroupName: "crm" })] },
    { compliant: "the default since 15", resources: [instance({ engineVersion: "15.4" })] },
    {
      compliant: "a replica with its source's version",
      resources: [instance({ engineVersion: "16" }), replica({})],
    },
    {
      compliant: "an engine with an option in its place",
      resources: [instance({ engine: "oracle-ee" })],
    },
    {
      compliant: "Aurora, where the cluster decides",
      resources: [instance({ engine: "aurora-mysql" })],
    },
    ...(
      [
        ["mysql", "require_secure_transport", "ON"],
        ["mariadb", "require_secure_transport", 1],
        ["sqlserver-se", "rds.force_ssl", "1"],
        ["db2-se", "DB2COMM", "SSL"],
      ] as const
    ).flatMap(([engine, name, value]) => [
      {
        compliant: `${engine} with ${name}`,
        resources: [
          { type: GROUP, name: "group", props: { name: "crm", parameters: [{ name, value }] } },
          instance({ engine, parameterGroupName: "crm" }),
        ],
      },
      {
        violating: `${engine} without it`,
        resources: [instance({ engine, engineVersion: "8.0" })],
        says: new RegExp(`no group with ${name.toLowerCase()} = `),
      },
    ]),
    {
      compliant: "an engine that its parameter group tells",
      resources: [
        {
          type: GROUP,
          name: "group",
          props: {
            name: "crm",
            family: "mysql8.4",
            parameters: [{ name: "require_secure_transport", value: "1" }],
          },
        },
        instance({ engine: undefined, parameterGroupName: "crm" }),
      ],
    },
    ...(["1", "0"] as const).map((value) => ({
      ...(value === "1"
        ? { compliant: "a replica of somebody else's MySQL" }
        : {
            violating: "a replica of somebody else's MySQL",
            says: /require_secure_transport = 1/,
          }),
      resources: [
        {
          type: GROUP,
          name: "group",
          props: {
            name: "crm",
            family: "mysql8.0",
            parameters: [{ name: "require_secure_transport", value }],
          },
        },
        {
          type: "aws:rds/instance:Instance",
          props: {
            replicateSourceDb: "arn:aws:rds:us-east-1:123456789012:db:theirs",
            parameterGroupName: "crm",
          },
        },
      ],
    })),
    {
      compliant: "a member of Aurora that its parameter group tells",
      resources: [
        { type: GROUP, name: "group", props: { name: "crm", family: "aurora-mysql8.0" } },
        instance({ engine: undefined, parameterGroupName: "crm" }),
      ],
    },
    {
      unknown: "the family, of a replica of somebody else's",
      resources: [
        { type: GROUP, name: "group", props: { name: "crm", family: UNKNOWN_TEXT } },
        {
          type: "aws:rds/instance:Instance",
          props: {
            replicateSourceDb: "arn:aws:rds:us-east-1:123456789012:db:theirs",
            parameterGroupName: "crm",
          },
        },
      ],
    },
    {
      unknown: "the engine, of a snapshot",
      resources: [instance({ engine: undefined, snapshotIdentifier: "before" })],
    },
    {
      violating: "the default before 15",
      resources: [instance({})],
      says: /parameterGroupName refers to no group with rds.force_ssl = 1/,
    },
    {
      violating: "off",
      resources: [parameters("0"), instance({ parameterGroupName: "crm", engineVersion: "16" })],
      says: /rds.force_ssl/,
    },
    {
      unknown: "the version of a replica of somebody else's",
      resources: [{ type: "aws:rds/instance:Instance", props: { replicateSourceDb: "another" } }],
    },
    {
      violating: "a replica of somebody else's SQL Server, which requires it by parameter only",
      resources: [
        {
          type: "aws:rds/instance:Instance",
          props: { replicateSourceDb: "another", engine: "sqlserver-ee" },
        },
      ],
      says: /rds.force_ssl/,
    },
    ...withoutVersion,
    {
      unknown: "a group outside the plan",
      resources: [instance({ parameterGroupName: "shared" })],
    },
    {
      violating: "AWS's own group",
      resources: [instance({ parameterGroupName: "default.postgres14" })],
      says: /rds.force_ssl/,
    },
    { unknown: "group", resources: [instance({ parameterGroupName: UNKNOWN_TEXT })] },
    { unknown: "value", resources: [parameters(UNKNOWN_TEXT), inGroup] },
    {
      unknown: "parameters",
      resources: [{ type: GROUP, name: "group", props: { parameters: UNKNOWN_TEXT } }, inGroup],
    },
    { otherType: "a group alone", resources: [parameters("0")] },
  ]);
});
