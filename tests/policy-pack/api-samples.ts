/** APIs of API Gateway with their parts, whose ids are not known yet. */
import { type Sample, UNKNOWN_TEXT } from "./support";

export const SETTINGS = "aws:apigateway/methodSettings:MethodSettings";

/** A resource with others' ids, which are not known yet. */
export function part(type: string, props: object, references: Record<string, string>): Sample {
  const ids = Object.fromEntries(Object.keys(references).map((key) => [key, UNKNOWN_TEXT]));
  const links = Object.entries(references).map(([key, name]) => [key, [name]] as const);
  return { type, props: { ...ids, ...props }, references: Object.fromEntries(links) };
}

export const api = (props: object = {}, name = "api"): Sample => ({
  ...{ type: "aws:apigateway/restApi:RestApi", name },
  props: { ...props },
});
export const stage = (props: object = {}): Sample => ({
  ...part("aws:apigateway/stage:Stage", { stageName: "live", ...props }, { restApi: "api" }),
  name: "stage",
});
export const settings = (settings: object, methodPath = "*/*", name = "settings"): Sample => ({
  ...part(SETTINGS, { methodPath, stageName: "live", settings }, { restApi: "api" }),
  references: { restApi: ["api"], stageName: ["stage"] },
  name,
});
export const method = (props: object = {}, resourceId = "orders"): Sample =>
  part(
    "aws:apigateway/method:Method",
    { httpMethod: "GET", resourceId, ...props },
    { restApi: "api" },
  );
export const api2 = (protocolType: unknown, props: object = {}): Sample => ({
  ...{ type: "aws:apigatewayv2/api:Api", name: "api" },
  props: { protocolType, ...props },
});
export const stage2 = (props: object = {}) =>
  part("aws:apigatewayv2/stage:Stage", props, { apiId: "api" });
export const route = (props: object) =>
  part("aws:apigatewayv2/route:Route", props, { apiId: "api" });
