/** Auto Scaling groups, and what servers are made of and connected by: images, disks, gateways, VPNs. */
import type { Node } from "../../analysis/graph";
import { items, read, UNKNOWN } from "../../analysis/properties";
import {
  type Controls,
  expect,
  isNotFalse,
  isTrue,
  resourceRule,
  type Rule,
  stackRule,
} from "../define";
import { isSet, itemPaths, propertyRule } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const SCALING = `${GUIDE}/autoscaling-controls.html`;
const EC2 = `${GUIDE}/ec2-controls.html`;
const GROUP = "aws:autoscaling/group:Group";

/** How a group gets its requests: by itself, or by resources that name it. */
const BALANCED = ["targetGroupArns", "loadBalancers", "trafficSources"];
const ATTACHMENTS = [
  "aws:autoscaling/attachment:Attachment",
  "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment",
];

const isListed = ({ properties }: Node, property: string): boolean => {
  const list = items(read(properties, property));
  return list === UNKNOWN || list.length > 0;
};

const healthChecks = stackRule({
  id: "asg-elb-health-check",
  description: "An Auto Scaling group behind a load balancer replaces what that finds unhealthy.",
  severity: "low",
  controls: { securityHub: ["AutoScaling.1"], checkov: ["CKV2_AWS_15"] },
  remediation: 'Set healthCheckType to "ELB".',
  url: `${SCALING}#autoscaling-1`,
  check(graph, reportOn) {
    for (const group of graph.ofType(GROUP)) {
      const attached = ATTACHMENTS.some(
        (type) => graph.referring(group, type, "autoscalingGroupName").length > 0,
      );
      if (attached || BALANCED.some((property) => isListed(group, property))) {
        const accepts = (type: unknown) => type === "ELB";
        expect(group, reportOn(group), "healthCheckType", accepts, 'set it to "ELB"');
      }
    }
  },
});

const zones = resourceRule({
  id: "asg-multi-az",
  description: "An Auto Scaling group spans at least two zones.",
  severity: "medium",
  controls: { securityHub: ["AutoScaling.2"] },
  remediation: "Name subnets in two zones in vpcZoneIdentifiers.",
  url: `${SCALING}#autoscaling-2`,
  types: [GROUP],
  check({ properties }, report) {
    const lists = ["vpcZoneIdentifiers", "availabilityZones"].map((name) =>
      items(read(properties, name)),
    );
    if (lists.includes(UNKNOWN)) {
      report.undecided("vpcZoneIdentifiers");
    } else if ((lists as (readonly unknown[])[]).flat().length < 2) {
      report.violation("vpcZoneIdentifiers has fewer than 2 entries; add subnets in other zones.");
    }
  },
});

const launchTemplate = resourceRule({
  id: "asg-launch-template",
  description:
    "An Auto Scaling group uses a launch template, which replaced launch configurations.",
  severity: "medium",
  controls: { securityHub: ["AutoScaling.9"], checkov: ["CKV_AWS_315"] },
  remediation: "Set launchTemplate, or mixedInstancesPolicy, instead of launchConfiguration.",
  url: `${SCALING}#autoscaling-9`,
  types: [GROUP],
  check({ properties }, report) {
    if (!["launchTemplate", "mixedInstancesPolicy"].some((name) => isSet(properties, name))) {
      report.violation("launchTemplate is not set; name one.");
    }
  },
});

const mixed = resourceRule({
  id: "asg-mixed-instances",
  description:
    "An Auto Scaling group may use several instance types. Advisory: the types must fit the program.",
  severity: "low",
  controls: { securityHub: ["AutoScaling.6"] },
  remediation: "Name two types or more in mixedInstancesPolicy.launchTemplate.overrides.",
  url: `${SCALING}#autoscaling-6`,
  level: "advisory",
  types: [GROUP],
  check({ properties }, report) {
    const path = "mixedInstancesPolicy.launchTemplate.overrides";
    const overrides = items(read(properties, path));
    if (overrides === UNKNOWN) {
      report.undecided(path);
    } else if (overrides.length < 2 && !isSet(properties, `${path}[0].instanceRequirements`)) {
      report.violation(`${path} names fewer than 2 types; add others.`);
    }
  },
});

const tagged = resourceRule({
  id: "asg-tagged",
  description: "An Auto Scaling group has tags, which its servers get.",
  severity: "low",
  controls: { securityHub: ["AutoScaling.10"], checkov: ["CKV_AWS_153"] },
  remediation: "Add tags, with propagateAtLaunch.",
  url: `${SCALING}#autoscaling-10`,
  types: [GROUP],
  check({ properties }, report) {
    const tags = items(read(properties, "tags"));
    if (tags !== UNKNOWN && tags.length === 0) {
      report.violation("tags is empty; add tags, with propagateAtLaunch.");
    }
  },
});

