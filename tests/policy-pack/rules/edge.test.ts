import { edgeRules } from "../../../policy-pack/rules/edge";
import { companionRows, ruleOf } from "../rows";
import { ruleTable, UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const type = "aws:cloudfront/distribution:Distribution";
const BUCKET = "aws:s3/bucket:Bucket";
const HOST = "crm-frontend-assets-prod.s3.us-east-1.amazonaws.com";
const rule = (id: string) => ruleOf(edgeRules, id);
const otherType = { otherType: "a function", type: "aws:cloudfront/function:Function" };
const others = { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] };

const assets = { originId: "assets", domainName: HOST, originAccessControlId: UNKNOWN_TEXT };
const api = {
  originId: "api",
  domainName: "origin.crm-consulting.com",
  customOriginConfig: { originProtocolPolicy: "https-only" },
};
const leads = (targetOriginId: string) => ({ defaultCacheBehavior: { targetOriginId } });

const SOURCE = "aws:cloudwatch/logDeliverySource:LogDeliverySource";

describe("policy pack: edge", () => {
  ruleTable(rule("cf-logging"), [
    ...companionRows({ type }, SOURCE, "resourceArn").filter((row) => !("compliant" in row)),
    {
      compliant: "a delivery",
      resources: [
        { type, name: "site" },
        {
          type: SOURCE,
          name: "requests",
          props: { resourceArn: UNKNOWN_TEXT },
          references: { resourceArn: ["site"] },
        },
        {
          type: "aws:cloudwatch/logDelivery:LogDelivery",
          props: { deliverySourceName: UNKNOWN_TEXT },
          references: { deliverySourceName: ["requests"] },
        },
      ],
    },
    {
      violating: "a source without a delivery",
      resources: [
        { type, name: "site" },
        {
          type: SOURCE,
          name: "requests",
          props: { resourceArn: UNKNOWN_TEXT },
          references: { resourceArn: ["site"] },
        },
      ],
      says: /no LogDelivery delivers its LogDeliverySource requests; add one/,
    },
    {
      compliant: "the older way",
      resources: [{ type, props: { loggingConfig: { bucket: UNKNOWN_TEXT } } }],
    },
  ]);

  ruleTable(rule("cf-waf"), [
    { compliant: "one", type, props: { webAclId: "arn:aws:wafv2:us-east-1:1:global/webacl/x" } },
    { violating: "none", type, says: /webAclId is not set/ },
    { unknown: "which", passes: true, type, props: { webAclId: UNKNOWN_TEXT } },
    otherType,
  ]);

  ruleTable(rule("cf-root-object"), [
    {
      compliant: "a page",
      type,
      props: { ...leads("assets"), origins: [assets], defaultRootObject: "index.html" },
    },
    { compliant: "an API", type, props: { ...leads("api"), origins: [assets, api] } },
    {
      violating: "a bucket",
      type,
      props: { ...leads("assets"), origins: [assets, api] },
      says: /the default origin is a bucket; set it/,
    },
    {
      violating: "a bucket in a group",
      type,
      props: {
        ...leads("group"),
        origins: [assets],
        originGroups: [{ originId: "group", members: [{ originId: "assets" }] }],
      },
      says: /defaultRootObject is not set/,
    },
    {
      unknown: "host",
      type,
      props: { ...leads("assets"), origins: [{ ...assets, domainName: UNKNOWN_TEXT }] },
    },
    otherType,
  ]);

  const control = "aws:cloudfront/originAccessControl:OriginAccessControl";
  ruleTable(rule("cf-oac"), [
    { compliant: "a bucket, signed", type, props: { origins: [assets, api] } },
    {
      compliant: "a load balancer in a VPC, whose name is not known",
      type,
      props: { origins: [{ domainName: UNKNOWN_TEXT, vpcOriginConfig: { vpcOriginId: "vo_1" } }] },
    },
    {
      compliant: "always",
      type: control,
      props: { signingBehavior: "always", signingProtocol: "sigv4" },
    },
    {
      violating: "a bucket, unsigned",
      type,
      props: { origins: [{ originId: "assets", domainName: HOST }] },
      says: /origins\[0\]\.originAccessControlId is not set/,
    },
    {
      violating: "a function, unsigned",
      type,
      props: {
        origins: [{ ...api, domainName: "abc.lambda-url.us-east-1.on.aws" }],
      },
      says: /originAccessControlId is not set/,
    },
    {
      violating: "never",
      type: control,
      props: { signingBehavior: "never", signingProtocol: "sigv4" },
      says: /signingBehavior is .*; set it to "always"/,
    },
    {
      violating: "a bucket, whose name is not known, with the older identity",
      type,
      props: {
        origins: [
          { domainName: UNKNOWN_TEXT, s3OriginConfig: { originAccessIdentity: UNKNOWN_TEXT } },
        ],
      },
      says: /originAccessControlId is not set; .* Required by CloudFront.13, CFR7\.$/,
    },
    {
      violating: "a bucket, whose name is not known",
      type,
      props: { origins: [{ domainName: UNKNOWN_TEXT }] },
      says: /originAccessControlId is not set; .* Required by CloudFront.13, CFR7, CKV2_AWS_46\.$/,
    },
    { unknown: "origins", type, props: { origins: UNKNOWN_LIST } },
    otherType,
  ]);

  const bucket = { type: BUCKET, name: "assets", props: { bucket: "crm-frontend-assets-prod" } };
  ruleTable(rule("cf-s3-origin-exists"), [
    { compliant: "ours", resources: [bucket, { type, props: { origins: [assets, api] } }] },
    {
      compliant: "ours, not known yet",
      resources: [
        bucket,
        {
          type,
          props: { origins: [{ domainName: UNKNOWN_TEXT }] },
          references: { origins: ["assets"] },
        },
      ],
    },
    {
      compliant: "named in the setting",
      resources: [{ type, props: { origins: [assets] } }],
      config: { externalBuckets: ["^crm-frontend-"] },
    },
    {
      violating: "nobody's",
      resources: [{ type, props: { origins: [assets] } }],
      says: /origins\[0\]\.domainName is "crm-frontend-assets-prod", which is not a bucket of the stack/,
    },
    {
      unknown: "host",
      resources: [{ type, props: { origins: [{ domainName: UNKNOWN_TEXT }] } }],
    },
    {
      unknown: "a bucket's name",
      resources: [
        { ...bucket, props: { bucket: UNKNOWN_TEXT } },
        { type, props: { origins: [assets] } },
      ],
    },
    others,
  ]);

  const group = {
    originId: "group",
    members: [{ originId: "a" }, { originId: "b" }],
    failoverCriteria: { statusCodes: [500] },
  };
  ruleTable(rule("cf-origin-failover"), [
    { compliant: "a group", type, props: { originGroups: [group] } },
    {
      violating: "a group of one",
      type,
      props: { originGroups: [{ ...group, members: [{ originId: "a" }] }] },
      says: /originGroups\[0\].members names 1/,
    },
    {
      violating: "a group that nothing hands over to",
      type,
      props: { originGroups: [{ ...group, failoverCriteria: undefined }] },
      says: /statusCodes is empty/,
    },
    { compliant: "an API", type, name: "crm-edge-api" },
    { violating: "one origin", type, name: "crm-edge-app", says: /originGroups is empty/ },
    { unknown: "groups", type, props: { originGroups: UNKNOWN_LIST } },
    {
      unknown: "members of a group",
      type,
      props: { originGroups: [{ ...group, members: UNKNOWN_LIST }] },
    },
    {
      unknown: "codes of a group",
      type,
      props: { originGroups: [{ ...group, failoverCriteria: { statusCodes: UNKNOWN_LIST } }] },
    },
    otherType,
  ]);

  const from = (restrictionType: string) => ({
    type,
    props: { restrictions: { geoRestriction: { restrictionType } } },
  });
  ruleTable(rule("cf-geo-restriction"), [
    { compliant: "from everywhere", ...from("none") },
    {
      violating: "from everywhere, where a list is asked for",
      ...from("none"),
      config: { restrictionTypes: ["whitelist"] },
      says: /set it to whitelist/,
    },
    { violating: "nothing said", type, says: /restrictionType is not set/ },
    { unknown: "kind", ...from(UNKNOWN_TEXT) },
    otherType,
  ]);

  const headers = { responseHeadersPolicyId: UNKNOWN_TEXT };
  ruleTable(rule("cf-response-headers"), [
    {
      compliant: "everywhere",
      type,
      props: { defaultCacheBehavior: headers, orderedCacheBehaviors: [headers] },
    },
    {
      violating: "one without",
      type,
      props: { defaultCacheBehavior: headers, orderedCacheBehaviors: [headers, {}] },
      says: /orderedCacheBehaviors\[1\]\.responseHeadersPolicyId is not set/,
    },
    { violating: "none", type, props: { defaultCacheBehavior: {} }, says: /defaultCacheBehavior/ },
    { unknown: "behaviour", type, props: { defaultCacheBehavior: UNKNOWN_TEXT } },
    otherType,
  ]);

  const policy = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy";
  const hsts = { accessControlMaxAgeSec: 63_072_000, includeSubdomains: true, override: true };
  const sent = (strictTransportSecurity: unknown) => ({
    type: policy,
    props: { securityHeadersConfig: { strictTransportSecurity } },
  });
  ruleTable(rule("cf-hsts"), [
    { compliant: "two years", ...sent(hsts) },
    {
      violating: "a day",
      ...sent({ ...hsts, accessControlMaxAgeSec: 86_400 }),
      says: /accessControlMaxAgeSec is 86400; set it to at least 31536000/,
    },
    {
      violating: "without subdomains",
      ...sent({ ...hsts, includeSubdomains: false }),
      says: /includeSubdomains is false/,
    },
    { violating: "none", type: policy, says: /is not set/ },
    { unknown: "seconds", ...sent({ ...hsts, accessControlMaxAgeSec: UNKNOWN_TEXT }) },
    otherType,
  ]);

  const allHeaders = {
    contentSecurityPolicy: { contentSecurityPolicy: "default-src 'self'", override: true },
    frameOptions: { frameOption: "DENY", override: true },
    referrerPolicy: { referrerPolicy: "same-origin", override: true },
    contentTypeOptions: { override: true },
  };
  const securityHeaders = (change: object) => ({
    type: policy,
    props: { securityHeadersConfig: { ...allHeaders, ...change } },
  });
  ruleTable(rule("cf-security-headers"), [
    { compliant: "all", ...securityHeaders({}) },
    {
      compliant: "frames of its own",
      ...securityHeaders({ frameOptions: { frameOption: "SAMEORIGIN", override: true } }),
    },
    { violating: "none", type: policy, says: /contentSecurityPolicy is not set/ },
    ...Object.keys(allHeaders).map((header) => ({
      violating: `no ${header}`,
      ...securityHeaders({ [header]: undefined }),
      says: new RegExp(`securityHeadersConfig\\.${header}\\.\\w+ is not set`),
    })),
    {
      violating: "every page's address told to everybody",
      ...securityHeaders({ referrerPolicy: { referrerPolicy: "unsafe-url", override: true } }),
      says: /set it to "strict-origin-when-cross-origin"/,
    },
    {
      violating: "the origin's word instead",
      ...securityHeaders({ contentTypeOptions: { override: false } }),
      says: /contentTypeOptions\.override is false; set it to true/,
    },
    {
      unknown: "policy",
      ...securityHeaders({
        contentSecurityPolicy: { contentSecurityPolicy: UNKNOWN_TEXT, override: true },
      }),
    },
    otherType,
  ]);

  ruleTable(rule("cf-enabled"), [
    { compliant: "on", type, props: { enabled: true } },
    { violating: "off", type, props: { enabled: false }, says: /enabled is false/ },
    { unknown: "switch", type, props: { enabled: UNKNOWN_FLAG } },
    otherType,
  ]);
});
