/** What cannot be created while another region is lost: said of the stack that is created then, and of the one that counts on it. */
import { recoveryRules } from "../../../policy-pack/rules/recovery";
import { ruleTable, UNKNOWN_TEXT, type Sample } from "../support";

const controlPlanes = recoveryRules.find(({ info }) => info.id === "recovery-control-planes");

const database: Sample = { type: "aws:rds/instance:Instance", name: "primary", props: {} };
const restored: Sample = {
  type: "aws:rds/instance:Instance",
  props: {
    restoreToPointInTime: {
      sourceDbInstanceAutomatedBackupsArn: "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-1",
    },
  },
};
const madeNow: Sample = { type: "aws:lb/loadBalancer:LoadBalancer", name: "crm" };
const pilotLight: Sample = {
  ...database,
  props: {
    replicateSourceDb: "arn:aws:rds:us-east-1:123456789012:db:crm",
    tags: { StandsIn: "us-west-2" },
  },
};

const home: Sample = { type: "pulumi:providers:aws", props: { region: "us-east-1" } };
const copiesThere: Sample = {
  type: "aws:backup/vault:Vault",
  name: "copies",
  props: { region: "us-west-2" },
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
    says: /and 1 more are created in us-west-2 in the emergency, when without us-east-1 Route 53 makes no name/,
  },
  {
    violating: "a role that is made in the emergency",
    resources: [restored, { type: "aws:iam/role:Role" }],
    says: /without us-east-1 IAM takes no changes; let the stack there stand before, as a pilot light/,
  },
  {
    violating: "copies in a region where nothing stands",
    resources: [home, database, copiesThere, madeNow],
    says: /and 1 more are created in us-west-2 in the emergency, when without us-east-1 Route 53 makes no name/,
  },
  {
    compliant: "copies in a region where a pilot light stands",
    resources: [
      home,
      { ...database, props: { tags: { RecoversBy: "pilot-light" } } },
      copiesThere,
      madeNow,
    ],
  },
  {
    compliant: "the loss of a region that has no control planes of others",
    resources: [{ ...home, props: { region: "eu-west-1" } }, database, copiesThere, madeNow],
  },
  {
    unknown: "whether a pilot light stands",
    resources: [home, { ...database, props: { tags: UNKNOWN_TEXT } }, copiesThere, madeNow],
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
