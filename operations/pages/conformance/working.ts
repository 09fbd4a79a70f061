/** What the document requires of functions, queues, alarms, costs, backups and deployments. Form: model.ts. */
import { OBJECTIVES } from "../../../analysis/recovery/objectives";
import { AWS, ofServices, OWNERS_TASK, PULUMI, section, SERVICE_KEYS } from "./model";

const FUNCTION = (
  name: string,
  physical: string,
  values: readonly [string, string, string, string],
) => {
  const on = `lambda/function crm-eventing-${name}`;
  return [
    `${physical}: name | ${on} | name | ${physical}`,
    `${physical}: runtime | ${on} | runtime | ${values[0]} | Runtimes are nodejs24.x and python3.13 | ${AWS}/lambda/latest/dg/lambda-runtimes.html | ${values[0].startsWith("python") ? "python3.13" : "nodejs24.x"}`,
    `${physical}: handler | ${on} | handler | ${values[1]}`,
    `${physical}: memory | ${on} | memorySize | ${values[2]}`,
    `${physical}: time-out | ${on} | timeout | ${values[3]}`,
    `${physical}: code | ${on} | s3Key:set | set | ${NO_CODE} | not set`,
  ];
};
/** What is off until a function has code. */
const NO_CODE = "A function without code is not called | crm:eventing.functions.<name>.artifact";
const DEAD_LETTERS = "Dead-letter queues carry the prefix | crm:naming.queueNames";
const MAPPING = "lambda/eventSourceMapping crm-eventing-social-data-processor-queue";
const PROCESSOR = "crm-eventing-social-data-processor";
const ALL_FUNCTIONS = `${PROCESSOR},crm-eventing-analytics-aggregator,crm-eventing-report-generator`;
const SERVICES = ofServices();

export const FUNCTIONS = section(
  "Functions",
  ...FUNCTION("social-data-processor", "crm-social-data-processor", [
    "nodejs18.x",
    "index.handler",
    "512",
    "300",
  ]),
  `NODE_ENV | lambda/function ${PROCESSOR} | environment.variables.NODE_ENV | production`,
  `Processor of the functions | lambda/function ${ALL_FUNCTIONS} | architectures.0 | none named | Tasks and functions run on ARM64 | crm:eventing.functions.<name>.architecture | arm64`,
  `Dead-letter queue | sqs/queue crm-eventing-social-processing | redrivePolicy.deadLetterTargetArn:arn | dlq-social-processor | ${DEAD_LETTERS} | crm-dlq-social-processor`,
  `Called by a queue | ${MAPPING} | eventSourceArn:arn | crm-social-processing`,
  `Called by a queue: on | ${MAPPING} | enabled | true | ${NO_CODE} | false`,
  `Batch | ${MAPPING} | batchSize | 10`,
  `Batching window | ${MAPPING} | maximumBatchingWindowInSeconds | 5`,
  ...FUNCTION("analytics-aggregator", "crm-analytics-aggregator", [
    "python3.9",
    "app.lambda_handler",
    "1024",
    "900",
  ]),
  "Schedule | scheduler/schedule crm-eventing-analytics-aggregator-schedule | scheduleExpression | rate(1 hour)",
  `Schedule: on | scheduler/schedule crm-eventing-analytics-aggregator-schedule | state | ENABLED | ${NO_CODE} | DISABLED`,
  ...FUNCTION("report-generator", "crm-report-generator", [
    "nodejs18.x",
    "report.handler",
    "2048",
    "900",
  ]),
  "Called by a bucket | s3/bucketNotification crm-eventing-report-requests-objects | bucket | crm-report-requests | `crm-report-requests` carries a suffix | crm:naming.bucketNames | crm-report-requests-prod",
  "Events of the bucket | s3/bucketNotification crm-eventing-report-requests-objects | lambdaFunctions.*.events | s3:ObjectCreated:*",
);

