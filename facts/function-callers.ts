/** What calls a function, and whether the caller waits for its answer. */
import { type Fact, providerText } from "./fact";

/**
 * Callers that wait: only for others does Lambda keep events, and need a place for those that fail. Of the page's services
 * that wait, S3 Batch Operations alone has no permission and no type that names the function; EventBridge's pipes and Step
 * Functions may wait or not, and so count as not waiting. Lambda@Edge: CloudFront Developer Guide, "CloudFront events that can
 * trigger a Lambda@Edge function": the function must finish before CloudFront continues.
 */
export const SYNCHRONOUS_CALLERS = {
  /** Service principals of a permission. */
  principals: [
    "apigateway.amazonaws.com",
    "cognito-idp.amazonaws.com",
    "connect.amazonaws.com",
    "edgelambda.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "firehose.amazonaws.com",
    "lex.amazonaws.com",
    "lexv2.amazonaws.com",
    "vpc-lattice.amazonaws.com",
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
    "aws:connect/lambdaFunctionAssociation:LambdaFunctionAssociation",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "aws:lambda/functionUrl:FunctionUrl",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    "aws:lex/intent:Intent",
    "aws:vpclattice/targetGroupAttachment:TargetGroupAttachment",
  ] as readonly string[],
  source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Properties of such types whose function is an exception: Cognito waits for all triggers but custom senders. */
export const ASYNCHRONOUS_PROPERTIES = {
  properties: {
    "aws:cognito/userPool:UserPool": [
      "lambdaConfig.customEmailSender",
      "lambdaConfig.customSmsSender",
    ],
  },
  source:
    "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** What uses a data source of AppSync, and the word in its code or template with which AppSync does not wait. */
export const ASYNCHRONOUS_RESOLVERS = {
  dataSource: "aws:appsync/dataSource:DataSource",
  word: /invocationType["']?\s*:\s*["']Event["']/,
  source: "https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-lambda-js.html",
  asOf: "2026-11-29",
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
