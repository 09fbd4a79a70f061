import assert from "node:assert/strict";

import type { PolicyResource } from "@pulumi/policy";

import { StackGraph } from "../../analysis/graph";
import { unproxied } from "../../analysis/properties";
import { RecoveryStack } from "../../analysis/recovery/resources";
import { type Rule, subjectOf } from "../../policy-pack/define";
import { RULE_GROUPS, RULES } from "../../policy-pack/rules";
import { apiRules } from "../../policy-pack/rules/apis";
import { appServiceRules } from "../../policy-pack/rules/app-services";
import { recoveryRules } from "../../policy-pack/rules/recovery";
import { readPackConfig } from "../../tools/preview/engine/policy-config";
import type { Plan } from "../../tools/preview/index";
import { planOf } from "../support/plans";
import { packConfigFile } from "../support/stack-files";
import { answerBy, plannedResources, settingsOf } from "./planned";
import { onRealInputs, withoutProperties, withoutProperty } from "./realistic";
import { check, type Row } from "./support";
import { readTables } from "./tables";

/** Rules about what the platform has none of: they have their tables, and no inputs of it below. */
const NOT_PLANNED = [
  "rds-snapshot-not-public",
  "nacl-no-open-admin-ports",
  "nacl-not-all-ports",
  "nacl-attached",
  "ecr-policy-not-public",
  "redis-user-auth",
  "clb-desync-mitigation",
  "clb-access-logs",
  "clb-listener-tls",
  "clb-cross-zone",
  "clb-draining",
  "clb-multi-az",
  "codebuild-source-no-credentials",
  "codebuild-no-env-secrets",
  "codebuild-artifacts-encrypted",
  "codebuild-logged",
  "codebuild-reports-encrypted",
  "codebuild-s3-logs-encrypted",
  "codebuild-not-privileged",
  "msk-not-public",
  "msk-brokers-tls",
  "msk-clients-tls",
  "msk-monitored",
  "msk-connector-tls",
  "msk-authenticated",
  "msk-logged",
  "msk-connector-logged",
  "glue-security-configuration",
  "glue-security-configuration-encrypts",
  "glue-catalog-encrypted",
  "glue-job-version",
  "athena-workgroup-enforced",
  "athena-workgroup-metrics",
  "notebook-no-direct-internet",
  "notebook-no-root",
  "notebook-imdsv2",
  "notebook-platform",
  "sagemaker-model-isolated",
  "notebook-in-vpc",
  "sagemaker-endpoint-redundant",
  "sagemaker-model-private-registry",
  "sagemaker-job-traffic-encrypted",
  "sagemaker-job-isolated",
  "config-recorder-on",
  "config-global-resources",
  "config-aggregator-every-region",
  "emr-encrypted-at-rest",
  "emr-encrypted-in-transit",
  "emr-security-configuration",
  "emr-logged",
  "emr-authenticated",
  "emr-block-public-access",
  "dms-not-public",
  "dms-minor-upgrades",
  "dms-multi-az",
  "dms-mongodb-authenticated",
  "dms-redis-tls",
  "dms-endpoint-tls",
  "dms-task-logged",
  "datasync-task-logged",
  "workspaces-volumes-encrypted",
  "mq-not-public",
  "mq-logged",
  "mq-minor-upgrades",
  "mq-audit-logged",
  "mq-redundant",
  "firehose-encrypted",
  "search-in-vpc",
  "search-security-group",
  "search-logged",
  "search-data-nodes",
  "search-master-nodes",
  "search-fine-grained-access",
  "eks-logged",
  "eks-endpoint-allowed-addresses",
  "eks-node-ssh-closed",
  "eks-supported-version",
  "cloudtrail-on",
  "cloudtrail-cloudwatch",
  "ssm-document-not-public",
  "ssm-session-encrypted-and-logged",
  "ssm-service-settings",
  "kinesis-retention",
  "asg-multi-az",
  "asg-launch-template",
  "asg-mixed-instances",
  "asg-tagged",
  "asg-cooldown",
  "ec2-metadata-hop-limit",
  "ec2-termination-protection",
  "ebs-encrypted-by-default",
  "ebs-snapshots-not-public",
  "tgw-no-auto-accept",
  "client-vpn-logged",
  "eni-source-dest-check",
  "ami-copy-encrypted",
  "ami-not-public",
  "vpn-logged",
  "vpn-ikev2",
  "image-disks-encrypted",
  "ec2-instance-role",
  "ec2-imdsv2",
  "redshift-group-requires-tls",
  "redshift-serverless-requires-tls",
  "redshift-snapshot-retention",
  "redshift-activity-log",
  "redshift-serverless-logs",
  "redshift-version-upgrades",
  "redshift-vpc-routing",
  "redshift-multi-az",
  "redshift-custom-admin-name",
  "redshift-custom-database-name",
  "redshift-non-default-port",
  "redshift-subnet-group",
  "cluster-backup-retention",
  "cluster-audit-log",
  "docdb-audit-parameter",
  "cluster-deletion-protection",
  "neptune-iam-auth",
  "neptune-copy-tags",
  "neptune-minor-upgrades",
  "docdb-managed-password",
  "docdb-non-default-port",
  "global-cluster-encrypted",
  "dax-encrypted",
  "dax-tls",
  "memorydb-access-list",
  "efs-access-point-root",
  "efs-access-point-user",
  "ec2-no-public-ip",
  "ec2-disks-encrypted",
  "ec2-no-user-data-secrets",
  "ec2-detailed-monitoring",
  "dynamodb-pitr",
  "dynamodb-deletion-protection",
  "kinesis-encrypted",
  "eks-secrets-encrypted",
  "eks-endpoint-not-public",
  "search-https",
  "cloudtrail-multi-region",
  "cloudtrail-validated",
  "search-node-to-node-encrypted",
  "secret-rotation-interval",
  "iam-no-users",
  "fis-stop-condition",
  "redshift-requires-tls",
  "neptune-multi-az",
  "asg-elb-health-check",
  "data-services-cmk",
  "redshift-audit-log",
  "exemptions-used",
  // The tables of the others also have load balancers, functions and associations of web ACLs.
  ...[...apiRules, ...appServiceRules]
    .map(({ info }) => info.id)
    .filter((id) => !/-waf-attached$|^api-route-authorized$/.test(id)),
];

