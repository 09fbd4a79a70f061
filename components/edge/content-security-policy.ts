/** Sources by directive, such as `{ "script-src": ["'self'"] }`; a directive without sources stands alone. */
export type ContentSecurityPolicy = Readonly<Record<string, readonly string[]>>;

/** The header's value. Source: W3C, "Content Security Policy Level 3", serialized policies. */
export function contentSecurityPolicy(directives: ContentSecurityPolicy): string {
  return Object.entries(directives)
    .map(([directive, sources]) => [directive, ...sources].join(" "))
    .join("; ");
}
