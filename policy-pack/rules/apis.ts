/** APIs of API Gateway: what their stages, methods, integrations and domain names must be. */
import type { Node, StackGraph } from "../../analysis/graph";
import { items, read, UNKNOWN } from "../../analysis/properties";
import { API_DOMAIN_TLS } from "../../facts/tls-policies";
import {
  expect,
  isNotTrue,
  isTrue,
  type Report,
  resourceRule,
  type Rule,
  stackRule,
} from "../define";
import { integrationTypes, parseDefinition } from "../open-api";
import { isSet, itemPaths } from "../relations";
import { apiAuthorizationRules } from "./api-authorization";
import { apiFirewallRules } from "./api-firewalls";
import { apiLogRules } from "./api-logs";
import {
  DOMAIN,
  DOMAIN_V2,
  API_V2,
  INTEGRATION,
  INTEGRATION_V2,
  METHOD,
  notPlanned,
  protocolOf,
  REST_API,
  SETTINGS,
  STAGE,
  STAGE_V2,
} from "./api-types";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const DEVELOPERS = "https://docs.aws.amazon.com/apigateway/latest/developerguide";

/** By version: how a stage names its API, and where the types of the API's integrations stand. */
const STAGES = [
  { type: STAGE, by: "restApi", api: REST_API, integration: INTEGRATION, property: "type" },
  {
    ...{ type: STAGE_V2, by: "apiId", api: API_V2 },
    ...{ integration: INTEGRATION_V2, property: "integrationType" },
  },
] as const;

interface Backends {
  /** Whether an API with functions and AWS services alone needs a certificate, too: they do not see it, the controls ask for it. */
  readonly everyBackend: boolean;
}

const clientCertificate = stackRule<Backends>({
  id: "api-client-certificate",
  description:
    "A REST or WebSocket API with an HTTP backend has a client certificate, by which the backend recognizes it.",
  severity: "medium",
  controls: { securityHub: ["APIGateway.2"], checkov: ["CKV2_AWS_51"] },
  remediation: "Set clientCertificateId to the id of an aws.apigateway.ClientCertificate.",
  url: `${GUIDE}/apigateway-controls.html#apigateway-2`,
  defaults: { everyBackend: false },
  check(graph, reportOn, { everyBackend }) {
    for (const version of STAGES) {
      for (const stage of graph.ofType(version.type)) {
        const protocol = version.type === STAGE ? "REST" : protocolOf(graph, stage);
        if (protocol === "HTTP" || isSet(stage.properties, "clientCertificateId")) {
          continue;
        }
        const types = everyBackend ? [] : backendsOf(graph, stage, version);
        judgeBackends(types, protocol, stage, reportOn(stage));
      }
    }
  },
});

/** Only HTTP backends see the certificate. Where the plan shows no integration at all, there may be such a one. */
function judgeBackends(
  types: readonly unknown[],
  protocol: string | typeof UNKNOWN,
  stage: Node,
  report: Report,
): void {
  const isHttp = (type: unknown) => typeof type === "string" && type.startsWith("HTTP");
  // Security Hub's control judges stages of REST APIs alone.
  const required = protocol === "REST" ? undefined : { checkov: ["CKV2_AWS_51"] };
  const isNeeded = types.length === 0 || types.some(isHttp);
  if (isNeeded && protocol !== UNKNOWN) {
    report.violation("clientCertificateId is not set; name a ClientCertificate.", required);
  } else if (isNeeded || types.includes(UNKNOWN)) {
    const [unknown, ...why] =
      protocol === UNKNOWN
        ? (["the protocolType of its API", ...notPlanned(stage)] as const)
        : (["the type of an Integration"] as const);
    report.undecided(unknown, why[0], required);
  }
}

/** The types of the integrations of a stage's API, as far as the plan shows them. */
function backendsOf(
  graph: StackGraph,
  stage: Node,
  { by, api, integration, property }: (typeof STAGES)[number],
): readonly unknown[] {
  const apis = graph.referred(stage, by, api);
  return (apis === UNKNOWN ? [] : apis).flatMap((one) => {
    const body = read(one.properties, "body");
    return [
      ...graph.referring(one, integration, by).map((node) => read(node.properties, property)),
      ...(body === UNKNOWN ? [UNKNOWN] : integrationTypes(parseDefinition(body) ?? {})),
    ];
  });
}

