/** The master user of a database and where its password is stored. */
import { read, UNKNOWN } from "../../analysis/properties";
import { isWellKnownUser } from "../../facts/database-users";
import { resourceRule, type Rule } from "../define";
import { isMember } from "./database-relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";

const adminName = resourceRule({
  id: "rds-custom-admin-name",
  description: "A database's master user has no well-known name.",
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
    } else if (typeof value === "string" && isWellKnownUser(value)) {
      report.violation(`${property} is a well-known name; choose another.`);
    }
  },
});

const managedPassword = resourceRule({
  id: "rds-managed-password",
  description: "RDS manages a database's password, or the program passes it write-only.",
  severity: "high",
  // Write-only is not absent: pulumi/pulumi-terraform-bridge#3201.
  remediation:
    "Use manageMasterUserPassword, which keeps the password out of Pulumi's state. For a database with a replica use passwordWo: the state holds its first value as a secret.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
  types: [INSTANCE, CLUSTER],
  check(subject, report) {
    const prefix = subject.type === CLUSTER ? "masterPassword" : "password";
    const set = (property: string) => read(subject.properties, property) !== undefined;
    if (set(prefix)) {
      report.violation(
        `${prefix} is set, and the provider reads it back into the stack's state; use ${prefix}Wo.`,
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
