/** EFS: access points, backups and mount targets. */
import { read, UNKNOWN } from "../../analysis/properties";
import { type Rule, stackRule } from "../define";
import { propertyRule, setRule } from "../relations";
import { companionRule } from "../table-rules";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html";
const POINT = "aws:efs/accessPoint:AccessPoint";

const root = propertyRule({
  id: "efs-access-point-root",
  description: "An EFS access point shows a directory of its own, not the whole file system.",
  severity: "medium",
  controls: { securityHub: ["EFS.3"], checkov: ["CKV_AWS_329"] },
  remediation: "Set rootDirectory.path to a directory. This replaces the access point.",
  url: `${GUIDE}#efs-3`,
  types: [POINT],
  property: "rootDirectory.path",
  accepts: (path) => typeof path === "string" && path !== "" && path !== "/",
  fix: "set a directory below the root",
});

const user = setRule({
  id: "efs-access-point-user",
  description: "An EFS access point sets the user of what is read and written.",
  severity: "medium",
  controls: { securityHub: ["EFS.4"], checkov: ["CKV_AWS_330"] },
  remediation: "Set posixUser with uid and gid. This replaces the access point.",
  url: `${GUIDE}#efs-4`,
  types: [POINT],
  // The provider requires uid and gid in the block.
  paths: ["posixUser"],
  fix: "set it, with uid and gid",
});

const backedUp = companionRule({
  id: "efs-backup",
  description: "An EFS file system has backups.",
  severity: "medium",
  controls: { securityHub: ["EFS.2", "EFS.7"], checkov: ["CKV2_AWS_18"] },
  remediation:
    'Add an aws.efs.BackupPolicy with the status "ENABLED", or name the file system in a Selection of a backup plan.',
  url: `${GUIDE}#efs-7`,
  of: "aws:efs/fileSystem:FileSystem",
  by: [
    {
      type: "aws:efs/backupPolicy:BackupPolicy",
      property: "fileSystemId",
      accepts: ({ properties }) => {
        const status = read(properties, "backupPolicy.status");
        return status === UNKNOWN ? UNKNOWN : status === "ENABLED";
      },
    },
    { type: "aws:backup/selection:Selection", property: "resources" },
  ],
  fix: 'no BackupPolicy with the status "ENABLED" and no Selection of a backup plan refers to it; add one.',
});

const mountTargets = stackRule({
  id: "efs-mount-target-not-public",
  description: "An EFS mount target is in a subnet that assigns no public addresses.",
  severity: "medium",
  controls: { securityHub: ["EFS.6"] },
  remediation: "Set subnetId to a subnet without mapPublicIpOnLaunch.",
  url: `${GUIDE}#efs-6`,
  check(graph, reportOn) {
    for (const target of graph.ofType("aws:efs/mountTarget:MountTarget")) {
      const report = reportOn(target);
      const subnets = graph.referred(target, "subnetId", "aws:ec2/subnet:Subnet");
      if (subnets === UNKNOWN) {
        report.undecided("mapPublicIpOnLaunch of the subnet", "the plan does not have the subnet");
        continue;
      }
      const assigned = subnets.map(({ properties }) => read(properties, "mapPublicIpOnLaunch"));
      if (assigned.includes(true) && !assigned.every((assigns) => assigns === true)) {
        // An output of a component refers to all of its subnets.
        report.undecided("subnetId", "it is one of several subnets, not all of which are private");
        continue;
      }
      for (const { name, properties } of subnets) {
        const assigns = read(properties, "mapPublicIpOnLaunch");
        if (assigns === UNKNOWN) {
          report.undecided(`mapPublicIpOnLaunch of ${name}`);
        } else if (assigns === true) {
          report.violation(`the subnet ${name} assigns public addresses; name a private subnet.`);
        }
      }
    }
  },
});

export const fileSystemRules: readonly Rule[] = [root, user, backedUp, mountTargets];
