/** A stack that takes another's place, and stands before it is needed. */
import { recoveryRules } from "../../../policy-pack/rules/recovery";
import { ruleTable, UNKNOWN_TEXT, type Sample } from "../support";

const [, , , , , standsAlone, , controlPlanes] = recoveryRules;

const database: Sample = { type: "aws:rds/instance:Instance", name: "primary", props: {} };
const restored: Sample = {
  type: "aws:rds/instance:Instance",
  props: {
    restoreToPointInTime: {
      sourceDbInstanceAutomatedBackupsArn: "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-1",
    },
  },
};
const reader: Sample = {
  type: "aws:ecs/taskDefinition:TaskDefinition",
  props: { containerDefinitions: "arn:aws:ssm:us-east-1:123456789012:parameter/crm" },
};
const madeNow: Sample = { type: "aws:lb/loadBalancer:LoadBalancer", name: "crm" };
const pilotLight: Sample = {
  ...database,
  props: {
    replicateSourceDb: "arn:aws:rds:us-east-1:123456789012:db:crm",
    tags: { StandsIn: "us-west-2" },
  },
};

ruleTable(controlPlanes!, [
  { compliant: "a stack that stands", resources: [pilotLight, madeNow] },
  {
    compliant: "a stack that stood, and serves since",
    resources: [{ ...pilotLight, props: { tags: { StandsIn: "us-west-2" } } }, madeNow],
  },
  { compliant: "a stack that takes no other's place", resources: [database, madeNow] },
  {
    violating: "a load balancer that is made in the emergency",
    resources: [restored, madeNow],
    says: /and 1 more are created in the emergency, when without us-east-1 Route 53 makes no name/,
  },
  {
    violating: "a role that is made in the emergency",
    resources: [restored, { type: "aws:iam/role:Role" }],
    says: /without us-east-1 IAM takes no changes; set crm:recovery.readiness to pilot-light/,
  },
  {
    unknown: "whether the stack takes another's place",
    resources: [
      {
        ...restored,
        props: { restoreToPointInTime: { sourceDbInstanceAutomatedBackupsArn: UNKNOWN_TEXT } },
      },
      madeNow,
    ],
  },
  { otherType: "a topic", resources: [{ type: "aws:sns/topic:Topic" }] },
]);

ruleTable(standsAlone!, [
  { compliant: "a replica of what is lost: it is promoted without it", resources: [pilotLight] },
  {
    violating: "a pilot light that reads a parameter of the lost region",
    resources: [pilotLight, reader],
    says: /it names something in us-east-1/,
  },
  {
    unknown: "whether a stack is a pilot light",
    resources: [{ ...pilotLight, props: { tags: UNKNOWN_TEXT } }, reader],
    passes: true,
  },
  { otherType: "a topic", resources: [{ type: "aws:sns/topic:Topic" }] },
]);
