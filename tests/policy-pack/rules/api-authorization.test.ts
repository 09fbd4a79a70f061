import { apiRules } from "../../../policy-pack/rules/apis";
import { api, api2, method, part, route } from "../api-samples";
import { documentOf, ruleOf } from "../rows";
import { type Row, ruleTable, type Sample, UNKNOWN_FLAG, UNKNOWN_TEXT } from "../support";

const rule = (id: string) => ruleOf(apiRules, id);
const ofRole = { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] };

describe("policy pack: who may call an API", () => {
  const open = { authorization: "NONE" };
  const invoke = { Action: "execute-api:Invoke", Resource: "execute-api:/*" };
  const policy = (...statements: object[]) =>
    documentOf(...statements.map((one) => ({ ...invoke, ...one })));
  const anyone = { Effect: "Allow", Principal: "*" };
  const fromOffice = { IpAddress: { "aws:SourceIp": ["203.0.113.0/24"] } };
  const isPrivate = { endpointConfiguration: { types: "PRIVATE" } };
  const ofOtherNetworks = {
    Effect: "Deny",
    Principal: "*",
    Condition: { StringNotEquals: { "aws:SourceVpc": "vpc-0a1b2c3d" } },
  };
  const elsewhere = { NotIpAddress: { "aws:SourceIp": ["203.0.113.0/24"] } };
  const separate = (text: string): Sample =>
    part("aws:apigateway/restApiPolicy:RestApiPolicy", { policy: text }, { restApiId: "api" });
  const definition = (operation: object, rest: object = {}) =>
    JSON.stringify({ openapi: "3.0.1", paths: { "/a": { get: operation } }, ...rest });
  const schemes = {
    components: {
      securitySchemes: {
        key: { type: "apiKey", name: "x-api-key", in: "header" },
        signature: { type: "apiKey", "x-amazon-apigateway-authtype": "awsSigv4" },
        users: { type: "apiKey", "x-amazon-apigateway-authorizer": { type: "cognito_user_pools" } },
      },
    },
  };
  const definitions: Row[] = [
    {
      compliant: "a definition with signatures",
      resources: [api({ body: definition({ security: [{ signature: [] }] }, schemes) })],
    },
    {
      compliant: "a definition with an authorizer for all",
      resources: [api({ body: definition({}, { ...schemes, security: [{ users: [] }] }) })],
    },
    {
      compliant: "a definition with AWS_IAM",
      resources: [api({ body: definition({ "x-amazon-apigateway-auth": { type: "AWS_IAM" } }) })],
    },
    {
      compliant: "a definition of a browser's question",
      resources: [api({ body: JSON.stringify({ paths: { "/a": { options: {} } } }) })],
    },
    {
      violating: "a definition without authorization",
      resources: [api({ body: definition({}) })],
      says: /body has no authorization for GET \/a;/,
    },
    {
      violating: "a definition that makes an exception",
      resources: [
        api({ body: definition({ security: [] }, { ...schemes, security: [{ users: [] }] }) }),
      ],
      says: /body has no authorization for GET \/a;/,
    },
    {
      violating: "a definition with a key",
      resources: [api({ body: definition({ security: [{ key: [] }] }, schemes) })],
      says: /an API key identifies a caller and authorizes none.* Required by APIG4/,
    },
    {
      compliant: "a definition with a policy for some addresses",
      resources: [
        api({
          body: definition(
            {},
            {
              "x-amazon-apigateway-policy": JSON.parse(
                policy({ ...anyone, Condition: fromOffice }),
              ) as object,
            },
          ),
        }),
      ],
    },
    {
      compliant: "a private API by the definition's parameters",
      resources: [
        api({ body: definition({}), parameters: { endpointConfigurationTypes: "PRIVATE" } }),
      ],
    },
    {
      compliant: "a definition of a private API",
      resources: [api({ body: definition({}), endpointConfiguration: { types: "PRIVATE" } })],
    },
    {
      violating: "a definition of a private API for every network",
      resources: [
        api({
          body: definition({}),
          endpointConfiguration: { types: "PRIVATE" },
          policy: policy(anyone),
        }),
      ],
      says: /body has no authorization for GET \/a;/,
    },
    { unknown: "definition", resources: [api({ body: UNKNOWN_TEXT })] },
    {
      violating: "a definition in YAML",
      resources: [api({ body: "openapi: 3.0.1\npaths:\n  /a:\n    get: {}\n" })],
      says: /body has no authorization for GET \/a;/,
    },
    {
      unknown: "definition that is none",
      resources: [api({ body: "{" })],
      says: /it is no definition in JSON or YAML/,
    },
  ];
  ruleTable(rule("api-method-authorized"), [
    { compliant: "signatures", resources: [api(), method({ authorization: "AWS_IAM" })] },
    {
      compliant: "a browser's question",
      resources: [api(), method({ ...open, httpMethod: "OPTIONS" })],
    },
    {
      compliant: "a private API without a policy, which has no callers",
      resources: [api(isPrivate), method(open)],
    },
    {
      compliant: "a private API for one network",
      resources: [
        ...[api({ ...isPrivate, policy: policy(anyone, ofOtherNetworks) }), method(open)],
      ],
    },
    {
      compliant: "a private API for one endpoint of the plan",
      resources: [
        api({
          ...isPrivate,
          policy: policy({
            ...anyone,
            Condition: { StringEquals: { "aws:SourceVpce": UNKNOWN_TEXT } },
          }),
        }),
        method(open),
      ],
    },
    {
      violating: "a private API for every network",
      resources: [api({ ...isPrivate, policy: policy(anyone) }), method(open)],
      says: /authorization is "NONE"/,
    },
    {
      violating: "a private API for every network, by a pattern",
      resources: [
        api({
          ...isPrivate,
          policy: policy({ ...anyone, Condition: { StringLike: { "aws:SourceVpc": "vpc-*" } } }),
        }),
        method(open),
      ],
      says: /authorization is "NONE"/,
    },
    {
      compliant: "a policy for some addresses",
      resources: [api({ policy: policy({ ...anyone, Condition: fromOffice }) }), method(open)],
    },
    {
      compliant: "a policy that denies all other addresses",
      resources: [
        ...[api(), method(open)],
        separate(policy(anyone, { Effect: "Deny", Principal: "*", Condition: elsewhere })),
      ],
    },
    {
      compliant: "a policy for an account, whose callers sign",
      resources: [
        api({ policy: policy({ Effect: "Allow", Principal: { AWS: "123456789012" } }) }),
        method(open),
      ],
    },
    {
      compliant: "a policy for roles, which anonymous callers do not have",
      resources: [
        api({
          policy: policy({
            ...anyone,
            Condition: { StringLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } },
          }),
        }),
        method(open),
      ],
    },
    {
      violating: "a policy that is no JSON",
      resources: [api({ policy: "{" }), method(open)],
      says: /policy cannot be read: .*; correct the document\. No public control requires it/,
    },
    { violating: "none", resources: [api(), method(open)], says: /authorization is "NONE"/ },
    {
      violating: "a policy for all",
      resources: [api({ policy: policy(anyone) }), method(open)],
      says: /authorization is "NONE"/,
    },
    {
      violating: "a policy for all addresses",
      resources: [
        api({
          policy: policy({ ...anyone, Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } } }),
        }),
        method(open),
      ],
      says: /authorization is "NONE"/,
    },
    {
      violating: "an API key",
      resources: [api(), method({ ...open, apiKeyRequired: true })],
      says: /an API key identifies a caller and authorizes none; .* Required by APIG4\./,
    },
    ...definitions,
    { unknown: "type", resources: [api(), method({ authorization: UNKNOWN_TEXT })] },
    { unknown: "verb", resources: [api(), method({ ...open, httpMethod: UNKNOWN_TEXT })] },
    { unknown: "key", resources: [api(), method({ ...open, apiKeyRequired: UNKNOWN_FLAG })] },
    { unknown: "policy", resources: [api({ policy: UNKNOWN_TEXT }), method(open)] },
    {
      unknown: "policy of a private API",
      resources: [api({ ...isPrivate, policy: UNKNOWN_TEXT }), method(open)],
    },
    {
      unknown: "policy, with a key",
      resources: [api({ policy: UNKNOWN_TEXT }), method({ ...open, apiKeyRequired: true })],
      says: /the policy of its API is not known before the first update\. Required by APIG4\./,
    },
    {
      unknown: "policy, with a key in a definition",
      resources: [
        api({ policy: UNKNOWN_TEXT, body: definition({ security: [{ key: [] }] }, schemes) }),
      ],
      says: /Required by APIG4\./,
    },
    {
      unknown: "whose policy",
      resources: [
        ...[api(), method(open)],
        {
          type: "aws:apigateway/restApiPolicy:RestApiPolicy",
          props: { policy: policy(anyone), restApiId: UNKNOWN_TEXT },
        },
      ],
    },
    {
      unknown: "an API outside the plan",
      resources: [{ ...method({ ...open, restApi: "a1b2c3" }), references: {} }],
      says: /its API is not in the plan/,
    },
    { unknown: "which API", resources: [{ ...method(open), references: {} }], says: /update/ },
    ofRole,
  ]);

  ruleTable(rule("api-route-authorized"), [
    {
      compliant: "tokens",
      resources: [api2("HTTP"), route({ routeKey: "GET /a", authorizationType: "JWT" })],
    },
    {
      compliant: "a browser's question",
      resources: [api2("HTTP"), route({ routeKey: "OPTIONS /{proxy+}" })],
    },
    {
      compliant: "messages of a connection that was authorized",
      resources: [
        api2("WEBSOCKET"),
        route({ routeKey: "$connect", authorizationType: "CUSTOM" }),
        ...["$disconnect", "$default", "send"].map((routeKey) => route({ routeKey })),
      ],
    },
    {
      violating: "none",
      resources: [api2("HTTP"), route({ routeKey: "GET /a" })],
      says: /is not set/,
    },
    {
      violating: "none for all paths",
      resources: [api2("HTTP"), route({ routeKey: "$default", authorizationType: "NONE" })],
      says: /authorizationType is "NONE"/,
    },
    {
      violating: "a connection",
      resources: [api2("WEBSOCKET"), route({ routeKey: "$connect", apiKeyRequired: true })],
      says: /authorizationType is not set/,
    },
    {
      violating: "a route that API Gateway makes itself",
      resources: [api2("HTTP", { target: "https://a.example" })],
      says: /target creates a route without authorization/,
    },
    {
      violating: "a route to a function of the stack",
      resources: [
        { type: "aws:lambda/function:Function", name: "function" },
        {
          ...api2("HTTP", { target: UNKNOWN_TEXT }),
          references: { target: ["function"] },
        },
      ],
      says: /target creates a route without authorization/,
    },
    {
      violating: "a definition",
      resources: [api2("HTTP", { body: definition({}) })],
      says: /body has no authorization for GET \/a;/,
    },
    { unknown: "target", resources: [api2("HTTP", { target: UNKNOWN_TEXT })] },
    {
      unknown: "type",
      resources: [api2("HTTP"), route({ routeKey: "GET /a", authorizationType: UNKNOWN_TEXT })],
    },
    { unknown: "key", resources: [api2("HTTP"), route({ routeKey: UNKNOWN_TEXT })] },
    { unknown: "protocol", resources: [api2(UNKNOWN_TEXT), route({ routeKey: "$default" })] },
    ofRole,
  ]);
});
