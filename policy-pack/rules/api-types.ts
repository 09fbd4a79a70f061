/** The types of API Gateway: REST APIs are of version 1, HTTP and WebSocket APIs of version 2. */
import type { Node, StackGraph } from "../../analysis/graph";
import { items, read, UNKNOWN } from "../../analysis/properties";

export const REST_API = "aws:apigateway/restApi:RestApi";
export const METHOD = "aws:apigateway/method:Method";
export const INTEGRATION = "aws:apigateway/integration:Integration";
export const SETTINGS = "aws:apigateway/methodSettings:MethodSettings";
export const STAGE = "aws:apigateway/stage:Stage";
export const DOMAIN = "aws:apigateway/domainName:DomainName";
export const API_V2 = "aws:apigatewayv2/api:Api";
export const ROUTE_V2 = "aws:apigatewayv2/route:Route";
export const INTEGRATION_V2 = "aws:apigatewayv2/integration:Integration";
export const STAGE_V2 = "aws:apigatewayv2/stage:Stage";
export const DOMAIN_V2 = "aws:apigatewayv2/domainName:DomainName";

/** The protocol of the API of a stage, route or integration of version 2; UNKNOWN where the plan does not say it. */
export function protocolOf(graph: StackGraph, part: Node): string | typeof UNKNOWN {
  const apis = graph.referred(part, "apiId", API_V2);
  const protocol = apis === UNKNOWN ? UNKNOWN : apis[0] && read(apis[0].properties, "protocolType");
  return typeof protocol === "string" ? protocol : UNKNOWN;
}

/** The REST API of a stage or method; UNKNOWN where it is not in the plan. */
export function restApiOf(graph: StackGraph, part: Node): Node | typeof UNKNOWN {
  const apis = graph.referred(part, "restApi", REST_API);
  return apis === UNKNOWN ? UNKNOWN : (apis[0] ?? UNKNOWN);
}

/** Whether only VPC endpoints reach a REST API; UNKNOWN when its type is not known yet. */
export function isPrivateApi({ properties }: Node): boolean | typeof UNKNOWN {
  const types = items(
    read(properties, "endpointConfiguration.types") ??
      read(properties, "parameters.endpointConfigurationTypes"),
  );
  const kinds = types === UNKNOWN ? [UNKNOWN] : types;
  return kinds.includes(UNKNOWN) ? UNKNOWN : kinds.length === 1 && kinds[0] === "PRIVATE";
}

/**
 * Whether API Gateway makes a route and a stage of an HTTP API itself, by its target. UNKNOWN where the target is not
 * known yet; one that is made of another resource, such as a function's ARN, is set.
 */
export function isQuickCreated({ properties, references }: Node): boolean | typeof UNKNOWN {
  const target = read(properties, "target");
  const isMade = (references["target"] ?? []).length > 0;
  return target === UNKNOWN && !isMade ? UNKNOWN : target !== undefined;
}

/** Why something of a part's API stays unknown after the update, for a report: the part names an API by an id from outside. */
export function notPlanned({ properties }: Node): readonly [] | readonly [string] {
  const ids = [read(properties, "restApi"), read(properties, "apiId")];
  return ids.some((id) => typeof id === "string") ? ["its API is not in the plan"] : [];
}
