/** What the document requires of databases, cache, storage and the edge. Form: model.ts. */
import { AWS, section } from "./model";

const PRIMARY = "rds/instance crm-database-primary";
const REPLICA = "rds/instance crm-database-replica";
const CACHE = "elasticache/replicationGroup crm-cache";
const PARAMETERS = "rds/parameterGroup crm-database-primary-postgres15";
const REPLICA_PARAMETERS = "rds/parameterGroup crm-database-replica-postgres15";

export const DATABASE = section(
  "PostgreSQL",
  `Engine | ${PRIMARY} | engine | postgres`,
  `Version | ${PRIMARY} | engineVersion | 15.4 | PostgreSQL 15 without a minor version | ${AWS}/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html | 15`,
  `Class | ${PRIMARY} | instanceClass | db.r6g.large`,
  `Storage | ${PRIMARY} | allocatedStorage | 500`,
  `Storage at most | ${PRIMARY} | maxAllocatedStorage | 2000`,
  `Storage type | ${PRIMARY} | storageType | gp3`,
  `Encrypted | ${PRIMARY} | storageEncrypted | true`,
  `Multi-AZ | ${PRIMARY} | multiAz | true`,
  `Zone | ${PRIMARY} | availabilityZone | us-east-1a | The document's two zones are the primary's subnet group | ${AWS}/AmazonRDS/latest/APIReference/API_CreateDBInstance.html | not set`,
  "Both zones | file Pulumi.production.yaml | config[crm:database].availabilityZones | us-east-1a, us-east-1b",
  `Database | ${PRIMARY} | dbName | crm_production`,
  `Owner | ${PRIMARY} | username | crm_admin`,
  `Password managed by RDS | ${PRIMARY} | manageMasterUserPassword | true | RDS does not manage the password | ${AWS}/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations | not set`,
  `Backups kept | ${PRIMARY} | backupRetentionPeriod | 7`,
  `Backup window | ${PRIMARY} | backupWindow | 03:00-04:00`,
  `Maintenance window | ${PRIMARY} | maintenanceWindow | sun:04:00-sun:05:00`,
  `Backups deleted with the instance | ${PRIMARY} | deleteAutomatedBackups | false`,
  `Monitoring interval | ${PRIMARY} | monitoringInterval | 60`,
  `Performance Insights | ${PRIMARY} | performanceInsightsEnabled | true`,
  `Performance Insights kept | ${PRIMARY} | performanceInsightsRetentionPeriod | 7`,
  `Security group | ${PRIMARY} | @vpcSecurityGroupIds | crm-rds`,
  "Subnet group | rds/subnetGroup crm-database-primary | name | crm-db-subnet-group",
  `shared_preload_libraries | ${PARAMETERS} | parameters[name=shared_preload_libraries].value | pg_stat_statements`,
  `log_statement | ${PARAMETERS} | parameters[name=log_statement].value | mod`,
  `log_min_duration_statement | ${PARAMETERS} | parameters[name=log_min_duration_statement].value | 1000`,
  `Replica of | ${REPLICA} | @replicateSourceDb | crm-database-primary`,
  `Source's identifier | ${PRIMARY} | identifier | crm-production-primary`,
  `Replica: class | ${REPLICA} | instanceClass | db.r6g.large`,
  `Replica: zone | ${REPLICA} | availabilityZone | us-east-1c`,
  `Replica: public | ${REPLICA} | publiclyAccessible | false`,
  `Replica: default_statistics_target | ${REPLICA_PARAMETERS} | parameters[name=default_statistics_target].value | 1000`,
  `Replica: random_page_cost | ${REPLICA_PARAMETERS} | parameters[name=random_page_cost].value | 1.1`,
);

