/** Who may call an API of API Gateway. */
import type { Node, StackGraph } from "../../analysis/graph";
import { whoCan } from "../../analysis/iam";
import { read, UNKNOWN } from "../../analysis/properties";
import { type Controls, type Report, type Rule, stackRule } from "../define";
import { parseDocument } from "../documents";
import { openOperations, parseDefinition } from "../open-api";
import { isSet } from "../relations";
import {
  API_V2,
  isQuickCreated,
  isPrivateApi,
  METHOD,
  notPlanned,
  protocolOf,
  REST_API,
  restApiOf,
  ROUTE_V2,
} from "./api-types";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const DEVELOPERS = "https://docs.aws.amazon.com/apigateway/latest/developerguide";

const API_POLICY = "aws:apigateway/restApiPolicy:RestApiPolicy";

/** An API key counts as authorization for Checkov and Trivy. AWS: "Don't use API keys for authentication or authorization". */
const NOT_BY_KEY: Controls = { cdkNag: ["APIG4"] };
const KEY = "an API key identifies a caller and authorizes none";

/** Whether anyone can call a REST API whose method asks for no authorization. */
type Access = "open" | "restricted" | typeof UNKNOWN;

const methods = stackRule({
  id: "api-method-authorized",
  description:
    "A method of a REST API has an authorization type, unless the API's policy keeps strangers out.",
  severity: "medium",
  controls: { cdkNag: ["APIG4"], checkov: ["CKV_AWS_59"], trivy: ["AWS-0004"] },
  remediation:
    'Set authorization to "AWS_IAM", or to "COGNITO_USER_POOLS" or "CUSTOM" with an authorizerId.',
  url: `${DEVELOPERS}/apigateway-control-access-to-api.html`,
  check(graph, reportOn) {
    for (const method of graph.ofType(METHOD)) {
      judgeMethod(graph, method, reportOn(method));
    }
    // A policy that AWS refuses admits no caller: one finding for all methods.
    for (const { urn, properties } of graph.ofType(REST_API, API_POLICY)) {
      const document = parseDocument(read(properties, "policy") || undefined);
      if (document !== UNKNOWN && document?.error !== undefined) {
        reportOn({ urn }).violation(
          `policy cannot be read: ${document.error}; correct the document.`,
          {},
        );
      }
    }
    for (const api of graph.ofType(REST_API)) {
      if (isSet(api.properties, "body")) {
        const access = accessTo(graph, api);
        if (access !== "restricted") {
          judgeDefinition(api, access, reportOn(api));
        }
      }
    }
  },
});

/** Whether a type of authorization is none, or may be. */
function isOpenType(type: unknown): boolean {
  return type === undefined || type === "NONE" || type === UNKNOWN;
}

function judgeMethod(graph: StackGraph, method: Node, report: Report): void {
  const [type, verb, key] = ["authorization", "httpMethod", "apiKeyRequired"].map((property) =>
    read(method.properties, property),
  );
  // A browser asks by OPTIONS, without credentials, what it may send.
  if (!isOpenType(type) || verb === "OPTIONS") {
    return;
  }
  const api = restApiOf(graph, method);
  const access = api === UNKNOWN ? UNKNOWN : accessTo(graph, api);
  if (access === "restricted") {
    return;
  }
  const unknowns = { authorization: type, httpMethod: verb, apiKeyRequired: key };
  const [vague] = Object.entries(unknowns).find(([, value]) => value === UNKNOWN) ?? [];
  if (vague !== undefined) {
    report.undecided(vague);
  } else if (access === UNKNOWN) {
    const [why] = api === UNKNOWN ? notPlanned(method) : [];
    report.undecided("the policy of its API", why, key === true ? NOT_BY_KEY : undefined);
  } else {
    const why = key === true ? `; ${KEY}` : "";
    report.violation(
      `authorization is ${type === undefined ? "not set" : '"NONE"'}${why}; set it to "AWS_IAM", "COGNITO_USER_POOLS" or "CUSTOM".`,
      key === true ? NOT_BY_KEY : undefined,
    );
  }
}

/**
 * Who can call a REST API by its policy. A private one without a policy admits no caller, and one whose policy names no VPC or
 * endpoint admits those of every account. Source: API Gateway Developer Guide, Create a private API, step 3.
 */