const cacheEncrypted = resourceRule({
  id: "api-cache-encrypted",
  description: "Cached responses of a REST API are encrypted.",
  severity: "medium",
  controls: { securityHub: ["APIGateway.5"], checkov: ["CKV_AWS_308"], trivy: ["AWS-0002"] },
  remediation: "Set settings.cacheDataEncrypted to true.",
  url: `${GUIDE}/apigateway-controls.html#apigateway-5`,
  types: [SETTINGS],
  check(subject, report) {
    const caching = read(subject.properties, "settings.cachingEnabled");
    const encrypted = read(subject.properties, "settings.cacheDataEncrypted");
    if (caching === UNKNOWN && encrypted !== true) {
      report.undecided("settings.cachingEnabled");
    } else if (caching === true) {
      expect(subject, report, "settings.cacheDataEncrypted", isTrue, "set it to true");
    }
  },
});

const noDataTrace = resourceRule({
  id: "api-data-trace-off",
  description: "An API does not write whole requests and responses into its logs.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_276"] },
  remediation: "Remove dataTraceEnabled, or set it to false.",
  url: `${DEVELOPERS}/set-up-logging.html`,
  types: [SETTINGS, STAGE_V2],
  check(subject, report) {
    const paths =
      subject.type === SETTINGS
        ? ["settings"]
        : ["defaultRouteSettings", ...itemPaths(subject.properties, "routeSettings", report)];
    for (const path of paths) {
      expect(subject, report, `${path}.dataTraceEnabled`, isNotTrue, "set it to false");
    }
  },
});

const domainTls = resourceRule({
  id: "api-domain-tls",
  description: "The domain name of an API requires TLS 1.2 or later.",
  severity: "high",
  controls: { checkov: ["CKV_AWS_206"], trivy: ["AWS-0005"] },
  remediation: 'Set securityPolicy to "TLS_1_2", or to a policy that begins with SecurityPolicy_.',
  url: `${DEVELOPERS}/apigateway-custom-domain-tls-version.html`,
  types: [DOMAIN, DOMAIN_V2],
  check(subject, report) {
    const block = subject.type === DOMAIN ? "" : "domainNameConfiguration.";
    const isNew = (policy: unknown) =>
      typeof policy === "string" && API_DOMAIN_TLS.pattern.test(policy);
    expect(subject, report, `${block}securityPolicy`, isNew, 'set it to "TLS_1_2"');
  },
});

interface Domains {
  /** Whether domains that API Gateway gives no such policy are reported, too, as the control does: with mutual TLS, or of an HTTP API. */
  readonly everyDomain: boolean;
}

const domainTlsRecommended = stackRule<Domains>({
  id: "api-domain-tls-recommended",
  description:
    "The domain name of a REST API has a security policy with forward secrecy alone. With mutual TLS, or in front of an HTTP API, API Gateway accepts none.",
  severity: "medium",
  controls: { securityHub: ["APIGateway.11"] },
  remediation: `Set securityPolicy to "${API_DOMAIN_TLS.recommended[2]}", of an edge-optimized domain to "${API_DOMAIN_TLS.recommended[0]}", and endpointAccessMode.`,
  url: `${GUIDE}/apigateway-controls.html#apigateway-11`,
  defaults: { everyDomain: false },
  check(graph, reportOn, { everyDomain }) {
    for (const node of graph.ofType(DOMAIN)) {
      const why = whyNoPolicy(graph, node);
      if (why !== undefined && !everyDomain) {
        continue;
      }
      const edge = items(read(node.properties, "endpointConfiguration.types"));
      const isEdge = edge !== UNKNOWN && (edge.length === 0 || edge.includes("EDGE"));
      expect(
        node,
        reportOn(node),
        "securityPolicy",
        (policy) => (API_DOMAIN_TLS.recommended as readonly unknown[]).includes(policy),
        why ?? `set it to "${API_DOMAIN_TLS.recommended[isEdge ? 0 : 2]}", with endpointAccessMode`,
      );
    }
  },
});

