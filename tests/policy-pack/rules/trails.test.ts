import { trailRules } from "../../../policy-pack/rules/trails";
import { UNKNOWN_FLAG, UNKNOWN_TEXT } from "../support";
import { stackTable, variantTable } from "../variants";

const TRAIL = "aws:cloudtrail/trail:Trail";
const DOCUMENT = "aws:ssm/document:Document";

describe("policy pack: trails, documents, streams and tables", () => {
  variantTable(trailRules, "cloudtrail-on", {
    type: TRAIL,
    good: { enableLogging: true },
    compliant: { "by default": { enableLogging: undefined } },
    violating: { off: [{ enableLogging: false }, /is false; set it to true/] },
    unknown: { switch: { enableLogging: UNKNOWN_FLAG } },
  });
  variantTable(trailRules, "cloudtrail-cloudwatch", {
    type: TRAIL,
    good: { cloudWatchLogsGroupArn: "arn:aws:logs:eu-central-1:123456789012:log-group:trail:*" },
    violating: { none: [{ cloudWatchLogsGroupArn: undefined }, /is not set; name a log group/] },
    unknown: {},
    unimportant: { "which one": { cloudWatchLogsGroupArn: UNKNOWN_TEXT } },
  });

  const shared = (accountIds: unknown) => ({
    permissions: { type: "Share", account_ids: accountIds },
  });
  variantTable(trailRules, "ssm-document-not-public", {
    type: DOCUMENT,
    good: { permissions: undefined },
    compliant: { "a named account": shared("123456789012") },
    violating: {
      all: [shared("All"), /permissions\.account_ids is "All": every AWS account may use it/],
      "in lower case": [shared("all"), /every AWS account/],
    },
    unknown: { accounts: shared(UNKNOWN_TEXT), block: { permissions: UNKNOWN_TEXT } },
  });
  const session = (inputs: unknown) => ({
    documentType: "Session",
    content: JSON.stringify({ schemaVersion: "1.0", inputs }),
  });
  const key = { kmsKeyId: "key" };
  const group = { cloudWatchLogGroupName: "sessions", cloudWatchEncryptionEnabled: true };
  variantTable(trailRules, "ssm-session-encrypted-and-logged", {
    type: DOCUMENT,
    good: session({ ...key, ...group }),
    compliant: {
      "to a bucket": session({ ...key, s3BucketName: "sessions", s3EncryptionEnabled: true }),
      "in YAML": {
        ...{ documentType: "Session", documentFormat: "YAML" },
        content:
          "inputs:\n  kmsKeyId: key\n  s3BucketName: sessions\n  s3EncryptionEnabled: true\n",
      },
      "another document": { documentType: "Command", content: "{}" },
    },
    violating: {
      "no key": [session(group), /inputs\.kmsKeyId is not set.*Required by CKV_AWS_112\./],
      "no log": [session(key), /no encrypted log group or bucket.*Required by CKV_AWS_113\./],
      "a log that is not encrypted": [
        session({ ...key, ...group, cloudWatchEncryptionEnabled: false }),
        /no encrypted log group or bucket/,
      ],
      "no key, in YAML": [
        { documentType: "Session", documentFormat: "YAML", content: "inputs:\n  a: b" },
        /inputs\.kmsKeyId is not set/,
      ],
      "neither form": [
        { documentType: "Session", content: "{" },
        /content is neither valid JSON nor valid YAML/,
      ],
    },
    unknown: {
      content: { documentType: "Session", content: UNKNOWN_TEXT },
      type: { documentType: UNKNOWN_TEXT },
    },
  });
  const setting = (settingId: unknown, settingValue: unknown) => ({ settingId, settingValue });
  const SHARING = "/ssm/documents/console/public-sharing-permission";
  variantTable(trailRules, "ssm-service-settings", {
    type: "aws:ssm/serviceSetting:ServiceSetting",
    good: setting(SHARING, "Disable"),
    compliant: {
      "of another kind": setting("/ssm/parameter-store/high-throughput-enabled", "true"),
      "the log of automations": setting(
        "arn:aws:ssm:eu-central-1:123456789012:servicesetting/ssm/automation/customer-script-log-destination",
        "CloudWatch",
      ),
    },
    violating: {
      "sharing is on": [setting(SHARING, "Enable"), /set it to "Disable".*Required by SSM\.7\./],
      "no log": [
        setting("/ssm/automation/customer-script-log-destination", "None"),
        /set it to "CloudWatch".*Required by SSM\.6\./,
      ],
    },
    unknown: { id: setting(UNKNOWN_TEXT, "Disable"), value: setting(SHARING, UNKNOWN_TEXT) },
  });

  variantTable(trailRules, "kinesis-retention", {
    type: "aws:kinesis/stream:Stream",
    good: { retentionPeriod: 168 },
    violating: {
      "a day, by default": [{ retentionPeriod: undefined }, /is not set; set it to 168/],
      "six days": [{ retentionPeriod: 144 }, /retentionPeriod is 144/],
    },
    unknown: { hours: { retentionPeriod: UNKNOWN_TEXT } },
  });

  const scaling = (type: string, resourceId: unknown, references: readonly string[]) => ({
    type,
    props: { resourceId },
    references: { resourceId: references },
  });
  const dimension = (one: ReturnType<typeof scaling>, kind: "Read" | "Write") => ({
    ...one,
    props: { ...one.props, scalableDimension: `dynamodb:table:${kind}CapacityUnits` },
  });
  const TARGET = "aws:appautoscaling/target:Target";
  const POLICY = "aws:appautoscaling/policy:Policy";
  const gone = { target: undefined, policy: undefined };
  stackTable(trailRules, "dynamodb-scales", {
    good: {
      table: { type: "aws:dynamodb/table:Table", props: { name: "orders" } },
      target: scaling(TARGET, UNKNOWN_TEXT, ["table"]),
      policy: scaling(POLICY, UNKNOWN_TEXT, ["table"]),
    },
    compliant: {
      "by request": { ...gone, table: { props: { billingMode: "PAY_PER_REQUEST" } } },
      "by name": {
        target: scaling(TARGET, "table/orders", []),
        policy: scaling(POLICY, "table/orders", []),
      },
      "a policy that takes what its target scales": {
        policy: scaling(POLICY, UNKNOWN_TEXT, ["target"]),
      },
    },
    violating: {
      "by default": [gone, /billingMode is "PROVISIONED", and no Target with a Policy/],
      "a target without a policy": [
        { policy: undefined },
        /no Target with a Policy scales its reads and writes/,
      ],
      "of another table": [
        { target: scaling(TARGET, "table/other", []), policy: scaling(POLICY, "table/other", []) },
        /no Target with a Policy scales its reads and writes/,
      ],
      "its reads only": [
        {
          target: dimension(scaling(TARGET, "table/orders", []), "Read"),
          policy: dimension(scaling(POLICY, "table/orders", []), "Read"),
        },
        /no Target with a Policy scales its writes.*Required by DynamoDB\.1\.$/s,
      ],
      // A table of another Region may have the same name.
      "of another table with its name": [
        {
          other: {
            type: "aws:dynamodb/table:Table",
            props: { name: "orders", billingMode: "PAY_PER_REQUEST" },
          },
          target: scaling(TARGET, "table/orders", ["other"]),
          policy: scaling(POLICY, "table/orders", ["target"]),
        },
        /no Target with a Policy scales its reads and writes/,
      ],
    },
    unknown: {
      mode: { ...gone, table: { props: { billingMode: UNKNOWN_TEXT } } },
      "what is scaled": { target: scaling(TARGET, UNKNOWN_TEXT, []) },
      "the table's name": {
        table: { props: { name: UNKNOWN_TEXT } },
        target: scaling(TARGET, "table/orders", []),
        policy: scaling(POLICY, "table/orders", []),
      },
    },
  });
});
