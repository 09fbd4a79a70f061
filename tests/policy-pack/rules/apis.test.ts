import { apiRules } from "../../../policy-pack/rules/apis";
import { api, api2, part, SETTINGS, stage, stage2 } from "../api-samples";
import { ruleOf } from "../rows";
import { ruleTable, type Sample, UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const rule = (id: string) => ruleOf(apiRules, id);
const otherType = { otherType: "a role", type: "aws:iam/role:Role" };
const ofRole = { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] };
const DOMAIN = "aws:apigateway/domainName:DomainName";

describe("policy pack: APIs", () => {
  const integration = (type: unknown) =>
    part("aws:apigateway/integration:Integration", { type }, { restApi: "api" });
  const integration2 = (props: object) =>
    part("aws:apigatewayv2/integration:Integration", props, { apiId: "api" });
  const defined = (type: string) =>
    JSON.stringify({ paths: { "/a": { get: { "x-amazon-apigateway-integration": { type } } } } });
  ruleTable(rule("api-client-certificate"), [
    {
      compliant: "a certificate",
      resources: [api(), stage({ clientCertificateId: UNKNOWN_TEXT })],
    },
    {
      compliant: "functions alone",
      resources: [api(), stage(), integration("AWS_PROXY"), integration("MOCK")],
    },
    {
      violating: "functions alone, where the setting includes them",
      resources: [api(), stage(), integration("AWS_PROXY"), integration("MOCK")],
      config: { everyBackend: true },
      says: /clientCertificateId is not set; name a ClientCertificate\.$/,
    },
    {
      violating: "an HTTP backend",
      resources: [api(), stage(), integration("AWS_PROXY"), integration("HTTP_PROXY")],
      says: /clientCertificateId is not set/,
    },
    {
      violating: "backends that the plan does not show",
      resources: [api(), stage()],
      says: /is not set/,
    },
    { compliant: "an HTTP API", resources: [api2("HTTP"), stage2()] },
    {
      violating: "a WebSocket API, of which Security Hub asks none",
      resources: [api2("WEBSOCKET"), stage2()],
      says: /is not set; .* Required by CKV2_AWS_51\./,
    },
    {
      compliant: "a WebSocket API with functions",
      resources: [api2("WEBSOCKET"), stage2(), integration2({ integrationType: "AWS_PROXY" })],
    },
    {
      compliant: "functions alone, by the definition",
      resources: [api({ body: defined("aws_proxy") }), stage()],
    },
    {
      violating: "an HTTP backend, by the definition",
      resources: [api({ body: defined("http_proxy") }), stage()],
      says: /clientCertificateId is not set/,
    },
    { unknown: "definition", resources: [api({ body: UNKNOWN_TEXT }), stage()] },
    { unknown: "backend", resources: [api(), stage(), integration(UNKNOWN_TEXT)] },
    { unknown: "protocol", resources: [api2(UNKNOWN_TEXT), stage2()] },
    ofRole,
  ]);

  ruleTable(rule("api-cache-encrypted"), [
    {
      compliant: "encrypted",
      type: SETTINGS,
      props: { settings: { cachingEnabled: true, cacheDataEncrypted: true } },
    },
    { compliant: "no cache", type: SETTINGS, props: { settings: { cacheDataEncrypted: false } } },
    {
      violating: "not encrypted",
      type: SETTINGS,
      props: { settings: { cachingEnabled: true } },
      says: /settings.cacheDataEncrypted is not set/,
    },
    { unknown: "cache", type: SETTINGS, props: { settings: { cachingEnabled: UNKNOWN_FLAG } } },
    {
      unknown: "encryption",
      type: SETTINGS,
      props: { settings: { cachingEnabled: true, cacheDataEncrypted: UNKNOWN_FLAG } },
    },
    otherType,
  ]);

  ruleTable(rule("api-data-trace-off"), [
    { compliant: "by default", type: SETTINGS, props: { settings: {} } },
    {
      violating: "on",
      type: SETTINGS,
      props: { settings: { dataTraceEnabled: true } },
      says: /settings.dataTraceEnabled is true/,
    },
    { compliant: "a WebSocket API's", type: "aws:apigatewayv2/stage:Stage", props: {} },
    {
      violating: "of a WebSocket API",
      type: "aws:apigatewayv2/stage:Stage",
      props: { defaultRouteSettings: { dataTraceEnabled: true } },
      says: /defaultRouteSettings.dataTraceEnabled is true/,
    },
    {
      violating: "of a route",
      type: "aws:apigatewayv2/stage:Stage",
      props: { routeSettings: [{ dataTraceEnabled: true }] },
      says: /routeSettings\[0\].dataTraceEnabled is true/,
    },
    { unknown: "switch", type: SETTINGS, props: { settings: { dataTraceEnabled: UNKNOWN_FLAG } } },
    {
      unknown: "routes",
      type: "aws:apigatewayv2/stage:Stage",
      props: { routeSettings: UNKNOWN_LIST },
    },
    otherType,
  ]);

  ruleTable(rule("api-domain-tls"), [
    { compliant: "TLS 1.2", type: DOMAIN, props: { securityPolicy: "TLS_1_2" } },
    {
      compliant: "TLS 1.3",
      type: DOMAIN,
      props: { securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09" },
    },
    {
      violating: "TLS 1.0",
      type: DOMAIN,
      props: { securityPolicy: "TLS_1_0" },
      says: /is "TLS_1_0"/,
    },
    { violating: "by default", type: DOMAIN, says: /securityPolicy is not set/ },
    {
      compliant: "an HTTP API's",
      type: "aws:apigatewayv2/domainName:DomainName",
      props: { domainNameConfiguration: { securityPolicy: "TLS_1_2" } },
    },
    {
      violating: "an HTTP API's of TLS 1.0",
      type: "aws:apigatewayv2/domainName:DomainName",
      props: { domainNameConfiguration: { securityPolicy: "TLS_1_0" } },
      says: /domainNameConfiguration.securityPolicy is "TLS_1_0"/,
    },
    { unknown: "policy", type: DOMAIN, props: { securityPolicy: UNKNOWN_TEXT } },
    otherType,
  ]);

  const domain = (props: object): Sample => ({ type: DOMAIN, name: "domain", props: { ...props } });
  ruleTable(rule("api-domain-tls-recommended"), [
    {
      compliant: "recommended",
      resources: [domain({ securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09" })],
    },
    {
      violating: "TLS 1.2 of a regional domain",
      resources: [
        domain({ securityPolicy: "TLS_1_2", endpointConfiguration: { types: "REGIONAL" } }),
      ],
      says: /is "TLS_1_2"; set it to "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"/,
    },
    {
      violating: "TLS 1.2 at the edge",
      resources: [domain({ securityPolicy: "TLS_1_2" })],
      says: /set it to "SecurityPolicy_TLS13_2025_EDGE"/,
    },
    {
      compliant: "mutual TLS, which takes no other",
      resources: [
        domain({
          securityPolicy: "TLS_1_2",
          mutualTlsAuthentication: { truststoreUri: "s3://a/b" },
        }),
      ],
    },
    {
      compliant: "an HTTP API's, which takes no other",
      resources: [
        domain({ securityPolicy: "TLS_1_2" }),
        api2("HTTP"),
        part("aws:apigatewayv2/apiMapping:ApiMapping", {}, { apiId: "api", domainName: "domain" }),
      ],
    },
    {
      violating: "mutual TLS, where the setting includes it",
      resources: [
        domain({
          securityPolicy: "TLS_1_2",
          mutualTlsAuthentication: { truststoreUri: "s3://a/b" },
        }),
      ],
      config: { everyDomain: true },
      says: /API Gateway takes no better one with mutualTlsAuthentication/,
    },
    {
      violating: "an HTTP API's, where the setting includes it",
      resources: [
        domain({ securityPolicy: "TLS_1_2" }),
        api2("HTTP"),
        part("aws:apigatewayv2/apiMapping:ApiMapping", {}, { apiId: "api", domainName: "domain" }),
      ],
      config: { everyDomain: true },
      says: /API Gateway takes no better one for an HTTP API/,
    },
    { unknown: "policy", resources: [domain({ securityPolicy: UNKNOWN_TEXT })] },
    ofRole,
  ]);

  const linked = { connectionType: "VPC_LINK" };
  ruleTable(rule("api-integration-encrypted"), [
    {
      compliant: "HTTPS",
      resources: [
        api2("HTTP"),
        integration2({ ...linked, tlsConfig: { serverNameToVerify: "a.example" } }),
      ],
    },
    { compliant: "a public backend", resources: [api2("HTTP"), integration2({})] },
    {
      compliant: "HTTPS of a WebSocket API",
      resources: [
        api2("WEBSOCKET"),
        integration2({ ...linked, integrationUri: "https://a.example" }),
      ],
    },
    {
      violating: "HTTP of a WebSocket API",
      resources: [
        api2("WEBSOCKET"),
        integration2({ ...linked, integrationUri: "http://a.example" }),
      ],
      says: /integrationUri does not begin with https/,
    },
    {
      unknown: "address of a WebSocket API's backend",
      resources: [api2("WEBSOCKET"), integration2({ ...linked, integrationUri: UNKNOWN_TEXT })],
    },
    {
      violating: "HTTP",
      resources: [api2("HTTP"), integration2(linked)],
      says: /tlsConfig is not set/,
    },
    {
      violating: "an empty block, which the provider sends as none",
      resources: [api2("HTTP"), integration2({ ...linked, tlsConfig: {} })],
      says: /tlsConfig is not set/,
    },
    {
      unknown: "connection",
      resources: [api2("HTTP"), integration2({ connectionType: UNKNOWN_TEXT })],
    },
    { unknown: "protocol", resources: [api2(UNKNOWN_TEXT), integration2(linked)] },
    ofRole,
  ]);

  const METHOD = "aws:apigateway/method:Method";
  ruleTable(rule("api-request-validated"), [
    {
      compliant: "a validator",
      type: METHOD,
      props: { httpMethod: "GET", requestValidatorId: UNKNOWN_TEXT },
    },
    { compliant: "a browser's question", type: METHOD, props: { httpMethod: "OPTIONS" } },
    {
      violating: "none",
      type: METHOD,
      props: { httpMethod: "GET" },
      says: /requestValidatorId is not set/,
    },
    { unknown: "verb", type: METHOD, props: { httpMethod: UNKNOWN_TEXT } },
    otherType,
  ]);

  ruleTable(rule("api-create-before-delete"), [
    { compliant: "by default", ...api() },
    {
      violating: "deleted first",
      ...api(),
      opts: { deleteBeforeReplace: true },
      says: /deleteBeforeReplace/,
    },
    {
      violating: "a deployment",
      type: "aws:apigateway/deployment:Deployment",
      opts: { deleteBeforeReplace: true },
      says: /deleteBeforeReplace/,
    },
    { unknown: "definition", passes: true, ...api({ body: UNKNOWN_TEXT }) },
    otherType,
  ]);
});
