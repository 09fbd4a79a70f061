/** Security headers of distributions' answers. */
import { type Properties, read, UNKNOWN } from "../../analysis/properties";
import { expect, isTrue, type Report, resourceRule, type Rule } from "../define";
import { isSet, itemPaths } from "../relations";

const CLOUDFRONT = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";

/** The default behaviour and the others. */
function behaviours(properties: Properties, report: Report): readonly string[] {
  return ["defaultCacheBehavior", ...itemPaths(properties, "orderedCacheBehaviors", report)];
}

const responseHeaders = resourceRule({
  id: "cf-response-headers",
  description: "Every answer of a distribution carries security headers.",
  severity: "medium",
  controls: { checkov: ["CKV2_AWS_32"] },
  remediation: "Set responseHeadersPolicyId in each behaviour.",
  url: `${CLOUDFRONT}/adding-response-headers.html`,
  types: [DISTRIBUTION],
  check(subject, report) {
    for (const path of behaviours(subject.properties, report)) {
      if (read(subject.properties, path) === UNKNOWN) {
        report.undecided(path);
      } else if (!isSet(subject.properties, `${path}.responseHeadersPolicyId`)) {
        report.violation(`${path}.responseHeadersPolicyId is not set; name a policy.`);
      }
    }
  },
});

const HEADERS_POLICY = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy";

/** What each header must contain, by its place below securityHeadersConfig. */
const SECURITY_HEADERS: readonly {
  readonly header: string;
  readonly value?: string;
  readonly accepts?: (value: unknown) => boolean;
  readonly fix?: string;
}[] = [
  {
    header: "contentSecurityPolicy",
    value: "contentSecurityPolicy",
    accepts: (policy) => typeof policy === "string" && policy !== "",
    fix: "set the content that pages may load",
  },
  {
    header: "frameOptions",
    value: "frameOption",
    accepts: (option) => option === "DENY" || option === "SAMEORIGIN",
    fix: 'set it to "DENY"',
  },
  {
    header: "referrerPolicy",
    value: "referrerPolicy",
    accepts: (policy) => typeof policy === "string" && policy !== "" && policy !== "unsafe-url",
    fix: 'set it to "strict-origin-when-cross-origin"',
  },
  { header: "contentTypeOptions" },
];

const securityHeaders = resourceRule({
  id: "cf-security-headers",
  description:
    "Answers carry a content security policy, forbid framing, limit the referrer and forbid content sniffing; the distribution overrides the origin's headers.",
  severity: "medium",
  controls: { checkov: ["CKV2_AWS_32"] },
  remediation:
    "Set contentSecurityPolicy, frameOptions, referrerPolicy and contentTypeOptions in securityHeadersConfig, each with override true.",
  url: `${CLOUDFRONT}/understanding-response-headers-policies.html`,
  types: [HEADERS_POLICY],
  check(subject, report) {
    for (const { header, value, accepts, fix } of SECURITY_HEADERS) {
      const path = `securityHeadersConfig.${header}`;
      if (value !== undefined) {
        expect(subject, report, `${path}.${value}`, accepts!, fix!);
      }
      expect(subject, report, `${path}.override`, isTrue, "set it to true");
    }
  },
});

const YEAR = 31_536_000;

const strictTransport = resourceRule({
  id: "cf-hsts",
  description: "Answers carry HSTS for a year, subdomains included.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_259"] },
  remediation:
    "Set securityHeadersConfig.strictTransportSecurity: accessControlMaxAgeSec 31536000, includeSubdomains and override true.",
  url: `${CLOUDFRONT}/understanding-response-headers-policies.html`,
  types: [HEADERS_POLICY],
  check(subject, report) {
    const path = "securityHeadersConfig.strictTransportSecurity";
    expect(
      subject,
      report,
      `${path}.accessControlMaxAgeSec`,
      (seconds) => typeof seconds === "number" && seconds >= YEAR,
      `set it to at least ${YEAR}`,
    );
    expect(subject, report, `${path}.includeSubdomains`, isTrue, "set it to true");
    expect(subject, report, `${path}.override`, isTrue, "set it to true");
  },
});

export const headerRules: readonly Rule[] = [responseHeaders, securityHeaders, strictTransport];