const SINGLE: readonly Parameters<typeof propertyRule>[0][] = [
  {
    id: "asg-cooldown",
    description: "An Auto Scaling group waits between two steps, as by default.",
    severity: "low",
    controls: { cdkNag: ["AS1"] },
    remediation: "Remove defaultCooldown, or set it above 0.",
    url: "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html",
    types: [GROUP],
    property: "defaultCooldown",
    accepts: (seconds) => seconds !== 0,
    fix: "set it above 0",
  },
  {
    id: "ec2-metadata-hop-limit",
    description: "The answer of a server's metadata service does not leave the server.",
    severity: "medium",
    controls: { checkov: ["CKV_AWS_341"] },
    remediation: "Remove metadataOptions.httpPutResponseHopLimit, or set it to 1.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
    types: [
      "aws:ec2/launchTemplate:LaunchTemplate",
      "aws:ec2/launchConfiguration:LaunchConfiguration",
    ],
    property: "metadataOptions.httpPutResponseHopLimit",
    accepts: (hops) => hops === undefined || (typeof hops === "number" && hops <= 1),
    fix: "set it to 1",
  },
  {
    id: "ec2-termination-protection",
    description: "A server cannot be ended by one call. Advisory: Pulumi can then not replace it.",
    severity: "low",
    controls: { cdkNag: ["EC29"] },
    remediation: "Set disableApiTermination to true.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html",
    level: "advisory",
    types: ["aws:ec2/instance:Instance"],
    property: "disableApiTermination",
    accepts: isTrue,
    fix: "set it to true",
  },
  {
    id: "ebs-encrypted-by-default",
    description: "The account encrypts new disks, where the program sets its default.",
    severity: "medium",
    controls: { securityHub: ["EC2.7"], cis: ["5.1.1"], checkov: ["CKV_AWS_106"] },
    remediation: "Remove enabled, or set it to true.",
    url: `${EC2}#ec2-7`,
    types: ["aws:ebs/encryptionByDefault:EncryptionByDefault"],
    property: "enabled",
    accepts: isNotFalse,
    fix: "set it to true",
  },
  {
    id: "ebs-snapshots-not-public",
    description: "The account blocks public snapshots of disks, where the program configures that.",
    severity: "high",
    controls: { securityHub: ["EC2.182"] },
    remediation: 'Set state to "block-all-sharing".',
    url: `${EC2}#ec2-182`,
    types: ["aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"],
    property: "state",
    accepts: (value) => value === "block-all-sharing",
    fix: 'set it to "block-all-sharing"',
  },
  {
    id: "tgw-no-auto-accept",
    description: "A transit gateway attaches no network of another account without being asked.",
    severity: "high",
    controls: { securityHub: ["EC2.23"], checkov: ["CKV_AWS_331"] },
    remediation: 'Remove autoAcceptSharedAttachments, or set it to "disable".',
    url: `${EC2}#ec2-23`,
    types: ["aws:ec2transitgateway/transitGateway:TransitGateway"],
    property: "autoAcceptSharedAttachments",
    accepts: (value) => value !== "enable",
    fix: 'set it to "disable"',
  },
  {
    id: "client-vpn-logged",
    description: "A Client VPN endpoint logs connections.",
    severity: "low",
    controls: { securityHub: ["EC2.51"] },
    remediation: "Set connectionLogOptions with enabled: true and cloudwatchLogGroup.",
    url: `${EC2}#ec2-51`,
    types: ["aws:ec2clientvpn/endpoint:Endpoint"],
    property: "connectionLogOptions.enabled",
    accepts: isTrue,
    fix: "set it to true",
  },
  {
    id: "eni-source-dest-check",
    description: "A network interface takes and sends only its own traffic, as by default.",
    severity: "medium",
    controls: { securityHub: ["EC2.180"] },
    remediation: "Remove sourceDestCheck, or set it to true; a NAT gateway replaces a NAT server.",
    url: `${EC2}#ec2-180`,
    types: ["aws:ec2/networkInterface:NetworkInterface"],
    property: "sourceDestCheck",
    accepts: isNotFalse,
    fix: "set it to true",
  },
  {
    id: "ami-copy-encrypted",
    description: "The copy of an image is encrypted.",
    severity: "medium",
    controls: { checkov: ["CKV_AWS_235"] },
    remediation: "Set encrypted to true. This replaces the copy.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html",
    types: ["aws:ec2/amiCopy:AmiCopy"],
    property: "encrypted",
    accepts: isTrue,
    fix: "set it to true",
  },
  {
    id: "ami-not-public",
    description: "An image is not shared with every AWS account.",
    severity: "critical",
    remediation: "Remove group, and name accounts in accountId.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html",
    types: ["aws:ec2/amiLaunchPermission:AmiLaunchPermission"],
    property: "group",
    accepts: (group) => group !== "all",
    fix: "name accounts instead",
  },
];

