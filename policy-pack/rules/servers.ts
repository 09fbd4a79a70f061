/** Servers (EC2 instances), launch templates and launch configurations. */
import type { Node, StackGraph } from "../../analysis/graph";
import { isRecord, items, read, shown, UNKNOWN } from "../../analysis/properties";
import { DISKS } from "../../facts/type-properties";
import {
  expect,
  isNotTrue,
  isTrue,
  type Report,
  resourceRule,
  type Rule,
  stackRule,
} from "../define";
import { isSet, itemPaths } from "../relations";
import { isSecretByName, SECRET_VALUE } from "./container-environment";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration";

/**
 * The launch templates of an instance, which set what it leaves out and are judged themselves. UNKNOWN when it names
 * one outside the stack.
 */
function templatesOf(graph: StackGraph, node: Node): readonly Node[] | typeof UNKNOWN {
  return node.type === INSTANCE ? graph.referred(node, "launchTemplate", TEMPLATE) : [];
}

/** Whether a default of the account is set, by the resources that set it; UNKNOWN when that is not known yet. */
function byDefault(
  graph: StackGraph,
  type: string,
  property: string,
  accepts: (value: unknown) => boolean,
): boolean | typeof UNKNOWN {
  const values = graph.ofType(type).map(({ properties }) => read(properties, property));
  const found = values.some((value) => value !== UNKNOWN && accepts(value));
  return found || (values.includes(UNKNOWN) ? UNKNOWN : false);
}

const metadata = stackRule({
  id: "ec2-imdsv2",
  description:
    "A server requires IMDSv2 tokens, which protect its credentials from server-side request forgery.",
  severity: "high",
  controls: {
    securityHub: ["EC2.8", "EC2.170", "AutoScaling.3"],
    cis: ["5.7"],
    checkov: ["CKV_AWS_79"],
    trivy: ["AWS-0028", "AWS-0130"],
  },
  remediation:
    'Set metadataOptions.httpTokens to "required", or add an aws.ec2.InstanceMetadataDefaults with it.',
  url: `${GUIDE}/ec2-controls.html#ec2-8`,
  check(graph, reportOn) {
    const required = byDefault(
      graph,
      "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
      "httpTokens",
      (tokens) => tokens === "required",
    );
    for (const node of graph.ofType(INSTANCE, TEMPLATE, CONFIGURATION)) {
      judgeMetadata(node, templatesOf(graph, node), required, reportOn(node));
    }
  },
});

/**
 * The instance's setting takes precedence over its template's, and both over the account's default. Source: Amazon
 * EC2 User Guide, "Order of precedence for instance metadata options".
 */
function judgeMetadata(
  { properties }: Node,
  templates: readonly Node[] | typeof UNKNOWN,
  required: boolean | typeof UNKNOWN,
  report: Report,
): void {
  const property = "metadataOptions.httpTokens";
  const tokens = read(properties, property);
  const endpoint = read(properties, "metadataOptions.httpEndpoint");
  if (tokens === "required" || endpoint === "disabled") {
    return;
  }
  if (tokens === UNKNOWN || endpoint === UNKNOWN) {
    report.undecided(tokens === UNKNOWN ? property : "metadataOptions.httpEndpoint");
  } else if (tokens !== undefined) {
    report.violation(`${property} is ${shown(tokens, property)}; set it to "required".`);
  } else if (templates === UNKNOWN) {
    report.undecided("launchTemplate");
  } else if (templates.length === 0 && required === UNKNOWN) {
    report.undecided("httpTokens of an InstanceMetadataDefaults");
  } else if (templates.length === 0 && !required) {
    const where = isSet(properties, "metadataOptions") ? property : "metadataOptions";
    report.violation(`${where} is not set; set httpTokens: "required" in metadataOptions.`);
  }
}

const noPublicAddress = resourceRule({
  id: "ec2-no-public-ip",
  description: "A server has no public IP address; use a load balancer or Session Manager.",
  severity: "high",
  controls: {
    securityHub: ["EC2.9", "EC2.25", "AutoScaling.5"],
    checkov: ["CKV_AWS_88", "CKV_AWS_389"],
    trivy: ["AWS-0009"],
  },
  remediation: "Remove associatePublicIpAddress, or set it to false.",
  url: `${GUIDE}/ec2-controls.html#ec2-9`,
  types: [INSTANCE, TEMPLATE, CONFIGURATION],
  check(subject, report) {
    if (subject.type !== TEMPLATE) {
      expect(subject, report, "associatePublicIpAddress", isNotTrue, "set it to false");
      return;
    }
    // A template's switches are texts.
    const accepts = (value: unknown) => isNotTrue(value) && value !== "true";
    for (const path of itemPaths(subject.properties, "networkInterfaces", report)) {
      expect(subject, report, `${path}.associatePublicIpAddress`, accepts, "set it to false");
    }
  },
});

const disksEncrypted = stackRule({
  id: "ec2-disks-encrypted",
  description: "A server's disks are encrypted, individually or by the account's default.",
  severity: "high",
  controls: {
    securityHub: ["EC2.3", "EC2.181"],
    cdkNag: ["EC26"],
    checkov: ["CKV_AWS_8"],
    trivy: ["AWS-0008", "AWS-0131"],
  },
  remediation: "Set encrypted: true for each disk, or add an aws.ebs.EncryptionByDefault.",
  url: `${GUIDE}/ec2-controls.html#ec2-3`,
  check(graph, reportOn) {
    const type = "aws:ebs/encryptionByDefault:EncryptionByDefault";
    const encrypted = byDefault(graph, type, "enabled", (enabled) => enabled !== false);
    for (const [owner, list, prefix] of encrypted === true ? [] : DISKS.properties) {
      for (const node of graph.ofType(owner)) {
        const own = reportOn(node);
        const report: Report =
          encrypted === UNKNOWN
            ? { ...own, violation: () => own.undecided("enabled of an EncryptionByDefault") }
            : own;
        judgeDisks(node, list, prefix, templatesOf(graph, node), report);
      }
    }
  },
});

