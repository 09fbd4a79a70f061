/** AWS WAF's evaluation of a statement, as far as the platform's rules use it, after the AWS WAF Developer Guide, "Rule statements". */

export interface ViewerRequest {
  readonly uri: string;
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
      const uri = value.textTransformations.some(({ type }: any) => type === "URL_DECODE")
        ? decodeURIComponent(request.uri)
        : request.uri;
      return value.positionalConstraint === "EXACTLY"
        ? uri === value.searchString
        : uri.startsWith(value.searchString);
    }
    default:
      throw new Error(`no model of ${kind}`);
  }
}
