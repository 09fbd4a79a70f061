/** Data is encrypted in transit. */
import type { Node, StackGraph } from "../../analysis/graph";
import { isRecord, items, read, shown, UNKNOWN } from "../../analysis/properties";
import { REDIS_USERS } from "../../facts/cache-engines";
import { PACKET_PROTOCOLS } from "../../facts/load-balancing";
import { LISTENER_TLS, RECOMMENDED_LISTENER_TLS, VIEWER_TLS } from "../../facts/tls-policies";
import {
  type Controls,
  expect,
  isNotFalse,
  isTrue,
  type Report,
  resourceRule,
  type Rule,
  stackRule,
  type Subject,
} from "../define";
import { itemPaths } from "../relations";
import { databaseForcesTls } from "./database-in-transit";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";

interface CacheSetting {
  /** Whether versions from 6.0 on need authentication as well; Security Hub's ElastiCache.6 asks earlier ones for it. */
  readonly everyVersion: boolean;
}

/** Whether a cache is Redis before 6.0, which has no users and roles; UNKNOWN when its version is not known yet. */
function isBeforeUsers({ properties }: Subject): boolean | typeof UNKNOWN {
  const version = read(properties, "engineVersion");
  const major = Number.parseInt(String(version), 10);
  return version === UNKNOWN ? UNKNOWN : major < REDIS_USERS.fromMajor;
}

const MEMORYDB = "aws:memorydb/cluster:Cluster";

const cacheInTransit = resourceRule<CacheSetting>({
  id: "redis-in-transit",
  description: "A cache accepts encrypted, authenticated connections only.",
  severity: "high",
  controls: {
    securityHub: ["ElastiCache.5", "ElastiCache.6"],
    cdkNag: ["AEC3", "AEC6"],
    checkov: ["CKV_AWS_30", "CKV_AWS_31"],
    trivy: ["AWS-0051"],
  },
  remediation:
    'Set transitEncryptionEnabled: true, transitEncryptionMode: "required" and an authToken.',
  url: `${GUIDE}/elasticache-controls.html#elasticache-5`,
  defaults: { everyVersion: true },
  types: ["aws:elasticache/replicationGroup:ReplicationGroup", MEMORYDB],
  check(subject, report, { everyVersion }) {
    if (subject.type === MEMORYDB) {
      // On where it is not set; its users come from an access control list, which it always has.
      expect(subject, report, "tlsEnabled", isNotFalse, "set it to true", () => ({}));
      return;
    }
    expect(subject, report, "transitEncryptionEnabled", isTrue, "set it to true");
    expect(
      subject,
      report,
      "transitEncryptionMode",
      (mode) => mode === undefined || mode === "required",
      'set it to "required"',
    );
    const credentials = ["authToken", "authTokenWo", "userGroupIds"];
    // A token that is not known yet counts as a token.
    if (credentials.some((property) => read(subject.properties, property) !== undefined)) {
      return;
    }
    const old = isBeforeUsers(subject);
    if (old === UNKNOWN && !everyVersion) {
      report.undecided("engineVersion");
    } else if (old === true || everyVersion) {
      const breaks = { cdkNag: ["AEC6"], checkov: ["CKV_AWS_31"] };
      report.violation(
        "authToken is not set; set it, or userGroupIds.",
        old === false ? breaks : { securityHub: ["ElastiCache.6"], ...breaks },
      );
    }
  },
});

const listenersEncrypted = stackRule({
  id: "alb-listener-tls",
  description: "A listener uses TLS 1.2 or newer, or redirects to a listener that does.",
  severity: "high",
  controls: {
    securityHub: ["ELB.1", "ELB.18"],
    checkov: ["CKV_AWS_2", "CKV_AWS_103", "CKV2_AWS_20", "CKV2_AWS_74"],
    trivy: ["AWS-0047", "AWS-0054"],
  },
  remediation: `Set protocol "HTTPS" with sslPolicy "${LISTENER_TLS.modern[0]}", or redirect to HTTPS.`,
  url: `${GUIDE}/elb-controls.html#elb-18`,
  check(graph, reportOn) {
    for (const node of graph.ofType("aws:lb/listener:Listener")) {
      const report = reportOn(node);
      const protocol = read(node.properties, "protocol");
      const redirects = redirectsToHttps(node.properties["defaultActions"]);
      if (protocol === UNKNOWN) {
        report.undecided("protocol");
      } else if (protocol === "HTTPS" || protocol === "TLS") {
        expect(
          node,
          report,
          "sslPolicy",
          (policy) => typeof policy === "string" && LISTENER_TLS.pattern.test(policy),
          `set it to "${LISTENER_TLS.modern[0]}"`,
          () => ({ checkov: ["CKV_AWS_103", "CKV2_AWS_74"], trivy: ["AWS-0047"] }),
        );
      } else if (
        PACKET_PROTOCOLS.names.includes(protocol as string) ||
        handsOnPackets(graph, node)
      ) {
        // What a load balancer hands on as packets is encrypted, or not, by what speaks through it: nlb-listener-tls.
      } else if (redirects === UNKNOWN) {
        report.undecided("defaultActions");
      } else if (!redirects) {
        report.violation(
          `protocol is ${shown(protocol ?? "HTTP", "protocol")} without a redirect to HTTPS; add one.`,
        );
      }
    }
  },
});

