/** CloudTrail's logs, documents and settings of Systems Manager, and how DynamoDB and Kinesis keep up with what they get. */
import type { Node, StackGraph } from "../../analysis/graph";
import { isRecord, known, read, UNKNOWN } from "../../analysis/properties";
import { canonicalType } from "../../facts/twin-types";
import { expect, isNotFalse, type Report, resourceRule, type Rule, stackRule } from "../define";
import { isUnnamed, nameOf, propertyRule, setRule } from "../relations";
import { valueOfText } from "../texts";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const TRAIL = "aws:cloudtrail/trail:Trail";
const DOCUMENT = "aws:ssm/document:Document";

const trailOn = propertyRule({
  id: "cloudtrail-on",
  description: "A trail records, as by default.",
  severity: "high",
  controls: { securityHub: ["CloudTrail.3"], checkov: ["CKV_AWS_251"] },
  remediation: "Remove enableLogging, or set it to true.",
  url: `${GUIDE}/cloudtrail-controls.html#cloudtrail-3`,
  types: [TRAIL],
  property: "enableLogging",
  accepts: isNotFalse,
  fix: "set it to true",
});

const trailLogs = setRule({
  id: "cloudtrail-cloudwatch",
  description: "A trail sends its events to CloudWatch, where alarms can react.",
  severity: "medium",
  controls: {
    securityHub: ["CloudTrail.5"],
    checkov: ["CKV2_AWS_10"],
    trivy: ["AWS-0162"],
  },
  remediation: "Set cloudWatchLogsGroupArn and cloudWatchLogsRoleArn.",
  url: `${GUIDE}/cloudtrail-controls.html#cloudtrail-5`,
  types: [TRAIL],
  paths: ["cloudWatchLogsGroupArn"],
  fix: "name a log group, and a role",
});

const documents = resourceRule({
  id: "ssm-document-not-public",
  description: "A document of Systems Manager is shared with named accounts only.",
  severity: "critical",
  controls: { securityHub: ["SSM.4"], checkov: ["CKV_AWS_303"] },
  remediation: "Name accounts in permissions.account_ids, or remove permissions.",
  url: `${GUIDE}/ssm-controls.html#ssm-4`,
  types: [DOCUMENT],
  check({ properties }, report) {
    const accounts = read(properties, "permissions.account_ids");
    if (accounts === UNKNOWN) {
      report.undecided("permissions.account_ids");
    } else if (/^all$/i.test(String(accounts))) {
      report.violation(
        'permissions.account_ids is "All": every AWS account may use it; name accounts.',
      );
    }
  },
});

/** The inputs of a session document; undefined where it is none, or, with a report, where it is not known. */
function sessionInputs(
  properties: Parameters<typeof read>[0],
  report: Report,
): Record<string, unknown> | undefined {
  const type = read(properties, "documentType");
  if (type === UNKNOWN) {
    report.undecided("documentType");
    return undefined;
  }
  if (type !== "Session") {
    return undefined;
  }
  let content: unknown = known(properties["content"]);
  if (content === UNKNOWN) {
    report.undecided("content");
    return undefined;
  }
  if (typeof content === "string") {
    content = valueOfText(content);
    if (content === undefined) {
      report.violation("content is neither valid JSON nor valid YAML; correct it.", {});
      return undefined;
    }
  }
  const inputs = isRecord(content) ? content["inputs"] : undefined;
  return isRecord(inputs) ? inputs : undefined;
}

const sessions = resourceRule({
  id: "ssm-session-encrypted-and-logged",
  description: "Sessions with servers are encrypted with a key, and their logs are kept encrypted.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_112", "CKV_AWS_113"] },
  remediation:
    "In the document's inputs set kmsKeyId, and a log group or bucket with cloudWatchEncryptionEnabled or s3EncryptionEnabled.",
  url: "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html",
  types: [DOCUMENT],
  check({ properties }, report) {
    const inputs = sessionInputs(properties, report);
    if (inputs === undefined) {
      return;
    }
    if (!inputs["kmsKeyId"]) {
      report.violation("content: inputs.kmsKeyId is not set; name a key.", {
        checkov: ["CKV_AWS_112"],
      });
    }
    const places = [
      ["cloudWatchLogGroupName", "cloudWatchEncryptionEnabled"],
      ["s3BucketName", "s3EncryptionEnabled"],
    ] as const;
    if (!places.some(([place, switched]) => inputs[place] && inputs[switched] === true)) {
      report.violation("content: inputs has no encrypted log group or bucket; add one.", {
        checkov: ["CKV_AWS_113"],
      });
    }
  },
});

/** Settings of Systems Manager in an account and region, by the end of their id. */
const SETTINGS = [
  ["/ssm/documents/console/public-sharing-permission", "Disable", "SSM.7"],
  ["/ssm/automation/customer-script-log-destination", "CloudWatch", "SSM.6"],
] as const;