export const REDIS = section(
  "Redis",
  `Node type | ${CACHE} | nodeType | cache.r6g.large`,
  `Nodes: one and its replicas | ${CACHE} | :nodes | 3`,
  `Engine | ${CACHE} | engine | redis`,
  "Cluster mode | elasticache/parameterGroup crm-cache-parameters | parameters[name=cluster-enabled].value | none named | Redis in cluster mode | https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoScaling.html | yes",
  `Version | ${CACHE} | engineVersion | 7.0 | Redis 7.1, not the document's 7.0 | crm:cache.engineVersion | 7.1`,
  `Id | ${CACHE} | replicationGroupId | crm-redis-cluster`,
  `Description | ${CACHE} | description | CRM Redis cluster for session and cache`,
  `Multi-AZ | ${CACHE} | multiAzEnabled | true`,
  `Automatic failover | ${CACHE} | automaticFailoverEnabled | true`,
  `Encrypted at rest | ${CACHE} | atRestEncryptionEnabled | true`,
  `Encrypted in transit | ${CACHE} | transitEncryptionEnabled | true`,
  `Token | ${CACHE} | @authTokenWo | crm-cache-token`,
  `Subnet group | ${CACHE} | subnetGroupName | crm-cache-subnet-group`,
  `Security group | ${CACHE} | @securityGroupIds | crm-elasticache`,
  `Snapshots kept | ${CACHE} | snapshotRetentionLimit | 7`,
  `Snapshot window | ${CACHE} | snapshotWindow | 03:00-05:00`,
  `Notifications | ${CACHE} | @notificationTopicArn~crm-eventing-notifications | crm-eventing-notifications`,
  "Name of the topic | sns/topic crm-eventing-notifications | name | crm-notifications",
);

const SSE = "rules.*.applyServerSideEncryptionByDefault.sseAlgorithm";
const BUCKET = (name: string, physical: string, versioning: string, sse: string) => [
  `${physical}: name | s3/bucket crm-storage-${name} | bucket | ${physical}`,
  `${physical}: versioning | s3/bucketVersioning crm-storage-${name} | versioningConfiguration.status | ${versioning}`,
  `${physical}: encryption | s3/bucketServerSideEncryptionConfiguration crm-storage-${name} | ${SSE} | ${sse}`,
];
const RULE = (bucket: string, id: string, path: string, words: string, value: string) => [
  `Rule ${id}: on | s3/bucketLifecycleConfiguration crm-storage-${bucket} | rules[id=${id}].status | Enabled`,
  `Rule ${id}: ${words} | s3/bucketLifecycleConfiguration crm-storage-${bucket} | rules[id=${id}].${path} | ${value}`,
];
const CORS = "s3/bucketCorsConfiguration crm-storage-frontend-assets";

export const STORAGE = section(
  "Storage",
  ...BUCKET("frontend-assets", "crm-frontend-assets-prod", "Enabled", "AES256"),
  `Assets: public policies blocked | s3/bucketPublicAccessBlock crm-storage-frontend-assets | blockPublicPolicy | false | CloudFront alone reads the frontend's bucket | ${AWS}/cloudfront/latest/APIReference/API_S3Origin.html | true`,
  `CORS: headers | ${CORS} | corsRules.*.allowedHeaders | *`,
  `CORS: methods | ${CORS} | corsRules.*.allowedMethods | GET, HEAD`,
  `CORS: origins | ${CORS} | corsRules.*.allowedOrigins | https://app.crm-consulting.com`,
  `CORS: age | ${CORS} | corsRules.*.maxAgeSeconds | 3600`,
  ...BUCKET("user-uploads", "crm-user-uploads-prod", "Enabled", "aws:kms"),
  "Key of the uploads | s3/bucketServerSideEncryptionConfiguration crm-storage-user-uploads | @rules~crm-storage-key | crm-storage-key",
  ...RULE("user-uploads", "move_to_ia", "transitions.*.days", "days", "30"),
  "Rule move_to_ia: class | s3/bucketLifecycleConfiguration crm-storage-user-uploads | rules[id=move_to_ia].transitions.*.storageClass | STANDARD_IA",
  ...RULE("user-uploads", "move_to_glacier", "transitions.*.days", "days", "90"),
  "Rule move_to_glacier: class | s3/bucketLifecycleConfiguration crm-storage-user-uploads | rules[id=move_to_glacier].transitions.*.storageClass | GLACIER",
  ...BUCKET("backups", "crm-backups-prod", "Enabled", "aws:kms"),
  ...RULE("backups", "backup_retention", "expiration.days", "days", "2555"),
  ...BUCKET("analytics-exports", "crm-analytics-exports-prod", "Disabled", "AES256"),
  ...RULE("analytics-exports", "temp_exports", "expiration.days", "days", "30"),
);