const VPN = "aws:ec2/vpnConnection:VpnConnection";
const TUNNELS = ["tunnel1", "tunnel2"];

const vpnLogs = resourceRule({
  id: "vpn-logged",
  description: "Both tunnels of a VPN connection write logs.",
  severity: "medium",
  controls: { securityHub: ["EC2.171"] },
  remediation: "Set cloudwatchLogOptions with logEnabled: true in both tunnels' log options.",
  url: `${EC2}#ec2-171`,
  types: [VPN],
  check(subject, report) {
    for (const tunnel of TUNNELS) {
      const path = `${tunnel}LogOptions.cloudwatchLogOptions.logEnabled`;
      expect(subject, report, path, isTrue, "set it to true");
    }
  },
});

const vpnProtocol = resourceRule({
  id: "vpn-ikev2",
  description: "Both tunnels of a VPN connection use IKEv2 only.",
  severity: "medium",
  controls: { securityHub: ["EC2.183"] },
  remediation: 'Set tunnel1IkeVersions and tunnel2IkeVersions to ["ikev2"].',
  url: `${EC2}#ec2-183`,
  types: [VPN],
  check({ properties }, report) {
    for (const path of TUNNELS.map((tunnel) => `${tunnel}IkeVersions`)) {
      const versions = items(read(properties, path));
      if (versions === UNKNOWN || versions.includes(UNKNOWN)) {
        report.undecided(path);
      } else if (versions.length === 0 || versions.some((version) => version !== "ikev2")) {
        report.violation(`${path} permits IKEv1, as by default; set it to ["ikev2"].`);
      }
    }
  },
});

/** Lists of disks in images and Spot Fleet requests, with who requires that they are encrypted. */
const DISKS: Readonly<Record<string, readonly [list: string, inner: string, Controls]>> = {
  "aws:ec2/ami:Ami": ["ebsBlockDevices", "", { checkov: ["CKV_AWS_204"] }],
  "aws:ec2/spotFleetRequest:SpotFleetRequest": [
    "launchSpecifications",
    "ebsBlockDevices",
    { securityHub: ["EC2.173"] },
  ],
};

const disks = resourceRule({
  id: "image-disks-encrypted",
  description: "The disks of an image, and of servers of a Spot Fleet, are encrypted.",
  severity: "medium",
  controls: { securityHub: ["EC2.173"], checkov: ["CKV_AWS_204"] },
  remediation: "Set encrypted to true for each disk that is not made of a snapshot.",
  url: `${EC2}#ec2-173`,
  types: Object.keys(DISKS),
  check(subject, report) {
    const [list, inner, controls] = DISKS[subject.type]!;
    const outer = itemPaths(subject.properties, list, report);
    const paths =
      inner === ""
        ? outer
        : outer.flatMap((path) => itemPaths(subject.properties, `${path}.${inner}`, report));
    for (const path of paths) {
      // A disk of a snapshot is encrypted as that one is.
      if (!isSet(subject.properties, `${path}.snapshotId`)) {
        expect(subject, report, `${path}.encrypted`, isTrue, "set it to true", () => controls);
      }
    }
  },
});

const profile = resourceRule({
  id: "ec2-instance-role",
  description: "A server has a role, so that it needs no keys of a user.",
  severity: "medium",
  controls: { checkov: ["CKV2_AWS_41"] },
  remediation: "Set iamInstanceProfile.",
  url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html",
  types: ["aws:ec2/instance:Instance"],
  check({ properties }, report) {
    if (isSet(properties, "iamInstanceProfile")) {
      return;
    }
    if (isSet(properties, "launchTemplate")) {
      report.undecided("iamInstanceProfile", "the launch template may set it");
    } else {
      report.violation("iamInstanceProfile is not set; name a profile with a role.");
    }
  },
});

export const serverGroupRules: readonly Rule[] = [
  healthChecks,
  zones,
  launchTemplate,
  mixed,
  tagged,
  ...SINGLE.map(propertyRule),
  vpnLogs,
  vpnProtocol,
  disks,
  profile,
];
