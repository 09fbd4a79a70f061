import { loadBalancingRules as rules } from "../../../policy-pack/rules/load-balancing";
import { UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { stackTable, variantTable } from "../variants";

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const TWIN = "aws:alb/loadBalancer:LoadBalancer";
const NETWORK = { loadBalancerType: "network" };

const LISTENER = "aws:lb/listener:Listener";

/** A network load balancer without logs, and its listener. */
const network = (listener: object) => [
  { type: BALANCER, name: "packets", props: NETWORK },
  {
    type: LISTENER,
    props: { ...listener, loadBalancerArn: UNKNOWN_TEXT },
    references: { loadBalancerArn: ["packets"] },
  },
];

describe("rules about load balancers", () => {
  variantTable(rules, "alb-access-logs", {
    type: BALANCER,
    good: { accessLogs: { enabled: true, bucket: "crm-access-logs" } },
    compliant: { gateway: { loadBalancerType: "gateway", accessLogs: undefined } },
    violating: {
      "for packets, without listeners in the plan": [
        { ...NETWORK, accessLogs: undefined },
        /accessLogs.enabled is not set; set it to true. Required by CKV_AWS_91\.$/,
      ],
      "a bucket alone": [{ accessLogs: { bucket: "b" } }, /accessLogs.enabled is not set/],
      "no bucket": [{ accessLogs: { enabled: true } }, /accessLogs.bucket is not set/],
    },
    unknown: { "not known": { accessLogs: { enabled: UNKNOWN_FLAG, bucket: "b" } } },
    rows: [
      { violating: "the twin token", says: /accessLogs/, type: TWIN },
      { compliant: "for packets alone", resources: network({ protocol: "TCP" }) },
      {
        violating: "connections that it decrypts",
        says: /accessLogs.enabled is not set/,
        resources: network({ protocol: "TLS" }),
      },
      { unknown: "listeners", resources: network({ protocol: UNKNOWN_TEXT }) },
      {
        unknown: "the load balancer of a listener",
        resources: [
          { type: BALANCER, props: NETWORK },
          { type: LISTENER, props: { protocol: "TCP", loadBalancerArn: UNKNOWN_TEXT } },
        ],
      },
    ],
  });
  variantTable(rules, "alb-drop-invalid-headers", {
    type: BALANCER,
    good: { dropInvalidHeaderFields: true },
    compliant: { "for packets": { ...NETWORK, dropInvalidHeaderFields: undefined } },
    violating: { "without a word": [{ dropInvalidHeaderFields: undefined }, /not set/] },
    unknown: { "not known": { dropInvalidHeaderFields: UNKNOWN_FLAG } },
    rows: [{ violating: "the twin token", says: /dropInvalid/, type: TWIN }],
  });
  variantTable(rules, "alb-desync-mitigation", {
    type: BALANCER,
    good: {},
    compliant: { strictest: { desyncMitigationMode: "strictest" } },
    violating: { monitor: [{ desyncMitigationMode: "monitor" }, /set it to "defensive"/] },
    unknown: {
      "not known": { desyncMitigationMode: UNKNOWN_TEXT },
      kind: { desyncMitigationMode: "monitor", loadBalancerType: UNKNOWN_TEXT },
    },
  });
  variantTable(rules, "alb-deletion-protection", {
    type: BALANCER,
    good: { enableDeletionProtection: true },
    violating: { "without a word": [{ enableDeletionProtection: undefined }, /not set/] },
    unknown: { "not known": { enableDeletionProtection: UNKNOWN_FLAG } },
    rows: [{ compliant: "not required", type: BALANCER, config: { required: false } }],
  });
  variantTable(rules, "alb-cross-zone", {
    type: BALANCER,
    good: { ...NETWORK, enableCrossZoneLoadBalancing: true },
    compliant: {
      "for requests": { loadBalancerType: undefined, enableCrossZoneLoadBalancing: undefined },
    },
    violating: { "without a word": [{ enableCrossZoneLoadBalancing: undefined }, /not set/] },
    unknown: { "not known": { enableCrossZoneLoadBalancing: UNKNOWN_FLAG } },
  });
  variantTable(rules, "alb-internal-or-declared-public", {
    type: BALANCER,
    good: { internal: true },
    violating: { "without a word": [{ internal: undefined }, /internal is not set/] },
    unknown: { "not known": { internal: UNKNOWN_FLAG } },
    rows: [{ compliant: "declared", type: BALANCER, name: "crm-cluster" }],
  });
  variantTable(rules, "alb-listener-acm-cert", {
    type: "aws:lb/listener:Listener",
    good: { protocol: "HTTPS", certificateArn: "arn:aws:acm:us-east-1:1:certificate/2" },
    compliant: { plain: { protocol: "HTTP", certificateArn: undefined } },
    violating: {
      none: [{ certificateArn: undefined }, /certificateArn is not set/],
      "of IAM": [
        { certificateArn: "arn:aws:iam::1:server-certificate/x" },
        /not an ACM certificate/,
      ],
    },
    unknown: { protocol: { protocol: UNKNOWN_TEXT } },
    unimportant: { "a certificate to come": { certificateArn: UNKNOWN_TEXT } },
  });
  const TARGET = "aws:lb/targetGroup:TargetGroup";
  variantTable(rules, "alb-target-group-encrypted", {
    type: TARGET,
    good: { targetType: "ip", protocol: "HTTP" },
    compliant: {
      "a function": { targetType: "lambda", protocol: undefined },
      "another load balancer": { targetType: "alb", protocol: "TCP" },
    },
    violating: { none: [{ protocol: undefined }, /protocol is not set; use one of HTTPS, TLS/] },
    unknown: {
      "not known": { protocol: UNKNOWN_TEXT },
      targets: { targetType: UNKNOWN_TEXT, protocol: undefined },
    },
    unimportant: { "targets of an allowed protocol": { targetType: UNKNOWN_TEXT } },
    rows: [
      {
        violating: "plain where it must not be",
        says: /protocol is "HTTP"/,
        type: "aws:alb/targetGroup:TargetGroup",
        props: { protocol: "HTTP" },
        config: { allowedProtocols: ["HTTPS"] },
      },
      {
        violating: "plain behind a listener with TLS, which is another control's",
        says: /protocol is "HTTP"; use one of HTTPS. Required by ELB.22\.$/,
        resources: [
          { type: TARGET, name: "api", props: { protocol: "HTTP" } },
          {
            type: LISTENER,
            props: { protocol: "HTTPS", defaultActions: [{ targetGroupArn: UNKNOWN_TEXT }] },
            references: { defaultActions: ["api"] },
          },
        ],
        config: { allowedProtocols: ["HTTPS"] },
      },
    ],
  });
  const check = { path: "/health", matcher: "200" };
  variantTable(rules, "alb-target-group-healthcheck", {
    type: TARGET,
    good: { healthCheck: check },
    compliant: { "a function": { targetType: "lambda", healthCheck: undefined } },
    violating: {
      none: [{ healthCheck: undefined }, /healthCheck is not set/],
      "no path": [{ healthCheck: { matcher: "200" } }, /healthCheck.path is not set/],
      "switched off": [{ healthCheck: { ...check, enabled: false } }, /healthCheck.enabled/],
      "a port alone": [{ healthCheck: { ...check, protocol: "TCP" } }, /healthCheck.protocol/],
    },
    unknown: { path: { healthCheck: { ...check, path: UNKNOWN_TEXT } } },
  });
  stackTable(rules, "alb-multi-az", {
    good: {
      one: { type: "aws:ec2/subnet:Subnet" },
      two: { type: "aws:ec2/subnet:Subnet" },
      balancer: { type: BALANCER, props: { subnets: [UNKNOWN_TEXT, UNKNOWN_TEXT] } },
    },
    compliant: {
      "a list to come, of two": {
        balancer: { props: { subnets: UNKNOWN_TEXT }, references: { subnets: ["one", "two"] } },
      },
      mappings: {
        balancer: { props: { subnets: undefined, subnetMappings: [{}, {}] } },
      },
      "AWS refuses one zone": { balancer: { props: { subnets: UNKNOWN_LIST } } },
    },
    violating: {
      one: [{ balancer: { props: { subnets: ["subnet-1"] } } }, /fewer than 2/],
      "a list to come, of one": [
        { balancer: { props: { subnets: UNKNOWN_TEXT }, references: { subnets: ["one"] } } },
        /fewer than 2/,
      ],
      "the twin token": [{ balancer: { type: TWIN, props: { subnets: ["s"] } } }, /fewer/],
    },
    unknown: {
      "a list from nowhere": { balancer: { props: { ...NETWORK, subnets: UNKNOWN_LIST } } },
    },
  });
  stackTable(rules, "alb-waf-attached", {
    good: {
      balancer: { type: BALANCER },
      association: {
        type: "aws:wafv2/webAclAssociation:WebAclAssociation",
        props: { resourceArn: UNKNOWN_TEXT },
        references: { resourceArn: ["balancer"] },
      },
    },
    compliant: {
      internal: { balancer: { props: { internal: true } }, association: undefined },
      "for packets": { balancer: { props: NETWORK }, association: undefined },
    },
    violating: {
      none: [{ association: undefined }, /no WebAclAssociation refers to it/],
      "fails open": [{ balancer: { props: { enableWafFailOpen: true } } }, /enableWafFailOpen/],
    },
    unknown: {
      "whose it is": { association: { references: {} } },
      kind: { balancer: { props: { loadBalancerType: UNKNOWN_TEXT } }, association: undefined },
      "who reaches it": { balancer: { props: { internal: UNKNOWN_FLAG } }, association: undefined },
    },
  });
});
