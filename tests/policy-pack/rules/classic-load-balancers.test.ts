import { classicLoadBalancerRules } from "../../../policy-pack/rules/classic-load-balancers";
import { ruleOf } from "../rows";
import { ruleTable, UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const type = "aws:elb/loadBalancer:LoadBalancer";
const rule = (id: string) => ruleOf(classicLoadBalancerRules, id);
const otherType = { otherType: "a new one", type: "aws:lb/loadBalancer:LoadBalancer" };
const certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1";
const listening = (listener: object) => ({ type, props: { listeners: [listener] } });

describe("policy pack: classic load balancers", () => {
  ruleTable(rule("clb-desync-mitigation"), [
    { compliant: "by default", type },
    { compliant: "strictest", type, props: { desyncMitigationMode: "strictest" } },
    { violating: "monitor", type, props: { desyncMitigationMode: "monitor" }, says: /"defensive"/ },
    { unknown: "mode", type, props: { desyncMitigationMode: UNKNOWN_TEXT } },
    otherType,
  ]);
  ruleTable(rule("clb-access-logs"), [
    { compliant: "a bucket", type, props: { accessLogs: { bucket: "logs" } } },
    { violating: "none", type, says: /accessLogs is not set or off/ },
    {
      violating: "off",
      type,
      props: { accessLogs: { bucket: "logs", enabled: false } },
      says: /or off/,
    },
    { unknown: "logs", type, props: { accessLogs: UNKNOWN_TEXT } },
    otherType,
  ]);
  ruleTable(rule("clb-listener-tls"), [
    {
      compliant: "HTTPS with a certificate of ACM",
      ...listening({ lbProtocol: "HTTPS", sslCertificateId: certificate }),
    },
    {
      compliant: "one that is to come",
      ...listening({ lbProtocol: "ssl", sslCertificateId: UNKNOWN_TEXT }),
    },
    {
      violating: "plain",
      ...listening({ lbProtocol: "http" }),
      says: /listeners\[0\].lbProtocol is not encrypted/,
    },
    {
      violating: "a certificate of IAM",
      ...listening({
        lbProtocol: "https",
        sslCertificateId: "arn:aws:iam::123456789012:server-certificate/old",
      }),
      says: /not an ACM certificate/,
    },
    { unknown: "protocol", ...listening({ lbProtocol: UNKNOWN_TEXT }) },
    { unknown: "listeners", type, props: { listeners: UNKNOWN_LIST } },
    otherType,
  ]);
  ruleTable(rule("clb-cross-zone"), [
    { compliant: "by default", type },
    { violating: "off", type, props: { crossZoneLoadBalancing: false }, says: /set it to true/ },
    { unknown: "switch", type, props: { crossZoneLoadBalancing: UNKNOWN_FLAG } },
    otherType,
  ]);
  ruleTable(rule("clb-draining"), [
    { compliant: "on", type, props: { connectionDraining: true } },
    { violating: "off", type, says: /connectionDraining is not set/ },
    { unknown: "switch", type, props: { connectionDraining: UNKNOWN_FLAG } },
    otherType,
  ]);
  ruleTable(rule("clb-multi-az"), [
    { compliant: "two subnets", type, props: { subnets: [UNKNOWN_TEXT, UNKNOWN_TEXT] } },
    { compliant: "two zones", type, props: { availabilityZones: ["us-east-1a", "us-east-1b"] } },
    { violating: "one", type, props: { subnets: ["subnet-1"] }, says: /fewer than 2/ },
    { unknown: "subnets", type, props: { subnets: UNKNOWN_LIST } },
    otherType,
  ]);
});
