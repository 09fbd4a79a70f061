import { functionRules } from "../../../policy-pack/rules/functions";
import { companionRows, ruleOf } from "../rows";
import { ruleTable, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const type = "aws:lambda/function:Function";
const PERMISSION = "aws:lambda/permission:Permission";
const URL = "aws:lambda/functionUrl:FunctionUrl";
const rule = (id: string) => ruleOf(functionRules, id);
const otherType = { otherType: "a layer", type: "aws:lambda/layerVersion:LayerVersion" };
const others = { otherType: "a layer", resources: [{ type: otherType.type }] };
const service = "s3.amazonaws.com";

describe("policy pack: functions", () => {
  ruleTable(rule("lambda-not-public"), [
    { compliant: "a service", type: PERMISSION, props: { principal: service } },
    {
      compliant: "an organization",
      type: PERMISSION,
      props: { principal: "*", principalOrgId: "o-abc" },
    },
    { compliant: "a signed URL", type: URL, props: { authorizationType: "AWS_IAM" } },
    {
      violating: "everybody",
      type: PERMISSION,
      props: { principal: "*", sourceArn: undefined, sourceAccount: undefined },
      says: /principal is "\*"; name the principal/,
    },
    {
      violating: "everybody for one source, which AWS counts as public",
      type: PERMISSION,
      props: { principal: "*", sourceArn: "arn:aws:events:us-east-1:123456789012:rule/daily" },
      says: /principal is "\*"; name the principal/,
    },
    {
      violating: "an open URL, for every page",
      type: URL,
      props: { authorizationType: "NONE", cors: { allowOrigins: ["*"] } },
      says: /is "NONE"; set it to "AWS_IAM"[^]*cors\.allowOrigins has "\*"/,
    },
    { unknown: "principal", type: PERMISSION, props: { principal: UNKNOWN_TEXT } },
    otherType,
  ]);

  ruleTable(rule("lambda-permission-source"), [
    {
      compliant: "a bucket that is not known yet",
      type: PERMISSION,
      props: { principal: service, sourceArn: UNKNOWN_TEXT },
    },
    {
      compliant: "an account",
      type: PERMISSION,
      props: { principal: service, sourceAccount: "123456789012" },
    },
    { compliant: "a role", type: PERMISSION, props: { principal: "arn:aws:iam::1:role/x" } },
    {
      violating: "a service for any source",
      type: PERMISSION,
      props: { principal: service },
      says: /sourceArn is not set for the principal "s3\.amazonaws\.com"/,
    },
    { unknown: "principal", type: PERMISSION, props: { principal: UNKNOWN_TEXT } },
    otherType,
  ]);

  ruleTable(rule("lambda-supported-runtime"), [
    { compliant: "a new one", type, props: { runtime: "nodejs22.x" } },
    { compliant: "an image", type, props: { packageType: "Image" } },
    { violating: "an old one", type, props: { runtime: "nodejs16.x" }, says: /"nodejs16\.x"; use/ },
    { violating: "none", type, says: /runtime is not set/ },
    { unknown: "runtime", type, props: { runtime: UNKNOWN_TEXT } },
    otherType,
  ]);

  const subnet = (name: string) => ({ type: "aws:ec2/subnet:Subnet", name });
  const group = { securityGroupIds: [UNKNOWN_TEXT] };
  ruleTable(rule("lambda-in-vpc-multi-az"), [
    {
      compliant: "two subnets",
      resources: [{ type, props: { vpcConfig: { subnetIds: ["a", "b"], ...group } } }],
    },
    {
      compliant: "a list of the network's, not known yet",
      resources: [
        subnet("a"),
        subnet("b"),
        {
          type,
          props: { vpcConfig: { subnetIds: UNKNOWN_LIST, ...group } },
          references: { vpcConfig: ["a", "b"] },
        },
      ],
    },
    {
      compliant: "named in the setting",
      resources: [{ type, props: { name: "crm-edge" } }],
      config: { without: ["edge"] },
    },
    {
      violating: "none",
      resources: [{ type }],
      says: /subnetIds has 0 entries; add subnets, at least two in all/,
    },
    {
      violating: "subnets without a group",
      resources: [{ type, props: { vpcConfig: { subnetIds: ["a", "b"] } } }],
      says: /securityGroupIds is empty; name a group/,
    },
    {
      violating: "one",
      resources: [{ type, props: { vpcConfig: { subnetIds: ["a"], ...group } } }],
      says: /subnetIds has 1 entry; add subnets, at least two in all/,
    },
    {
      unknown: "subnets",
      resources: [{ type, props: { vpcConfig: { subnetIds: UNKNOWN_LIST, ...group } } }],
    },
    others,
  ]);

  ruleTable(rule("lambda-xray"), [
    { compliant: "active", type, props: { tracingConfig: { mode: "Active" } } },
    {
      violating: "passing on",
      type,
      props: { tracingConfig: { mode: "PassThrough" } },
      says: /"Active"/,
    },
    { violating: "absent", type, says: /tracingConfig\.mode is not set/ },
    { unknown: "mode", type, props: { tracingConfig: { mode: UNKNOWN_TEXT } } },
    otherType,
  ]);

  const invoke = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";
  const destinationConfig = { onFailure: { destination: UNKNOWN_TEXT } };
  ruleTable(rule("lambda-dlq"), [
    ...companionRows({ type }, invoke, "functionName", { destinationConfig }, /is not set/),
    {
      compliant: "by its name",
      resources: [
        { type, props: { name: "crm-report" } },
        { type: invoke, props: { functionName: "crm-report", destinationConfig } },
      ],
    },
    {
      compliant: "the older way",
      resources: [{ type, props: { deadLetterConfig: { targetArn: UNKNOWN_TEXT } } }],
    },
    {
      compliant: "one whose caller waits",
      resources: [{ type, props: { name: "crm-deployment-gate" } }],
    },
    {
      compliant: "an API's, whose caller waits",
      resources: [
        { type, name: "f" },
        {
          type: PERMISSION,
          props: { function: UNKNOWN_TEXT, principal: "apigateway.amazonaws.com" },
          references: { function: ["f"] },
        },
      ],
    },
    {
      compliant: "a queue's",
      resources: [
        { type, name: "f" },
        {
          type: "aws:lambda/eventSourceMapping:EventSourceMapping",
          props: { functionName: UNKNOWN_TEXT },
          references: { functionName: ["f"] },
        },
      ],
    },
    {
      violating: "an API's and a topic's",
      resources: [
        { type, name: "f" },
        ...["apigateway", "sns"].map((service) => ({
          type: PERMISSION,
          name: service,
          props: { function: UNKNOWN_TEXT, principal: `${service}.amazonaws.com` },
          references: { function: ["f"] },
        })),
      ],
      says: /deadLetterConfig is not set/,
    },
    {
      violating: "an API's, whose alias a topic calls",
      resources: [
        { type, name: "f" },
        {
          type: "aws:lambda/alias:Alias",
          name: "live",
          props: { functionName: UNKNOWN_TEXT },
          references: { functionName: ["f"] },
        },
        ...["apigateway", "sns"].map((service, index) => ({
          type: PERMISSION,
          name: service,
          props: { function: UNKNOWN_TEXT, principal: `${service}.amazonaws.com` },
          references: { function: [["f", "live"][index]!] },
        })),
      ],
      says: /deadLetterConfig is not set/,
    },
    {
      unknown: "a caller",
      resources: [
        { type, name: "f" },
        {
          type: PERMISSION,
          props: { function: UNKNOWN_TEXT, principal: UNKNOWN_TEXT },
          references: { function: ["f"] },
        },
      ],
    },
    {
      violating: "successes only",
      resources: [
        { type, props: { name: "crm-report" } },
        { type: invoke, props: { functionName: "crm-report", destinationConfig: {} } },
      ],
      says: /nor is an onFailure destination/,
    },
    {
      unknown: "the function's name",
      resources: [
        { type, props: { name: UNKNOWN_TEXT } },
        { type: invoke, props: { functionName: "crm-report", destinationConfig } },
      ],
    },
    {
      unknown: "whether its caller waits",
      resources: [{ type, props: { name: UNKNOWN_TEXT } }],
    },
  ]);

  ruleTable(rule("lambda-concurrency"), [
    { compliant: "a share", type, props: { reservedConcurrentExecutions: 2 } },
    { compliant: "one that needs none", type, props: { name: "crm-deployment-gate" } },
    { violating: "none", type, says: /reservedConcurrentExecutions is not set; set it/ },
    { compliant: "never", type, props: { reservedConcurrentExecutions: 0 } },
    { violating: "no end", type, props: { reservedConcurrentExecutions: -1 }, says: /is -1/ },
    { unknown: "share", type, props: { reservedConcurrentExecutions: UNKNOWN_TEXT } },
    { unknown: "whether it needs a share", type, props: { name: UNKNOWN_TEXT } },
    otherType,
  ]);

  const environment = (variables: unknown) => ({ type, props: { environment: { variables } } });
  ruleTable(rule("lambda-no-env-secrets"), [
    { compliant: "a parameter's name", ...environment({ DATABASE_URL_PARAMETER: "/crm/url" }) },
    { compliant: "a switch", ...environment({ USE_TOKEN: "false", DB_PASSWORD: "" }) },
    { compliant: "harmless", ...environment({ API_TOKEN: "x" }), config: { harmless: ["^API_"] } },
    {
      violating: "by its name, even if it is not known yet",
      ...environment({ DB_PASSWORD: UNKNOWN_TEXT }),
      says: /environment\.variables\.DB_PASSWORD is a secret by its name/,
    },
    {
      violating: "by its value",
      ...environment({ TARGET: "postgres://crm:hunter2@db:5432/crm" }),
      says: /TARGET looks like a secret/,
    },
    { unknown: "variables", ...environment(UNKNOWN_TEXT) },
    { unknown: "a variable", ...environment({ TARGET: UNKNOWN_TEXT }) },
    otherType,
  ]);

  ruleTable(rule("lambda-code-signing"), [
    { compliant: "signed", type, props: { codeSigningConfigArn: "arn:aws:lambda:::x" } },
    { compliant: "an image", type, props: { packageType: "Image" } },
    { violating: "unsigned", type, says: /codeSigningConfigArn is not set/ },
    { unknown: "which", passes: true, type, props: { codeSigningConfigArn: UNKNOWN_TEXT } },
    otherType,
  ]);

  const LOGS = "aws:cloudwatch/logGroup:LogGroup";
  const named = { type, props: { name: "crm-report" } };
  const logs = (props: Record<string, unknown> = {}) => ({
    type: LOGS,
    props: {
      name: "/aws/lambda/crm-report",
      retentionInDays: 30,
      kmsKeyId: UNKNOWN_TEXT,
      ...props,
    },
  });
  ruleTable(rule("lambda-log-group"), [
    { compliant: "by the function's name", resources: [named, logs()] },
    {
      compliant: "by its own name",
      resources: [
        { type, props: { name: "crm-report", loggingConfig: { logGroup: "/crm" } } },
        logs({ name: "/crm" }),
      ],
    },
    { violating: "none", resources: [named], says: /no LogGroup of the stack/ },
    {
      violating: "for ever, without a key",
      resources: [named, logs({ retentionInDays: undefined, kmsKeyId: undefined })],
      says: /retentionInDays is not set[^]*kmsKeyId of its log group is not set/,
    },
    { unknown: "name", resources: [{ type, props: { name: UNKNOWN_TEXT } }] },
    { unknown: "a group's name", resources: [named, logs({ name: UNKNOWN_TEXT })] },
    others,
  ]);

  const mapping = (props: Record<string, unknown> = {}) => ({
    type: "aws:lambda/eventSourceMapping:EventSourceMapping",
    props: {
      eventSourceArn: "arn:aws:sqs:us-east-1:123456789012:crm-social",
      functionName: "arn:aws:lambda:us-east-1:123456789012:function:crm-social:live",
      functionResponseTypes: ["ReportBatchItemFailures"],
      ...props,
    },
  });
  const queue = (visibilityTimeoutSeconds: unknown) => ({
    type: "aws:sqs/queue:Queue",
    props: { name: "crm-social", visibilityTimeoutSeconds },
  });
  const social = { type, props: { name: "crm-social", timeout: 300 } };
  ruleTable(rule("lambda-sqs-visibility"), [
    { compliant: "twice", resources: [social, queue(600), mapping()] },
    {
      compliant: "a stream",
      resources: [social, mapping({ eventSourceArn: "arn:aws:kinesis:::x" })],
    },
    {
      violating: "less than six times, where six are asked for",
      resources: [social, queue(600), mapping()],
      config: { times: 6 },
      says: /is 600 and the function's timeout 300; set it to at least 6 times the timeout/,
    },
    { violating: "once", resources: [social, queue(300), mapping()], says: /at least 2 times/ },
    {
      violating: "whole batches come back",
      resources: [social, queue(600), mapping({ functionResponseTypes: [] })],
      says: /has no ReportBatchItemFailures; add it/,
    },
    { unknown: "time", resources: [social, queue(UNKNOWN_TEXT), mapping()] },
    others,
  ]);

  ruleTable(rule("lambda-described"), [
    { compliant: "described", type, props: { description: "Makes reports" } },
    { violating: "absent", type, says: /description is not set/ },
    { unknown: "text", type, props: { description: UNKNOWN_TEXT } },
    otherType,
  ]);
});
