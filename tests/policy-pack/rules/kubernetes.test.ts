import { kubernetesRules } from "../../../policy-pack/rules/kubernetes";
import { UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { variantTable } from "../variants";

const CLUSTER = "aws:eks/cluster:Cluster";

describe("policy pack: Kubernetes", () => {
  const ALL = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
  const logs = (enabledClusterLogTypes: unknown) => ({ enabledClusterLogTypes });
  variantTable(kubernetesRules, "eks-logged", {
    type: CLUSTER,
    good: logs(ALL),
    violating: {
      none: [logs(undefined), /lacks api, audit.*Required by EKS\.8, EKS2, CKV_AWS_37, AWS-0038\./],
      "the audit log only": [logs(["audit"]), /Required by EKS2, CKV_AWS_37, AWS-0038\./],
    },
    unknown: { list: logs(UNKNOWN_LIST), item: logs([UNKNOWN_TEXT]) },
  });
  const endpoint = (endpointPublicAccess: unknown, publicAccessCidrs?: unknown) => ({
    vpcConfig: { endpointPublicAccess, publicAccessCidrs },
  });
  variantTable(kubernetesRules, "eks-endpoint-allowed-addresses", {
    type: CLUSTER,
    good: endpoint(true, ["192.0.2.0/24"]),
    compliant: { private: endpoint(false) },
    violating: {
      "by default": [endpoint(undefined), /publicAccessCidrs admits every address, as by default/],
      open: [endpoint(true, ["192.0.2.0/24", "0.0.0.0/0"]), /admits every address/],
    },
    unknown: {
      switch: endpoint(UNKNOWN_FLAG),
      list: endpoint(true, UNKNOWN_LIST),
      item: endpoint(true, [UNKNOWN_TEXT]),
    },
    unimportant: { "the list of a private one": endpoint(false, UNKNOWN_LIST) },
  });
  const access = (sourceSecurityGroupIds: unknown) => ({
    remoteAccess: { ec2SshKey: "key", sourceSecurityGroupIds },
  });
  variantTable(kubernetesRules, "eks-node-ssh-closed", {
    type: "aws:eks/nodeGroup:NodeGroup",
    good: access(["sg-1"]),
    compliant: { "no key": { remoteAccess: undefined } },
    violating: { open: [access(undefined), /so port 22 is open to the internet; name groups/] },
    unknown: {},
    unimportant: { "which groups": access(UNKNOWN_LIST) },
  });
  variantTable(kubernetesRules, "eks-supported-version", {
    type: CLUSTER,
    good: { version: "1.34" },
    compliant: { "the newest, by default": { version: undefined }, newer: { version: "1.35" } },
    violating: {
      extended: [{ version: "1.33" }, /use 1\.34 or later.*Required by EKS\.2\./],
      ended: [{ version: "1.28" }, /Required by EKS\.2, CKV_AWS_339\./],
    },
    unknown: { version: { version: UNKNOWN_TEXT } },
    rows: [
      {
        violating: "of nodes",
        type: "aws:eks/nodeGroup:NodeGroup",
        props: { version: "1.31" },
        says: /Required by EKS\.9\./,
      },
    ],
  });
});