/** Why API Gateway accepts no recommended policy for a domain, as advice; undefined where it does. */
function whyNoPolicy(graph: StackGraph, node: Node): string | undefined {
  if (isSet(node.properties, "mutualTlsAuthentication")) {
    return "API Gateway takes no better one with mutualTlsAuthentication: exempt the domain";
  }
  const mapped = graph.referring(node, "aws:apigatewayv2/apiMapping:ApiMapping", "domainName");
  const ofHttp = mapped.some((mapping) => {
    const apis = graph.referred(mapping, "apiId", API_V2);
    return apis !== UNKNOWN && apis.length > 0;
  });
  return ofHttp
    ? "API Gateway takes no better one for an HTTP API: exempt the domain, or give its REST APIs one of their own"
    : undefined;
}

const integrationEncrypted = stackRule({
  id: "api-integration-encrypted",
  description: "An HTTP or WebSocket API speaks HTTPS with its private backends.",
  severity: "medium",
  controls: { securityHub: ["APIGateway.10"] },
  remediation:
    "Set tlsConfig.serverNameToVerify to the name on the backend's certificate; of a WebSocket API, begin integrationUri with https.",
  url: `${GUIDE}/apigateway-controls.html#apigateway-10`,
  check(graph, reportOn) {
    for (const node of graph.ofType(INTEGRATION_V2)) {
      const connection = read(node.properties, "connectionType");
      const protocol = protocolOf(graph, node);
      const uri = read(node.properties, "integrationUri");
      // An empty tlsConfig is sent as none. A WebSocket API takes none: its integrationUri decides.
      if (
        (connection !== "VPC_LINK" && connection !== UNKNOWN) ||
        isSet(node.properties, "tlsConfig.serverNameToVerify") ||
        (protocol === "WEBSOCKET" && /^https:/i.test(String(uri)))
      ) {
        continue;
      }
      if (connection === UNKNOWN) {
        reportOn(node).undecided("connectionType");
      } else if (protocol === UNKNOWN) {
        reportOn(node).undecided("the protocolType of its API", ...notPlanned(node));
      } else if (protocol !== "WEBSOCKET") {
        reportOn(node).violation("tlsConfig is not set; set serverNameToVerify in it.");
      } else if (uri === UNKNOWN) {
        reportOn(node).undecided("integrationUri");
      } else {
        reportOn(node).violation("integrationUri does not begin with https; change it.");
      }
    }
  },
});

const requestValidated = resourceRule({
  id: "api-request-validated",
  description: "A REST API checks requests before it passes them on.",
  severity: "low",
  controls: { cdkNag: ["APIG2"], checkov: ["CKV2_AWS_53"] },
  remediation: "Set requestValidatorId to the id of an aws.apigateway.RequestValidator.",
  url: `${DEVELOPERS}/api-gateway-method-request-validation.html`,
  types: [METHOD],
  check({ properties }, report) {
    const verb = read(properties, "httpMethod");
    if (verb === "OPTIONS" || isSet(properties, "requestValidatorId")) {
      return;
    }
    if (verb === UNKNOWN) {
      report.undecided("httpMethod");
    } else {
      report.violation("requestValidatorId is not set; name a RequestValidator.");
    }
  },
});

const createFirst = resourceRule({
  id: "api-create-before-delete",
  description:
    "A new API or deployment is created before the old one, which a stage uses, is deleted.",
  severity: "low",
  controls: { checkov: ["CKV_AWS_217", "CKV_AWS_237"] },
  remediation: "Remove the resource's option deleteBeforeReplace.",
  url: "https://www.pulumi.com/docs/iac/concepts/resources/options/deletebeforereplace/",
  types: [REST_API, "aws:apigateway/deployment:Deployment"],
  check({ options }, report) {
    if (options.deleteBeforeReplace === true) {
      report.violation("the option deleteBeforeReplace is true; remove it.");
    }
  },
});

export const apiRules: readonly Rule[] = [
  ...apiAuthorizationRules,
  ...apiFirewallRules,
  ...apiLogRules,
  clientCertificate,
  cacheEncrypted,
  noDataTrace,
  domainTls,
  domainTlsRecommended,
  integrationEncrypted,
  requestValidated,
  createFirst,
];
