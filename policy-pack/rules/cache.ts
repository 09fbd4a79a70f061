/** Redis on ElastiCache. */
import { read, UNKNOWN } from "../../analysis/properties";
import { CACHE_LOGS } from "../../facts/cache-engines";
import { CACHE_PORTS } from "../../facts/store-ports";
import { expect, resourceRule, isTrue, type Rule } from "../define";
import { records } from "../lists";
import { isSet, replicasOf } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
const USER = "aws:elasticache/user:User";

const userAuthentication = resourceRule({
  id: "redis-user-auth",
  description: "A cache's users have passwords, and the default user is restricted.",
  severity: "high",
  remediation: "Remove noPasswordRequired; narrow the default user's accessString.",
  url: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html",
  types: [USER],
  check(subject, report) {
    const accepts = (value: unknown) => value !== true;
    expect(subject, report, "noPasswordRequired", accepts, "remove it");
    const mode = "authenticationMode.type";
    expect(subject, report, mode, (v) => v !== "no-password-required", "use another");
    const [name, access] = ["userName", "accessString"].map((p) => read(subject.properties, p));
    if (name === UNKNOWN || access === UNKNOWN) {
      report.undecided(name === UNKNOWN ? "userName" : "accessString");
    } else if (name === "default" && /^on\s.*~\*.*\+@all/.test(String(access))) {
      report.violation("accessString allows the default user every command; restrict it.");
    }
  },
});

const failover = resourceRule({
  id: "redis-failover",
  description: "A cache fails over to its replica automatically.",
  severity: "medium",
  controls: { securityHub: ["ElastiCache.3"], checkov: ["CKV2_AWS_50"] },
  remediation: "Set automaticFailoverEnabled to true.",
  url: `${GUIDE}/elasticache-controls.html#elasticache-3`,
  types: [CACHE],
  check(subject, report) {
    expect(subject, report, "automaticFailoverEnabled", isTrue, "set it to true");
  },
});

const multiZone = resourceRule({
  id: "redis-multi-az",
  description: "A cache has nodes in at least two zones.",
  severity: "medium",
  controls: { cdkNag: ["AEC4"] },
  remediation: "Set multiAzEnabled to true, with a replica for each shard.",
  url: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html",
  types: [CACHE],
  check(subject, report) {
    expect(subject, report, "multiAzEnabled", isTrue, "set it to true");
    const sizes = ["numCacheClusters", "replicasPerNodeGroup"] as const;
    const isOpen = sizes.some((property) => read(subject.properties, property) === UNKNOWN);
    const replicas = replicasOf(subject);
    if (replicas === undefined && isOpen) {
      report.undecided("numCacheClusters or replicasPerNodeGroup");
    } else if ((replicas ?? 0) < 1) {
      report.violation("it has no second node; set numCacheClusters or replicasPerNodeGroup.");
    }
  },
});

interface Retention {
  /** Minimum retention of snapshots, in days. */
  readonly minimumDays: number;
}

const backup = resourceRule<Retention>({
  id: "redis-backup",
  description: "A cache has daily snapshots.",
  severity: "high",
  controls: {
    securityHub: ["ElastiCache.1"],
    checkov: ["CKV_AWS_134"],
    trivy: ["AWS-0050"],
  },
  remediation: "Raise snapshotRetentionLimit.",
  url: `${GUIDE}/elasticache-controls.html#elasticache-1`,
  defaults: { minimumDays: 1 },
  types: [CACHE, "aws:elasticache/cluster:Cluster"],
  check(subject, report, { minimumDays }) {
    const engine = read(subject.properties, "engine");
    if (subject.type !== CACHE) {
      // A member's snapshots are those of its group; Memcached has none.
      if (isSet(subject.properties, "replicationGroupId") || engine === "memcached") {
        return;
      }
      if (engine === UNKNOWN) {
        report.undecided("engine");
        return;
      }
    }
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateSnapshot.html
    if (read(subject.properties, "nodeType") === "cache.t1.micro") {
      report.violation("nodeType cache.t1.micro has no snapshots; use another one.", {
        securityHub: ["ElastiCache.1"],
      });
      return;
    }
    const accepts = (days: unknown) => typeof days === "number" && days >= minimumDays;
    expect(subject, report, "snapshotRetentionLimit", accepts, `set it to ${minimumDays} at least`);
  },
});

const minorUpgrade = resourceRule({
  id: "redis-auto-minor-upgrade",
  description: "A cache installs minor version upgrades automatically.",
  severity: "high",
  controls: { securityHub: ["ElastiCache.2"], checkov: ["CKV_AWS_322"] },
  remediation: "Remove autoMinorVersionUpgrade, or set it to true.",
  url: `${GUIDE}/elasticache-controls.html#elasticache-2`,
  types: [CACHE, "aws:elasticache/cluster:Cluster"],
  check(subject, report) {
    // The cluster's is a text, the group's a boolean.
    const accepts = (value: unknown) => value !== false && value !== "false";
    expect(subject, report, "autoMinorVersionUpgrade", accepts, "set it to true");
  },
});

const subnetGroup = resourceRule({
  id: "redis-custom-subnet-group",
  description: "A cache uses a subnet group of its own, not the default one.",
  severity: "high",
  controls: { securityHub: ["ElastiCache.7"], cdkNag: ["AEC1"], checkov: ["CKV_AWS_323"] },
  remediation: "Set subnetGroupName to a group of the stack.",
  url: `${GUIDE}/elasticache-controls.html#elasticache-7`,
  types: [CACHE, "aws:elasticache/cluster:Cluster"],
  check(subject, report) {
    const name = read(subject.properties, "subnetGroupName");
    const inherits = read(subject.properties, "replicationGroupId") !== undefined;
    const member = subject.type !== CACHE && inherits;
    // A name that is not known yet belongs to a group to be created; the default group exists already.
    if (!member && (name === undefined || name === "default")) {
      report.violation("subnetGroupName is the default group's; name one of the stack.");
    }
  },
});

const nonDefaultPort = resourceRule({
  id: "redis-non-default-port",
  description:
    "A cache listens on a non-default port. Advisory: this only hides it from simple port scans; its security group decides who may connect.",
  severity: "low",
  controls: { cdkNag: ["AEC5"] },
  remediation: "Set port to another number, and change the security group rules to match.",
  url: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/accessing-elasticache.html",
  level: "advisory",
  types: [CACHE],
  check(subject, report) {
    const accepts = (port: unknown) => typeof port === "number" && port !== CACHE_PORTS.redis;
    expect(subject, report, "port", accepts, `consider a non-default port`);
  },
});

const logs = resourceRule({
  id: "redis-logs",
  description: "A cache writes slow logs and engine logs.",
  severity: "low",
  remediation: `Add logDeliveryConfigurations for ${CACHE_LOGS.types.join(" and ")}.`,
  url: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html",
  types: [CACHE],
  check(subject, report) {
    const property = "logDeliveryConfigurations";
    let known = true;
    const list = records(subject.properties[property], property, {
      undecided: (what) => {
        known = false;
        report.undecided(what);
      },
    });
    const kinds = list.map((configuration) => read(configuration, "logType"));
    const absent = CACHE_LOGS.types.filter((kind) => !kinds.includes(kind));
    if (known && absent.length > 0) {
      report.violation(`${property} lacks ${absent.join(" and ")}; add what is missing.`);
    }
  },
});

export const cacheRules: readonly Rule[] = [
  userAuthentication,
  failover,
  multiZone,
  backup,
  minorUpgrade,
  subnetGroup,
  nonDefaultPort,
  logs,
];