const QUEUE = (name: string, seconds: number) => [
  `${name}: name | sqs/queue crm-eventing-${name} | name | crm-${name}`,
  `${name}: visibility | sqs/queue crm-eventing-${name} | visibilityTimeoutSeconds | ${seconds}`,
  `${name}: messages kept | sqs/queue crm-eventing-${name} | messageRetentionSeconds | 1209600`,
];

export const QUEUES = section(
  "Queues",
  ...QUEUE("email-notifications", 300),
  `email-notifications: dead letters | sqs/queue crm-eventing-email-notifications | redrivePolicy.deadLetterTargetArn:arn | dlq-email | ${DEAD_LETTERS} | crm-dlq-email`,
  "email-notifications: tries | sqs/queue crm-eventing-email-notifications | redrivePolicy.maxReceiveCount | 3",
  ...QUEUE("social-processing", 600),
  `social-processing: batch | ${MAPPING} | batchSize | 10`,
  ...QUEUE("analytics-computation", 900),
);

/** A test by its title. */
const TEST = (file: string, title: string, demand: string) =>
  `test tests/${file}.test.ts | ${title} | ${demand}`;

const SUBSCRIPTION = (topic: string, name: string, protocol: string, endpoint: string) => [
  `${topic} to ${protocol} | sns/topicSubscription crm-eventing-${topic}-${name} | protocol | ${protocol}`,
  `${topic} to ${protocol}: whom | sns/topicSubscription crm-eventing-${topic}-${name} | endpoint${protocol === "sqs" ? ":arn" : ""} | ${endpoint}`,
];

export const TOPICS = section(
  "Topics",
  "System: name | sns/topic crm-eventing-system-notifications | name | crm-system-notifications",
  ...SUBSCRIPTION("system-notifications", "email-admin-crm-consulting-com", "email", "admin@crm-consulting.com"),
  ...SUBSCRIPTION("system-notifications", "sqs-*notification-processor", "sqs", "notification-processor | Queues, topics and logs carry the prefix | crm:naming.queueNames | crm-notification-processor"),
  "Alerts: name | sns/topic crm-eventing-alert-notifications | name | crm-alert-notifications",
  ...SUBSCRIPTION("alert-notifications", "email-alerts-crm-consulting-com", "email", "alerts@crm-consulting.com"),
  ...SUBSCRIPTION("alert-notifications", "sms-1234567890", "sms", "+1234567890"),
); // prettier-ignore

const IN_PLACE = `Pulumi in place of Terraform | ${OWNERS_TASK}`;
/** Objects of the state that a deployment of production may write. */
const STATE_RIGHTS =
  "iam/policy crm-pipeline-production-state | policy.Statement[Sid=WriteState].Resource";
const PULUMI_STATE = `State is Pulumi's, in a bucket of its own | ${PULUMI}/iac/guides/basics/using-a-diy-backend/`;

