/**
 * Where the pack and Checkov differ and the pack stays as it is, by check and address, with the reason, its source and who
 * judged it. Examples of bridgecrewio/checkov at 03d5fda.
 */
export interface Verdict {
  readonly reason: string;
  /** What the verdict rests on: a page of AWS or of the provider, or this repository's copy of one. */
  readonly source: string;
  readonly judged: string;
}

const JUDGED = "independent review 2026-11-29";

const SEARCH: Verdict = {
  reason:
    "Without the block domainEndpointOptions the provider sends no EnforceHTTPS, so the domain also answers HTTP.",
  source: "provider, domain_endpoint_options.enforce_https: its default holds inside of the block",
  judged: JUDGED,
};

const OWN_ACCOUNT: Verdict = {
  reason: "Undecided: it names an account, and the example does not say which account is its own.",
  source: "the example; IAM User Guide, AWS JSON policy elements: Principal",
  judged: JUDGED,
};

const NO_VARIABLES: Verdict = {
  reason:
    "The check refuses a key for a function without variables as drift of the state; nothing is unencrypted.",
  source: "AWS Lambda API reference, CreateFunction, KMSKeyArn; the check's own comment",
  judged: JUDGED,
};

const ALL_BUT_ONE: Verdict = {
  reason: "ArnNotEquals excludes one user, whose account has 14 digits, and admits all others.",
  source: "Amazon S3 User Guide, The meaning of public; IAM User Guide, ARN condition operators",
  judged: JUDGED,
};

const ALLOWED_WITH_TLS: Verdict = {
  reason:
    "A statement that allows requests with TLS denies none without: the ACL public-read still serves HTTP.",
  source: "Security Hub, S3.5: the policy has to deny requests where aws:SecureTransport is false",
  judged: JUDGED,
};

const ENCRYPTED_QUEUE: Verdict = {
  reason: "A queue that is created without a setting is encrypted with SQS's own keys.",
  source: "Amazon SQS Developer Guide, Encryption at rest; Security Hub, SQS.1",
  judged: JUDGED,
};

const PORT_0: Verdict = {
  reason: "TCP from 0 to 0 is the port 0, and neither 22 nor 80; only -1 stands for all.",
  source: "Amazon EC2 API reference, IpPermission",
  judged: JUDGED,
};

export const DEFENDED: Readonly<Record<string, Readonly<Record<string, Verdict>>>> = {
  CKV_AWS_133: {
    "aws_db_instance.pass2": {
      reason: "An instance that says nothing keeps no backups; a cluster keeps one day and passes.",
      source: "provider, aws_db_instance.backup_retention_period: Default is 0",
      judged: JUDGED,
    },
  },
  CKV_AWS_226: {
    "aws_db_instance.fail2": {
      reason: "An instance that says nothing installs minor versions.",
      source: "provider, aws_db_instance.auto_minor_version_upgrade: Defaults to true",
      judged: JUDGED,
    },
  },
  CKV_AWS_363: {
    "aws_lambda_function.pass": {
      reason: "Node.js 18 has been deprecated since 2025-09-01; the check's list is older.",
      source: "AWS Lambda Developer Guide, Lambda runtimes (facts/lambda-runtimes.ts)",
      judged: JUDGED,
    },
  },
  CKV_AWS_32: {
    "aws_ecr_repository_policy.pass_conditional": {
      reason:
        "ForAllValues is true when the request has no aws:PrincipalOrgID, as for callers without an organization.",
      source: "IAM User Guide, Set operators for multivalued context keys",
      judged: JUDGED,
    },
  },
  CKV_AWS_332: {
    "aws_ecs_service.fail": {
      reason: "1.4.0 is the version that LATEST stands for.",
      source:
        "Security Hub, ECS.10; Amazon ECS, Fargate platform versions (facts/fargate-sizes.ts)",
      judged: JUDGED,
    },
  },
  CKV_AWS_83: {
    "aws_elasticsearch_domain.pass": SEARCH,
    "aws_opensearch_domain.pass2": SEARCH,
  },
  CKV_AWS_173: {
    "aws_lambda_function.failkmsnovars": NO_VARIABLES,
    "aws_lambda_function.failasempty": NO_VARIABLES,
  },
  CKV_AWS_352: {
    "aws_network_acl_rule.pass": {
      reason: "With all protocols EC2 allows all ports, whatever ports the entry has.",
      source: "Amazon EC2 API reference, CreateNetworkAclEntry, Protocol",
      judged: JUDGED,
    },
  },
  CKV_AWS_300: {
    "aws_s3_bucket_lifecycle_configuration.resource_with_dynamic_rule_pass4": {
      reason: "Undecided: its rules come from a variable that the example does not declare.",
      source: "the example",
      judged: JUDGED,
    },
  },
  CKV_AWS_70: {
    "aws_s3_bucket_policy.pass_w_condition": ALL_BUT_ONE,
    "aws_s3_bucket.pass_w_condition": ALL_BUT_ONE,
  },
  CKV_AWS_379: {
    "aws_s3_bucket_acl.pass_policy1": ALLOWED_WITH_TLS,
    "aws_s3_bucket_acl.pass_policy3": ALLOWED_WITH_TLS,
  },
  CKV_AWS_169: {
    "aws_sns_topic_policy.sns_pass_condition": OWN_ACCOUNT,
  },
  CKV_AWS_385: {
    "aws_sns_topic_policy.fail0": OWN_ACCOUNT,
    "aws_sns_topic_policy.fail1": OWN_ACCOUNT,
    "aws_sns_topic_policy.pass2": OWN_ACCOUNT,
  },
  CKV_AWS_27: {
    "aws_sqs_queue.fail": ENCRYPTED_QUEUE,
    "aws_sqs_queue.fail2": ENCRYPTED_QUEUE,
  },
  CKV_AWS_24: {
    "aws_security_group.fail2": PORT_0,
    "aws_security_group.not_self": {
      reason: "With self: false and no other source it admits no one.",
      source: "provider, aws_security_group.ingress.self; Amazon EC2 API reference, IpPermission",
      judged: JUDGED,
    },
  },
  CKV_AWS_260: {
    "aws_security_group.fail2": PORT_0,
  },
  CKV2_AWS_60: {
    "aws_db_instance.fail_1": {
      reason: "It copies its tags; the check leaves out Neptune, which has a type of its own.",
      source: "Security Hub, RDS.17",
      judged: JUDGED,
    },
  },
  CKV2_AWS_69: {
    "aws_db_instance.pass_no_param": {
      reason: "Undecided: it names no engine, and its parameter group is not in the example.",
      source: "the example; Security Hub, RDS.38 to RDS.44 depend on the engine",
      judged: JUDGED,
    },
  },
  CKV2_AWS_38: {
    "aws_route53_zone.pass_signing_key": {
      reason: "A key alone signs nothing; EnableHostedZoneDNSSEC starts to sign.",
      source: "Amazon Route 53 API reference, CreateKeySigningKey, EnableHostedZoneDNSSEC",
      judged: JUDGED,
    },
  },
  CKV2_AWS_61: {
    "aws_s3_bucket.pass": {
      reason: "Its only rule has no status, which S3 requires; no rule is enabled.",
      source: "Amazon S3 API reference, LifecycleRule",
      judged: JUDGED,
    },
  },
};