const listenersRecommended = resourceRule({
  id: "alb-listener-tls-recommended",
  description:
    "A listener that ends TLS uses a policy that AWS recommends: TLS 1.3, and 1.2 with authenticated ciphers alone.",
  severity: "medium",
  level: "advisory",
  controls: { securityHub: ["ELB.17"] },
  remediation: `Set sslPolicy to "${LISTENER_TLS.modern[0]}".`,
  url: RECOMMENDED_LISTENER_TLS.source,
  types: ["aws:lb/listener:Listener"],
  check(subject, report) {
    const protocol = read(subject.properties, "protocol");
    if (protocol === UNKNOWN) {
      report.undecided("protocol");
    } else if (protocol === "HTTPS" || protocol === "TLS") {
      expect(
        subject,
        report,
        "sslPolicy",
        (policy) => (RECOMMENDED_LISTENER_TLS.names as readonly unknown[]).includes(policy),
        `set it to "${LISTENER_TLS.modern[0]}"`,
      );
    }
  },
});

/** Whether a listener belongs to a gateway load balancer, which has no protocol. */
function handsOnPackets(graph: StackGraph, listener: Node): boolean {
  const balancers = graph.referred(listener, "loadBalancerArn", "aws:lb/loadBalancer:LoadBalancer");
  return (
    balancers !== UNKNOWN &&
    balancers.some(({ properties }) => read(properties, "loadBalancerType") === "gateway")
  );
}

const packetListenersEncrypted = stackRule({
  id: "nlb-listener-tls",
  description:
    "A network load balancer terminates TLS, or forwards it to an application load balancer. UDP and QUIC are exempt: they encrypt themselves.",
  severity: "medium",
  controls: { securityHub: ["ELB.18"] },
  remediation: 'Set protocol "TLS" with sslPolicy and certificateArn.',
  url: `${GUIDE}/elb-controls.html#elb-18`,
  check(graph, reportOn) {
    for (const node of graph.ofType("aws:lb/listener:Listener")) {
      if (read(node.properties, "protocol") !== "TCP") {
        continue;
      }
      const passed = passesOn(graph, node);
      if (passed === UNKNOWN) {
        reportOn(node).undecided("targetType of its target group");
      } else if (!passed) {
        reportOn(node).violation('protocol is "TCP"; set it to "TLS".');
      }
    }
  },
});

/** Whether a listener forwards TLS to an application load balancer, whose own listeners terminate it. */
function passesOn(graph: StackGraph, listener: Node): boolean | typeof UNKNOWN {
  const groups = graph.referred(listener, "defaultActions", "aws:lb/targetGroup:TargetGroup");
  const kinds = groups === UNKNOWN ? [] : groups.map((g) => read(g.properties, "targetType"));
  if (kinds.length === 0 || kinds.some((kind) => kind !== "alb" && kind !== UNKNOWN)) {
    return false;
  }
  return kinds.includes(UNKNOWN) ? UNKNOWN : true;
}

function redirectsToHttps(actions: unknown): boolean | typeof UNKNOWN {
  const list = items(actions);
  if (list === UNKNOWN) {
    return UNKNOWN;
  }
  const protocols = list.map((action) =>
    isRecord(action) ? read(action, "redirect.protocol") : action,
  );
  const others = protocols.filter((protocol) => protocol !== "HTTPS");
  return others.length > 0 && others.every((protocol) => protocol === UNKNOWN)
    ? UNKNOWN
    : others.length === 0 && list.length > 0;
}

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const VPC_ORIGIN = "aws:cloudfront/vpcOrigin:VpcOrigin";

const distributionTls = resourceRule({
  id: "cf-tls",
  description: "A distribution uses AWS's recommended TLS policy, TLS 1.2 or newer.",
  severity: "medium",
  controls: {
    securityHub: ["CloudFront.15"],
    cdkNag: ["CFR4"],
    checkov: ["CKV_AWS_174"],
    trivy: ["AWS-0013"],
  },
  remediation: 'Set viewerCertificate.minimumProtocolVersion to "TLSv1.2_2021".',
  url: `${GUIDE}/cloudfront-controls.html`,
  types: [DISTRIBUTION],
  check(subject, report) {
    // CloudFront ignores the version beside its own certificate, and Trivy then asks for none.
    // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
    if (read(subject.properties, "viewerCertificate.cloudfrontDefaultCertificate") === true) {
      report.violation(
        "viewerCertificate is CloudFront's own certificate, with which CloudFront accepts TLS 1.0; use a certificate and domain of yours (cause: cf-custom-cert).",
        { securityHub: ["CloudFront.15"], cdkNag: ["CFR4"], checkov: ["CKV_AWS_174"] },
      );
      return;
    }
    expect(
      subject,
      report,
      "viewerCertificate.minimumProtocolVersion",
      (version) => (VIEWER_TLS.names as readonly string[]).includes(version as string),
      `set it to "${VIEWER_TLS.names[0]}"`,
      (version) =>
        /^TLSv1\.2/.test(String(version))
          ? { securityHub: ["CloudFront.15"], trivy: ["AWS-0013"] }
          : undefined,
    );
  },
});

