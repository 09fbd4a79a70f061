/** Network ACLs, however their rules are written. */
import { items, known, UNKNOWN } from "../../analysis/properties";
import { type Report, resourceRule, type Rule, stackRule, type Subject } from "../define";
import { records } from "../lists";
import { isAnywhere } from "../security-group-rules";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const ACL = "aws:ec2/networkAcl:NetworkAcl";
const DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl";
const ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule";

/** Ports for files and remote administration. Source: Checkov CKV_AWS_229 to CKV_AWS_232. */
const ADMIN_PORTS = [20, 21, 22, 3389];

/** An entry that lets something in. */
interface Entry {
  /** Whether an entry that comes before it refuses everybody a TCP port. */
  readonly refused: (port: number) => boolean;
  readonly where: string;
  readonly protocol: unknown;
  readonly from: unknown;
  readonly to: unknown;
}

/** The entries of an ACL or of a rule that let in whoever there is; what is not known is reported. */
function openEntries(subject: Subject, report: Report): Entry[] {
  if (subject.type !== ACL_RULE) {
    const entries = records(subject.properties["ingress"], "ingress", report);
    const refusing = entries.some(({ action }) => String(known(action)).toLowerCase() === "deny");
    if (refusing && entries.some(({ ruleNo }) => known(ruleNo) === UNKNOWN)) {
      report.undecided("ruleNo of ingress");
      return [];
    }
    return entries.flatMap((entry, index) =>
      openEntry(entry, entry["action"], `ingress[${index}]`, report).map((open) => ({
        ...open,
        refused: (port: number) => isRefusedBefore(entries, entry, port),
      })),
    );
  }
  const { properties } = subject;
  return known(properties["egress"]) === true
    ? []
    : openEntry(properties, properties["ruleAction"], "it", report);
}

function openEntry(
  entry: Readonly<Record<string, unknown>>,
  action: unknown,
  where: string,
  report: Report,
): Entry[] {
  if (String(known(action)).toLowerCase() === "deny") {
    return [];
  }
  const networks = [known(entry["cidrBlock"]), known(entry["ipv6CidrBlock"])];
  if (networks.includes(UNKNOWN) || known(action) === UNKNOWN) {
    report.undecided(where === "it" ? "cidrBlock" : `${where}.cidrBlock`);
    return [];
  }
  const open = networks.some((network) => typeof network === "string" && isAnywhere(network));
  return open
    ? [
        {
          where,
          protocol: entry["protocol"],
          from: entry["fromPort"],
          to: entry["toPort"],
          refused: () => false,
        },
      ]
    : [];
}

/**
 * Whether another entry with a lower number refuses a TCP port to whatever the entry lets in: an ACL's entries are
 * taken in the order of their numbers, and the first that fits decides (Amazon VPC User Guide, "Network ACL rules").
 */
function isRefusedBefore(
  entries: readonly Record<string, unknown>[],
  entry: Record<string, unknown>,
  port: number,
): boolean {
  const families = ["cidrBlock", "ipv6CidrBlock"].filter((family) => {
    const network = known(entry[family]);
    return typeof network === "string" && isAnywhere(network);
  });
  const refuses = (other: Record<string, unknown>, family: string) => {
    const protocol = String(protocolOf(other["protocol"]));
    const all = protocol === "-1" || protocol === "all";
    const [from, to] = [numberOf(other["fromPort"]), numberOf(other["toPort"])];
    const network = known(other[family]);
    return (
      String(known(other["action"])).toLowerCase() === "deny" &&
      numberOf(other["ruleNo"]) < numberOf(entry["ruleNo"]) &&
      typeof network === "string" &&
      /\/0$/.test(network.trim()) &&
      (all || (/^(6|tcp)$/.test(protocol) && from <= port && port <= to))
    );
  };
  return families.every((family) => entries.some((other) => refuses(other, family)));
}

const numberOf = (value: unknown): number => {
  const given = known(value);
  return given === UNKNOWN ? Number.NaN : Number(given);
};

