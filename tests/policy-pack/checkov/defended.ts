/**
 * Where the pack and Checkov differ and the pack stays as it is, by check and address, with the reason, its source and who
 * judged it. Examples of bridgecrewio/checkov at 03d5fda.
 */
export interface Verdict {
  /** Why the pack is right, or why the example cannot be decided. */
  readonly reason: string;
  /** The page that the verdict rests on, of AWS or of the provider. */
  readonly source: string;
  readonly judged: string;
}

const JUDGED = "second independent review 2026-11-29";
const THIRD = "third independent review 2026-11-29";
/** The rule's author judged it. */
const AWS = "https://docs.aws.amazon.com";
const HUB = `${AWS}/securityhub/latest/userguide`;
const PROVIDER = "https://github.com/hashicorp/terraform-provider-aws/blob/main";
const INSTANCE = `${PROVIDER}/website/docs/r/db_instance.html.markdown`;
const PERMISSION = `${AWS}/AWSEC2/latest/APIReference/API_IpPermission.html`;

const NO_API: Verdict = {
  reason:
    "Undecided is right: its API is not in the example. A private API, or one whose resource policy keeps strangers out, may have methods without authorization and stages without a web ACL.",
  source: `${AWS}/apigateway/latest/developerguide/apigateway-resource-policies.html`,
  judged: JUDGED,
};

const NO_PROTOCOL: Verdict = {
  reason:
    "Undecided is right: its API is not in the example. Of a WebSocket API only the route $connect takes an authorization; of an HTTP API the route would be open.",
  source: `${AWS}/apigateway/latest/developerguide/apigateway-websocket-api-control-access-iam.html`,
  judged: JUDGED,
};

const HEALTH: Verdict = {
  reason:
    "The pack is right: the group uses the load balancer's health checks, which is all that AutoScaling.1 asks. Without a block health_check a Classic Load Balancer checks TCP:80, and a target group of instances always checks.",
  source: `${HUB}/autoscaling-controls.html#autoscaling-1; ${AWS}/elasticloadbalancing/latest/classic/elb-healthchecks.html; ${AWS}/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html (HealthCheckEnabled)`,
  judged: THIRD,
};

const SEARCH: Verdict = {
  reason:
    "The pack is right: without the block domainEndpointOptions the provider sends none, and a domain requires HTTPS only if EnforceHTTPS is true. The provider's default holds inside of the block.",
  source: `${PROVIDER}/internal/service/opensearch/domain.go (GetOk of domain_endpoint_options)`,
  judged: JUDGED,
};

const OWN_ACCOUNT: Verdict = {
  reason:
    "Undecided is right: it lets a role of a named account in, and the example does not say which account is its own. Checkov counts every ARN as foreign, and any condition as closed, also one that repeats the role.",
  source: `${AWS}/IAM/latest/UserGuide/reference_policies_elements_principal.html`,
  judged: JUDGED,
};

const NO_VARIABLES: Verdict = {
  reason:
    "The pack is right: without variables nothing is stored unencrypted. The check refuses the key as drift of the state; AWS uses it for snapshots and packages as well.",
  source: `${AWS}/lambda/latest/api/API_CreateFunction.html (KMSKeyArn)`,
  judged: JUDGED,
};

const ALL_BUT_ONE: Verdict = {
  reason:
    "The pack is right: ArnNotEquals excludes one user, of an account with 14 digits, and admits all others. S3 counts a policy as not public if it grants access to fixed values only.",
  source: `${AWS}/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status`,
  judged: JUDGED,
};

const NO_SUCH_KEY: Verdict = {
  reason:
    "The pack is right: a container definition has privileged, and the task pidMode. The provider decodes the document into AWS's structure, and so sends no privilege and no pidMode of a container.",
  source: `${PROVIDER}/internal/service/ecs/task_definition.go (expandContainerDefinitions); ${AWS}/AmazonECS/latest/APIReference/API_ContainerDefinition.html`,
  judged: JUDGED,
};

