/** Network ACLs, however their rules are written. */
import { items, known, type Properties, UNKNOWN } from "../../analysis/properties";
import {
  coversPort,
  isAnywhere,
  isEveryPort,
  type NormalRule,
  portsOf,
  protocolOf,
} from "../../analysis/security-group-rules";
import { ADMINISTRATION_PORTS } from "../../facts/security-hub";
import {
  type Controls,
  type Report,
  resourceRule,
  type Rule,
  stackRule,
  type Subject,
} from "../define";
import { records } from "../lists";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const ACL = "aws:ec2/networkAcl:NetworkAcl";
const DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl";
const ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule";

/** FTP's ports, which Checkov adds (CKV_AWS_229, CKV_AWS_230), and those of remote administration. */
const ADMIN_PORTS = [20, 21, ...ADMINISTRATION_PORTS.ports];

/** Where an entry names its network. */
const FAMILIES = ["cidrBlock", "ipv6CidrBlock"] as const;

/** A condition that may not be known yet. */
type Answer = boolean | typeof UNKNOWN;

/** An entry that allows inbound traffic. */
interface Entry extends Pick<NormalRule, "protocol" | "ports"> {
  readonly where: string;
  /** Whether earlier entries deny a TCP port to all addresses. */
  readonly refused: (port: number) => Answer;
}

/** The entries of an ACL or of a rule that allow the internet; what is not known is reported. */
function openEntries({ type, properties }: Subject, report: Report): Entry[] {
  if (type === ACL_RULE) {
    return known(properties["egress"]) === true
      ? []
      : openEntry(properties, properties["ruleAction"], "it", [], report);
  }
  const entries = records(properties["ingress"], "ingress", report);
  return entries.flatMap((entry, index) =>
    openEntry(entry, entry["action"], `ingress[${index}]`, entries, report),
  );
}

function openEntry(
  entry: Properties,
  action: unknown,
  where: string,
  others: readonly Properties[],
  report: Report,
): Entry[] {
  if (isDeny(action) === true) {
    return [];
  }
  const networks = FAMILIES.map((family) => known(entry[family]));
  if (networks.includes(UNKNOWN) || known(action) === UNKNOWN) {
    report.undecided(where === "it" ? "cidrBlock" : `${where}.cidrBlock`);
    return [];
  }
  const open = FAMILIES.filter((_, index) => {
    const network = networks[index];
    return typeof network === "string" && isAnywhere(network);
  });
  const refused = (port: number) =>
    all(open.map((family) => any(others.map((other) => refuses(other, entry, family, port)))));
  return open.length > 0 ? [{ where, ...passageOf(entry), refused }] : [];
}

/** Protocol and ports of an entry. */
function passageOf(entry: Properties): Pick<NormalRule, "protocol" | "ports"> {
  const { protocol, fromPort, toPort } = entry;
  return { protocol: protocolOf(protocol), ports: portsOf(protocol, fromPort, toPort) };
}

/**
 * Whether an entry with a lower number denies a TCP port to all addresses before another: AWS evaluates an ACL's
 * entries in the order of their numbers, and the first match decides (Amazon VPC User Guide, "Network ACL rules").
 */
function refuses(
  other: Properties,
  entry: Properties,
  family: (typeof FAMILIES)[number],
  port: number,
): Answer {
  const network = known(other[family]);
  const [number, own] = [known(other["ruleNo"]), known(entry["ruleNo"])];
  return all([
    isDeny(other["action"]),
    network === UNKNOWN ? UNKNOWN : typeof network === "string" && /\/0$/.test(network.trim()),
    number === UNKNOWN || own === UNKNOWN ? UNKNOWN : Number(number) < Number(own),
    coversPort(passageOf(other), port),
  ]);
}

function isDeny(action: unknown): Answer {
  const value = known(action);
  return value === UNKNOWN ? UNKNOWN : String(value).toLowerCase() === "deny";
}

const all = (answers: readonly Answer[]): Answer =>
  !answers.includes(false) && (answers.includes(UNKNOWN) ? UNKNOWN : true);
const any = (answers: readonly Answer[]): Answer =>
  answers.includes(true) || (answers.includes(UNKNOWN) ? UNKNOWN : false);

/** Whether an entry covers all protocols, or all ports of TCP or UDP; a range from port 1 counts as all. */
function isEverything({ protocol, ports }: Entry): Answer {
  if (protocol === UNKNOWN || protocol === "all") {
    return protocol === "all" || UNKNOWN;
  }
  if (protocol !== "tcp" && protocol !== "udp") {
    return false;
  }
  return ports === UNKNOWN ? UNKNOWN : isEveryPort(ports);
}

const CHECKOV_PORTS: Readonly<Record<number, string>> = {
  20: "CKV_AWS_230",
  21: "CKV_AWS_229",
  22: "CKV_AWS_232",
  3389: "CKV_AWS_231",
};

/** The controls about some of the administration ports. */
function portControls(ports: readonly number[]): Controls {
  const checkov = ports.map((port) => CHECKOV_PORTS[port]!);
  return ports.includes(22) || ports.includes(3389)
    ? { securityHub: ["EC2.21"], cis: ["5.2"], checkov, trivy: ["AWS-0105"] }
    : { checkov };
}

const noOpenAdminPorts = resourceRule({
  id: "nacl-no-open-admin-ports",
  description: "A network ACL opens no remote administration port to the internet.",
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
      const covered = ADMIN_PORTS.map((port) => coversPort(entry, port));
      if (covered.includes(UNKNOWN)) {
        report.undecided(`the ports of ${entry.where}`);
        continue;
      }
      const open = ADMIN_PORTS.filter((_, index) => covered[index]);
      const ports = open.filter((port) => entry.refused(port) === false);
      if (ports.length > 0) {
        report.violation(
          `${entry.where} opens port ${ports.join(", ")} to the internet; restrict its network or its ports.`,
          portControls(ports),
        );
      } else if (open.some((port) => entry.refused(port) === UNKNOWN)) {
        report.undecided(`what is refused before ${entry.where}`);
      }
    }
  },
});

const notAllPorts = resourceRule({
  id: "nacl-not-all-ports",
  description: "A network ACL does not allow all traffic from the internet.",
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
      } else if (everything && !ADMIN_PORTS.every((port) => entry.refused(port) === true)) {
        report.violation(
          `${entry.where} allows all traffic from the internet; name a protocol and ports.`,
        );
      }
    }
  },
});

const attached = stackRule({
  id: "nacl-attached",
  description: "A network ACL is associated with a subnet.",
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
