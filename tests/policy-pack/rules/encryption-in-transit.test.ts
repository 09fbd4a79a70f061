import { encryptionInTransitRules } from "../../../policy-pack/rules/encryption-in-transit";
import { ruleTable, type Sample, UNKNOWN_TEXT } from "../support";

const [cache, , listeners, recommended, packets, distribution, viewers, origins] =
  encryptionInTransitRules;

describe("policy pack: encryption in transit", () => {
  const type = "aws:elasticache/replicationGroup:ReplicationGroup";
  const MEMORYDB = "aws:memorydb/cluster:Cluster";
  const encrypted = { transitEncryptionEnabled: true, transitEncryptionMode: "required" };
  ruleTable(cache!, [
    { compliant: "a token", type, props: { ...encrypted, authToken: "0123456789abcdef" } },
    { compliant: "a token, not known", type, props: { ...encrypted, authToken: UNKNOWN_TEXT } },
    {
      compliant: "users, mode by default",
      type,
      props: { transitEncryptionEnabled: true, userGroupIds: ["crm"] },
    },
    { violating: "absent", type, says: /transitEncryptionEnabled is not set; set it to true/ },
    {
      violating: "not required",
      type,
      props: { ...encrypted, transitEncryptionMode: "preferred", authToken: "x" },
      says: /transitEncryptionMode is "preferred"/,
    },
    { violating: "no authentication", type, props: encrypted, says: /authToken is not set/ },
    ...["5.0.6", "4.0.10", "3.2.6"].map((engineVersion) => ({
      violating: `no authentication of Redis ${engineVersion}`,
      type,
      props: { ...encrypted, engine: "redis", engineVersion },
      config: { everyVersion: false },
      says: /authToken is not set; .* Required by ElastiCache\.6, AEC6, CKV_AWS_31/,
    })),
    ...["6.x", "6.2", "7.1", undefined].map((engineVersion) => ({
      compliant: `Redis ${engineVersion ?? "of the newest version"}, where earlier ones alone are asked`,
      type,
      props: { ...encrypted, engine: "redis", ...(engineVersion && { engineVersion }) },
      config: { everyVersion: false },
    })),
    {
      compliant: "Valkey, where earlier versions of Redis alone are asked",
      type,
      props: { ...encrypted, engine: "valkey", engineVersion: "7.2" },
      config: { everyVersion: false },
    },
    {
      violating: "Redis 7 without authentication",
      type,
      props: { ...encrypted, engineVersion: "7.1" },
      says: /authToken is not set; .* Required by AEC6, CKV_AWS_31\./,
    },
    {
      unknown: "the version",
      type,
      props: { ...encrypted, engineVersion: UNKNOWN_TEXT },
      config: { everyVersion: false },
    },
    {
      unknown: "switch",
      type,
      props: { transitEncryptionEnabled: UNKNOWN_TEXT, authToken: "x" },
    },
    { compliant: "MemoryDB by default", type: MEMORYDB, props: { aclName: "crm" } },
    {
      violating: "MemoryDB without TLS",
      type: MEMORYDB,
      props: { aclName: "open-access", tlsEnabled: false },
      says: /tlsEnabled is false; set it to true/,
    },
    { unknown: "MemoryDB's switch", type: MEMORYDB, props: { tlsEnabled: UNKNOWN_TEXT } },
    { otherType: "a cluster", type: "aws:elasticache/cluster:Cluster" },
  ]);

  const listener = (props: object, token = "aws:lb/listener:Listener"): Sample => ({
    type: token,
    props: { ...props },
  });
  const redirect = (protocol: unknown) => ({
    protocol: "HTTP",
    defaultActions: [{ type: "redirect", redirect: { protocol, port: "443" } }],
  });
  const passing = (targetType: string): Sample[] => [
    { type: "aws:lb/targetGroup:TargetGroup", name: "target", props: { targetType } },
    {
      ...listener({
        protocol: "TCP",
        defaultActions: [{ type: "forward", targetGroupArn: UNKNOWN_TEXT }],
      }),
      references: { defaultActions: ["target"] },
    },
  ];
  const https = (sslPolicy: unknown) => listener({ protocol: "HTTPS", sslPolicy });
  ruleTable(listeners!, [
    { compliant: "TLS 1.2", resources: [https("ELBSecurityPolicy-TLS13-1-2-2021-06")] },
    { compliant: "the document's", resources: [https("ELBSecurityPolicy-TLS-1-2-2017-01")] },
    { compliant: "TLS 1.3", resources: [https("ELBSecurityPolicy-TLS13-1-3-2021-06")] },
    {
      compliant: "post-quantum",
      resources: [https("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09")],
    },
    { compliant: "a redirect", resources: [listener(redirect("HTTPS"))] },
    { compliant: "TLS passed on to a load balancer that ends it", resources: passing("alb") },
    { compliant: "packets", resources: passing("ip") },
    { compliant: "QUIC", resources: [listener({ protocol: "TCP_QUIC" })] },
    {
      compliant: "a gateway's, which says no protocol",
      resources: [
        {
          type: "aws:lb/loadBalancer:LoadBalancer",
          name: "gateway",
          props: { loadBalancerType: "gateway" },
        },
        {
          ...listener({ loadBalancerArn: UNKNOWN_TEXT }),
          references: { loadBalancerArn: ["gateway"] },
        },
      ],
    },
    {
      violating: "the default policy",
      resources: [listener({ protocol: "HTTPS" })],
      says: /sslPolicy is not set/,
    },
    {
      violating: "TLS 1.0",
      resources: [https("ELBSecurityPolicy-TLS13-1-0-2021-06")],
      says: /sslPolicy is "ELBSecurityPolicy-TLS13-1-0-2021-06"/,
    },
    {
      violating: "a twin token in clear",
      resources: [
        listener(
          { protocol: "HTTP", defaultActions: [{ type: "forward" }] },
          "aws:alb/listener:Listener",
        ),
      ],
      says: /protocol is "HTTP" without a redirect to HTTPS/,
    },
    { violating: "absent", resources: [listener({})], says: /protocol is "HTTP"/ },
    {
      violating: "a redirect to HTTP",
      resources: [listener(redirect("HTTP"))],
      says: /without a redirect to HTTPS/,
    },
    { unknown: "protocol", resources: [listener({ protocol: UNKNOWN_TEXT })] },
    { unknown: "policy", resources: [https(UNKNOWN_TEXT)] },
    {
      unknown: "actions",
      resources: [listener({ protocol: "HTTP", defaultActions: UNKNOWN_TEXT })],
    },
    { unknown: "redirect", resources: [listener(redirect(UNKNOWN_TEXT))] },
    { otherType: "a target group", resources: [{ type: "aws:lb/targetGroup:TargetGroup" }] },
  ]);

  ruleTable(recommended!, [
    { compliant: "post-quantum", resources: [https("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09")] },
    { compliant: "TLS 1.3", resources: [https("ELBSecurityPolicy-TLS13-1-3-2021-06")] },
    {
      compliant: "FIPS",
      resources: [https("ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09")],
    },
    { compliant: "a redirect", resources: [listener(redirect("HTTPS"))] },
    {
      violating: "what AWS recommended before",
      resources: [https("ELBSecurityPolicy-TLS13-1-2-2021-06")],
      says: /sslPolicy is "ELBSecurityPolicy-TLS13-1-2-2021-06"; set it to "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"/,
    },
    {
      violating: "TLS 1.2 alone",
      resources: [https("ELBSecurityPolicy-TLS-1-2-2017-01")],
      says: /sslPolicy is "ELBSecurityPolicy-TLS-1-2-2017-01"/,
    },
    {
      violating: "a network load balancer's default",
      resources: [listener({ protocol: "TLS" })],
      says: /sslPolicy is not set/,
    },
    { unknown: "protocol", resources: [listener({ protocol: UNKNOWN_TEXT })] },
    { unknown: "policy", resources: [https(UNKNOWN_TEXT)] },
    { otherType: "a target group", resources: [{ type: "aws:lb/targetGroup:TargetGroup" }] },
  ]);

  ruleTable(packets!, [
    { compliant: "TLS", resources: [listener({ protocol: "TLS" })] },
    { compliant: "TLS passed on to a load balancer that ends it", resources: passing("alb") },
    { compliant: "UDP", resources: [listener({ protocol: "UDP" })] },
    { violating: "TCP to the targets", resources: passing("ip"), says: /protocol is "TCP"; set/ },
    { unknown: "what TLS is passed on to", resources: passing(UNKNOWN_TEXT) },
    { otherType: "a target group", resources: [{ type: "aws:lb/targetGroup:TargetGroup" }] },
  ]);

  const cloudfront = "aws:cloudfront/distribution:Distribution";
  const good = {
    viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2021" },
    defaultCacheBehavior: { viewerProtocolPolicy: "redirect-to-https" },
    orderedCacheBehaviors: [{ viewerProtocolPolicy: "https-only" }],
    origins: [
      { s3OriginConfig: {} },
      {
        customOriginConfig: { originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] },
      },
    ],
  };
  const vpcOrigin = "aws:cloudfront/vpcOrigin:VpcOrigin";
  const origin = (customOriginConfig: object) => ({ ...good, origins: [{ customOriginConfig }] });
  ruleTable(distribution!, [
    { compliant: "all", type: cloudfront, props: good },
    {
      violating: "CloudFront's own certificate",
      type: cloudfront,
      props: { ...good, viewerCertificate: { cloudfrontDefaultCertificate: true } },
      says: /CloudFront's own certificate.*TLS 1\.0.*Required by CloudFront\.15, CFR4, CKV_AWS_174\./,
    },
    { violating: "absent", type: cloudfront, says: /minimumProtocolVersion is not set/ },
    {
      unknown: "version",
      type: cloudfront,
      props: { ...good, viewerCertificate: UNKNOWN_TEXT },
    },
    { otherType: "a cache policy", type: "aws:cloudfront/cachePolicy:CachePolicy" },
  ]);
  ruleTable(viewers!, [
    { compliant: "all", type: cloudfront, props: good },
    {
      violating: "a behaviour in clear",
      type: cloudfront,
      props: { ...good, orderedCacheBehaviors: [{ viewerProtocolPolicy: "allow-all" }] },
      says: /orderedCacheBehaviors\[0\].viewerProtocolPolicy is "allow-all"/,
    },
    { violating: "absent", type: cloudfront, says: /defaultCacheBehavior.viewerProtocolPolicy/ },
    {
      unknown: "behaviours",
      type: cloudfront,
      props: { ...good, orderedCacheBehaviors: UNKNOWN_TEXT },
    },
    { otherType: "a cache policy", type: "aws:cloudfront/cachePolicy:CachePolicy" },
  ]);
  ruleTable(origins!, [
    { compliant: "all", type: cloudfront, props: good },
    {
      violating: "an origin in clear with an old protocol",
      type: cloudfront,
      props: origin({ originProtocolPolicy: "match-viewer", originSslProtocols: ["TLSv1"] }),
      says: /originProtocolPolicy is "match-viewer"[^]*originSslProtocols is something else/,
    },
    { unknown: "origins", type: cloudfront, props: { ...good, origins: UNKNOWN_TEXT } },
    {
      compliant: "a load balancer in a VPC, with TLS",
      type: vpcOrigin,
      props: { vpcOriginEndpointConfig: { originProtocolPolicy: "https-only" } },
    },
    {
      violating: "a load balancer in a VPC, in clear",
      type: vpcOrigin,
      props: { vpcOriginEndpointConfig: { originProtocolPolicy: "http-only" } },
      says: /vpcOriginEndpointConfig.originProtocolPolicy is "http-only"/,
    },
    {
      unknown: "its policy",
      type: vpcOrigin,
      props: { vpcOriginEndpointConfig: { originProtocolPolicy: UNKNOWN_TEXT } },
    },
    { otherType: "a cache policy", type: "aws:cloudfront/cachePolicy:CachePolicy" },
  ]);
});
