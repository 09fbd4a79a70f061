/** Load balancers, under all names that the SDK has for them. */
import type { Node, StackGraph } from "../../analysis/graph";
import { items, type Properties, read, shown, UNKNOWN } from "../../analysis/properties";
import { PACKET_PROTOCOLS } from "../../facts/load-balancing";
import { twinsOf } from "../../facts/twin-types";
import {
  expect,
  isNotFalse,
  isNotTrue,
  isTrue,
  type Report,
  resourceRule,
  type Rule,
  stackRule,
} from "../define";
import { type AcceptsDefault, REQUIRES_SETTING } from "../lists";
import { fits } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const LISTENER = "aws:lb/listener:Listener";
const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";
const BALANCERS = twinsOf(BALANCER);
const LISTENERS = twinsOf(LISTENER);
const TARGET_GROUPS = twinsOf(TARGET_GROUP);

/** Application load balancers; network and gateway load balancers lack many of these settings. */
/** Whether a load balancer is an application load balancer; reports a kind that is not known. */
function isApplication(
  { properties }: { readonly properties: Properties },
  report: Pick<Report, "undecided">,
): boolean {
  const kind = read(properties, "loadBalancerType");
  if (kind === UNKNOWN) {
    report.undecided("loadBalancerType");
  }
  return kind !== UNKNOWN && kind !== "network" && kind !== "gateway";
}

const accessLogs = stackRule({
  id: "alb-access-logs",
  description:
    "A load balancer logs its requests. A network load balancer whose listeners do not end TLS has nothing to log.",
  severity: "medium",
  controls: { securityHub: ["ELB.5"], cdkNag: ["ELB2"], checkov: ["CKV_AWS_91"] },
  remediation: "Set accessLogs with enabled: true and a bucket.",
  url: `${GUIDE}/elb-controls.html#elb-5`,
  check(graph, reportOn) {
    for (const balancer of graph.ofType(BALANCER)) {
      const report = reportOn(balancer);
      const kind = read(balancer.properties, "loadBalancerType");
      const logs = kind === "network" ? logsConnections(graph, balancer) : kind !== "gateway";
      if (kind === UNKNOWN || logs === UNKNOWN) {
        report.undecided(kind === UNKNOWN ? "loadBalancerType" : "protocol of its listener");
      } else if (logs) {
        // ELB.5 leaves network load balancers out.
        const breaks = kind === "network" ? { checkov: ["CKV_AWS_91"] } : undefined;
        const [enabled, bucket] = ["accessLogs.enabled", "accessLogs.bucket"] as const;
        expect(balancer, report, enabled, isTrue, "set it to true", () => breaks);
        const isOn = [true, UNKNOWN].includes(read(balancer.properties, enabled) as never);
        if (isOn && read(balancer.properties, bucket) === undefined) {
          report.violation("accessLogs.bucket is not set; name a bucket.", breaks);
        }
      }
    }
  },
});

/**
 * Whether a network load balancer has connections to log, those of its TLS listeners: one whose listeners the plan
 * does not show may have one. Source: Network Load Balancers, "Access logs".
 */
function logsConnections(graph: StackGraph, balancer: Node): boolean | typeof UNKNOWN {
  const listeners = graph.referring(balancer, LISTENER, "loadBalancerArn");
  if (listeners.length === 0 && graph.unplaced(LISTENER, "loadBalancerArn", BALANCER).length > 0) {
    return UNKNOWN;
  }
  const protocols = listeners.map(({ properties }) => read(properties, "protocol"));
  return protocols.length === 0 || protocols.includes("TLS")
    ? true
    : protocols.includes(UNKNOWN) && UNKNOWN;
}

