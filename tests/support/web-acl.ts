/** AWS WAF's evaluation of a statement, as far as the platform's rules use it, after the AWS WAF Developer Guide, "Rule statements". */

export interface ViewerRequest {
  readonly uri: string;
  /** @default GET */
  readonly method?: string;
  /** By name in lower case. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Two letters. @default US */
  readonly country?: string;
  /** Labels of the rules before. @default none */
  readonly labels?: readonly string[];
}

/** Whether a request matches. */
export function matched(statement: Record<string, any>, request: ViewerRequest): boolean {
  const [kind, value] = Object.entries(statement)[0]!;
  switch (kind) {
    case "andStatement":
      return value.statements.every((one: Record<string, any>) => matched(one, request));
    case "orStatement":
      return value.statements.some((one: Record<string, any>) => matched(one, request));
    case "notStatement":
      return !matched(value.statement, request);
    case "geoMatchStatement":
      return value.countryCodes.includes(request.country ?? "US");
    case "labelMatchStatement":
      return (request.labels ?? []).includes(value.key);
    case "byteMatchStatement": {
      const raw = component(value.fieldToMatch, request);
      const text = value.textTransformations.some(({ type }: any) => type === "URL_DECODE")
        ? decodeURIComponent(raw)
        : raw;
      return value.positionalConstraint === "EXACTLY"
        ? text === value.searchString
        : text.startsWith(value.searchString);
    }
    case "sizeConstraintStatement":
      if (value.comparisonOperator !== "GT") throw new Error("no model of other comparisons");
      return component(value.fieldToMatch, request).length > value.size;
    default:
      throw new Error(`no model of ${kind}`);
  }
}

/** The part of a request that a statement looks at; a header that is missing is empty. */
function component(fieldToMatch: Record<string, any>, request: ViewerRequest): string {
  const [part, value] = Object.entries(fieldToMatch)[0]!;
  switch (part) {
    case "uriPath":
      return request.uri;
    case "method":
      return request.method ?? "GET";
    case "singleHeader":
      return request.headers?.[value.name] ?? "";
    default:
      throw new Error(`no model of ${part}`);
  }
}