const viewersEncrypted = resourceRule({
  id: "cf-viewer-https",
  description: "A distribution serves HTTPS and redirects HTTP to it.",
  severity: "medium",
  controls: {
    securityHub: ["CloudFront.3"],
    checkov: ["CKV_AWS_34"],
    trivy: ["AWS-0012"],
  },
  remediation: 'Set viewerProtocolPolicy to "redirect-to-https" in each behaviour.',
  url: `${GUIDE}/cloudfront-controls.html#cloudfront-3`,
  types: [DISTRIBUTION],
  check(subject, report) {
    const paths = [
      "defaultCacheBehavior",
      ...itemPaths(subject.properties, "orderedCacheBehaviors", report),
    ];
    for (const path of paths) {
      expect(
        subject,
        report,
        `${path}.viewerProtocolPolicy`,
        (policy) => policy === "https-only" || policy === "redirect-to-https",
        'set it to "redirect-to-https"',
      );
    }
  },
});

function httpsOnly(subject: Subject, report: Report, path: string, breaks?: Controls): void {
  expect(
    subject,
    report,
    `${path}.originProtocolPolicy`,
    (policy) => policy === "https-only",
    'set it to "https-only"',
    () => breaks,
  );
}

/** The controls that ask an origin for HTTPS: CKV2_AWS_72 is about AWS's own hosts behind enabled distributions. */
function originControls({ properties }: Subject, origin: string): Controls {
  const host = read(properties, `${origin}.domainName`);
  const policy = read(properties, `${origin}.customOriginConfig.originProtocolPolicy`);
  const behaviours = [properties["defaultCacheBehavior"], properties["orderedCacheBehaviors"]];
  // With match-viewer, an origin gets HTTP where viewers may use it.
  const plain = policy !== "match-viewer" || /"allow-all"/.test(JSON.stringify(behaviours));
  const own =
    host === UNKNOWN || /\.data\.mediastore\.|\.mediapackage\.|\.elb\./.test(String(host));
  return {
    securityHub: plain ? ["CloudFront.9"] : [],
    checkov: own && properties["enabled"] !== false ? ["CKV2_AWS_72"] : [],
  };
}

/** The controls that refuse old versions of TLS to an origin. */
function oldVersions(list: unknown): Controls | undefined {
  if (!Array.isArray(list) || list.includes("SSLv3")) {
    return { securityHub: ["CloudFront.10"], cdkNag: ["CFR5"], checkov: ["CKV2_AWS_54"] };
  }
  return list.includes("TLSv1") ? { cdkNag: ["CFR5"] } : {};
}

const originsEncrypted = resourceRule({
  id: "cf-origin-tls",
  description: "A distribution connects to its origins with TLS 1.2.",
  severity: "medium",
  controls: {
    securityHub: ["CloudFront.9", "CloudFront.10"],
    cdkNag: ["CFR5"],
    checkov: ["CKV2_AWS_54", "CKV2_AWS_72"],
  },
  remediation: 'Set originProtocolPolicy "https-only" and originSslProtocols ["TLSv1.2"].',
  url: `${GUIDE}/cloudfront-controls.html#cloudfront-9`,
  types: [DISTRIBUTION, VPC_ORIGIN],
  check(subject, report) {
    if (subject.type === VPC_ORIGIN) {
      httpsOnly(subject, report, "vpcOriginEndpointConfig");
      return;
    }
    for (const origin of itemPaths(subject.properties, "origins", report)) {
      const path = `${origin}.customOriginConfig`;
      if (read(subject.properties, path) !== undefined) {
        httpsOnly(subject, report, path, originControls(subject, origin));
        expect(
          subject,
          report,
          `${path}.originSslProtocols`,
          (list) => Array.isArray(list) && list.every((version) => version === "TLSv1.2"),
          'set it to ["TLSv1.2"]',
          oldVersions,
        );
      }
    }
  },
});

export const encryptionInTransitRules: readonly Rule[] = [
  cacheInTransit,
  databaseForcesTls,
  listenersEncrypted,
  listenersRecommended,
  packetListenersEncrypted,
  distributionTls,
  viewersEncrypted,
  originsEncrypted,
];