const dropInvalidHeaders = resourceRule({
  id: "alb-drop-invalid-headers",
  description: "A load balancer drops invalid headers.",
  severity: "medium",
  controls: { securityHub: ["ELB.4"], checkov: ["CKV_AWS_131"], trivy: ["AWS-0052"] },
  remediation: "Set dropInvalidHeaderFields to true.",
  url: `${GUIDE}/elb-controls.html#elb-4`,
  types: BALANCERS,
  check(subject, report) {
    if (isApplication(subject, report)) {
      expect(subject, report, "dropInvalidHeaderFields", isTrue, "set it to true");
    }
  },
  remediate(inputs) {
    inputs["dropInvalidHeaderFields"] = true;
  },
});

const desync = resourceRule({
  id: "alb-desync-mitigation",
  description:
    "A load balancer blocks requests that allow HTTP desync attacks (request smuggling).",
  severity: "medium",
  controls: { securityHub: ["ELB.12"], checkov: ["CKV_AWS_328"] },
  remediation: 'Remove desyncMitigationMode, or set it to "defensive" or "strictest".',
  url: `${GUIDE}/elb-controls.html#elb-12`,
  types: BALANCERS,
  check(subject, report) {
    if (isApplication(subject, report)) {
      const modes = [undefined, "defensive", "strictest"];
      const accepts = (mode: unknown) => modes.includes(mode as string | undefined);
      expect(subject, report, "desyncMitigationMode", accepts, 'set it to "defensive"');
    }
  },
});

interface Required {
  /** Whether the rule applies to this stack. */
  readonly required: boolean;
}

const deletionProtection = resourceRule<Required>({
  id: "alb-deletion-protection",
  description: "A load balancer has deletion protection, except in temporary stacks.",
  severity: "medium",
  controls: { securityHub: ["ELB.6"], checkov: ["CKV_AWS_150"] },
  remediation: "Set enableDeletionProtection to true; for temporary stacks, set required to false.",
  url: `${GUIDE}/elb-controls.html#elb-6`,
  defaults: { required: true },
  types: BALANCERS,
  check(subject, report, { required }) {
    if (required) {
      expect(subject, report, "enableDeletionProtection", isTrue, "set it to true");
    }
  },
});

const multiZone = stackRule({
  id: "alb-multi-az",
  description: "A load balancer spans at least two zones.",
  severity: "medium",
  controls: { securityHub: ["ELB.13"] },
  remediation: "Add subnets in other zones.",
  url: `${GUIDE}/elb-controls.html#elb-13`,
  check(graph, reportOn) {
    for (const node of graph.ofType(BALANCERS[0]!)) {
      const [subnets, mappings] = ["subnets", "subnetMappings"].map((property) =>
        items(node.properties[property]),
      );
      const made = graph.referred(node, "subnets", "aws:ec2/subnet:Subnet");
      if (subnets === UNKNOWN || mappings === UNKNOWN) {
        // A list that is not known yet has as many items as its dependencies.
        if (made === UNKNOWN || made.length === 0) {
          // AWS refuses an application load balancer in a single zone of a region.
          // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
          const type = read(node.properties, "loadBalancerType") ?? "application";
          if (type !== "application") {
            reportOn(node).undecided("subnets");
          }
        } else if (made.length < 2) {
          reportOn(node).violation("subnets has fewer than 2 entries; add subnets in other zones.");
        }
      } else if (subnets!.length + mappings!.length < 2) {
        reportOn(node).violation("subnets has fewer than 2 entries; add subnets in other zones.");
      }
    }
  },
});

const crossZone = resourceRule({
  id: "alb-cross-zone",
  description: "A network load balancer distributes traffic across the targets of all zones.",
  severity: "low",
  controls: { checkov: ["CKV_AWS_152"] },
  remediation: "Set enableCrossZoneLoadBalancing to true.",
  url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-load-balancer-attributes.html",
  types: BALANCERS,
  check(subject, report) {
    const isKnown = read(subject.properties, "loadBalancerType") !== UNKNOWN;
    if (!isApplication(subject, report) && isKnown) {
      expect(subject, report, "enableCrossZoneLoadBalancing", isTrue, "set it to true");
    }
  },
});