export const PROGRAM = section(
  "Infrastructure as code",
  `Tool's major version, Pulumi's | file package.json | dependencies[@pulumi/pulumi]:number0 | Terraform, >= 1.0 | ${IN_PLACE} | 3`,
  `Provider's major version, Pulumi's | file package.json | dependencies[@pulumi/aws]:number0 | hashicorp/aws, ~> 5.0 | ${IN_PLACE} | 7`,
  `Provider's source | provider aws | :type | hashicorp/aws | ${IN_PLACE} | pulumi:providers:aws`,
  "State in S3, encrypted | bootstrap: s3/bucketServerSideEncryptionConfiguration crm-state | rules.*.applyServerSideEncryptionByDefault.sseAlgorithm:set | set",
  "State's bucket | bootstrap: s3/bucket crm-state | bucket | crm-terraform-state | State is Pulumi's, in a bucket of its own | crm-bootstrap:stateBucket | crm-pulumi-state-…",
  "State's region | bootstrap: s3/bucket crm-state | region | us-east-1 | State is Pulumi's, in a bucket of its own | crm-bootstrap:stateRegion | us-west-2",
  `State's lock | bootstrap: ${STATE_RIGHTS}[~/locks/]:path | the table crm-terraform-locks | ${PULUMI_STATE} | .pulumi/locks/organization/crm/production/*`,
  `State's key | bootstrap: ${STATE_RIGHTS}[~/stacks/]:path | production/terraform.tfstate | ${PULUMI_STATE} | .pulumi/stacks/crm/production.*`,
  "Region | provider aws | region | us-east-1",
  "Region by default | file Pulumi.yaml | config[aws:region] | us-east-1 | Region and environment have no default | aws:region | not set",
  "Environment by default | file Pulumi.yaml | config[crm:environment] | production | Region and environment have no default | crm:environment | not set",
  "Default tag Project | provider aws | defaultTags.tags.Project | CRM-System",
  "Default tag Environment | provider aws | defaultTags.tags.Environment | production",
  `Default tag ManagedBy | provider aws | defaultTags.tags.ManagedBy | Terraform | ${IN_PLACE} | pulumi`,
  "VPC's range | ec2/vpc crm | cidrBlock | 10.0.0.0/16",
  "Zones: three | count ec2/subnet crm-public- | | 3",
  "Cluster's name | ecs/cluster crm-cluster | name | crm-production",
  "Tasks of auth | ecs/service crm-auth | desiredCount | 2",
  "Tasks of core | ecs/service crm-core | desiredCount | 3",
  "Tasks of social | ecs/service crm-social | desiredCount | 2",
  "Database's class | rds/instance crm-database-primary | instanceClass | db.r6g.large",
  "Database's storage | rds/instance crm-database-primary | allocatedStorage | 500",
  "Database's backups | rds/instance crm-database-primary | backupRetentionPeriod | 7",
  "Cache's node type | elasticache/replicationGroup crm-cache | nodeType | cache.r6g.large",
  "Cache's nodes | elasticache/replicationGroup crm-cache | :nodes | 3",
);

const METRIC = (name: string, namespace: string, ...dimensions: readonly string[]) => {
  const on = `cloudwatch/logMetricFilter crm-observability-core-${name.toLowerCase()}`;
  return [
    `Metric ${name} | ${on} | metricTransformation.name | ${name}`,
    `Metric ${name}: namespace | ${on} | metricTransformation.namespace | ${namespace}`,
    `Metric ${name}: dimensions | ${on} | metricTransformation.dimensions:keys | ${dimensions.join(", ")}`,
  ];
};
const ALARM = "cloudwatch/metricAlarm crm-observability";

