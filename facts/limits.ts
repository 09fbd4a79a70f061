/** Limits and lists of services that a setting or a component has to keep to. */
import { apiModel, apiText, CFN_LINT_SCHEMAS, type Fact, guide, providerText } from "./fact";

const asOf = "2026-11-28";
const READ = "2026-11-29";
/** AWS's own schemas by type; the names of files are those of cfn-lint. */
const SCHEMAS = `${CFN_LINT_SCHEMAS}/resources`;
const WAF = "https://docs.aws.amazon.com/waf/latest/developerguide";
const ELB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application";

/** Attributes of a queue, in seconds. */
export const QUEUE_SECONDS = {
  retention: { minimum: 60, maximum: 1_209_600 },
  visibilityTimeout: { minimum: 0, maximum: 43_200, unset: 30 },
  receiveWait: { minimum: 0, maximum: 20 },
  source: `${SCHEMAS}/0b0fc52a92647916.json`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** What one Application Load Balancer takes where no quota is raised; the default rules do not count. */
export const LOAD_BALANCER_LIMITS = {
  rules: 100,
  targetGroups: 100,
  targets: 1000,
  /** `*` and `?` in all conditions of a rule. */
  ruleWildcards: 6,
  source: `${ELB}/load-balancer-limits.html`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** What IAM takes of a role; characters without blanks. Managed policies can be raised to 25 on request, the trust policy to 8,192. */
export const IAM_LIMITS = {
  managedPolicyCharacters: 6144,
  /** Of all inline policies together. */
  inlinePolicyCharacters: { role: 10_240, user: 2048, group: 5120 },
  managedPoliciesPerRole: 20,
  trustPolicyCharacters: 2048,
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;

/** Seconds between two readings of an instance's operating system; 0 is none. */
export const MONITORING_INTERVALS = {
  seconds: [0, 1, 5, 10, 15, 30, 60] as readonly number[],
  source: `${SCHEMAS}/1961d0ebac37774f.json`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Seconds that a rate rule of a firewall looks back. */
export const RATE_WINDOWS = {
  seconds: [60, 120, 300, 600] as readonly number[],
  source: SCHEMAS,
  asOf,
  /** What holds where nothing is said. */
  unset: { seconds: 300, source: providerText("types/input.ts"), asOf: "2026-11-29" },
} as const satisfies Fact & Record<string, unknown>;

/** Seconds of traffic in one record of a flow log. */
export const FLOW_LOG_INTERVALS = {
  seconds: [60, 600] as readonly number[],
  source: providerText("ec2/flowLog.ts"),
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Seconds between two requests of a checker of Route 53. */
export const HEALTH_CHECK_INTERVALS = {
  seconds: [10, 30] as readonly number[],
  source: guide(
    "amazon-route53-docs",
    "b5a28eb358f9b71922c4a48677ccd17f0c4d873f",
    "health-checks-creating-values.md",
  ),
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;

/** Bytes that a statement of a firewall compares at most. */
export const COMPARED_BYTES = {
  most: 200,
  source:
    "https://sdk.amazonaws.com/kotlin/api/latest/wafv2/aws.sdk.kotlin.services.wafv2.model/-byte-match-statement/search-string.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Rules of a web ACL; no quota that can be raised. */
export const WEB_ACL_LIMITS = {
  rateBasedRules: 10,
  source: `${WAF}/limits.html`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Capacity units that a web ACL has without a further fee for each request. */
export const WEB_ACL_UNITS = {
  free: 1500,
  source: `${WAF}/aws-waf-capacity-units.html`,
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;

/** Capacity units of statements. */
export const STATEMENT_UNITS = {
  /** Without a key of one's own for the aggregation, which adds 30, and without a statement that narrows it. */
  rateLimit: { units: 2, source: `${WAF}/waf-rule-statement-type-rate-based.html`, asOf: READ },
  /** The start of a path, decoded once: 2 for the match and 10 for the transformation. */
  pathStart: { units: 12, source: `${WAF}/waf-rule-statement-type-string-match.html`, asOf },
  /** A method or header that is compared exactly, with the transformation NONE counted as one. */
  exactly: { units: 12, source: `${WAF}/waf-rule-statement-type-string-match.html`, asOf },
  /** A size, likewise. */
  size: { units: 11, source: `${WAF}/waf-rule-statement-type-size-constraint-match.html`, asOf },
} as const satisfies Readonly<Record<string, Fact & { readonly units: number }>>;

/** Capacity units of AWS's managed rule groups. */
export const GROUP_UNITS: Readonly<Record<string, Fact & { readonly units: number }>> = {
  AWSManagedRulesCommonRuleSet: group(700, "baseline"),
  AWSManagedRulesAdminProtectionRuleSet: group(100, "baseline"),
  AWSManagedRulesKnownBadInputsRuleSet: group(200, "baseline"),
  AWSManagedRulesSQLiRuleSet: group(200, "use-case"),
  AWSManagedRulesLinuxRuleSet: group(200, "use-case"),
  AWSManagedRulesUnixRuleSet: group(100, "use-case"),
  AWSManagedRulesAmazonIpReputationList: group(25, "ip-rep"),
  AWSManagedRulesAnonymousIpList: group(50, "ip-rep"),
};

function group(units: number, page: string) {
  return { units, source: `${WAF}/aws-managed-rule-groups-${page}.html`, asOf: READ };
}

const RDS_EVENTS =
  "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html";

/** Events of an instance on its storage: full; ten percent left; cannot grow; grows to its maximum; at 80 percent of it. */
export const STORAGE_EVENTS = {
  ids: [
    ...["RDS-EVENT-0007", "RDS-EVENT-0089", "RDS-EVENT-0223"],
    ...["RDS-EVENT-0224", "RDS-EVENT-0225"],
  ] as readonly string[],
  source: RDS_EVENTS,
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;

/** Categories of an instance's events that tell of trouble or of a change. */
export const INSTANCE_EVENT_CATEGORIES = {
  names: [
    ...["availability", "configuration change", "deletion", "failover", "failure"],
    ...["low storage", "maintenance", "notification", "recovery"],
  ] as readonly string[],
  source: RDS_EVENTS,
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;

/** What one widget and one alarm of CloudWatch take. */
export const CLOUDWATCH_LIMITS = {
  /** Alarms of one alarm widget: add_remove_alarm_dashboard.md of the same guide. */
  alarmsPerWidget: 100,
  /** Metrics of one expression of an alarm. */
  metricsPerAlarm: 10,
  source: guide(
    "amazon-cloudwatch-user-guide",
    "cc40332fd9cd65366e991a6fd68654b2875588cc",
    "AlarmThatSendsEmail.md",
  ),
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;

/** Alarms that the rule of a composite alarm may name. */
export const COMPOSITE_ALARM = {
  children: 100,
  source: apiText("cloudwatch", "3.1164.0"),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Log groups that one query of CloudWatch Logs Insights is asked of. */
export const LOG_QUERY = {
  groups: 50,
  source: apiText("cloudwatch-logs", "3.1164.0"),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** What CloudWatch takes of a dashboard; no quota that can be raised. */
export const DASHBOARD_LIMITS = {
  widgets: 500,
  metrics: 2500,
  source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Columns of a dashboard's grid. */
export const DASHBOARD_GRID = {
  columns: 24,
  source:
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html",
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;

/** Dimensions of the metric that a filter of log lines makes. */
export const FILTER_DIMENSIONS = {
  most: 3,
  source: SCHEMAS,
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** What one budget takes. */
export const BUDGET_LIMITS = {
  /** Mailboxes of one notification; a topic may be beside them. */
  mailboxes: 10,
  source:
    "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_NotificationWithSubscribers.html",
  asOf: "2026-11-29",
  /** The list in CreateBudget takes so many; a text beside it still says five. */
  notifications: { most: 10, source: apiModel("budgets", "2016-10-20"), asOf: READ },
} as const satisfies Fact & Record<string, unknown>;

/** Alarms that one mute rule of CloudWatch names. */
export const MUTED_ALARMS = {
  perRule: 100,
  source: "https://docs.aws.amazon.com/powershell/v5/reference/items/Write-CWAlarmMuteRule.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Seconds that the periods of an alarm may cover together. */
export const ALARM_SPAN = {
  /** Of periods below an hour. */
  short: 86_400,
  long: 604_800,
  source: apiText("cloudwatch", "3.1164.0"),
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Services that one DescribeServices takes. */
export const DESCRIBED_SERVICES = {
  most: 10,
  source: apiText("ecs", "3.1164.0"),
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Lengths of the prefix of a VPC's network and of a subnet's. */
export const NETWORK_LENGTHS = {
  shortest: 16,
  longest: 28,
  source: guide(
    "amazon-vpc-user-guide",
    "a1298ceea56d79184f27c2fbc5e72a84a5730054",
    "vpc-cidr-blocks.md",
  ),
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Networks that no VPC is in: this host, loopback, link-local, multicast, reserved. Sources: RFC 6890, RFC 5771. */
export const UNUSABLE_NETWORKS = {
  networks: ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"],
  source: "https://www.rfc-editor.org/rfc/rfc6890",
  asOf: "2026-11-29",
  unverified: "the page was not opened, and AWS's page on VPC CIDR blocks names none of them",
} as const satisfies Fact & Record<string, unknown>;

/** Days in STANDARD before STANDARD_IA takes an object; S3 charges for as many in STANDARD_IA, also where a rule moves it on before. */
export const INFREQUENT_ACCESS = {
  days: 30,
  source:
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;

/** Rules of one bucket for pages of other origins. */
export const CORS_RULES = {
  most: 100,
  source: SCHEMAS,
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Days that RDS keeps the backups that it copies to another region, where nothing is said. */
export const REPLICATED_BACKUPS = {
  unsetDays: 7,
  source: providerText("rds/instanceAutomatedBackupsReplication.ts"),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** MiB of a Lambda function that names none. */
export const FUNCTION_MEMORY = {
  byItselfMiB: 128,
  source: "https://pub.dev/documentation/pulumi_aws/latest/lambda/FunctionArgs/memorySize.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Days that RDS keeps an instance's performance data: the least, the most, or a number of months. */
export const INSIGHTS_DAYS = {
  least: 7,
  most: 731,
  month: 31,
  source:
    "https://docs.aws.amazon.com/sdk-for-kotlin/api/latest/rds/aws.sdk.kotlin.services.rds.model/-restore-db-cluster-from-snapshot-request/performance-insights-retention-period.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Tags of a resource. */
export const TAG_COUNT = {
  most: 50,
  source: guide(
    "elb-application-load-balancers-user-guide",
    "fb242939a8639ebd75f5a9cbd4b33acef51e1367",
    "load-balancer-tags.md",
  ),
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Characters of a tag. */
export const TAG_LENGTHS = {
  key: 128,
  value: 256,
  source: "https://docs.aws.amazon.com/en_us/batch/latest/userguide/tag-restrictions.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;