const APP = "cloudfront/distribution crm-edge-distributions-app";
const API = "cloudfront/distribution crm-edge-distributions-api";
const OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ORIGIN_NAMES = `The load balancer is an origin by a name of its own | ${AWS}/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html`;
const BEHAVIOR = (path: string) => `orderedCacheBehaviors[pathPattern=${path}]`;

export const EDGE = section(
  "CloudFront",
  `One distribution | count cloudfront/distribution crm-edge-distributions- | | 1 | One distribution per host | ${AWS}/cloudfront/latest/APIReference/API_CacheBehavior.html | 2`,
  `Comment | ${APP} | comment | CRM Frontend Distribution`,
  `On | ${APP} | enabled | true`,
  `Price class | ${APP} | priceClass | PriceClass_100`,
  `Origin of assets | ${APP} | origins[originId=s3-frontend-assets].originId | s3-frontend-assets`,
  `Origin of assets: bucket | ${APP} | origins[originId=s3-frontend-assets].domainName | crm-frontend-assets-prod.s3.amazonaws.com`,
  `Origin of assets: identity | ${APP} | @origins~crm-edge-distributions-policies-buckets | origin access identity | Origin Access Control, not an identity | ${AWS}/securityhub/latest/userguide/cloudfront-controls.html | crm-edge-distributions-policies-buckets`,
  `Origin of the API | ${APP} | origins[originId=alb-api-origin].originId | alb-api-origin`,
  `Origin of the API: name | ${APP} | origins[originId=alb-api-origin].domainName | the load balancer's own | ${ORIGIN_NAMES} | origin.crm-consulting.com`,
  `Origin of the API: HTTP port | ${APP} | origins[originId=alb-api-origin].customOriginConfig.httpPort | 80`,
  `Origin of the API: HTTPS port | ${APP} | origins[originId=alb-api-origin].customOriginConfig.httpsPort | 443`,
  `Origin of the API: protocol | ${APP} | origins[originId=alb-api-origin].customOriginConfig.originProtocolPolicy | https-only`,
  `Default: origin | ${APP} | defaultCacheBehavior.targetOriginId | s3-frontend-assets | Assets come from a group of two origins | crm:storage.buckets.<name>.replication | frontend-assets`,
  `Default: protocol | ${APP} | defaultCacheBehavior.viewerProtocolPolicy | redirect-to-https`,
  `Default: cache policy | ${APP} | defaultCacheBehavior.cachePolicyId,@defaultCacheBehavior~crm-edge-distributions-policies-pages | ${OPTIMIZED} | Pages are not cached unless they say so | crm:edge.distribution.pagesCache | crm-edge-distributions-policies-pages`,
  `/api/*: origin | ${APP} | ${BEHAVIOR("/api/*")}.targetOriginId | alb-api-origin`,
  `/api/*: protocol | ${APP} | ${BEHAVIOR("/api/*")}.viewerProtocolPolicy | https-only`,
  `/api/*: no caching | ${APP} | ${BEHAVIOR("/api/*")}.cachePolicyId | ${DISABLED}`,
  `/api/*: origin request policy | ${APP} | ${BEHAVIOR("/api/*")}.originRequestPolicyId | 88a5eaf4-2fd4-4709-b370-b4c650ea3fcf | The API's origin request policy is AllViewerExceptHostHeader | ${AWS}/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html | b689b0a8-53d0-40ab-baf2-68738e2966ac`,
  `/static/*: origin | ${APP} | ${BEHAVIOR("/static/*")}.targetOriginId | s3-frontend-assets | Assets come from a group of two origins | crm:storage.buckets.<name>.replication | frontend-assets`,
  `/static/*: protocol | ${APP} | ${BEHAVIOR("/static/*")}.viewerProtocolPolicy | https-only`,
  `/static/*: cache policy | ${APP} | ${BEHAVIOR("/static/*")}.cachePolicyId | ${OPTIMIZED}`,
  `Alias of the app | ${APP} | aliases | app.crm-consulting.com`,
  `Alias of the API | ${API} | aliases | api.crm-consulting.com`,
  `Certificate | ${APP} | @viewerCertificate | crm-dns-viewer`,
  `Certificate by SNI | ${APP} | viewerCertificate.sslSupportMethod | sni-only`,
  `Oldest TLS | ${APP} | viewerCertificate.minimumProtocolVersion | TLSv1.2_2021`,
);