export const MONITORING = section(
  "Monitoring",
  ...METRIC("APIResponseTime", "CRM/API", "Service", "Endpoint"),
  ...METRIC("ActiveUsers", "CRM/Users", "TimeRange"),
  ...METRIC("LeadConversionRate", "CRM/Business", "Period", "Source"),
  `Error rate: name | ${ALARM}-high-error-rate | name | High-Error-Rate`,
  `Error rate: metric | ${ALARM}-high-error-rate | metricQueries.*.metric.metricName | 4XXError | 4XX as a share of requests | ${AWS}/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html | HTTPCode_Target_4XX_Count, HTTPCode_ELB_4XX_Count, RequestCount`,
  `Error rate: threshold | ${ALARM}-high-error-rate | threshold:percent | 10 errors | 4XX as a share of requests | crm:observability.loadBalancer.clientErrorPercent | 10 %`,
  `Error rate: counted | ${ALARM}-high-error-rate | metricQueries[id=result].expression | none named | 4XX as a share of requests | crm:observability.loadBalancer.minimumRequests | IF(SUM([requests, own]) >= 20, 100 * SUM([services, own]) / SUM([requests, own]), 0)`,
  `Error rate: comparison | ${ALARM}-high-error-rate | comparisonOperator | GreaterThanThreshold`,
  `Error rate: periods | ${ALARM}-high-error-rate | evaluationPeriods | 2`,
  `Error rate: tells | ${ALARM}-high-error-rate | @alarmActions~crm-eventing-alert-notifications | crm-eventing-alert-notifications`,
  `Response time: name | ${ALARM}-high-response-time | name | High-Response-Time`,
  `Response time: metric | ${ALARM}-high-response-time | metricQueries[id=seconds].metric.metricName | TargetResponseTime`,
  `Response time: counted | ${ALARM}-high-response-time | metricQueries[id=result].expression | none named | The average response time counts from 20 requests a minute on | crm:observability.loadBalancer.minimumRequests | IF(requests >= 20, seconds, 0)`,
  `Response time: threshold | ${ALARM}-high-response-time | threshold | 2`,
  `Response time: comparison | ${ALARM}-high-response-time | comparisonOperator | GreaterThanThreshold`,
  `Response time: periods | ${ALARM}-high-response-time | evaluationPeriods | 3`,
  `Database CPU: name | ${ALARM}-rds-high-cpu | name | RDS-High-CPU`,
  `Database CPU: metric | ${ALARM}-rds-high-cpu | metricName | CPUUtilization`,
  `Database CPU: threshold | ${ALARM}-rds-high-cpu | threshold | 80`,
  `Database CPU: comparison | ${ALARM}-rds-high-cpu | comparisonOperator | GreaterThanThreshold`,
  `Database CPU: periods | ${ALARM}-rds-high-cpu | evaluationPeriods | 2`,
  "Log of auth | cloudwatch/logGroup crm-auth | name | /ecs/crm-auth-service",
  "Log of auth: kept | cloudwatch/logGroup crm-auth | retentionInDays | 30",
  "Log of core | cloudwatch/logGroup crm-core | name | /ecs/crm-core-service",
  "Log of core: kept | cloudwatch/logGroup crm-core | retentionInDays | 30",
  `Log of the processor | cloudwatch/logGroup ${PROCESSOR} | name | /aws/lambda/crm-social-processor | Queues, topics and logs carry the prefix | crm:naming.logGroupNames | /aws/lambda/crm-social-data-processor`,
  `Log of the processor: kept | cloudwatch/logGroup ${PROCESSOR} | retentionInDays | 14`,
);

const SAMPLING = (rule: string, values: Readonly<Record<string, string | number>>) =>
  Object.entries(values).map(
    ([property, value]) =>
      `Sampling, ${rule}: ${property} | xray/samplingRule crm-observability-tracing-${rule} | ${property} | ${value}`,
  );

export const TRACING = section(
  "Tracing",
  `Mode | lambda/function ${ALL_FUNCTIONS} | tracingConfig.mode | Active`,
  ...SAMPLING("all", {
    serviceName: "*",
    httpMethod: "*",
    urlPath: "*",
    reservoirSize: 1,
    fixedRate: 0.1,
  }),
  ...SAMPLING("opportunities", {
    serviceName: "crm-core-service",
    httpMethod: "POST",
    urlPath: "/api/v1/opportunities",
    reservoirSize: 2,
    fixedRate: 0.5,
  }),
);

const TAGS = { Project: "CRM-System", Environment: "production" };
const SPOT = "defaultCapacityProviderStrategies";
const ON_DEMAND = "The base of two is on demand | crm:cluster.capacityProviders";
const PEAK = `appautoscaling/scheduledAction ${PROCESSOR}-peak`;

