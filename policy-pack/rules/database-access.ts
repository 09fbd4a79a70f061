/** Who owns a database, and where its password is. */
import { read, UNKNOWN } from "../../analysis/properties";
import { resourceRule, type Rule } from "../define";
import { isMember } from "./database-relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";

const ADMIN_NAMES = ["postgres", "admin", "administrator", "root", "rdsadmin", "master"];

const adminName = resourceRule({
  id: "rds-custom-admin-name",
  description: "A database's owner has no name that everybody guesses.",
  severity: "medium",
  controls: { securityHub: ["RDS.25"] },
  remediation: "Set username to a name of your own; a change replaces the database.",
  url: `${GUIDE}/rds-controls.html#rds-25`,
  types: [INSTANCE, CLUSTER],
  check(subject, report) {
    const property = subject.type === CLUSTER ? "masterUsername" : "username";
    const value = read(subject.properties, property);
    if (value === UNKNOWN) {
      report.undecided(property);
    } else if (typeof value === "string" && ADMIN_NAMES.includes(value.toLowerCase())) {
      report.violation(`${property} is one that everybody guesses; choose another.`);
    }
  },
});

const managedPassword = resourceRule({
  id: "rds-managed-password",
  description: "RDS keeps a database's password, or it is handed over write-only.",
  severity: "high",
  // Write-only is not absent: pulumi/pulumi-terraform-bridge#3201.
  remediation:
    "Use manageMasterUserPassword, which keeps it out of Pulumi's state; where there is a replica passwordWo, whose first value the state holds as a secret.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
  types: [INSTANCE, CLUSTER],
  check(subject, report) {
    const prefix = subject.type === CLUSTER ? "masterPassword" : "password";
    const set = (property: string) => read(subject.properties, property) !== undefined;
    if (set(prefix)) {
      report.violation(
        `${prefix} is set, and is read back into every state of the stack; use ${prefix}Wo.`,
      );
      return;
    }
    const inherited = [
      "replicateSourceDb",
      "replicationSourceIdentifier",
      "snapshotIdentifier",
      "restoreToPointInTime",
      "s3Import",
    ];
    // The members of a cluster have no password of their own.
    const member = isMember(subject) && subject.type === INSTANCE;
    const managed = read(subject.properties, "manageMasterUserPassword");
    if (!set(`${prefix}Wo`) && !inherited.some(set) && !member) {
      if (managed === UNKNOWN) {
        report.undecided("manageMasterUserPassword");
      } else if (managed !== true) {
        report.violation(`${prefix}Wo is not set; set it.`);
      }
    }
  },
});

export const databaseAccessRules: readonly Rule[] = [adminName, managedPassword];
