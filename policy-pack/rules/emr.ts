/** EMR: clusters, their security configurations, and the account's block of public access. */
import type { Node, StackGraph } from "../../analysis/graph";
import { isRecord, items, known, read, shown, UNKNOWN } from "../../analysis/properties";
import {
  type Controls,
  expect,
  isTrue,
  type Report,
  resourceRule,
  type Rule,
  stackRule,
} from "../define";
import { isSet, isText, itemPaths, setRule } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide/emr-controls.html";
const MANAGEMENT = "https://docs.aws.amazon.com/emr/latest/ManagementGuide";
const CLUSTER = "aws:emr/cluster:Cluster";
const SUBNET = "aws:ec2/subnet:Subnet";
const DEFAULT_SUBNET = "aws:ec2/defaultSubnet:DefaultSubnet";
const CONFIGURATION = "aws:emr/securityConfiguration:SecurityConfiguration";

/** The part of a security configuration about encryption; undefined, with a report, when it is not known or no JSON. */
function encryptionOf(text: unknown, report: Report): Record<string, unknown> | undefined {
  let document: unknown = known(text);
  if (typeof document === "string") {
    try {
      document = JSON.parse(document);
    } catch {
      report.violation("configuration is not valid JSON; correct it.", {});
      return undefined;
    }
  }
  if (document === UNKNOWN) {
    report.undecided("configuration");
    return undefined;
  }
  const encryption = isRecord(document) ? document["EncryptionConfiguration"] : undefined;
  return isRecord(encryption) ? encryption : {};
}

/** One value of the configuration: what is accepted, how to fix it, and who requires it. */
type Part = readonly [path: string, accepts: (value: unknown) => boolean, fix: string, Controls];

const DISKS = "AtRestEncryptionConfiguration.LocalDiskEncryptionConfiguration";
const OBJECTS = "AtRestEncryptionConfiguration.S3EncryptionConfiguration";

const AT_REST: readonly Part[] = [
  [
    `${DISKS}.EncryptionKeyProviderType`,
    isText,
    'set it to "AwsKms"',
    { cdkNag: ["EMR4"], checkov: ["CKV_AWS_349"], trivy: ["AWS-0139"] },
  ],
  [`${DISKS}.EnableEbsEncryption`, isTrue, "set it to true", { checkov: ["CKV_AWS_350"] }],
  [
    `${OBJECTS}.EncryptionMode`,
    (mode) => mode === "SSE-KMS" || mode === "CSE-KMS",
    'set it to "SSE-KMS"',
    { checkov: ["CKV_AWS_171"] },
  ],
];

function judgePart(encryption: object, [path, accepts, fix, controls]: Part, report: Report): void {
  const value = read(encryption as Record<string, unknown>, path);
  const where = `configuration: EncryptionConfiguration.${path}`;
  if (value === UNKNOWN) {
    report.undecided(where);
  } else if (!accepts(value)) {
    report.violation(`${where} is ${shown(value, "mode")}; ${fix}.`, controls);
  }
}

/** Without its switch a kind of encryption breaks what all of its parts do. */
const ALL_AT_REST: Controls = {
  securityHub: ["EMR.3"],
  cdkNag: ["EMR4"],
  checkov: ["CKV_AWS_171", "CKV_AWS_349", "CKV_AWS_350"],
  trivy: ["AWS-0137", "AWS-0139"],
};
const IN_TRANSIT: Controls = {
  securityHub: ["EMR.4"],
  cdkNag: ["EMR5"],
  checkov: ["CKV_AWS_351"],
  trivy: ["AWS-0138"],
};

const atRest = resourceRule({
  id: "emr-encrypted-at-rest",
  description: "An EMR security configuration encrypts disks and objects at rest, with KMS keys.",
  severity: "medium",
  controls: ALL_AT_REST,
  remediation:
    "Set EnableAtRestEncryption to true, with LocalDiskEncryptionConfiguration and S3EncryptionConfiguration.",
  url: `${GUIDE}#emr-3`,
  types: [CONFIGURATION],
  check({ properties }, report) {
    const encryption = encryptionOf(properties["configuration"], report);
    const enabled = encryption && read(encryption, "EnableAtRestEncryption");
    if (enabled === true || enabled === UNKNOWN) {
      AT_REST.forEach((part) => judgePart(encryption!, part, report));
    }
    if (encryption !== undefined) {
      judgePart(
        encryption,
        ["EnableAtRestEncryption", isTrue, "set it to true", ALL_AT_REST],
        report,
      );
    }
  },
});

const inTransit = resourceRule({
  id: "emr-encrypted-in-transit",
  description: "An EMR security configuration encrypts data in transit.",
  severity: "medium",
  controls: IN_TRANSIT,
  remediation:
    "Set EnableInTransitEncryption to true, with a certificate in InTransitEncryptionConfiguration.",
  url: `${GUIDE}#emr-4`,
  types: [CONFIGURATION],
  check({ properties }, report) {
    const encryption = encryptionOf(properties["configuration"], report);
    if (encryption !== undefined) {
      const fix = "set it to true";
      judgePart(encryption, ["EnableInTransitEncryption", isTrue, fix, IN_TRANSIT], report);
    }
  },
});

