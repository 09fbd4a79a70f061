/**
 * Reading a resource's properties without stumbling over what is not known yet.
 *
 * Pulumi hands properties over behind a proxy that throws as soon as an unknown value is touched, and then
 * drops the whole rule for that resource. Rules here read the values below the proxy: what is known is
 * judged, and only what is not is reported as undecided.
 */

/** Stands for a value that is not known before the resource exists. */
export const UNKNOWN = Symbol("unknown");

/** The markers for unknown values of each kind. Source: Pulumi SDK, plugin.UnknownStringValue and its siblings. */
export const MARKERS: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // string
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** Properties by name, as they are below the proxy. */
export type Properties = Readonly<Record<string, unknown>>;

/** The properties below Pulumi's proxy; any other object is returned as it is. */
export function unproxied(properties: object): Properties {
  const candidate = properties as Record<string, unknown>;
  return candidate["__isSpecialProxy"] === true
    ? (candidate["__getSpecialProxyTarget"] as Properties)
    : (properties as Properties);
}

/** The value itself, or UNKNOWN for a marker. */
export function known(value: unknown): unknown {
  return MARKERS.has(value) ? UNKNOWN : value;
}

/** The value at a path such as `settings[0].value`: undefined when absent, UNKNOWN when it is not known. */
export function read(properties: Properties, path: string): unknown {
  let value: unknown = properties;
  for (const part of path.split(/[.[\]]+/).filter(Boolean)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) {
      return value === UNKNOWN ? UNKNOWN : undefined;
    }
    value = known((value as Record<string, unknown>)[part]);
  }
  return value ?? undefined;
}

/** The items of a list, none for an absent one; UNKNOWN when the list itself is. */
export function items(value: unknown): readonly unknown[] | typeof UNKNOWN {
  const list = known(value);
  if (list === UNKNOWN) {
    return UNKNOWN;
  }
  return list === undefined || list === null ? [] : Array.isArray(list) ? list.map(known) : [list];
}

/** Whether a value is an object with properties. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Properties whose text is a setting and never a secret, by the last word of their path. */
const SPEAKABLE =
  /^(acl|authorizationType|authenticationType|protocol|sslPolicy|securityPolicy(Name)?|tlsSecurityPolicy|sseAlgorithm|algorithm|type|encryptionType|minimumProtocolVersion|viewerProtocolPolicy|originProtocolPolicy|runtime|status|strategy|\w*[mM]ode|\w*[lL]evel|region|engine|engineVersion|trafficType|objectOwnership|scheduleExpression|schedule|httpTokens|directInternetAccess|rootAccess|platformIdentifier|glueVersion|clientBroker|sslSecurityProtocol|authType|enhancedMonitoring|launchType|endpointType|mfaConfiguration|deletionProtection|imageTagMutability|destination|description|principal|keyId|(\w*K|k)ms\w*Key\w*)$/;

/**
 * A value in a message. Pulumi hands secrets to policies in clear, so a text is shown only where the
 * property's name says that it is a setting, and in tags.
 */
export function shown(value: unknown, property = ""): string {
  if (value === undefined) {
    return "not set";
  }
  if (typeof value === "string") {
    const last = property
      .split(".")
      .at(-1)!
      .replace(/\[\d+\]$/, "");
    // A switch whose type is a text holds no secret either.
    const speakable =
      SPEAKABLE.test(last) || property.startsWith("tags.") || /^(true|false)$/.test(value);
    return speakable && value.length <= 100 ? `"${value}"` : "another text";
  }
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "something else";
}
