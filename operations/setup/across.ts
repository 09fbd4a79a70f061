/** What no two stacks may have in common, judged by their files: a copied file that keeps a name would take another stack's place. */
import { BACKUP_RESTORE, PILOT_LIGHT } from "../../facts/control-planes";
import { shownValue } from "../../facts/problem-text";
import { Arns } from "../../platform/arns";
import { publicRoutes, type StackConfig } from "../../schema";
import { namesOf } from "../../schema/names-of";
import { bucketNames, functionLogNames, queueNames } from "../../schema/naming-rules";

/** A setting that two stacks have alike and must not, or that does not fit the other stack. */
export interface Clash {
  /** Full key: `crm:cluster.name`. */
  readonly key: string;
  /** The sentence that a person reads; begins with the file and the key. */
  readonly message: string;
  readonly stacks: readonly [string, string];
  /** The command that sets what is expected, where that is one value. */
  readonly fix?: string;
}

type Value = string | undefined;
type Settings = Pick<StackConfig, "region" | "accountId">;

type StackFile = readonly [name: string, config: StackConfig];

type Values = (config: StackConfig) => readonly Value[];
type AllNames = (config: StackConfig) => readonly string[];

const SUFFIX = "crm:naming.bucketSuffix";
const WHOLE_BUCKETS = "crm:naming.bucketNames";
const COPIES = "crm:storage.buckets.*.replication.bucketName";
/** Settings that name whole buckets: two of them may give one name. */
const BUCKETS: readonly string[] = [WHOLE_BUCKETS, COPIES];

const copiesOf: Values = ({ storage }) =>
  Object.values(storage.buckets).map(({ replication }) => replication?.bucketName);
const allBuckets: AllNames = (config) => [...bucketNames(config).values()];

/**
 * Settings whose values are names: two stacks of an account cannot share one. `all` are the names of such resources, with those that
 * the stack file does not name.
 */
const NAMES: readonly (readonly [key: string, values: Values, all?: AllNames])[] = [
  ["crm:naming.qualifier", (config) => [config.naming.qualifier ?? "none"]],
  ["crm:naming.environmentLabel", ({ naming }) => [naming.environmentLabel]],
  [SUFFIX, ({ naming }) => [naming.bucketSuffix]],
  [WHOLE_BUCKETS, ({ naming }) => Object.values(naming.bucketNames), allBuckets],
  [COPIES, copiesOf, allBuckets],
  [
    "crm:naming.alarmNames",
    ({ naming, region }) => Object.values(naming.alarmNames).map((name) => `${name} in ${region}`),
  ],
  [
    "crm:naming.queueNames",
    ({ naming, region }) => Object.values(naming.queueNames).map((name) => `${name} in ${region}`),
    (config) => [...queueNames(config).values()].map((name) => `${name} in ${config.region}`),
  ],
  [
    "crm:naming.logGroupNames",
    ({ naming, region }) =>
      Object.values(naming.logGroupNames).map((name) => `${name} in ${region}`),
    (config) => [...functionLogNames(config).values()].map((name) => `${name} in ${config.region}`),
  ],
  ["crm:permissionsBoundary", ({ permissionsBoundary }) => [permissionsBoundary]],
  [
    "crm:cluster.name",
    ({ cluster, naming }) => [cluster.name ?? namesOf({ naming }).environment()],
  ],
  [
    "crm:database.subnetGroupName",
    ({ database: { subnetGroupName: name }, region }) => [name && `${name} in ${region}`],
  ],
  ["crm:edge.domain", ({ edge }) => [edge.role === "primary" ? edge.domain : undefined]],
  [
    "crm:observability.metricNamespace",
    ({ observability, region }) => [`${observability.metricNamespace} in ${region}`],
  ],
];