const settings = resourceRule({
  id: "ssm-service-settings",
  description:
    "Where a program sets them: documents cannot be made public, and automations log to CloudWatch.",
  severity: "high",
  controls: { securityHub: ["SSM.6", "SSM.7"] },
  remediation: "Set settingValue to what the message names.",
  url: `${GUIDE}/ssm-controls.html#ssm-7`,
  types: ["aws:ssm/serviceSetting:ServiceSetting"],
  check(subject, report) {
    const id = read(subject.properties, "settingId");
    const setting = SETTINGS.find(([end]) => String(id).endsWith(end));
    if (id === UNKNOWN) {
      report.undecided("settingId");
    } else if (setting !== undefined) {
      const [, wanted, control] = setting;
      const breaks = { securityHub: [control] };
      const accepts = (value: unknown) => value === wanted;
      expect(subject, report, "settingValue", accepts, `set it to "${wanted}"`, () => breaks);
    }
  },
});

const retention = propertyRule({
  id: "kinesis-retention",
  description: "A stream keeps its records for a week.",
  severity: "medium",
  controls: { securityHub: ["Kinesis.3"] },
  remediation: "Set retentionPeriod to 168 hours or more; AWS's default is 24.",
  url: `${GUIDE}/kinesis-controls.html#kinesis-3`,
  types: ["aws:kinesis/stream:Stream"],
  property: "retentionPeriod",
  accepts: (hours) => typeof hours === "number" && hours >= 168,
  fix: "set it to 168 at least",
});

const TABLE = "aws:dynamodb/table:Table";
const TARGET = "aws:appautoscaling/target:Target";

const POLICY = "aws:appautoscaling/policy:Policy";

/** The tables that a property `resourceId` is made of. A policy may take it from its target. */
function tablesOf(graph: StackGraph, { references }: Node): readonly Node[] {
  const parts = (references["resourceId"] ?? [])
    .map((urn) => graph.get(urn))
    .filter((node) => node !== undefined);
  const tables = parts.filter(({ type }) => canonicalType(type) === TABLE);
  const targets = parts.filter(({ type }) => canonicalType(type) === TARGET);
  return tables.length > 0 ? tables : targets.flatMap((target) => tablesOf(graph, target));
}

/** What a provisioned table has capacity for, with the dimension of its scaling. */
const CAPACITIES = {
  reads: "dynamodb:table:ReadCapacityUnits",
  writes: "dynamodb:table:WriteCapacityUnits",
} as const;

/** Whether a resource of this type scales a table in this dimension. A name counts only without references: each Region may have a table of it. */
function scales(
  graph: StackGraph,
  type: string,
  table: Node,
  dimension: string,
): boolean | typeof UNKNOWN {
  const answers = graph.ofType(type).map((node) => {
    const scaled = read(node.properties, "scalableDimension");
    if (typeof scaled === "string" && scaled !== dimension) {
      return false;
    }
    const tables = tablesOf(graph, node);
    if (tables.length > 0) {
      return tables.includes(table);
    }
    const id = read(node.properties, "resourceId");
    if (id === `table/${nameOf(table)}`) {
      return true;
    }
    const open =
      id === UNKNOWN ? (node.references["resourceId"] ?? []).length === 0 : isUnnamed(table);
    return open ? UNKNOWN : false;
  });
  return answers.includes(true) || (answers.includes(UNKNOWN) ? UNKNOWN : false);
}

const capacity = stackRule({
  id: "dynamodb-scales",
  description: "A table's capacity follows its load.",
  severity: "medium",
  controls: { securityHub: ["DynamoDB.1"], checkov: ["CKV2_AWS_16"] },
  remediation:
    'Set billingMode to "PAY_PER_REQUEST", or add Targets of reads and writes with policies.',
  url: `${GUIDE}/dynamodb-controls.html#dynamodb-1`,
  check(graph, reportOn) {
    for (const table of graph.ofType(TABLE)) {
      const mode = read(table.properties, "billingMode");
      if (mode === "PAY_PER_REQUEST") {
        continue;
      }
      const answers = Object.values(CAPACITIES).map((dimension) => {
        const scaled = [TARGET, POLICY].map((type) => scales(graph, type, table, dimension));
        return scaled.includes(false) ? false : scaled.includes(UNKNOWN) ? UNKNOWN : true;
      });
      if (answers.every((answer) => answer === true)) {
        continue;
      }
      if (mode === UNKNOWN || !answers.includes(false)) {
        reportOn(table).undecided(mode === UNKNOWN ? "billingMode" : "resourceId of a Target");
        continue;
      }
      const fixed = Object.keys(CAPACITIES).filter((_, index) => answers[index] === false);
      reportOn(table).violation(
        `billingMode is "PROVISIONED", and no Target with a Policy scales its ${fixed.join(" and ")}; set "PAY_PER_REQUEST".`,
        // Checkov asks for one of the two.
        fixed.length === 1 ? { securityHub: ["DynamoDB.1"] } : undefined,
      );
    }
  },
});

export const trailRules: readonly Rule[] = [
  trailOn,
  trailLogs,
  documents,
  sessions,
  settings,
  retention,
  capacity,
];