const webAcl = stackRule({
  id: "alb-waf-attached",
  description: "A public application load balancer has a web ACL that fails closed.",
  severity: "high",
  controls: { securityHub: ["ELB.16"], checkov: ["CKV2_AWS_28"] },
  remediation: "Add an aws.wafv2.WebAclAssociation with its ARN; remove enableWafFailOpen.",
  url: `${GUIDE}/elb-controls.html#elb-16`,
  check(graph, reportOn) {
    const type = "aws:wafv2/webAclAssociation:WebAclAssociation";
    for (const node of graph.ofType(BALANCERS[0]!).filter(isPublic)) {
      const report = reportOn(node);
      if (!isApplication(node, report)) {
        continue;
      }
      if (read(node.properties, "internal") === UNKNOWN) {
        report.undecided("internal");
        continue;
      }
      expect(node, report, "enableWafFailOpen", isNotTrue, "set it to false");
      const classic = "aws:wafregional/webAclAssociation:WebAclAssociation";
      if ([type, classic].some((one) => graph.referring(node, one, "resourceArn").length > 0)) {
        continue;
      }
      if (graph.unplaced(type, "resourceArn", BALANCERS[0]!).length > 0) {
        report.undecided("the resourceArn of a WebAclAssociation");
      } else {
        report.violation("no WebAclAssociation refers to it; add one.");
      }
    }
  },
});

function isPublic({ properties }: Node): boolean {
  return read(properties, "internal") !== true;
}

interface Declared {
  /** Regular expressions for the names of load balancers that the internet may reach. */
  readonly publicLoadBalancers: string[];
}

const declaredPublic = resourceRule<Declared>({
  id: "alb-internal-or-declared-public",
  description: "A load balancer is internal, unless the rule's setting names it as public.",
  severity: "high",
  controls: { trivy: ["AWS-0053"] },
  remediation: "Set internal to true, or name it in publicLoadBalancers.",
  url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html",
  defaults: { publicLoadBalancers: ["-cluster$"] },
  types: BALANCERS,
  check(subject, report, { publicLoadBalancers }) {
    // A gateway load balancer has no public addresses.
    const isGateway = read(subject.properties, "loadBalancerType") === "gateway";
    if (!isGateway && !fits(subject.name, publicLoadBalancers)) {
      expect(subject, report, "internal", isTrue, "set it to true, or name it in the setting");
    }
  },
});

const certificate = resourceRule({
  id: "alb-listener-acm-cert",
  description: "An encrypted listener has an ACM certificate, which ACM renews automatically.",
  severity: "medium",
  remediation: "Set certificateArn to that of an aws.acm.Certificate.",
  url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html",
  types: LISTENERS,
  check(subject, report) {
    const protocol = read(subject.properties, "protocol");
    if (protocol === UNKNOWN) {
      report.undecided("protocol");
    } else if (protocol === "HTTPS" || protocol === "TLS") {
      const arn = read(subject.properties, "certificateArn");
      // An ARN that is not known yet counts as a certificate.
      if (arn !== UNKNOWN && !/^arn:[^:]+:acm:/.test(String(arn))) {
        const is = arn === undefined ? "not set" : "not an ACM certificate";
        report.violation(`certificateArn is ${is}; name an ACM certificate.`);
      }
    }
  },
});

interface Protocols {
  /** Protocols to targets that hold addresses or instances. */
  readonly allowedProtocols: string[];
}

/** Protocols that encrypt, or forward packets that are encrypted. */
const ENCRYPTED = ["HTTPS", "TLS", ...PACKET_PROTOCOLS.names];

/** Another load balancer can only be a TCP target: TLS passes through. */
const PASSED_ON = ["TCP", "TLS"];

