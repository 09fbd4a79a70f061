import { fileSystemRules } from "../../../policy-pack/rules/file-systems";
import { UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { stackTable, variantTable } from "../variants";

const POINT = "aws:efs/accessPoint:AccessPoint";

describe("policy pack: file systems", () => {
  const root = (path: unknown) => ({ rootDirectory: { path } });
  variantTable(fileSystemRules, "efs-access-point-root", {
    type: POINT,
    good: root("/exports"),
    violating: {
      "by default": [
        { rootDirectory: undefined },
        /rootDirectory\.path is not set; set a directory/,
      ],
      "the root": [root("/"), /set a directory below the root/],
    },
    unknown: { path: root(UNKNOWN_TEXT) },
  });
  variantTable(fileSystemRules, "efs-access-point-user", {
    type: POINT,
    good: { posixUser: { uid: 1000, gid: 1000 } },
    violating: { none: [{ posixUser: undefined }, /posixUser is not set; set it, with uid/] },
    unknown: {},
    unimportant: { "which one": { posixUser: UNKNOWN_TEXT } },
  });

  const policy = (status: unknown, references: readonly string[] = ["files"]) => ({
    type: "aws:efs/backupPolicy:BackupPolicy",
    props: { fileSystemId: UNKNOWN_TEXT, backupPolicy: { status } },
    references: { fileSystemId: references },
  });
  const selection = (references: readonly string[]) => ({
    type: "aws:backup/selection:Selection",
    props: { resources: UNKNOWN_LIST },
    references: { resources: references },
  });
  stackTable(fileSystemRules, "efs-backup", {
    good: { files: { type: "aws:efs/fileSystem:FileSystem" }, policy: policy("ENABLED") },
    compliant: { "in a plan": { policy: undefined, selection: selection(["files"]) } },
    violating: {
      none: [{ policy: undefined }, /no BackupPolicy with the status "ENABLED" and no Selection/],
      off: [{ policy: policy("DISABLED") }, /no BackupPolicy/],
    },
    unknown: {
      status: { policy: policy(UNKNOWN_TEXT) },
      "whose the policy is": { policy: policy("ENABLED", []) },
      "what a plan has": { policy: undefined, selection: selection([]) },
    },
  });

  const subnet = (mapPublicIpOnLaunch: unknown) => ({
    type: "aws:ec2/subnet:Subnet",
    props: { mapPublicIpOnLaunch },
  });
  const target = (references: readonly string[]) => ({
    type: "aws:efs/mountTarget:MountTarget",
    props: { subnetId: UNKNOWN_TEXT },
    references: { subnetId: references },
  });
  stackTable(fileSystemRules, "efs-mount-target-not-public", {
    good: { private: subnet(false), target: target(["private"]) },
    violating: {
      public: [{ private: subnet(true) }, /the subnet private assigns public addresses/],
    },
    unknown: {
      switch: { private: subnet(UNKNOWN_FLAG) },
      "a subnet of another owner": { target: target([]) },
      "one of several subnets": { public: subnet(true), target: target(["private", "public"]) },
    },
  });
});