/** A rule that one of some properties of a cluster is set. */
const clusterSets = (
  rule: Pick<Parameters<typeof setRule>[0], "id" | "description" | "controls" | "url">,
  paths: readonly string[],
  fix: string,
): Rule =>
  setRule({
    ...rule,
    ...{ severity: "medium", types: [CLUSTER], paths, fix },
    remediation: `${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`,
  });

const clusterRules = [
  clusterSets(
    {
      id: "emr-security-configuration",
      description: "An EMR cluster has a security configuration, which encrypts.",
      controls: { cdkNag: ["EMR4", "EMR5"], checkov: ["CKV2_AWS_55"] },
      url: `${MANAGEMENT}/emr-security-configurations.html`,
    },
    ["securityConfiguration"],
    "name an aws.emr.SecurityConfiguration",
  ),
  clusterSets(
    {
      id: "emr-logged",
      description: "An EMR cluster stores its logs in S3.",
      controls: { cdkNag: ["EMR2"] },
      url: `${MANAGEMENT}/emr-plan-debugging.html`,
    },
    ["logUri"],
    "set logUri to a place in a bucket",
  ),
  clusterSets(
    {
      id: "emr-authenticated",
      description: "An EMR cluster authenticates its users by key pair or Kerberos.",
      controls: { cdkNag: ["EMR6"] },
      url: `${MANAGEMENT}/emr-authenticate-cluster-connections.html`,
    },
    ["ec2Attributes.keyName", "kerberosAttributes"],
    "set kerberosAttributes or ec2Attributes.keyName",
  ),
];

const privateSubnets = stackRule({
  id: "emr-no-public-ip",
  description: "An EMR cluster's servers have no public addresses: its subnet assigns none.",
  severity: "high",
  controls: { securityHub: ["EMR.1"] },
  remediation: "Set ec2Attributes.subnetId to a subnet without mapPublicIpOnLaunch.",
  url: `${GUIDE}#emr-1`,
  check(graph, reportOn) {
    for (const cluster of graph.ofType(CLUSTER)) {
      judgeSubnets(graph, cluster, reportOn(cluster));
    }
  },
});

function judgeSubnets(graph: StackGraph, cluster: Node, report: Report): void {
  const paths = ["ec2Attributes.subnetId", "ec2Attributes.subnetIds"];
  if (!paths.some((path) => isSet(cluster.properties, path))) {
    report.violation(
      "ec2Attributes.subnetId is not set: a default subnet assigns public addresses; name a private subnet.",
    );
    return;
  }
  const subnets = [SUBNET, DEFAULT_SUBNET].flatMap((type) => {
    const found = graph.referred(cluster, "ec2Attributes", type);
    return found === UNKNOWN ? [] : found;
  });
  const assigns = (subnet: Node) =>
    read(subnet.properties, "mapPublicIpOnLaunch") ?? subnet.type === DEFAULT_SUBNET;
  const named = paths.flatMap((path) => items(read(cluster.properties, path)) as unknown[]);
  const [open, ...more] = subnets.filter((subnet) => assigns(subnet) === true);
  // A list that is not known refers to all subnets of the component that created it, of every tier.
  const isExact = subnets.length <= named.length;
  if (open !== undefined && (isExact || more.length + 1 === subnets.length)) {
    report.violation(`the subnet ${open.name} assigns public addresses; name a private subnet.`);
  } else if (open !== undefined) {
    report.undecided("ec2Attributes.subnetId");
  } else if (subnets.length < Math.max(named.length, 1)) {
    report.undecided("mapPublicIpOnLaunch of the subnet", "the plan does not have the subnet");
  } else if (subnets.some((subnet) => assigns(subnet) === UNKNOWN)) {
    report.undecided("mapPublicIpOnLaunch of the subnet");
  }
}

const blocked = resourceRule({
  id: "emr-block-public-access",
  description: "EMR's block of public access is on, but for port 22 at most.",
  severity: "critical",
  controls: { securityHub: ["EMR.2"], checkov: ["CKV_AWS_390"] },
  remediation:
    "Set blockPublicSecurityGroupRules to true, and permit no ranges of ports but 22 to 22.",
  url: `${GUIDE}#emr-2`,
  types: ["aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration"],
  check(subject, report) {
    expect(subject, report, "blockPublicSecurityGroupRules", isTrue, "set it to true");
    const list = "permittedPublicSecurityGroupRuleRanges";
    for (const path of itemPaths(subject.properties, list, report)) {
      const ports = items([
        read(subject.properties, `${path}.minRange`),
        read(subject.properties, `${path}.maxRange`),
      ]) as readonly unknown[];
      if (ports.includes(UNKNOWN)) {
        report.undecided(path);
      } else if (!ports.every((port) => port === 22)) {
        report.violation(`${path} permits the ports ${ports.join(" to ")}; remove it.`, {
          securityHub: ["EMR.2"],
        });
      }
    }
  },
});

export const emrRules: readonly Rule[] = [
  atRest,
  inTransit,
  ...clusterRules,
  privateSubnets,
  blocked,
];