const targetsEncrypted = stackRule<Protocols>({
  id: "alb-target-group-encrypted",
  description:
    "Targets use an allowed protocol. HTTP is allowed by default: the services' containers serve it inside the VPC, to the load balancer's security group only. TCP and UDP pass through unchanged.",
  severity: "medium",
  controls: { securityHub: ["ELB.22"], checkov: ["CKV_AWS_378"] },
  remediation: "Set protocol to HTTPS; to require it, remove HTTP from allowedProtocols.",
  url: `${GUIDE}/elb-controls.html#elb-22`,
  defaults: { allowedProtocols: [...ENCRYPTED, "HTTP"] },
  check(graph, reportOn, { allowedProtocols }) {
    for (const group of graph.ofType(TARGET_GROUP)) {
      const report = reportOn(group);
      const kind = read(group.properties, "targetType");
      const accepted = kind === "alb" ? PASSED_ON : allowedProtocols;
      const accepts = (protocol: unknown) => accepted.includes(protocol as string);
      if (kind === "lambda") {
        continue;
      }
      if (kind === UNKNOWN && !accepts(read(group.properties, "protocol"))) {
        report.undecided("targetType");
        continue;
      }
      // CKV_AWS_378 is about the clients' side: a listener with TLS meets it.
      const fix = `use one of ${accepted.join(", ")}`;
      expect(group, report, "protocol", accepts, fix, () =>
        servedByTls(graph, group) ? { securityHub: ["ELB.22"] } : undefined,
      );
    }
  },
});

function servedByTls(graph: StackGraph, group: Node): boolean {
  const listeners = graph.referring(group, LISTENER, "defaultActions");
  return (
    listeners.length > 0 &&
    listeners.every(({ properties }) =>
      ["HTTPS", "TLS"].includes(read(properties, "protocol") as string),
    )
  );
}

const healthCheck = resourceRule<Protocols & AcceptsDefault>({
  id: "alb-target-group-healthcheck",
  description:
    "Health checks use a path, a matcher and an allowed protocol; HTTP is allowed by default, as for the services' traffic.",
  severity: "medium",
  controls: { securityHub: ["ELB.21"], checkov: ["CKV_AWS_261"] },
  remediation: "Set healthCheck with path, matcher and an allowed protocol.",
  url: `${GUIDE}/elb-controls.html#elb-21`,
  defaults: { allowedProtocols: ["HTTPS", "HTTP"], ...REQUIRES_SETTING },
  types: TARGET_GROUPS,
  check(subject, report, { allowedProtocols, acceptDefault }) {
    if (read(subject.properties, "targetType") === "lambda" || checksPackets(subject)) {
      return;
    }
    if (read(subject.properties, "healthCheck") === undefined && !acceptDefault) {
      report.violation("healthCheck is not set; set path, matcher and protocol.");
      return;
    }
    const accepts = (value: unknown) => allowedProtocols.includes((value ?? "HTTP") as string);
    const fix = `use one of ${allowedProtocols.join(", ")}`;
    expect(subject, report, "healthCheck.protocol", accepts, fix, () => ({
      securityHub: ["ELB.21"],
    }));
    for (const property of ["healthCheck.path", "healthCheck.matcher"]) {
      const value = read(subject.properties, property);
      if (value === UNKNOWN) {
        report.undecided(property);
      } else if ((value === undefined && !acceptDefault) || value === "") {
        report.violation(`${property} is ${shown(value)}; set it.`, { checkov: ["CKV_AWS_261"] });
      }
    }
    expect(subject, report, "healthCheck.enabled", isNotFalse, "set it to true");
  },
});

/** Whether a group's targets are checked by opening a connection, without a path. */
function checksPackets({ properties }: { readonly properties: Properties }): boolean {
  const own = read(properties, "protocol");
  return (
    ["TLS", ...PACKET_PROTOCOLS.names].includes(own as string) &&
    !/^HTTP/.test(String(read(properties, "healthCheck.protocol")))
  );
}

export const loadBalancingRules: readonly Rule[] = [
  accessLogs,
  dropInvalidHeaders,
  desync,
  deletionProtection,
  multiZone,
  crossZone,
  webAcl,
  declaredPublic,
  certificate,
  targetsEncrypted,
  healthCheck,
];
