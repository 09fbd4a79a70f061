/**
 * Where the pack and Checkov differ and the pack is right, by check and address, with the reason.
 * Judged on 2026-11-28 with the examples of bridgecrewio/checkov at 03d5fda.
 */
export const DEFENDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CKV_AWS_233: {
    "aws_acm_certificate.fail":
      "Terraform's own lifecycle; Pulumi makes the new certificate first unless it is told not to.",
    "aws_acm_certificate.fail2":
      "Terraform's own lifecycle; Pulumi makes the new certificate first unless it is told not to.",
  },
  CKV_AWS_174: {
    "aws_cloudfront_distribution.pass":
      "AWS recommends TLSv1.2_2021; Security Hub's CloudFront.15 refuses older policies.",
    "aws_cloudfront_distribution.pass1":
      "AWS recommends TLSv1.2_2021; Security Hub's CloudFront.15 refuses older policies.",
  },
  CKV_AWS_66: {
    "aws_cloudwatch_log_group.pass": "The strict profile asks for a year, as CKV_AWS_338 does.",
  },
  CKV_AWS_338: {
    "aws_cloudwatch_log_group.pass_0":
      "0 keeps entries for ever, which nobody said on purpose and everybody pays for.",
  },
  CKV_AWS_133: {
    "aws_rds_cluster.pass2": "Without a word RDS keeps one day, or none; RDS.11 asks for seven.",
    "aws_db_instance.pass2": "Without a word RDS keeps one day, or none; RDS.11 asks for seven.",
  },
  CKV_AWS_226: {
    "aws_db_instance.fail2": "Without a word RDS upgrades minor versions by itself.",
    "aws_rds_cluster_instance.fail2": "Without a word RDS upgrades minor versions by itself.",
  },
  CKV_AWS_363: {
    "aws_lambda_function.pass": "Node.js 18 gets no updates any more.",
  },
  CKV_AWS_32: {
    "aws_ecr_repository_policy.pass_conditional":
      "ForAllValues on aws:PrincipalOrgID holds for callers without an organization: it is open.",
  },
  CKV_AWS_223: {
    "aws_ecs_cluster.pass":
      "DEFAULT writes to the containers' own log, if they have one; the rule asks for a place that is named.",
    "aws_ecs_cluster.pass2":
      "DEFAULT writes to the containers' own log, if they have one; the rule asks for a place that is named.",
  },
  CKV_AWS_335: {
    "aws_ecs_task_definition.fail":
      "pidMode inside of a container's definition is nothing that ECS knows; it is the task's.",
  },
  CKV_AWS_334: {
    "aws_ecs_task_definition.fail": "ECS knows `privileged`; the example has `privilege`.",
  },
  CKV_AWS_332: {
    "aws_ecs_service.fail":
      "1.4.0 is the newest version of the platform for Linux; ECS.10 accepts it.",
  },
  CKV_AWS_91: {
    "aws_lb.default": "A network load balancer logs TLS connections alone; ELB.5 leaves it out.",
    "aws_lb.only_bucket":
      "A network load balancer logs TLS connections alone; ELB.5 leaves it out.",
    "aws_lb.disabled": "A network load balancer logs TLS connections alone; ELB.5 leaves it out.",
  },
  CKV_AWS_376: {
    "aws_elb.pass": "The certificate is one of IAM, which nobody renews; ELB.2 asks for ACM.",
  },
  CKV_AWS_355: {
    "aws_iam_policy.fail": "AWS knows no resource for ec2:Describe*: it has to be allowed on all.",
    "aws_iam_role_policy.fail":
      "AWS knows no resource for ec2:Describe*: it has to be allowed on all.",
    "aws_iam_user_policy.fail":
      "AWS knows no resource for ec2:Describe*: it has to be allowed on all.",
    "aws_iam_group_policy.fail":
      "AWS knows no resource for ec2:Describe*: it has to be allowed on all.",
    "aws_ssoadmin_permission_set_inline_policy.fail":
      "AWS knows no resource for ec2:Describe*: it has to be allowed on all.",
  },
  CKV_AWS_33: {
    "aws_kms_key.pass_2": "A principal that is a bare ARN is no valid document: KMS refuses it.",
    "aws_kms_key.pass_3": "A principal that is a bare ARN is no valid document: KMS refuses it.",
  },
  CKV_AWS_173: {
    "aws_lambda_function.failkmsnovars": "A function without variables has nothing to encrypt.",
    "aws_lambda_function.failasempty": "A function without variables has nothing to encrypt.",
  },
  CKV_AWS_301: {
    "aws_lambda_permission.fail":
      "A caller who is no service has no aws:SourceArn, and only EventBridge has this rule's: nobody else gets in.",
  },
  CKV_AWS_50: {
    "aws_lambda_function.pass_through":
      "PassThrough traces only what somebody else began to trace; Lambda.7 asks for Active.",
  },
  CKV_AWS_352: {
    "aws_network_acl_rule.pass":
      "With the protocol `all` the ports are ignored: everything is let in.",
  },
  CKV_AWS_231: {
    "aws_network_acl.pass3":
      "The example is about 3389, and leaves 20 to 22 open, which the other three checks are about.",
  },
  CKV_AWS_250: {
    "aws_db_instance.pass": "Versions 11 and 13 get no corrections any more.",
    "aws_rds_cluster.pass": "Versions 11 and 13 get no corrections any more.",
  },
  CKV_AWS_300: {
    "aws_s3_bucket_lifecycle_configuration.resource_with_dynamic_rule_pass4":
      "Its number of days comes from a variable without a value.",
  },
  CKV_AWS_70: {
    "aws_s3_bucket_policy.pass_w_condition":
      "ArnNotEquals shuts out one role and lets everybody else in.",
    "aws_s3_bucket.pass_w_condition": "ArnNotEquals shuts out one role and lets everybody else in.",
    "aws_s3_bucket.fail_w_condition":
      "Undecided: what a pattern of five parts, arn:aws:iam::*, matches is not documented.",
    "aws_s3_bucket_policy.fail_w_condition":
      "Undecided: what a pattern of five parts, arn:aws:iam::*, matches is not documented.",
  },
  CKV_AWS_375: {
    "aws_s3_bucket_acl.pass2":
      "Everybody may list the bucket; the check is about changing it, and CKV_AWS_20 about reading.",
  },
  CKV_AWS_93: {
    "aws_s3_bucket_policy.pass3": "The document is no JSON: S3 refuses it.",
  },
  CKV_AWS_379: {
    "aws_s3_bucket_acl.fail1":
      "The pack says it of the bucket's policy; the check of the ACL, which names the same bucket by its name.",
    "aws_s3_bucket_acl.fail2":
      "The pack says it of the bucket's policy; the check of the ACL, which names the same bucket by its name.",
  },
  CKV_AWS_385: {
    "aws_sns_topic_policy.pass0": "It is open to everybody, which CKV_AWS_169 refuses.",
    "aws_sns_topic_policy.pass1": "It is open to everybody, which CKV_AWS_169 refuses.",
    "aws_sns_topic_policy.pass2":
      "It names an account that the program does not say to be its own; ownAccounts would.",
  },
  CKV_AWS_169: {
    "aws_sns_topic_policy.sns_tp6":
      "A principal that is a bare ARN is no valid document: SNS refuses it.",
    "aws_sns_topic_policy.sns_pass_condition":
      "It names an account that the program does not say to be its own; ownAccounts would.",
  },
  CKV_AWS_72: {
    "aws_sqs_queue_policy.pass":
      "A principal that is a bare ARN is no valid document: SQS refuses it.",
  },
  CKV_AWS_27: {
    "aws_sqs_queue.fail": "SQS encrypts a queue by itself since 2022 unless it is told not to.",
    "aws_sqs_queue.fail2": "SQS encrypts a queue by itself since 2022 unless it is told not to.",
  },
  CKV_AWS_168: {
    "aws_sqs_queue_policy.q6":
      "A principal that is a bare ARN is no valid document: SQS refuses it.",
    "aws_sqs_queue.aq6": "A principal that is a bare ARN is no valid document: SQS refuses it.",
  },
  CKV_AWS_382: {
    "aws_security_group.pass": "With the protocol -1 the ports are ignored: everything is let out.",
  },
  CKV_AWS_24: {
    "aws_security_group.pass_self2": "The rule names the whole internet beside the group itself.",
    "aws_security_group.fail2": "TCP from 0 to 0 is the port 0; EC2 does not take it for all.",
    "aws_vpc_security_group_ingress_rule.fail2": "It names nobody: EC2 refuses it.",
    "aws_security_group.not_self": "It names nobody: EC2 refuses it.",
  },
  CKV_AWS_260: {
    "aws_security_group.fail2": "TCP from 0 to 0 is the port 0; EC2 does not take it for all.",
    "aws_vpc_security_group_ingress_rule.fail2": "It names nobody: EC2 refuses it.",
  },
  CKV_AWS_388: {
    "aws_db_instance.pass": "Version 11 gets no corrections any more.",
  },
  CKV_AWS_192: {
    "aws_wafv2_web_acl.rule_count":
      "The override stands in an argument that the provider has no more.",
  },
  CKV_AWS_175: {
    "aws_waf_web_acl.fail2": "A rule without a statement or an action: WAF refuses it.",
    "aws_wafv2_web_acl.fail2": "A rule without a statement or an action: WAF refuses it.",
    "aws_wafregional_web_acl.fail2": "A rule without a statement or an action: WAF refuses it.",
  },
  CKV_AWS_342: {
    "aws_wafv2_web_acl.pass_managed": "A managed group needs an overrideAction: WAF refuses it.",
  },
  CKV_AWS_1: {
    "data.aws_iam_policy_document.list":
      "The statements stand in an argument that the provider has no more; the document is empty.",
  },
  CKV_AWS_283: {
    "data.aws_iam_policy_document.pass1": "Its list of principals is empty: SNS refuses it.",
  },
  CKV_AWS_356: {
    "data.aws_iam_policy_document.pass_condition":
      "aws:SourceArn says who makes a service call, and not which keys may be used.",
  },
  CKV_AWS_49: {
    "data.aws_iam_policy_document.flatten":
      "The statements stand in an argument that the provider has no more; the document is empty.",
    "data.aws_iam_policy_document.pass": "All actions of S3; IAM.21 refuses that.",
    "data.aws_iam_policy_document.unknown":
      "The statements stand in an argument that the provider has no more; the document is empty.",
  },
  CKV_AWS_136: {
    "aws_ecr_repository.foo":
      "Encrypted with AWS's own key; ECR.5 asks for a customer-managed one.",
  },
  CKV_AWS_127: {
    "aws_elb.test": "The certificate is one of IAM, which nobody renews; ELB.2 asks for ACM.",
  },
  CKV_AWS_117: {
    "aws_lambda_function.test_lambda": "One subnet is one zone; Lambda.5 asks for two.",
  },
  CKV_AWS_118: {
    "aws_db_instance.default": "RDS refuses an interval without a role to write the metrics with.",
  },
  CKV2_AWS_20: {
    "aws_lb.lb_good_1": "Without sslPolicy the listener speaks TLS 1.0.",
  },
  CKV2_AWS_35: {
    "aws_route_table.aws_route_table_not_ok":
      "The route leads to an instance by an argument that @pulumi/aws 7 has no more.",
    "aws_route.aws_route_not_ok":
      "The route leads to an instance by an argument that @pulumi/aws 7 has no more.",
  },
  CKV2_AWS_46: {
    "aws_cloudfront_distribution.pass_1":
      "Undecided: the rule does not follow the origin to the bucket.",
    "aws_cloudfront_distribution.fail":
      "Undecided: the rule does not follow the origin to the bucket.",
  },
  CKV2_AWS_54: {
    "aws_cloudfront_distribution.pass_1":
      "It says no originProtocolPolicy; CloudFront.9 asks for https-only.",
  },
  CKV2_AWS_47: {
    "aws_cloudfront_distribution.pass":
      "The group only counts what it finds, and holds nothing off.",
  },
  CKV2_AWS_72: {
    "aws_cloudfront_distribution.example_pass_domain":
      "The example's origins speak old versions of TLS, or the viewers' protocol, besides.",
    "aws_cloudfront_distribution.example_pass_httpsonly":
      "The example's origins speak old versions of TLS, or the viewers' protocol, besides.",
    "aws_cloudfront_distribution.example_pass_disabled":
      "The example's origins speak old versions of TLS, or the viewers' protocol, besides.",
  },
  CKV2_AWS_19: {
    "aws_eip.not_ok_eip": "A network interface has the address.",
  },
  CKV2_AWS_30: {
    "aws_db_instance.fail3": "Undecided: the group stands outside of the program.",
    "aws_db_instance.fail4": "Undecided: the group stands outside of the program.",
  },
  CKV2_AWS_60: {
    "aws_db_instance.fail_1": "It copies its tags.",
  },
  CKV2_AWS_69: {
    "aws_db_instance.pass_no_param": "Undecided: neither engine nor group is told.",
  },
  CKV2_AWS_38: {
    "aws_route53_zone.pass_signing_key": "A key alone signs nothing; HostedZoneDnsSec turns it on.",
  },
  CKV2_AWS_6: {
    "aws_s3_bucket.bucket_good_1": "Two of four switches; S3.8 asks for all.",
  },
  CKV2_AWS_61: {
    "aws_s3_bucket.pass": "Its only rule has no status: S3 refuses it.",
  },
  CKV_AWS_145: {
    "aws_s3_bucket.bucket_good_6":
      "KMS with AWS's own key; the rule asks for one that is ours to shut off.",
  },
  CKV_AWS_20: {
    "aws_s3_bucket.public_read":
      "Its acl is public-read; the list means another example's bucket of the same name.",
  },
  CKV_AWS_57: {
    "aws_s3_bucket.bucket_with_read_acl":
      "Everybody may read; the check is about writing, and CKV_AWS_20 about reading.",
  },
  CKV2_AWS_73: {
    "aws_sqs_queue.pass_notexists": "SQS's own key; the rule asks for a customer-managed one.",
  },
  CKV2_AWS_31: {
    "aws_wafv2_web_acl.pass": "It logs what people log in with.",
  },
  CKV_AWS_261: {
    "aws_alb_target_group.pass":
      "It is checked by HTTP; ELB.21 asks for HTTPS, and the strict profile with it.",
  },
  CKV_AWS_378: {
    "aws_lb_target_group.public_fargate_target_group":
      "Its targets are asked by HTTP, which the check is about.",
    "aws_alb_target_group.public_fargate_target_group":
      "Its targets are asked by HTTP, which the check is about.",
  },
  CKV2_AWS_5: {
    "aws_security_group.pass_appstream_fleet": "The argument that names it does not exist.",
    "aws_security_group.pass_ec2_spot_fleet_request": "The argument that names it does not exist.",
  },
  CKV_AWS_39: {
    "aws_eks_cluster.disabled": "Its switch comes from a variable without a value.",
  },
  CKV_AWS_83: {
    "aws_elasticsearch_domain.pass":
      "It says nothing of HTTPS, and a domain answers without it then.",
    "aws_opensearch_domain.pass2":
      "It says nothing of HTTPS, and a domain answers without it then.",
  },
  CKV_AWS_8: {
    "aws_instance.pass": "Its disk says nothing of encryption, and EC2 encrypts none by itself.",
  },
};
