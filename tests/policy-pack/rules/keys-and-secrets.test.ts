import { keyAndSecretRules } from "../../../policy-pack/rules/keys-and-secrets";
import { companionRows, documentOf, ruleOf } from "../rows";
import { ruleTable, UNKNOWN_FLAG, UNKNOWN_TEXT } from "../support";

const KEY = "aws:kms/key:Key";
const POLICY = "aws:kms/keyPolicy:KeyPolicy";
const SECRET = "aws:secretsmanager/secret:Secret";
const SECRET_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy";
const ROTATION = "aws:secretsmanager/secretRotation:SecretRotation";
const rule = (id: string) => ruleOf(keyAndSecretRules, id);

const account = {
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::123456789012:root" },
  Action: "kms:*",
  Resource: "*",
};
const everybody = { ...account, Principal: "*" };

describe("policy pack: keys and secrets", () => {
  ruleTable(rule("kms-policy-no-wildcard"), [
    { compliant: "the account", type: KEY, props: { policy: documentOf(account) } },
    {
      compliant: "everybody by way of a service, for one account",
      type: POLICY,
      props: {
        policy: documentOf({
          ...everybody,
          Condition: { StringEquals: { "kms:CallerAccount": "123456789012" } },
        }),
      },
    },
    {
      violating: "everybody",
      type: KEY,
      props: { policy: documentOf(account, { ...everybody, Sid: "Open" }) },
      says: /statement Open: it is public/,
    },
    {
      violating: "a condition that narrows nothing",
      type: POLICY,
      props: {
        policy: documentOf({
          ...everybody,
          Condition: { StringLike: { "kms:CallerAccount": "*" } },
        }),
      },
      says: /it is public/,
    },
    { unknown: "document", type: KEY, props: { policy: UNKNOWN_TEXT } },
    { otherType: "an alias", type: "aws:kms/alias:Alias" },
  ]);

  ruleTable(rule("kms-policy-defined"), [
    ...companionRows({ type: KEY }, POLICY, "keyId"),
    { compliant: "in the key", resources: [{ type: KEY, props: { policy: UNKNOWN_TEXT } }] },
    { violating: "nowhere", resources: [{ type: KEY }], says: /policy is not set/ },
  ]);

  ruleTable(rule("kms-enabled"), [
    { compliant: "by itself", type: KEY },
    { violating: "off", type: KEY, props: { isEnabled: false }, says: /isEnabled is false/ },
    {
      violating: "a replica that is off",
      type: "aws:kms/replicaKey:ReplicaKey",
      props: { enabled: false },
      says: /enabled is false/,
    },
    { unknown: "switch", type: KEY, props: { isEnabled: UNKNOWN_FLAG } },
    { otherType: "an alias", type: "aws:kms/alias:Alias" },
  ]);

  ruleTable(rule("kms-deletion-window"), [
    { compliant: "KMS's own", type: KEY },
    { compliant: "30 days", type: KEY, props: { deletionWindowInDays: 30 } },
    {
      compliant: "a week in staging",
      stack: "staging",
      type: KEY,
      props: { deletionWindowInDays: 7 },
    },
    {
      violating: "a week",
      type: KEY,
      props: { deletionWindowInDays: 7 },
      says: /deletionWindowInDays is 7; set it to at least 30/,
    },
    { unknown: "days", type: KEY, props: { deletionWindowInDays: UNKNOWN_TEXT } },
    { otherType: "an alias", type: "aws:kms/alias:Alias" },
  ]);

  ruleTable(rule("kms-no-lockout-bypass"), [
    { compliant: "absent", type: KEY },
    {
      violating: "bypassed in a key",
      type: KEY,
      props: { bypassPolicyLockoutSafetyCheck: true },
      says: /bypassPolicyLockoutSafetyCheck is true; remove it/,
    },
    {
      violating: "bypassed in a policy",
      type: POLICY,
      props: { bypassPolicyLockoutSafetyCheck: true },
      says: /remove it/,
    },
    { unknown: "switch", type: KEY, props: { bypassPolicyLockoutSafetyCheck: UNKNOWN_FLAG } },
    { otherType: "an alias", type: "aws:kms/alias:Alias" },
  ]);

  ruleTable(rule("kms-described"), [
    ...companionRows(
      { type: KEY, props: { description: "Logs" } },
      "aws:kms/alias:Alias",
      "targetKeyId",
    ),
    {
      violating: "no description",
      resources: [
        { type: KEY, name: "key" },
        {
          type: "aws:kms/alias:Alias",
          references: { targetKeyId: ["key"] },
          props: { targetKeyId: UNKNOWN_TEXT },
        },
      ],
      says: /description is not set/,
    },
  ]);

  ruleTable(rule("secret-rotation"), [
    ...companionRows({ type: SECRET, props: { name: "crm-partner-key" } }, ROTATION, "secretId"),
    {
      compliant: "changed by the stack",
      resources: [{ type: SECRET, props: { name: "crm-database-master" } }],
    },
  ]);

  const rotates = (rotationRules: Record<string, unknown>) => ({
    type: ROTATION,
    props: { rotationRules },
  });
  ruleTable(rule("secret-rotation-interval"), [
    { compliant: "monthly", ...rotates({ automaticallyAfterDays: 30 }) },
    { compliant: "a rate", ...rotates({ scheduleExpression: "rate(60 days)" }) },
    { compliant: "each month", ...rotates({ scheduleExpression: "cron(0 8 1 * ? *)" }) },
    { compliant: "every Sunday", ...rotates({ scheduleExpression: "cron(0 0 ? * SUN *)" }) },
    {
      compliant: "every second month, by name",
      ...rotates({ scheduleExpression: "cron(0 0 L JAN,MAR,MAY,JUL,SEP,NOV ? *)" }),
    },
    {
      violating: "each quarter, which has 92 days",
      ...rotates({ scheduleExpression: "cron(0 1 ? 1/3 SUN#1 *)" }),
      says: /every 90 days/,
    },
    {
      violating: "a schedule that Secrets Manager refuses",
      ...rotates({ scheduleExpression: "cron(30 8 1 * ? *)" }),
      says: /every 90 days/,
    },
    {
      violating: "twice a year",
      ...rotates({ automaticallyAfterDays: 180 }),
      says: /automaticallyAfterDays is 180; set it to at most 90/,
    },
    {
      violating: "a slow rate",
      ...rotates({ scheduleExpression: "rate(120 days)" }),
      says: /every 90 days/,
    },
    { violating: "nothing", ...rotates({}), says: /automaticallyAfterDays is not set/ },
    { unknown: "days", ...rotates({ automaticallyAfterDays: UNKNOWN_TEXT }) },
    { otherType: "a secret", type: SECRET },
  ]);

  ruleTable(rule("secret-recovery-window"), [
    { compliant: "AWS's own", type: SECRET },
    { compliant: "a week", type: SECRET, props: { recoveryWindowInDays: 7 } },
    {
      compliant: "a stack that needs none",
      stack: "trial",
      config: { stacks: ["^production$"] },
      type: SECRET,
      props: { recoveryWindowInDays: 0 },
    },
    {
      violating: "at once",
      type: SECRET,
      props: { recoveryWindowInDays: 0 },
      says: /recoveryWindowInDays is 0; set it to 7 at least/,
    },
    { unknown: "days", type: SECRET, props: { recoveryWindowInDays: UNKNOWN_TEXT } },
    { otherType: "a rotation", type: ROTATION },
  ]);

  ruleTable(rule("secret-policy-not-public"), [
    {
      compliant: "the account",
      type: SECRET_POLICY,
      props: { policy: documentOf(account), blockPublicPolicy: true },
    },
    {
      violating: "unchecked",
      type: SECRET_POLICY,
      props: { policy: documentOf(account) },
      says: /blockPublicPolicy is not set; set it to true/,
    },
    {
      violating: "everybody",
      type: SECRET,
      props: { policy: documentOf(everybody) },
      // kms:CallerAccount is a key of KMS only: Service Authorization Reference, AWS Secrets Manager.
      says: /it is public; name the principal, or add a condition on aws:PrincipalAccount or aws:PrincipalOrgID/,
    },
    { unknown: "document", type: SECRET, props: { policy: UNKNOWN_TEXT } },
    { otherType: "a rotation", type: ROTATION },
  ]);

  ruleTable(rule("secret-described"), [
    { compliant: "described", type: SECRET, props: { description: "Login" } },
    { violating: "blank", type: SECRET, props: { description: "" }, says: /description is/ },
    { unknown: "text", type: SECRET, props: { description: UNKNOWN_TEXT } },
    { otherType: "a rotation", type: ROTATION },
  ]);
});