/** Whether an entry is about all protocols, or all ports of TCP or UDP; UNKNOWN when that is not known. */
function isEverything({ protocol, from, to }: Entry): boolean | typeof UNKNOWN {
  const name = String(protocolOf(protocol));
  const [first, last] = [known(from), known(to)];
  if (protocolOf(protocol) === UNKNOWN || first === UNKNOWN || last === UNKNOWN) {
    return UNKNOWN;
  }
  const allPorts = Number(first ?? 0) <= 1 && Number(last ?? 65_535) >= 65_535;
  return name === "-1" || name === "all" || (/^(6|17|tcp|udp)$/.test(name) && allPorts);
}

function protocolOf(value: unknown): string | typeof UNKNOWN {
  const protocol = known(value);
  return protocol === UNKNOWN ? UNKNOWN : String(protocol).toLowerCase();
}

const noOpenAdminPorts = resourceRule({
  id: "nacl-no-open-admin-ports",
  description: "A network ACL opens no port of remote administration to the internet.",
  severity: "medium",
  controls: {
    securityHub: ["EC2.21"],
    cis: ["5.2"],
    checkov: ["CKV_AWS_229", "CKV_AWS_230", "CKV_AWS_231", "CKV_AWS_232"],
    trivy: ["AWS-0105"],
  },
  remediation: "Name the networks that need the port, or remove the entry.",
  url: `${GUIDE}/ec2-controls.html#ec2-21`,
  types: [ACL, DEFAULT_ACL, ACL_RULE],
  check(subject, report) {
    for (const entry of openEntries(subject, report)) {
      const protocol = protocolOf(entry.protocol);
      const [from, to] = [known(entry.from), known(entry.to)];
      const all = protocol === "-1" || protocol === "all";
      if (protocol === UNKNOWN || (!all && (from === UNKNOWN || to === UNKNOWN))) {
        report.undecided(`the ports of ${entry.where}`);
        continue;
      }
      const covers = (port: number) =>
        all ||
        (/^(6|tcp)$/.test(protocol) && Number(from ?? 0) <= port && port <= Number(to ?? 65_535));
      const ports = ADMIN_PORTS.filter((port) => covers(port) && !entry.refused(port));
      if (ports.length > 0) {
        report.violation(
          `${entry.where} lets anybody in on port ${ports.join(", ")}; narrow its network or its ports.`,
        );
      }
    }
  },
});

const notAllPorts = resourceRule({
  id: "nacl-not-all-ports",
  description: "A network ACL does not let everything in from everywhere.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_352"], trivy: ["AWS-0102"] },
  remediation: "Name a protocol and ports.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
  types: [ACL, DEFAULT_ACL, ACL_RULE],
  check(subject, report) {
    for (const entry of openEntries(subject, report)) {
      const everything = isEverything(entry);
      if (everything === UNKNOWN) {
        report.undecided(`the ports of ${entry.where}`);
      } else if (everything) {
        report.violation(
          `${entry.where} lets everything in from everywhere; name a protocol and ports.`,
        );
      }
    }
  },
});

const attached = stackRule({
  id: "nacl-attached",
  description: "A network ACL of the stack is that of a subnet.",
  severity: "low",
  controls: { securityHub: ["EC2.16"], cdkNag: ["VPC3"], checkov: ["CKV2_AWS_1"] },
  remediation: "Set subnetIds, add a NetworkAclAssociation, or remove the ACL.",
  url: `${GUIDE}/ec2-controls.html#ec2-16`,
  check(graph, reportOn) {
    const association = "aws:ec2/networkAclAssociation:NetworkAclAssociation";
    for (const acl of graph.ofType(ACL)) {
      const subnets = items(acl.properties["subnetIds"]);
      if (
        subnets === UNKNOWN ||
        subnets.length > 0 ||
        graph.referring(acl, association, "networkAclId").length > 0
      ) {
        continue;
      }
      if (graph.unplaced(association, "networkAclId", ACL).length > 0) {
        reportOn(acl).undecided("the networkAclId of a NetworkAclAssociation");
      } else {
        reportOn(acl).violation("subnetIds is empty and nothing else refers to it; set it.");
      }
    }
  },
});

export const networkAclRules: readonly Rule[] = [noOpenAdminPorts, notAllPorts, attached];