export const COST = section(
  "Cost",
  ...Object.entries(TAGS).map(
    ([tag, value]) => `Tag ${tag} | ecs/service ${SERVICES} | tags.${tag} | ${value}`,
  ),
  ...SERVICE_KEYS.map(
    (name) => `Tag Component of ${name} | ecs/service crm-${name} | tags.Component | ${name}`,
  ),
  `Tag Owner: a mail address | ecs/service ${SERVICES} | tags.Owner:mail | a mail address`,
  `Tag CostCenter | ecs/service ${SERVICES} | tags.CostCenter | finance-consulting`,
  `Tag ManagedBy | ecs/service ${SERVICES} | tags.ManagedBy | terraform | ${IN_PLACE} | pulumi`,
  ...["Environment", "Component", "CostCenter"].map(
    (tag) =>
      `Cost allocation: ${tag} | costexplorer/costAllocationTag crm-cost-allocation-${tag.toLowerCase()} | tagKey | ${tag}`,
  ),
  `Out: CPU | appautoscaling/policy ${ofServices("-cpu")} | targetTrackingScalingPolicyConfiguration.targetValue | 70`,
  `Out: memory | appautoscaling/policy ${ofServices("-memory")} | targetTrackingScalingPolicyConfiguration.targetValue | 80`,
  `Out: cool-down | appautoscaling/policy ${ofServices("-cpu")} | targetTrackingScalingPolicyConfiguration.scaleOutCooldown | 300`,
  `In: CPU | cloudwatch/metricAlarm ${ofServices("-in")} | metricQueries[id=low].expression:number0 | 30`,
  `In: memory | cloudwatch/metricAlarm ${ofServices("-in")} | metricQueries[id=low].expression:number1 | 40`,
  `In: cool-down | appautoscaling/policy ${ofServices("-in")} | stepScalingPolicyConfiguration.cooldown | 600`,
  `Storage grows at | ${ALARM}-rds-primary-storage | alarmDescription | 80 % in use | RDS has no storage scaling target of 80 % | ${AWS}/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html | More than 80 percent of the primary's …`,
  "Storage at most | rds/instance crm-database-primary | maxAllocatedStorage | 2000",
  `Cache memory | appautoscaling/policy crm-cache-memory | targetTrackingScalingPolicyConfiguration.targetValue | 75 | Memory target of 70 percent | ${AWS}/AmazonElastiCache/latest/dg/AutoScaling-Scaling-Adding-Policy-Shards.html | 70`,
  `Spot: weight | ecs/clusterCapacityProviders crm-cluster | ${SPOT}[capacityProvider=FARGATE_SPOT].weight | 30`,
  `Spot: share of the tasks at rest | spot | | at least 30 % | The base of two counts for each service | crm:services.<name>.capacityProviders | 3 %`,
  `Spot: base | ecs/clusterCapacityProviders crm-cluster | ${SPOT}[capacityProvider=FARGATE_SPOT].base | 2 | ${ON_DEMAND} | 0`,
  `On demand: base | ecs/clusterCapacityProviders crm-cluster | ${SPOT}[capacityProvider=FARGATE].base | none named | ${ON_DEMAND} | 2`,
  `Peak: concurrency | ${PEAK}-begin | scalableTargetAction.minCapacity | 10`,
  `Peak: begin | ${PEAK}-begin | schedule | cron(0 9 * * ? *)`,
  `Peak: end | ${PEAK}-end | schedule | cron(0 17 * * ? *)`,
  "Peak: functions that have it | count appautoscaling/scheduledAction crm-eventing-*-peak-begin | | none named | Peak hours are two schedules | crm:eventing.functions.<name>.provisionedConcurrency | 1",
  `Peak: schedule | ${PEAK}-begin | schedule | rate(1 hour) | Peak hours are two schedules | ${AWS}/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html | cron(0 9 * * ? *)`,
);

const REPLICATION = "s3/bucketReplicationConfig crm-storage-user-uploads-replication";