const PORT_0: Verdict = {
  reason:
    "The pack is right: for TCP, FromPort and ToPort are the range, so 0 to 0 is port 0 alone, and neither 22 nor 80. Checkov reads it as 0 to 65535.",
  source: PERMISSION,
  judged: JUDGED,
};

export const DEFENDED: Readonly<Record<string, Readonly<Record<string, Verdict>>>> = {
  CKV_AWS_122: {
    "aws_sagemaker_notebook_instance.test": {
      reason:
        "The pack is right: a notebook instance that says nothing has direct internet access, which SageMaker.1 refuses.",
      source: `${HUB}/sagemaker-controls.html#sagemaker-1`,
      judged: JUDGED,
    },
  },
  CKV_AWS_314: {
    "aws_codebuild_project.fail": {
      reason:
        "The pack is right: a project that says nothing writes to CloudWatch Logs, and CodeBuild.4 wants one of two kinds of logs.",
      source: `${AWS}/codebuild/latest/APIReference/API_LogsConfig.html (enabled by default)`,
      judged: JUDGED,
    },
  },
  CKV_AWS_133: {
    "aws_db_instance.pass2": {
      reason:
        "The pack is right: AWS's own default is 1 day, but the provider always sends a number, 0 where the program has none. For a cluster it is 1, which passes.",
      source: `${INSTANCE} (backup_retention_period: Default is 0)`,
      judged: JUDGED,
    },
  },
  CKV_AWS_226: {
    "aws_db_instance.fail2": {
      reason: "The pack is right: an instance that says nothing installs minor versions.",
      source: `${INSTANCE} (auto_minor_version_upgrade: Defaults to true)`,
      judged: JUDGED,
    },
  },
  CKV_AWS_363: {
    "aws_lambda_function.pass": {
      reason:
        "The pack is right: nodejs18.x is deprecated since 2025-09-01; the check's list is older.",
      source: `${AWS}/lambda/latest/dg/lambda-runtimes.html#runtimes-deprecated`,
      judged: JUDGED,
    },
  },
  CKV_AWS_32: {
    "aws_ecr_repository_policy.pass_conditional": {
      reason:
        "The pack is right: ForAllValues is also true if the request lacks aws:PrincipalOrgID, as for callers without an organization. AWS warns of it with Allow, and with a key of one value.",
      source: `${AWS}/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html#reference_policies_condition-forallvalues`,
      judged: JUDGED,
    },
  },
  CKV_AWS_332: {
    "aws_ecs_service.fail": {
      reason: "The pack is right: Security Hub's latestLinuxVersion is 1.4.0.",
      source: `${HUB}/ecs-controls.html#ecs-10`,
      judged: JUDGED,
    },
  },
  CKV_AWS_83: {
    "aws_elasticsearch_domain.pass": SEARCH,
    "aws_opensearch_domain.pass2": SEARCH,
  },
  CKV_AWS_59: {
    "aws_api_gateway_method.test_failure": NO_API,
    "aws_api_gateway_method.test_authorization_missing": NO_API,
  },
  CKV_AWS_309: {
    "aws_apigatewayv2_route.fail": NO_PROTOCOL,
    "aws_apigatewayv2_route.fail2": NO_PROTOCOL,
  },
  CKV2_AWS_29: {
    "aws_api_gateway_stage.no_api": NO_API,
  },
  CKV_AWS_173: {
    "aws_lambda_function.failkmsnovars": NO_VARIABLES,
    "aws_lambda_function.failasempty": NO_VARIABLES,
  },
  CKV_AWS_334: {
    "aws_ecs_task_definition.fail": NO_SUCH_KEY,
  },
  CKV_AWS_335: {
    "aws_ecs_task_definition.fail": NO_SUCH_KEY,
  },
  CKV_AWS_352: {
    "aws_network_acl_rule.pass": {
      reason:
        "The pack is right: with protocol -1 traffic on all ports is allowed, regardless of any ports that are specified.",
      source: `${AWS}/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html (Protocol)`,
      judged: JUDGED,
    },
  },
  CKV_AWS_300: {
    "aws_s3_bucket_lifecycle_configuration.resource_with_dynamic_rule_pass4": {
      reason:
        "Undecided is right: its rules and their days come from a variable and a local value that the example does not declare, so the list is not known in a preview.",
      source: "the example",
      judged: JUDGED,
    },
  },
  CKV_AWS_70: {
    "aws_s3_bucket_policy.pass_w_condition": ALL_BUT_ONE,
    "aws_s3_bucket.pass_w_condition": ALL_BUT_ONE,
  },
  CKV_AWS_379: {
    "aws_s3_bucket_acl.pass_policy1": {
      reason:
        "The pack is right: a statement that allows requests with TLS denies none without, and the ACL public-read serves HTTP. S3.5 wants requests denied where aws:SecureTransport is false.",
      source: `${HUB}/s3-controls.html#s3-5`,
      judged: JUDGED,
    },
  },
  CKV_AWS_385: {
    "aws_sns_topic_policy.fail1": OWN_ACCOUNT,
    "aws_sns_topic_policy.pass2": OWN_ACCOUNT,
  },
  CKV_AWS_27: {
    "aws_sqs_queue.fail": {
      reason:
        "The pack is right: SQS encrypts a queue that is created without attributes of encryption with its own keys.",
      source: `${AWS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html`,
      judged: JUDGED,
    },
  },
  CKV_AWS_24: {
    "aws_security_group.fail2": PORT_0,
    "aws_security_group.not_self": {
      reason:
        "The pack is right: without addresses, prefix lists, groups and itself the permission has no source, and admits no address. Checkov counts a missing source as the internet.",
      source: PERMISSION,
      judged: JUDGED,
    },
  },
  CKV_AWS_260: {
    "aws_security_group.fail2": PORT_0,
  },
  CKV2_AWS_60: {
    "aws_db_instance.fail_1": {
      reason:
        "The pack is right: it copies its tags, which is all that RDS.17 wants. Checkov leaves out Neptune, which is no engine of this type.",
      source: `${HUB}/rds-controls.html#rds-17`,
      judged: JUDGED,
    },
  },
  CKV2_AWS_69: {
    "aws_db_instance.pass_no_param": {
      reason:
        "Undecided is right, and the example's own comment says unknown: it names no engine, and its parameter group is not in it. Which parameter enforces TLS depends on the engine.",
      source: `${HUB}/rds-controls.html (RDS.38 to RDS.44)`,
      judged: JUDGED,
    },
  },
  CKV2_AWS_38: {
    "aws_route53_zone.pass_signing_key": {
      reason:
        "The pack is right: CreateKeySigningKey only adds a key to the zone; EnableHostedZoneDNSSEC starts to sign. Checkov takes either.",
      source: `${AWS}/Route53/latest/APIReference/API_EnableHostedZoneDNSSEC.html`,
      judged: JUDGED,
    },
  },
  CKV_AWS_64: {
    "aws_redshift_cluster.test_failure": {
      reason:
        "The pack is right: the provider's default is true, as AWS's is, and AWS refuses to create an unencrypted cluster.",
      source: `${AWS}/redshift/latest/APIReference/API_CreateCluster.html (Encrypted); ${PROVIDER}/website/docs/r/redshift_cluster.html.markdown (encrypted: Default is true)`,
      judged: THIRD,
    },
  },
  CKV_AWS_87: {
    "aws_redshift_cluster.public": {
      reason:
        "The pack is right: the provider's default of publicly_accessible is false, as AWS's is since 2025-01-10. Checkov counts a cluster that does not set it as public.",
      source: `${AWS}/redshift/latest/mgmt/behavior-changes.html#public-access-disabled-by-default; ${PROVIDER}/website/docs/r/redshift_cluster.html.markdown (publicly_accessible: Default is false)`,
      judged: THIRD,
    },
  },
  CKV2_AWS_15: {
    "aws_autoscaling_attachment.test_bad_attachment": HEALTH,
    "aws_autoscaling_attachment.alb_fail": HEALTH,
  },
};
