/** EKS: who reaches the API and the nodes, and what the control plane logs. */
import { items, read, UNKNOWN } from "../../analysis/properties";
import { KUBERNETES_VERSIONS } from "../../facts/security-hub";
import { resourceRule, type Rule } from "../define";
import { isSet } from "../relations";
import { listRule, typedRule } from "../table-rules";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html";
const EKS = "https://docs.aws.amazon.com/eks/latest/userguide";
const CLUSTER = "aws:eks/cluster:Cluster";
const NODES = "aws:eks/nodeGroup:NodeGroup";
const OPEN: readonly unknown[] = ["0.0.0.0/0", "::/0"];

const logged = listRule({
  id: "eks-logged",
  description: "A cluster's control plane writes all of its logs to CloudWatch.",
  severity: "medium",
  remediation:
    'Set enabledClusterLogTypes to ["api", "audit", "authenticator", "controllerManager", "scheduler"].',
  url: `${GUIDE}#eks-8`,
  of: {
    [CLUSTER]: [
      "enabledClusterLogTypes",
      {
        securityHub: ["EKS.8"],
        cdkNag: ["EKS2"],
        checkov: ["CKV_AWS_37"],
        trivy: ["AWS-0038"],
      },
    ],
  },
  wanted: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
  // Security Hub asks for the audit log.
  satisfies: (given) => (given.includes("audit") ? ["EKS.8"] : []),
});

const addresses = resourceRule({
  id: "eks-endpoint-allowed-addresses",
  description: "A cluster's public API endpoint answers named addresses only.",
  severity: "high",
  controls: { checkov: ["CKV_AWS_38"], trivy: ["AWS-0041"] },
  remediation: "Set vpcConfig.publicAccessCidrs, or turn endpointPublicAccess off.",
  url: `${EKS}/cluster-endpoint.html`,
  types: [CLUSTER],
  check({ properties }, report) {
    const isPublic = read(properties, "vpcConfig.endpointPublicAccess");
    const given = items(read(properties, "vpcConfig.publicAccessCidrs"));
    const list = given === UNKNOWN ? [] : given;
    const closed =
      given !== UNKNOWN &&
      list.length > 0 &&
      !list.some((one) => one === UNKNOWN || OPEN.includes(one));
    if (isPublic === false || closed) {
      return;
    }
    const isOpen =
      list.some((one) => OPEN.includes(one)) || (given !== UNKNOWN && list.length === 0);
    if (isPublic === UNKNOWN || !isOpen) {
      report.undecided(
        isPublic === UNKNOWN ? "vpcConfig.endpointPublicAccess" : "vpcConfig.publicAccessCidrs",
      );
    } else {
      report.violation(
        "vpcConfig.publicAccessCidrs admits every address, as by default; name yours, or set endpointPublicAccess to false.",
      );
    }
  },
});

const nodeAccess = resourceRule({
  id: "eks-node-ssh-closed",
  description: "A node group with an SSH key names the security groups that may use it.",
  severity: "high",
  controls: { checkov: ["CKV_AWS_100"] },
  remediation: "Set remoteAccess.sourceSecurityGroupIds, or remove remoteAccess.",
  url: `${EKS}/create-managed-node-group.html`,
  types: [NODES],
  check({ properties }, report) {
    const groups = items(read(properties, "remoteAccess.sourceSecurityGroupIds"));
    if (isSet(properties, "remoteAccess.ec2SshKey") && groups !== UNKNOWN && groups.length === 0) {
      report.violation(
        "remoteAccess.sourceSecurityGroupIds is not set, so port 22 is open to the internet; name groups, or remove remoteAccess.",
      );
    }
  },
});

/** The minor version of `1.34`. */
const minorOf = (version: unknown): number => Number(/^1\.(\d+)$/.exec(String(version))?.[1]);

const version = typedRule({
  id: "eks-supported-version",
  description: "A cluster and its nodes run a version of Kubernetes with standard support.",
  severity: "high",
  remediation: `Set version to 1.${KUBERNETES_VERSIONS.oldest} or later, one version at a time.`,
  url: `${GUIDE}#eks-2`,
  of: {
    [CLUSTER]: ["version", { securityHub: ["EKS.2"], checkov: ["CKV_AWS_339"] }],
    [NODES]: ["version", { securityHub: ["EKS.9"] }],
  },
  // A new cluster has the newest version where none is set, and nodes have the cluster's.
  accepts: (given) => given === undefined || minorOf(given) >= KUBERNETES_VERSIONS.oldest,
  fix: `use 1.${KUBERNETES_VERSIONS.oldest} or later`,
  satisfies: (given) => (minorOf(given) >= KUBERNETES_VERSIONS.extended ? ["CKV_AWS_339"] : []),
});

export const kubernetesRules: readonly Rule[] = [logged, addresses, nodeAccess, version];