export const BACKUP = section(
  "Backup",
  "Database: kept | rds/instance crm-database-primary | backupRetentionPeriod | 7",
  "Database: window | rds/instance crm-database-primary | backupWindow | 03:00-04:00",
  "Database: tags on snapshots | rds/instance crm-database-primary | copyTagsToSnapshot | true",
  ...[
    `ecs/service ${SERVICES}`,
    `lambda/function ${ALL_FUNCTIONS}`,
    "rds/instance crm-database-primary",
  ].map(
    (on) =>
      `Before each deployment: ${on.split("/")[0]} | ${on} | ^beforeUpdate | crm-backup-before-deployment`,
  ),
  "Before each deployment: days kept | file Pulumi.production.yaml | config[crm:recovery].beforeDeployment.retentionDays | 90",
  `Replication: from | ${REPLICATION} | bucket | crm-user-uploads-prod`,
  `Replication: to | ${REPLICATION} | rules.*.destination.bucket:arn | crm-user-uploads-backup-west`,
  "Replication: region | s3/bucket crm-storage-user-uploads-replica | region | us-west-2",
  `Task definitions kept | ecs/taskDefinition ${SERVICES} | skipDestroy | true`,
  `Images of old task definitions kept: their tags | ecr/lifecyclePolicy ${SERVICES} | policy.rules.0.selection.tagPrefixList | released-`,
  `Images of old task definitions kept: before every other rule | ecr/lifecyclePolicy ${SERVICES} | policy.rules.0.rulePriority | 1`,
  "Configuration backed up | scheduler/schedule crm-recovery-configuration-schedule | state | ENABLED",
  `Configuration: what | ${TEST("functions/configuration-backup", "writes cluster, services and task definitions as one dated document", "the ECS services'")}`,
  "Configuration: daily | scheduler/schedule crm-recovery-configuration-schedule | scheduleExpression | cron(0 6 * * ? *)",
);

/** With compromised credentials nothing is left but locked copies of AWS Backup: when they begin, and how long a bucket's return takes. */
const COMPROMISED = (page: string) =>
  ` | RPO and RTO with compromised credentials | ${AWS}/aws-backup/latest/devguide/${page}.html`;
const STANDS = "The recovery stack stands before it is needed | crm:recovery.readiness";

export const RECOVERY = section(
  "Disaster recovery",
  ...Object.entries(OBJECTIVES).flatMap(([loss, { lossMinutes, restoreMinutes }]) => [
    `RPO, ${loss} | objective ${loss} | lossMinutes | at most 4 h${lossMinutes > 4 * 60 ? COMPROMISED("troubleshooting") : ""}`,
    `RTO, ${loss} | objective ${loss} | restoreMinutes | at most 2 h${restoreMinutes > 2 * 60 ? COMPROMISED("s3-backups") : ""}`,
  ]),
  "Primary region | provider aws | region | us-east-1",
  "Other region | rds/instanceAutomatedBackupsReplication crm-recovery-database | region | us-west-2",
  "Failover of the database | rds/instance crm-database-primary | multiAz | true",
  "Failover of the cache | elasticache/replicationGroup crm-cache | automaticFailoverEnabled | true",
  "Failover by health check: primary | route53/record crm-edge-origin-primary | failoverRoutingPolicies.*.type | PRIMARY",
  "Failover by health check: standby | route53/record crm-edge-origin-standby | failoverRoutingPolicies.*.type | SECONDARY",
  "Health check | route53/record crm-edge-origin-primary | @healthCheckId | crm-edge",
  `Services in the other region before the emergency | file Pulumi.production.yaml | config[crm:recovery].readiness | backup-restore | ${STANDS} | pilot-light`,
  "Services in the other region: region | recovery: provider aws | region | us-west-2",
  // Of the setting, which stays while the promoted database serves.
  `Data there | file Pulumi.recovery.yaml | config[crm:database].standbyOf:arn | the latest backup, restored | ${STANDS} | crm-production-primary`,
  `DNS cut over | recovery: route53/record crm-edge-standby-recovery | @healthCheckId | an update of the records | The standby is a weighted set | ${AWS}/Route53/latest/DeveloperGuide/accelerated-recovery.html | crm-edge`,
);

