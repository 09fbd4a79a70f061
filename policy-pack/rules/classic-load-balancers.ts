/** Classic load balancers: AWS still offers them; new platforms should use application load balancers. */
import { items, read, UNKNOWN } from "../../analysis/properties";
import { isNotFalse, isTrue, resourceRule, type Rule } from "../define";
import { records } from "../lists";
import { isText, propertyRule } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const CLASSIC = "aws:elb/loadBalancer:LoadBalancer";

const desync = propertyRule({
  id: "clb-desync-mitigation",
  description:
    "A classic load balancer blocks requests that allow HTTP desync attacks (request smuggling).",
  severity: "medium",
  controls: { securityHub: ["ELB.14"], checkov: ["CKV_AWS_328"] },
  remediation: 'Remove desyncMitigationMode, or set it to "defensive" or "strictest".',
  url: `${GUIDE}/elb-controls.html#elb-14`,
  types: [CLASSIC],
  property: "desyncMitigationMode",
  accepts: (mode) => mode === undefined || mode === "defensive" || mode === "strictest",
  fix: 'set it to "defensive"',
});

const accessLogs = resourceRule({
  id: "clb-access-logs",
  description: "A classic load balancer logs its requests.",
  severity: "medium",
  controls: { securityHub: ["ELB.5"], cdkNag: ["ELB2"], checkov: ["CKV_AWS_92"] },
  remediation: "Set accessLogs with a bucket.",
  url: `${GUIDE}/elb-controls.html#elb-5`,
  types: [CLASSIC],
  check({ properties }, report) {
    const [bucket, enabled] = ["accessLogs.bucket", "accessLogs.enabled"].map((path) =>
      read(properties, path),
    );
    if (read(properties, "accessLogs") === UNKNOWN || enabled === UNKNOWN) {
      report.undecided("accessLogs");
    } else if (bucket === undefined || enabled === false) {
      report.violation("accessLogs is not set or off; set it with a bucket.");
    }
  },
});

const encrypted = resourceRule({
  id: "clb-listener-tls",
  description: "A classic load balancer uses TLS with an ACM certificate.",
  severity: "high",
  controls: {
    securityHub: ["ELB.2", "ELB.3"],
    cdkNag: ["ELB5"],
    checkov: ["CKV_AWS_127", "CKV_AWS_376"],
  },
  remediation: 'Set lbProtocol to "HTTPS" or "SSL", and sslCertificateId to an ACM certificate.',
  url: `${GUIDE}/elb-controls.html#elb-3`,
  types: [CLASSIC],
  check({ properties }, report) {
    for (const [index, listener] of records(
      properties["listeners"],
      "listeners",
      report,
    ).entries()) {
      const [protocol, certificate] = ["lbProtocol", "sslCertificateId"].map((name) =>
        read(listener, name),
      );
      const where = `listeners[${index}]`;
      if (protocol === UNKNOWN) {
        report.undecided(`${where}.lbProtocol`);
      } else if (!/^(https|ssl)$/i.test(String(protocol))) {
        report.violation(`${where}.lbProtocol is not encrypted; set it to "HTTPS" or "SSL".`);
      } else if (certificate !== UNKNOWN && !/^arn:[^:]+:acm:/.test(String(certificate))) {
        report.violation(
          `${where}.sslCertificateId is not an ACM certificate; name one.`,
          isText(certificate) ? { securityHub: ["ELB.2"] } : undefined,
        );
      }
    }
  },
});

const crossZone = propertyRule({
  id: "clb-cross-zone",
  description: "A classic load balancer distributes requests across all zones.",
  severity: "medium",
  controls: { securityHub: ["ELB.9"], cdkNag: ["ELB4"], checkov: ["CKV_AWS_138"] },
  remediation: "Remove crossZoneLoadBalancing, or set it to true.",
  url: `${GUIDE}/elb-controls.html#elb-9`,
  types: [CLASSIC],
  property: "crossZoneLoadBalancing",
  accepts: isNotFalse,
  fix: "set it to true",
});

const draining = propertyRule({
  id: "clb-draining",
  description: "A classic load balancer drains connections before it deregisters an instance.",
  severity: "low",
  controls: { securityHub: ["ELB.7"], cdkNag: ["ELB3"] },
  remediation: "Set connectionDraining to true.",
  url: `${GUIDE}/elb-controls.html#elb-7`,
  types: [CLASSIC],
  property: "connectionDraining",
  accepts: isTrue,
  fix: "set it to true",
});

const multiZone = resourceRule({
  id: "clb-multi-az",
  description: "A classic load balancer spans at least two zones.",
  severity: "medium",
  controls: { securityHub: ["ELB.10"] },
  remediation: "Name subnets or availabilityZones in two zones.",
  url: `${GUIDE}/elb-controls.html#elb-10`,
  types: [CLASSIC],
  check({ properties }, report) {
    const lists = ["subnets", "availabilityZones"].map((name) => items(properties[name]));
    if (lists.includes(UNKNOWN)) {
      report.undecided("subnets");
    } else if ((lists as (readonly unknown[])[]).flat().length < 2) {
      report.violation("subnets has fewer than 2 entries; add subnets in other zones.");
    }
  },
});

export const classicLoadBalancerRules: readonly Rule[] = [
  desync,
  accessLogs,
  encrypted,
  crossZone,
  draining,
  multiZone,
];