function judgeDisks(
  { properties }: Node,
  list: string,
  prefix: string,
  templates: readonly Node[] | typeof UNKNOWN,
  report: Report,
): void {
  const disks = items(properties[list]);
  if (disks === UNKNOWN) {
    report.undecided(list);
  } else if (disks.length === 0 && list === "rootBlockDevice") {
    if (templates === UNKNOWN) {
      report.undecided("launchTemplate");
    } else if (
      !templates.some((template) => isSet(template.properties, "blockDeviceMappings[0]"))
    ) {
      report.violation("rootBlockDevice is not set: the image decides; set encrypted: true in it.");
    }
  } else {
    for (const [index, disk] of disks.entries()) {
      judgeDisk(disk, list === "rootBlockDevice" ? list : `${list}[${index}]`, prefix, report);
    }
  }
}

/** The values of a switch that is on or unset; a template's are texts. */
const NOT_SET: readonly unknown[] = [undefined, "", false, "false"];

function judgeDisk(disk: unknown, where: string, prefix: string, report: Report): void {
  if (!isRecord(disk)) {
    report.undecided(where);
    return;
  }
  const value = read(disk, `${prefix}encrypted`);
  const none = read(disk, "noDevice");
  // Disks of the host itself have no switch.
  const isLocal = prefix !== "" && !isSet(disk, "ebs");
  if (isTrue(value) || isLocal) {
    return;
  }
  if (none === UNKNOWN) {
    report.undecided(`${where}.noDevice`);
  } else if (!NOT_SET.includes(none)) {
    // Takes a disk of the image away.
  } else if (value === UNKNOWN) {
    report.undecided(`${where}.${prefix}encrypted`);
  } else if (isSet(disk, `${prefix}snapshotId`)) {
    // The provider accepts no switch beside a snapshot: the disk is encrypted as the snapshot is.
    report.undecided(`whether the snapshot of ${where} is encrypted`);
  } else {
    report.violation(`${where}.${prefix}encrypted is not true; set it.`);
  }
}

/** A line that sets the AWS secret key, in any spelling of the name. */
const SECRET_KEY_LINE = /aws_secret_access_key\s*=\s*["']?[A-Za-z0-9/+]{40}/i;

/** A variable of a script and its value, up to a space or a quotation mark. */
const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_]\w*)=\\?["']?([^\s"'\\;]+)/gm;

/**
 * A literal that a variable named like a secret gets: no other variable, command, path, address or placeholder. AWS's keys have a
 * form of their own.
 */
const setsSecret = (text: string): boolean =>
  [...text.matchAll(ASSIGNMENT)].some(
    ([, name, value]) =>
      isSecretByName(name!, value) &&
      !name!.startsWith("AWS_") &&
      !/^[$`<{/%@*]|:\/\//.test(value!),
  );

const holdsSecret = (text: string): boolean =>
  SECRET_VALUE.test(text) || SECRET_KEY_LINE.test(text) || setsSecret(text);

const noUserDataSecrets = resourceRule({
  id: "ec2-no-user-data-secrets",
  description:
    "A server's user data holds no secret: every user and program on the server can read it.",
  severity: "critical",
  controls: { checkov: ["CKV_AWS_46"], trivy: ["AWS-0029", "AWS-0122", "AWS-0129"] },
  remediation:
    "Give the server a role to read the secret with, and remove the secret from the user data.",
  url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html",
  types: [INSTANCE, TEMPLATE, CONFIGURATION],
  check({ properties }, report) {
    for (const property of ["userData", "userDataBase64"]) {
      const value = read(properties, property);
      if (value === UNKNOWN) {
        report.undecided(property);
      } else if (typeof value === "string") {
        const texts = [value, decoded(value)];
        if (texts.some(holdsSecret)) {
          report.violation(
            `${property} holds an access key or another value that looks like a secret; give the server a role.`,
          );
        }
      }
    }
  },
});

function decoded(text: string): string {
  return /^[A-Za-z0-9+/=\s]+$/.test(text) ? Buffer.from(text, "base64").toString("utf8") : "";
}

const monitored = stackRule({
  id: "ec2-detailed-monitoring",
  description: "A server has detailed monitoring (one minute).",
  severity: "low",
  controls: { cdkNag: ["EC28"], checkov: ["CKV_AWS_126"] },
  remediation: "Set monitoring to true.",
  url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-detailed-monitoring.html",
  check(graph, reportOn) {
    for (const node of graph.ofType(INSTANCE, TEMPLATE)) {
      const property = node.type === TEMPLATE ? "monitoring.enabled" : "monitoring";
      const templates = templatesOf(graph, node);
      if (read(node.properties, property) !== undefined) {
        expect(node, reportOn(node), property, isTrue, "set it to true");
      } else if (templates === UNKNOWN) {
        reportOn(node).undecided("launchTemplate");
      } else if (templates.length === 0) {
        reportOn(node).violation(`${property} is not set; set it to true.`);
      }
    }
  },
});

export const serverRules: readonly Rule[] = [
  metadata,
  noPublicAddress,
  disksEncrypted,
  noUserDataSecrets,
  monitored,
];
