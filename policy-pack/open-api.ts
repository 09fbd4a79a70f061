/** Definitions of APIs by OpenAPI with API Gateway's extensions. */
import { isRecord, items, known, UNKNOWN } from "../analysis/properties";
import { valueOfText } from "./texts";

/** Definitions by their text: several rules read the same one. */
const parsed = new Map<string, Record<string, unknown> | undefined>();

/** A definition of an API; undefined where the text is none, or is not known yet. */
export function parseDefinition(body: unknown): Record<string, unknown> | undefined {
  if (typeof body !== "string") return undefined;
  if (!parsed.has(body)) {
    const value = valueOfText(body);
    parsed.set(body, isRecord(value) ? value : undefined);
  }
  return parsed.get(body);
}

/** The operations that anyone can call, and those that anyone with an API key can call. */
export function openOperations(definition: Record<string, unknown>) {
  const components = record(definition["components"]);
  const schemes = {
    ...record(definition["securityDefinitions"]),
    ...record(components["securitySchemes"]),
  };
  const open: string[] = [];
  const keyed: string[] = [];
  for (const [path, methodsOf] of Object.entries(record(definition["paths"]))) {
    for (const [verb, operation] of Object.entries(record(methodsOf))) {
      if (!/^(get|put|post|delete|head|patch|x-amazon-apigateway-any-method)$/i.test(verb)) {
        continue;
      }
      const { security = definition["security"], ...rest } = record(operation);
      const auth = record(rest["x-amazon-apigateway-auth"])["type"];
      const alternatives = items(known(security));
      const named = alternatives === UNKNOWN ? [] : alternatives.map(record);
      const names = named.flatMap(Object.keys);
      const isFree = named.some((one) => Object.keys(one).length === 0);
      const isAuthorized =
        (auth !== undefined && auth !== "NONE") ||
        (!isFree && names.some((name) => authorizes(record(schemes[name]))));
      if (!isAuthorized) {
        const shown = verb.startsWith("x-") ? "ANY" : verb.toUpperCase();
        const byKey = !isFree && names.some((name) => record(schemes[name])["type"] === "apiKey");
        (byKey ? keyed : open).push(`${shown} ${path}`);
      }
    }
  }
  return { open, keyed };
}

/** Whether a security scheme of a definition has an authorizer of API Gateway, or asks for a signature. */
function authorizes(scheme: Record<string, unknown>): boolean {
  return "x-amazon-apigateway-authtype" in scheme || "x-amazon-apigateway-authorizer" in scheme;
}

/** The types of a definition's integrations, in the case of the provider's: `HTTP_PROXY`. */
export function integrationTypes(definition: Record<string, unknown>): readonly string[] {
  return Object.values(record(definition["paths"]))
    .flatMap((methods) => Object.values(record(methods)))
    .map((operation) => record(record(operation)["x-amazon-apigateway-integration"])["type"])
    .filter((type) => typeof type === "string")
    .map((type) => type.toUpperCase());
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
