/** Sources by directive, such as `{ "script-src": ["'self'"] }`; a directive may have no sources. */
export type ContentSecurityPolicy = Readonly<Record<string, readonly string[]>>;

/**
 * The policy with a host that pages may call. Without `connect-src`, a browser uses `default-src`, and without that
 * it allows every host. Source: W3C, "Content Security Policy Level 3", `connect-src`.
 */
export function allowingCalls(
  policy: ContentSecurityPolicy,
  origin: string,
): ContentSecurityPolicy {
  const sources = policy["connect-src"] ?? policy["default-src"];
  if (sources === undefined || sources.includes(origin)) {
    return policy;
  }
  return { ...policy, "connect-src": [...sources.filter((one) => one !== "'none'"), origin] };
}

/** The header's value. Source: W3C, "Content Security Policy Level 3", serialized policies. */
export function contentSecurityPolicy(directives: ContentSecurityPolicy): string {
  return Object.entries(directives)
    .map(([directive, sources]) => [directive, ...sources].join(" "))
    .join("; ");
}
