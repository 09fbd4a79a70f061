import { apiRules } from "../../../policy-pack/rules/apis";
import { api, api2, method, part, SETTINGS, settings, stage, stage2 } from "../api-samples";
import { companionRows, ruleOf } from "../rows";
import { ruleTable, type Sample, UNKNOWN_FLAG, UNKNOWN_TEXT } from "../support";

const rule = (id: string) => ruleOf(apiRules, id);
/** A part without its API. */
const alone = (sample: Sample): Sample => ({ ...sample, references: {} });
const ofRole = { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] };

describe("policy pack: logs and web ACLs of APIs", () => {
  const logged = { loggingLevel: "ERROR" };
  ruleTable(rule("api-execution-logged"), [
    { compliant: "all methods", resources: [api(), stage(), settings(logged)] },
    {
      compliant: "all methods, by the stage's name",
      resources: [
        api(),
        stage(),
        part(
          SETTINGS,
          { methodPath: "*/*", stageName: "live", settings: logged },
          { restApi: "api" },
        ),
      ],
    },
    {
      compliant: "each single method",
      resources: [
        ...[api(), stage(), method(), method({ httpMethod: "POST" })],
        ...[
          settings(logged, "orders/GET", "get"),
          settings({ loggingLevel: "INFO" }, "orders/POST", "post"),
        ],
      ],
    },
    {
      violating: "one of two methods",
      resources: [
        ...[api(), stage(), method(), method({ httpMethod: "POST" })],
        settings(logged, "orders/GET"),
      ],
      says: /no MethodSettings logs all its methods/,
    },
    { violating: "nothing", resources: [api(), stage()], says: /no MethodSettings logs all/ },
    {
      violating: "another level",
      resources: [api(), stage(), settings({ loggingLevel: "DEBUG" })],
      says: /no MethodSettings logs all/,
    },
    {
      violating: "another API's stage of the same name",
      resources: [
        ...[api(), stage(), api({}, "other")],
        part(
          SETTINGS,
          { methodPath: "*/*", stageName: "live", settings: logged },
          { restApi: "other" },
        ),
      ],
      says: /no MethodSettings logs all/,
    },
    {
      violating: "all methods but one",
      resources: [
        api(),
        stage(),
        settings(logged),
        settings({ loggingLevel: "OFF" }, "a/GET", "one"),
      ],
      says: /loggingLevel of one is "OFF"/,
    },
    {
      violating: "no metrics, which the setting requires",
      resources: [api(), stage(), settings(logged)],
      config: { metrics: true },
      says: /no MethodSettings measures all.* Required by CKV2_AWS_4/,
    },
    {
      compliant: "metrics, which the setting requires",
      resources: [api(), stage(), settings({ ...logged, metricsEnabled: true })],
      config: { metrics: true },
    },
    {
      unknown: "metrics",
      resources: [api(), stage(), settings({ ...logged, metricsEnabled: UNKNOWN_FLAG })],
      config: { metrics: true },
    },
    { compliant: "an HTTP API, which has access logs", resources: [api2("HTTP"), stage2()] },
    {
      compliant: "a WebSocket API",
      resources: [api2("WEBSOCKET"), stage2({ defaultRouteSettings: { loggingLevel: "INFO" } })],
    },
    {
      violating: "a WebSocket API without",
      resources: [api2("WEBSOCKET"), stage2()],
      says: /defaultRouteSettings.loggingLevel is not set/,
    },
    {
      violating: "a WebSocket API without for a route",
      resources: [
        api2("WEBSOCKET"),
        stage2({
          defaultRouteSettings: { loggingLevel: "INFO" },
          routeSettings: [{ routeKey: "$connect", loggingLevel: "OFF" }],
        }),
      ],
      says: /routeSettings\[0\].loggingLevel is "OFF"/,
    },
    {
      unknown: "an API outside the plan",
      resources: [{ type: "aws:apigatewayv2/stage:Stage", props: { apiId: "a1" } }],
    },
    { unknown: "level", resources: [api(), stage(), settings({ loggingLevel: UNKNOWN_TEXT })] },
    { unknown: "methods", resources: [api(), stage(), settings(logged, UNKNOWN_TEXT)] },
    {
      unknown: "whose settings",
      resources: [
        ...[api(), stage()],
        {
          type: SETTINGS,
          props: {
            methodPath: "*/*",
            stageName: UNKNOWN_TEXT,
            restApi: UNKNOWN_TEXT,
            settings: logged,
          },
        },
      ],
    },
    ofRole,
  ]);

  const accessLogs = { destinationArn: UNKNOWN_TEXT, format: "$context.requestId" };
  ruleTable(rule("api-stage-logged"), [
    { compliant: "a REST API", resources: [stage({ accessLogSettings: accessLogs })].map(alone) },
    {
      compliant: "an HTTP API",
      resources: [api2("HTTP"), stage2({ accessLogSettings: accessLogs })],
    },
    {
      violating: "no destination",
      resources: [api2("HTTP"), stage2({ accessLogSettings: {} })],
      says: /destinationArn and format in it/,
    },
    { violating: "none", resources: [api(), stage()], says: /accessLogSettings is not set/ },
    {
      violating: "a stage that API Gateway makes itself",
      resources: [api2("HTTP", { target: "https://a.example" })],
      says: /target creates a stage without access logs/,
    },
    { unknown: "logs", resources: [api2("HTTP"), stage2({ accessLogSettings: UNKNOWN_TEXT })] },
    { unknown: "target", resources: [api2("HTTP", { target: UNKNOWN_TEXT })] },
    ofRole,
  ]);
  const STAGE = "aws:apigateway/stage:Stage";
  ruleTable(rule("api-stage-traced"), [
    { compliant: "traced", type: STAGE, props: { xrayTracingEnabled: true } },
    { violating: "by default", type: STAGE, says: /xrayTracingEnabled is not set/ },
    { unknown: "switch", type: STAGE, props: { xrayTracingEnabled: UNKNOWN_FLAG } },
    { otherType: "a role", type: "aws:iam/role:Role" },
  ]);

  ruleTable(rule("api-waf-attached"), [
    {
      compliant: "a web ACL",
      resources: [
        ...[api(), stage()],
        part("aws:wafv2/webAclAssociation:WebAclAssociation", {}, { resourceArn: "stage" }),
      ],
    },
    {
      compliant: "a classic web ACL",
      resources: [
        ...[api(), stage()],
        part("aws:wafregional/webAclAssociation:WebAclAssociation", {}, { resourceArn: "stage" }),
      ],
    },
    {
      compliant: "a private API",
      resources: [api({ endpointConfiguration: { types: "PRIVATE" } }), stage()],
    },
    {
      violating: "a private API, where the setting includes it",
      resources: [api({ endpointConfiguration: { types: "PRIVATE" } }), stage()],
      config: { privateApis: true },
      says: /no WebAclAssociation .* Required by APIGateway\.4, APIG3\./,
    },
    {
      violating: "an API outside the plan, where the setting includes private ones",
      resources: [{ ...stage({ restApi: "a1b2c3" }), references: {} }],
      config: { privateApis: true },
      says: /no WebAclAssociation .* Required by APIGateway\.4, APIG3\./,
    },
    { violating: "none", resources: [api(), stage()], says: /no WebAclAssociation refers to it/ },
    {
      violating: "another's",
      resources: [
        ...[api(), stage(), { type: "aws:lb/loadBalancer:LoadBalancer", name: "balancer" }],
        part("aws:wafv2/webAclAssociation:WebAclAssociation", {}, { resourceArn: "balancer" }),
      ],
      says: /no WebAclAssociation refers to it/,
    },
    {
      unknown: "an ARN that is made of the API's id",
      resources: [
        ...[api(), stage()],
        part("aws:wafv2/webAclAssociation:WebAclAssociation", {}, { resourceArn: "api" }),
      ],
    },
    {
      unknown: "type of the API",
      resources: [api({ endpointConfiguration: UNKNOWN_TEXT }), stage()],
    },
    {
      unknown: "an API outside the plan",
      resources: [{ ...stage({ restApi: "a1b2" }), references: {} }],
    },
    ofRole,
  ]);
  ruleTable(rule("appsync-waf-attached"), [
    ...companionRows(
      { type: "aws:appsync/graphQLApi:GraphQLApi" },
      "aws:wafv2/webAclAssociation:WebAclAssociation",
      "resourceArn",
    ),
    {
      compliant: "a private API",
      resources: [{ type: "aws:appsync/graphQLApi:GraphQLApi", props: { visibility: "PRIVATE" } }],
    },
    {
      violating: "a private API, where the setting includes it",
      resources: [{ type: "aws:appsync/graphQLApi:GraphQLApi", props: { visibility: "PRIVATE" } }],
      config: { privateApis: true },
      says: /no WebAclAssociation refers to it/,
    },
    {
      unknown: "visibility",
      resources: [
        { type: "aws:appsync/graphQLApi:GraphQLApi", props: { visibility: UNKNOWN_TEXT } },
      ],
    },
  ]);
});