/** Judge a stack as a whole, region and all; their tests take planned stacks and break them. */
const WHOLE = ["rpo-rto", "recovery-stands-alone"];

describe("policy pack: on what the program sends", () => {
  const tables = readTables();
  let plan: Plan;
  let resources: PolicyResource[];
  before(async () => {
    plan = await planOf("production");
    resources = plannedResources(plan);
  });

  for (const [group, rules] of Object.entries(RULE_GROUPS)) {
    it(`${group}: the tables hold with the inputs of a planned resource below them`, () => {
      for (const { info } of rules.filter((rule) => !WHOLE.includes(rule.info.id))) {
        const { rule, rows } = tables.get(info.id)!;
        const lists = onRealInputs(rows, plan.resources);
        assert.equal(lists.length === 0, NOT_PLANNED.includes(info.id), info.id);
        const failures = firstWithout(lists, (list) => failuresOf(rule, list));
        assert.deepEqual(failures, [], info.id);
      }
    });
  }

  it("no rule about single resources takes a value that is not known for a wrong one", () => {
    const wrong: string[] = [];
    for (const sample of ofEachShape(resources)) {
      for (const property of Object.keys(unproxied(sample.props))) {
        const subject = subjectOf(withoutProperty(sample, property));
        for (const rule of RULES) {
          const { violations } = answerBy(rule, settingsFor(rule), subject);
          wrong.push(
            ...violations.map((v) => `${rule.info.id}, ${property} of ${sample.urn}: ${v}`),
          );
        }
      }
    }
    assert.deepEqual(wrong, []);
  });

  it("no rule about recovery takes a property that is not known for a wrong one", () => {
    const wrong: string[] = [];
    const askers = askersOf(StackGraph.of(resources), recoveryRules);
    for (const [type, rules] of askers) {
      for (const property of propertiesOf(resources, type)) {
        const stack = withoutProperties(resources, type, property);
        const graph = StackGraph.of(stack.filter((resource) => askers.has(resource.type)));
        for (const rule of rules) {
          const { violations } = answerBy(rule, settingsFor(rule), graph);
          wrong.push(...violations.map((v) => `${rule.info.id}, ${property} of ${type}: ${v}`));
        }
      }
    }
    assert.deepEqual(wrong, []);
  });

  it("no stack rule takes values that are not known for wrong ones", () => {
    const wrong: string[] = [];
    for (const [type, rules] of askersOf(StackGraph.of(resources))) {
      const graph = StackGraph.of(withoutProperties(resources, type));
      for (const rule of rules) {
        const { violations } = answerBy(rule, settingsFor(rule), graph);
        wrong.push(...violations.map((v) => `${rule.info.id}, ${type}: ${v}`));
      }
    }
    assert.deepEqual(wrong, []);
  });
});

const SETTINGS = settingsOf(readPackConfig(packConfigFile("production")));

function settingsFor(rule: Rule): object {
  return SETTINGS[rule.info.id]!.properties;
}

/** What the first list yields for which it is nothing, else what the last one yields. */
function firstWithout<T>(lists: readonly T[], failuresOf: (list: T) => string[]): string[] {
  let failures: string[] = [];
  for (const list of lists) {
    failures = failuresOf(list);
    if (failures.length === 0) {
      break;
    }
  }
  return failures;
}

function failuresOf(rule: Rule, rows: readonly Row[]): string[] {
  return rows.flatMap((row, index) => {
    try {
      check(rule, row);
      return [];
    } catch (error) {
      return [`row ${index + 1}: ${(error as Error).message}`];
    }
  });
}

/** One resource of each type and set of properties. */
function ofEachShape(resources: readonly PolicyResource[]): PolicyResource[] {
  const shapes = new Map(
    resources.map((resource) => [
      `${resource.type} ${Object.keys(unproxied(resource.props)).sort().join()}`,
      resource,
    ]),
  );
  return [...shapes.values()];
}

/** Names of all properties that resources of a type have. */
function propertiesOf(resources: readonly PolicyResource[], type: string): Set<string> {
  const ofType = resources.filter((resource) => resource.type === type);
  return new Set(ofType.flatMap(({ props }) => Object.keys(unproxied(props))));
}

/** The stack rules by the types that they ask a graph for, or the recovery group its own model. */
function askersOf(graph: StackGraph, rules = RULES): Map<string, Set<Rule>> {
  const askers = new Map<string, Set<Rule>>();
  const models: { ofType: (...types: string[]) => unknown }[] = [
    StackGraph.prototype,
    RecoveryStack.prototype,
  ];
  const originals = models.map(({ ofType }) => ofType);
  try {
    for (const rule of rules) {
      models.forEach((model, index) => {
        model.ofType = function (...types) {
          types.forEach((type) => askers.set(type, (askers.get(type) ?? new Set()).add(rule)));
          return originals[index]!.apply(this, types);
        };
      });
      answerBy(rule, settingsFor(rule), graph);
    }
  } finally {
    models.forEach((model, index) => (model.ofType = originals[index]!));
  }
  return askers;
}