/** Settings of an account, or of an account in a region: one stack sets each. */
const ONCE: readonly (readonly [key: string, value: (config: StackConfig) => Value])[] = [
  [
    "crm:cluster.imageReplication",
    ({ cluster, region }) => (cluster.imageReplication === undefined ? undefined : region),
  ],
  [
    "crm:observability.tracing.encryption",
    ({ observability, region }) => (observability.tracing.encryption ? region : undefined),
  ],
  [
    'crm:observability.tracing.samplingRules, the rule for "*"',
    ({ observability, region }) =>
      Object.values(observability.tracing.samplingRules).some(
        ({ serviceName }) => serviceName === "*",
      )
        ? region
        : undefined,
  ],
  [
    "crm:cost.anomalyDetection.scope: account",
    ({ cost }) =>
      cost.anomalyDetection.enabled && cost.anomalyDetection.scope === "account"
        ? "the account"
        : undefined,
  ],
  [
    "crm:cost.costAllocationTags.activate",
    ({ cost }) => (cost.costAllocationTags.activate ? "the account" : undefined),
  ],
];

const STANDBY_OF = "crm:database.standbyOf";
const READINESS = "crm:recovery.readiness";
const HOSTS = "crm:services.<name>.route.hosts";
const DISTRIBUTIONS = "crm:edge.distribution.enabled";

/** What stacks have alike and must not, and where they do not fit each other. */
export function clashes(configs: ReadonlyMap<string, StackConfig>): Clash[] {
  const stacks = [...configs];
  const pairs = stacks.flatMap((one, index) =>
    stacks.slice(0, index).flatMap((other) =>
      // The names of buckets are shared by all accounts.
      pairClashes(other, one).filter(
        ({ key }) => sameAccount(one[1], other[1]) || [SUFFIX, ...BUCKETS].includes(key),
      ),
    ),
  );
  const own = [standbyClashes, readinessClashes, hostClashes, distributionClashes];
  return [...pairs, ...own.flatMap((find) => find(stacks))];
}

function sameAccount(one: Settings, other: Settings): boolean {
  return one.accountId === other.accountId;
}

function pairClashes([first, one]: StackFile, [second, other]: StackFile): Clash[] {
  const stacks = [first, second] as const;
  const said = (key: string, expected: string, value: string, file = second): Clash => ({
    key,
    stacks,
    message: `Pulumi.${file}.yaml: ${key}: expected ${expected}, got ${value}, as in Pulumi.${file === second ? first : second}.yaml`,
  });
  const shared = (file: string, of: StackConfig, than: StackConfig) =>
    NAMES.flatMap(([key, values, all = values]) =>
      values(of)
        .filter((value) => value !== undefined && all(than).includes(value))
        .map((value) => ({ file, key, value: value! })),
    );
  // A name that both files set is the second's to change.
  const names = [...shared(second, other, one), ...shared(first, one, other)]
    .filter(
      ({ key, value }, index, all) =>
        all.findIndex(
          (same) =>
            same.value === value &&
            (same.key === key || [same.key, key].every((one) => BUCKETS.includes(one))),
        ) === index,
    )
    .map(({ file, key, value }) => said(key, "a name of this stack's own", value, file));
  const once = ONCE.flatMap(([key, value]) => {
    const where = value(other);
    return where === undefined || value(one) !== where
      ? []
      : [said(key, "one stack alone that sets it", where)];
  });
  return [...names, ...once];
}

/** The stack whose zone a secondary one uses; none for a primary one. */
function homeOf({ edge }: StackConfig, stacks: readonly StackFile[]): StackFile | undefined {
  return edge.role === "primary"
    ? undefined
    : stacks.find(([, one]) => one.edge.role === "primary" && one.edge.domain === edge.domain);
}

/** Requests reach both stacks through CloudFront, or neither: what one's load balancer accepts, the other's must. */
function distributionClashes(stacks: readonly StackFile[]): Clash[] {
  return stacks.flatMap(([stack, config]) => {
    const home = homeOf(config, stacks);
    const { enabled } = config.edge.distribution;
    if (home === undefined || home[1].edge.distribution.enabled === enabled) return [];
    const message =
      `Pulumi.${stack}.yaml: ${DISTRIBUTIONS}: expected ${!enabled}, as in Pulumi.${home[0]}.yaml, got ${shownValue(enabled)}; ` +
      "after a failover its load balancer must accept the same requests";
    const stackNames = [home[0], stack] as const;
    const fix = `pulumi config set --path ${DISTRIBUTIONS} ${!enabled} --stack ${stack}`;
    return [{ key: DISTRIBUTIONS, stacks: stackNames, message, fix }];
  });
}