const eachService = (row: (name: string) => string) => SERVICE_KEYS.map(row);
const DEPLOYMENT = "deploymentConfiguration";
const RUNBOOK = "page docs/runbooks/bad-deployment.md";

export const PIPELINE = section(
  "Deployment",
  `Blue-green | ecs/service ${SERVICES} | ${DEPLOYMENT}.strategy | BLUE_GREEN`,
  ...eachService(
    (name) =>
      `1: green of ${name} is deployed | ecs/service crm-${name} | @loadBalancers~crm-${name}-green | crm-${name}-green`,
  ),
  `2: green is tested | ecs/service ${SERVICES} | ${DEPLOYMENT}.lifecycleHooks.*.lifecycleStages | POST_TEST_TRAFFIC_SHIFT`,
  ...eachService(
    (name) =>
      `3: traffic of ${name} to green, by the rule of | ecs/service crm-${name} | @loadBalancers~crm-${name}-production | crm-${name}-production`,
  ),
  `4: watched for 10 minutes | ecs/service ${SERVICES} | ${DEPLOYMENT}.bakeTimeInMinutes | 10`,
  `5: blue ends, by | ecs/service ${SERVICES} | deploymentController.type | ECS`,
  `Rollback: traffic to blue | ecs/service ${SERVICES} | alarms.rollback | true`,
  `Rollback: green is investigated | ${RUNBOOK} | What happens in which phase | by people`,
  `Rollback: fixed and deployed again | ${RUNBOOK} | Bad deployment | by people`,
  `Rollback: what does not start | ecs/service ${SERVICES} | deploymentCircuitBreaker.rollback | true`,
);

const COUNTED = (words: string, type: string, name: string, least: number) =>
  `${words} | count ${type} ${name} | | at least ${least}`;

export const CHECKLIST = section(
  "Checklist",
  COUNTED("VPC", "ec2/vpc", "crm", 1),
  COUNTED("ECS cluster", "ecs/cluster", "crm-cluster", 1),
  COUNTED("PostgreSQL", "rds/instance", "crm-database-", 2),
  COUNTED("Load balancer", "lb/loadBalancer", "crm-cluster", 1),
  COUNTED("Buckets", "s3/bucket", "crm-storage-", 4),
  "Images of all services | page docs/image-contract.md | Requirements for every image | by the services' own pipelines",
  `Tags of images move, as latest does | ecr/repository ${SERVICES} | imageTagMutability | MUTABLE | Images come from the services' own pipelines | crm:cluster.imageTags | IMMUTABLE`,
  COUNTED("Task definitions", "ecs/taskDefinition", "crm-", 3),
  COUNTED("Services", "ecs/service", "crm-", 3),
  COUNTED("Routing rules", "lb/listenerRule", "crm-*-production", 4),
  COUNTED("Redis", "elasticache/replicationGroup", "crm-cache", 1),
  COUNTED("Alarms", "cloudwatch/metricAlarm", "crm-observability-", 3),
  COUNTED("Sampling rules", "xray/samplingRule", "crm-observability-tracing-", 2),
  COUNTED("Security groups", "ec2/securityGroup", "crm-", 3),
  COUNTED("Certificates", "acm/certificate", "crm-dns-", 1),
  COUNTED("Backup plan", "backup/plan", "crm-recovery", 1),
  COUNTED("Scaling policies", "appautoscaling/policy", "crm-", 3),
  COUNTED("Budget", "budgets/budget", "crm-cost-monthly", 1),
  "Disaster recovery: a stack in us-west-2 | recovery: count rds/instance crm-database-primary | | at least 1",
  "Performance tests | page docs/operations.md | Load tests | a load test",
  `Documentation | ${TEST("docs", "has no link that leads nowhere", "all of it")}`,
);
