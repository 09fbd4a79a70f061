/** What calls a function, and whether the caller waits for its answer. */
import { type Fact, guide, providerText } from "./fact";

/** Callers that wait: only for others does Lambda keep events, and need a place for those that fail. */
export const SYNCHRONOUS_CALLERS = {
  /** Service principals of a permission. */
  principals: [
    "apigateway.amazonaws.com",
    "cognito-idp.amazonaws.com",
    "edgelambda.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "firehose.amazonaws.com",
    "lambda.amazonaws.com",
    "lex.amazonaws.com",
  ] as readonly string[],
  /** Types that name the function. An event source mapping waits, and keeps what failed in its source. */
  types: [
    "aws:apigateway/authorizer:Authorizer",
    "aws:apigateway/integration:Integration",
    "aws:apigateway/restApi:RestApi",
    "aws:apigatewayv2/api:Api",
    "aws:apigatewayv2/authorizer:Authorizer",
    "aws:apigatewayv2/integration:Integration",
    "aws:appsync/dataSource:DataSource",
    "aws:cloudfront/distribution:Distribution",
    "aws:cognito/userPool:UserPool",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "aws:lambda/functionUrl:FunctionUrl",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
  ] as readonly string[],
  source: guide(
    "aws-lambda-developer-guide",
    "38e9014eba7b2de5dff7e353de675d991e58947d",
    "lambda-services.md",
  ),
  asOf: "2026-11-29",
  unverified: "not recorded that the page was opened on that day",
} as const satisfies Fact & Record<string, unknown>;

/** Types that name a function without calling it. */
export const NO_CALLERS = {
  types: [
    "aws:apigateway/deployment:Deployment",
    "aws:apigatewayv2/deployment:Deployment",
    "aws:appautoscaling/policy:Policy",
    "aws:appautoscaling/target:Target",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:lambda/alias:Alias",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
  ] as readonly string[],
  source: providerText(""),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;