/**
 * A stack that another one's requests move to has their hosts: its certificate names them, and CloudFront or the clients
 * trust no other.
 */
function hostClashes(stacks: readonly StackFile[]): Clash[] {
  return stacks.flatMap(([stack, config]) => {
    const home = homeOf(config, stacks);
    if (home === undefined) return [];
    const own = publicRoutes(config.services).hosts;
    const missing = publicRoutes(home[1].services).hosts.filter((host) => !own.includes(host));
    if (missing.length === 0) return [];
    const message =
      `Pulumi.${stack}.yaml: ${HOSTS}: expected ${missing.join(", ")} too, as in Pulumi.${home[0]}.yaml, got ` +
      `${own.join(", ") || "none"}; after a failover its certificate must name them`;
    return [{ key: HOSTS, stacks: [home[0], stack] as const, message }];
  });
}

/** A pilot light is the replica of a primary whose stack names the pilot light's region as that of its recovery. */
function standbyClashes(stacks: readonly StackFile[]): Clash[] {
  return stacks.flatMap(([stack, { database, region, accountId }]) => {
    const given = database.standbyOf;
    const primaries = stacks
      .filter(([, { recovery }]) => recovery.region === region)
      .filter(([, home]) => home.recovery.readiness === PILOT_LIGHT)
      .filter(([, home]) => home.accountId === accountId)
      .map(([home, config]) => ({ home, arn: primaryArn(config) }));
    const [first] = primaries;
    if (given === undefined || first === undefined) return [];
    if (primaries.some(({ arn }) => arn === given)) return [];
    return [
      {
        ...{ key: STANDBY_OF, stacks: [first.home, stack] },
        message: `Pulumi.${stack}.yaml: ${STANDBY_OF}: expected ${first.arn}, the primary of Pulumi.${first.home}.yaml, got "${given}"`,
        fix: `pulumi config set --path ${STANDBY_OF} ${first.arn} --stack ${stack}`,
      },
    ];
  });
}

/** A stack counts on another one that has a replica of its primary, and on no other; it is judged and announced so. */
function readinessClashes(stacks: readonly StackFile[]): Clash[] {
  return stacks.flatMap(([home, config]) => {
    const { region, readiness } = config.recovery;
    const homes = stacks.filter(([, { recovery }]) => recovery.region === region);
    const primaries = new Set(homes.map(([, one]) => primaryArn(one)));
    const waiting = stacks.filter(
      ([, { database, ...other }]) =>
        other.region === region &&
        sameAccount(other, config) &&
        primaries.has(database.standbyOf ?? ""),
    );
    const own = waiting.find(([, { database }]) => database.standbyOf === primaryArn(config));
    const [stack] = own ?? waiting[0] ?? [];
    const expected = own === undefined ? BACKUP_RESTORE : PILOT_LIGHT;
    if (stack === undefined || readiness === expected) return [];
    const of = own === undefined ? "the replica of another database" : "a replica of its database";
    return [
      {
        ...{ key: READINESS, stacks: [home, stack] as const },
        message: `Pulumi.${home}.yaml: ${READINESS}: expected ${expected}, as Pulumi.${stack}.yaml has ${of}, got "${readiness}"`,
        fix: `pulumi config set --path ${READINESS} ${expected} --stack ${home}`,
      },
    ];
  });
}

function primaryArn({ naming, region, accountId }: StackConfig): string {
  const name = namesOf({ naming }).environment("primary", "databaseInstance");
  return new Arns({ partition: "aws", region, accountId }).regional("rds", `db:${name}`);
}
