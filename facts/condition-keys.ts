/**
 * The condition keys that AWS has for all services. IAM takes a policy with any other `aws:` key and finds it absent in every
 * request: an `ArnLike` never holds then, and an `ArnNotLike` always.
 */
import { type Fact, SERVICE_AUTHORIZATION } from "./fact";

/** Keys with the prefix `aws:`; one that ends in `/` goes on with a tag's name. */
export const GLOBAL_CONDITION_KEYS = {
  names: [
    // The principal.
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalOrgID",
    "aws:PrincipalTag/",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
    // The session of a role.
    "aws:AssumedRoot",
    "aws:FederatedProvider",
    "aws:TokenIssueTime",
    "aws:SignInSessionArn",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:ChatbotSourceArn",
    "aws:Ec2InstanceSourceVpc",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:SourceIdentity",
    // The network.
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:VpcSourceIp",
    // The resource.
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:ResourceTag/",
    // The request.
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:CalledViaAWSMCP",
    "aws:ViaAWSService",
    "aws:ViaAWSMCPService",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:referer",
    "aws:RequestedRegion",
    "aws:RequestTag/",
    "aws:TagKeys",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:UserAgent",
    "aws:IsMcpServiceAction",
  ] as readonly string[],
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/** A key that SNS alone has, for the topics of older services: ElastiCache's notifications need it in place of SourceAccount. */
export const TOPIC_OWNER_KEY = {
  name: "aws:SourceOwner",
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ECEvents.SNS.html",
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/** Keys that restrict the resources or data of a request, in lower case, by their beginnings. */
export const NARROWING_KEYS = {
  pattern:
    /^(aws:(resourcetag|requesttag)\/|[a-z0-9-]+:resourcetag\/|kms:(resourcealiases|requestalias|encryptioncontext)|cloudwatch:namespace|ecs:(cluster|service|task-definition)|ec2:(vpc|subnet|instance)|secretsmanager:secretid|s3:(prefix|dataaccesspointarn)|dynamodb:leadingkeys|lambda:functionarn|events:source|iam:(policyarn|permissionsboundary|awsservicename))/,
  source: SERVICE_AUTHORIZATION,
  asOf: "2026-09-26",
} as const satisfies Fact & Record<string, unknown>;

const KNOWN = new Set(GLOBAL_CONDITION_KEYS.names.map((name) => name.toLowerCase()));

/** Whether AWS has a global key of this name; keys do not tell case apart. */
export function isGlobalConditionKey(key: string): boolean {
  const slash = key.indexOf("/");
  return KNOWN.has((slash < 0 ? key : key.slice(0, slash + 1)).toLowerCase());
}
