import { edgeRules } from "../../../policy-pack/rules/edge";
import { ruleOf } from "../rows";
import { ruleTable, UNKNOWN_TEXT } from "../support";

const type = "aws:cloudfront/distribution:Distribution";
const rule = (id: string) => ruleOf(edgeRules, id);
const otherType = { otherType: "a function", type: "aws:cloudfront/function:Function" };
const others = { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] };

describe("policy pack: certificates of distributions", () => {
  ruleTable(rule("cf-custom-cert"), [
    {
      compliant: "a certificate that is not known yet",
      type,
      props: { viewerCertificate: { acmCertificateArn: UNKNOWN_TEXT } },
    },
    {
      violating: "CloudFront's own",
      type,
      props: { viewerCertificate: { cloudfrontDefaultCertificate: true } },
      says: /^[^]*acmCertificateArn is not set; name a certificate in us-east-1\.$/,
    },
    {
      violating: "both",
      type,
      props: {
        viewerCertificate: { acmCertificateArn: "arn", cloudfrontDefaultCertificate: true },
      },
      says: /cloudfrontDefaultCertificate is true; remove it/,
    },
    { unknown: "settings", type, props: { viewerCertificate: UNKNOWN_TEXT } },
    otherType,
  ]);

  const CERTIFICATE = "aws:acm/certificateValidation:CertificateValidation";
  const shows = (acmCertificateArn: unknown, from?: string) => ({
    type,
    props: { viewerCertificate: { acmCertificateArn } },
    ...(from !== undefined && { references: { viewerCertificate: [from] } }),
  });
  const issued = (name: string, props: object, region: string) => ({
    type: CERTIFICATE,
    name,
    props: { ...props },
    provider: { region },
  });
  ruleTable(rule("cf-certificate-region"), [
    {
      compliant: "one that is there",
      resources: [shows("arn:aws:acm:us-east-1:123456789012:certificate/x")],
    },
    {
      compliant: "one that is made there, in a stack of another region",
      resources: [
        shows(UNKNOWN_TEXT, "viewer"),
        issued("viewer", { region: "us-east-1" }, "us-west-2"),
      ],
    },
    { compliant: "CloudFront's own", resources: [{ type, props: { viewerCertificate: {} } }] },
    {
      violating: "one that is elsewhere",
      resources: [shows("arn:aws:acm:us-west-2:123456789012:certificate/x")],
      says: /acmCertificateArn is in "us-west-2"; name a certificate in us-east-1/,
    },
    {
      violating: "one that is made elsewhere",
      resources: [
        shows(UNKNOWN_TEXT, "viewer"),
        issued("viewer", { region: "us-west-2" }, "us-east-1"),
      ],
      says: /us-west-2/,
    },
    {
      violating: "one that is made in the stack's other region",
      resources: [shows(UNKNOWN_TEXT, "viewer"), issued("viewer", {}, "us-west-2")],
      says: /us-west-2/,
    },
    { unknown: "whose", resources: [shows(UNKNOWN_TEXT)] },
    {
      unknown: "where it is made",
      resources: [
        shows(UNKNOWN_TEXT, "viewer"),
        {
          ...issued("viewer", { region: UNKNOWN_TEXT }, "us-west-2"),
          references: { region: ["choice"] },
        },
        { type: "random:index/randomShuffle:RandomShuffle", name: "choice" },
      ],
    },
    others,
  ]);

  const own = { acmCertificateArn: UNKNOWN_TEXT };
  ruleTable(rule("cf-sni"), [
    {
      compliant: "by name",
      type,
      props: { viewerCertificate: { ...own, sslSupportMethod: "sni-only" } },
    },
    // AWS Config, cloudfront-sni-enabled: only a custom certificate with a dedicated address is non-compliant.
    {
      compliant: "CloudFront's own certificate",
      type,
      props: { viewerCertificate: { cloudfrontDefaultCertificate: true } },
    },
    ...[own, { iamCertificateId: UNKNOWN_TEXT }].map((certificate) => ({
      violating: `by address, with ${Object.keys(certificate)[0]}`,
      type,
      props: { viewerCertificate: { ...certificate, sslSupportMethod: "vip" } },
      says: /set it to "sni-only"/,
    })),
    {
      unknown: "how",
      type,
      props: { viewerCertificate: { ...own, sslSupportMethod: UNKNOWN_TEXT } },
    },
    { unknown: "settings", type, props: { viewerCertificate: UNKNOWN_TEXT } },
    otherType,
  ]);
});