function accessTo(graph: StackGraph, api: Node): Access {
  const isPrivate = isPrivateApi(api);
  const separate = graph.referring(api, API_POLICY, "restApiId");
  const policies = (
    separate.length > 0
      ? separate.map(({ properties }) => read(properties, "policy"))
      : [read(api.properties, "policy") ?? definedPolicy(read(api.properties, "body"))]
  ).filter((policy) => policy !== undefined && policy !== "");
  const accesses = policies.map(accessBy);
  if (graph.unplaced(API_POLICY, "restApiId", REST_API).length > 0) {
    accesses.push(UNKNOWN);
  }
  if (accesses.includes(UNKNOWN)) {
    return UNKNOWN;
  }
  if (accesses.length === 0) {
    return isPrivate === UNKNOWN ? UNKNOWN : isPrivate ? "restricted" : "open";
  }
  return accesses.includes("restricted") ? "restricted" : "open";
}

/** The resource policy in an API's definition; UNKNOWN like it. */
function definedPolicy(body: unknown): unknown {
  return body === UNKNOWN ? UNKNOWN : parseDefinition(body)?.["x-amazon-apigateway-policy"];
}

/** Who can call an API by a policy: a caller without authorization is anonymous. */
function accessBy(policy: unknown): Access {
  if (policy === UNKNOWN) {
    return UNKNOWN;
  }
  const { openings } = whoCan(policy, "resource");
  const verdicts = openings
    .filter(({ stranger, by }) => stranger === "anonymous" || by === undefined)
    .map(({ verdict }) => verdict);
  return verdicts.includes("allowed") ? "open" : verdicts.length > 0 ? UNKNOWN : "restricted";
}

const routes = stackRule({
  id: "api-route-authorized",
  description:
    "A route of an HTTP API, and the route $connect of a WebSocket API, has an authorization type.",
  severity: "medium",
  controls: { securityHub: ["APIGateway.8"], cdkNag: ["APIG4"], checkov: ["CKV_AWS_309"] },
  remediation: 'Set authorizationType to "AWS_IAM", or to "JWT" or "CUSTOM" with an authorizerId.',
  url: `${GUIDE}/apigateway-controls.html#apigateway-8`,
  check(graph, reportOn) {
    for (const route of graph.ofType(ROUTE_V2)) {
      const type = read(route.properties, "authorizationType");
      if (isOpenType(type)) {
        judgeRoute(graph, route, type, reportOn(route));
      }
    }
    for (const api of graph.ofType(API_V2)) {
      const isQuick = isQuickCreated(api);
      if (isQuick === UNKNOWN) {
        reportOn(api).undecided("target");
      } else if (isQuick) {
        reportOn(api).violation(
          "target creates a route without authorization; add a Route with authorizationType instead.",
        );
      }
      if (isSet(api.properties, "body")) {
        judgeDefinition(api, "open", reportOn(api));
      }
    }
  },
});

function judgeRoute(graph: StackGraph, route: Node, type: unknown, report: Report): void {
  const key = read(route.properties, "routeKey");
  const protocol = protocolOf(graph, route);
  // The messages of a WebSocket follow a connection that was authorized; by name only $default is of both kinds.
  const isMessage =
    key !== UNKNOWN && key !== "$connect" && !/^[A-Z]+ \//.test(String(key)) && key !== "$default";
  if (
    isMessage ||
    /^OPTIONS \//.test(String(key)) ||
    (key === "$default" && protocol === "WEBSOCKET")
  ) {
    return;
  }
  if (key === UNKNOWN || type === UNKNOWN) {
    report.undecided(key === UNKNOWN ? "routeKey" : "authorizationType");
  } else if (key === "$default" && protocol === UNKNOWN) {
    report.undecided("the protocolType of its API", ...notPlanned(route));
  } else {
    report.violation(
      `authorizationType is ${type === undefined ? "not set" : '"NONE"'}; set it to "AWS_IAM", "JWT" or "CUSTOM".`,
    );
  }
}

/** The operations of an OpenAPI definition that no authorizer protects. */
function judgeDefinition({ properties }: Node, access: Access, report: Report): void {
  const body = read(properties, "body");
  const definition = parseDefinition(body);
  if (definition === undefined) {
    report.undecided("body", ...(body === UNKNOWN ? [] : ["it is no definition in JSON or YAML"]));
    return;
  }
  const { open, keyed } = openOperations(definition);
  for (const [operations, why, breaks] of [
    [open, "", undefined],
    [keyed, `; ${KEY}`, NOT_BY_KEY],
  ] as const) {
    if (operations.length > 0 && access === UNKNOWN) {
      report.undecided("the policy of the API", undefined, breaks);
    } else if (operations.length > 0) {
      const more = operations.length > 3 ? ` and ${operations.length - 3} more` : "";
      report.violation(
        `body has no authorization for ${operations.slice(0, 3).join(", ")}${more}${why}; name a scheme with x-amazon-apigateway-authtype or x-amazon-apigateway-authorizer in their security.`,
        breaks,
      );
    }
  }
}

export const apiAuthorizationRules: readonly Rule[] = [methods, routes];
