import { serverGroupRules } from "../../../policy-pack/rules/server-groups";
import { UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { stackTable, variantTable } from "../variants";

const GROUP = "aws:autoscaling/group:Group";
const VPN = "aws:ec2/vpnConnection:VpnConnection";

describe("policy pack: groups of servers", () => {
  const group = (props: Record<string, unknown>) => ({ type: GROUP, props });
  const attachment = {
    type: "aws:autoscaling/attachment:Attachment",
    props: { autoscalingGroupName: UNKNOWN_TEXT },
    references: { autoscalingGroupName: ["group"] },
  };
  stackTable(serverGroupRules, "asg-elb-health-check", {
    good: { group: group({ targetGroupArns: [UNKNOWN_TEXT], healthCheckType: "ELB" }) },
    compliant: {
      "no load balancer": { group: group({ targetGroupArns: undefined, healthCheckType: "EC2" }) },
    },
    violating: {
      "by default": [
        { group: group({ healthCheckType: undefined }) },
        /healthCheckType is not set; set it to "ELB"/,
      ],
      "by an attachment": [
        { group: group({ targetGroupArns: undefined, healthCheckType: undefined }), attachment },
        /healthCheckType is not set/,
      ],
    },
    unknown: { type: { group: group({ healthCheckType: UNKNOWN_TEXT }) } },
  });
  variantTable(serverGroupRules, "asg-multi-az", {
    type: GROUP,
    good: { vpcZoneIdentifiers: ["subnet-1", "subnet-2"] },
    violating: { one: [{ vpcZoneIdentifiers: ["subnet-1"] }, /fewer than 2 entries; add subnets/] },
    unknown: { list: { vpcZoneIdentifiers: UNKNOWN_LIST } },
  });
  variantTable(serverGroupRules, "asg-launch-template", {
    type: GROUP,
    good: { launchTemplate: { id: "lt-1" } },
    compliant: { mixed: { launchTemplate: undefined, mixedInstancesPolicy: {} } },
    violating: {
      configuration: [
        { launchTemplate: undefined, launchConfiguration: "old" },
        /launchTemplate is not set; name one/,
      ],
    },
    unknown: {},
    unimportant: { "which one": { launchTemplate: UNKNOWN_TEXT } },
  });
  const types = (...overrides: unknown[]) => ({
    mixedInstancesPolicy: { launchTemplate: { overrides } },
  });
  variantTable(serverGroupRules, "asg-mixed-instances", {
    type: GROUP,
    good: types({ instanceType: "m7g.large" }, { instanceType: "m8g.large" }),
    compliant: { "by requirements": types({ instanceRequirements: { vcpuCount: { min: 2 } } }) },
    violating: {
      none: [{ mixedInstancesPolicy: undefined }, /names fewer than 2 types; add others/],
      one: [types({ instanceType: "m7g.large" }), /fewer than 2/],
    },
    unknown: { policy: { mixedInstancesPolicy: UNKNOWN_TEXT } },
  });
  variantTable(serverGroupRules, "asg-tagged", {
    type: GROUP,
    good: { tags: [{ key: "Project", value: "x", propagateAtLaunch: true }] },
    violating: { none: [{ tags: undefined }, /tags is empty; add tags/] },
    unknown: {},
    unimportant: { "which ones": { tags: UNKNOWN_LIST } },
  });

  for (const [id, type, path, good, bad] of [
    ["asg-cooldown", GROUP, "defaultCooldown", 60, 0],
    [
      "ec2-metadata-hop-limit",
      "aws:ec2/launchTemplate:LaunchTemplate",
      "metadataOptions.httpPutResponseHopLimit",
      1,
      2,
    ],
    [
      "ebs-encrypted-by-default",
      "aws:ebs/encryptionByDefault:EncryptionByDefault",
      "enabled",
      true,
      false,
    ],
    [
      "tgw-no-auto-accept",
      "aws:ec2transitgateway/transitGateway:TransitGateway",
      "autoAcceptSharedAttachments",
      "disable",
      "enable",
    ],
    [
      "eni-source-dest-check",
      "aws:ec2/networkInterface:NetworkInterface",
      "sourceDestCheck",
      true,
      false,
    ],
    [
      "ami-not-public",
      "aws:ec2/amiLaunchPermission:AmiLaunchPermission",
      "group",
      undefined,
      "all",
    ],
  ] as const) {
    const [top, inner] = path.split(".") as [string, string?];
    const value = (given: unknown) => ({ [top]: inner ? { [inner]: given } : given });
    variantTable(serverGroupRules, id, {
      type,
      good: value(good),
      compliant: { "by default": { [top]: undefined } },
      violating: { wrong: [value(bad), new RegExp(`${path.replace(".", "\\.")} is `)] },
      unknown: { value: value(UNKNOWN_TEXT) },
    });
  }
  for (const [id, type, path] of [
    ["ec2-termination-protection", "aws:ec2/instance:Instance", "disableApiTermination"],
    ["client-vpn-logged", "aws:ec2clientvpn/endpoint:Endpoint", "connectionLogOptions.enabled"],
    ["ami-copy-encrypted", "aws:ec2/amiCopy:AmiCopy", "encrypted"],
  ] as const) {
    const [top, inner] = path.split(".") as [string, string?];
    const value = (given: unknown) => ({ [top]: inner ? { [inner]: given } : given });
    variantTable(serverGroupRules, id, {
      type,
      good: value(true),
      violating: {
        "by default": [{ [top]: undefined }, /is not set; set it to true/],
        off: [value(false), /is false/],
      },
      unknown: { switch: value(UNKNOWN_FLAG) },
    });
  }

  variantTable(serverGroupRules, "ebs-snapshots-not-public", {
    type: "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
    good: { state: "block-all-sharing" },
    violating: {
      "public ones stay public": [{ state: "block-new-sharing" }, /state is another text/],
      off: [{ state: "unblocked" }, /set it to "block-all-sharing"/],
    },
    unknown: { mode: { state: UNKNOWN_TEXT } },
  });

  const logs = (first: unknown, second: unknown) => ({
    tunnel1LogOptions: { cloudwatchLogOptions: { logEnabled: first } },
    tunnel2LogOptions: { cloudwatchLogOptions: { logEnabled: second } },
  });
  variantTable(serverGroupRules, "vpn-logged", {
    type: VPN,
    good: logs(true, true),
    violating: {
      none: [{ tunnel1LogOptions: undefined, tunnel2LogOptions: undefined }, /tunnel1LogOptions/],
      one: [logs(true, false), /tunnel2LogOptions\.cloudwatchLogOptions\.logEnabled is false/],
    },
    unknown: { one: logs(true, UNKNOWN_FLAG) },
  });
  variantTable(serverGroupRules, "vpn-ikev2", {
    type: VPN,
    good: { tunnel1IkeVersions: ["ikev2"], tunnel2IkeVersions: ["ikev2"] },
    violating: {
      "by default": [{ tunnel2IkeVersions: undefined }, /tunnel2IkeVersions permits IKEv1, as by/],
      both: [{ tunnel1IkeVersions: ["ikev1", "ikev2"] }, /tunnel1IkeVersions permits IKEv1/],
    },
    unknown: {
      list: { tunnel1IkeVersions: UNKNOWN_LIST },
      item: { tunnel2IkeVersions: [UNKNOWN_TEXT] },
    },
  });
  const image = (disk: unknown) => ({ ebsBlockDevices: [disk] });
  variantTable(serverGroupRules, "image-disks-encrypted", {
    type: "aws:ec2/ami:Ami",
    good: image({ deviceName: "/dev/sda1", encrypted: true }),
    compliant: {
      "of a snapshot": image({ deviceName: "/dev/sda1", snapshotId: "snap-1" }),
      "no disk": { ebsBlockDevices: undefined },
    },
    violating: {
      "by default": [
        image({ deviceName: "/dev/sda1" }),
        /ebsBlockDevices\[0\]\.encrypted is not set.*Required by CKV_AWS_204\./,
      ],
    },
    unknown: {
      list: { ebsBlockDevices: UNKNOWN_LIST },
      switch: image({ encrypted: UNKNOWN_FLAG }),
    },
    rows: [
      {
        violating: "of a Spot Fleet",
        type: "aws:ec2/spotFleetRequest:SpotFleetRequest",
        props: { launchSpecifications: [{ ebsBlockDevices: [{ encrypted: false }] }] },
        says: /launchSpecifications\[0\]\.ebsBlockDevices\[0\]\.encrypted is false.*EC2\.173\./,
      },
    ],
  });
  variantTable(serverGroupRules, "ec2-instance-role", {
    type: "aws:ec2/instance:Instance",
    good: { iamInstanceProfile: "profile" },
    violating: { none: [{ iamInstanceProfile: undefined }, /is not set; name a profile/] },
    unknown: {
      "of a template": { iamInstanceProfile: undefined, launchTemplate: { id: UNKNOWN_TEXT } },
    },
  });
});
