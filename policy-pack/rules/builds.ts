/** CodeBuild: projects and report groups. */
import { isRecord, items, read, shown, UNKNOWN } from "../../analysis/properties";
import { expect, isNotTrue, type Report, resourceRule, type Rule, type Subject } from "../define";
import { records } from "../lists";
import { itemPaths, propertyRule } from "../relations";
import { isSecretByName, looksSecret, SECRET_VALUE } from "./container-environment";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide/codebuild-controls.html";
const PROJECT = "aws:codebuild/project:Project";

/** The main block of a project, and the items of the list of further ones. */
function blocksOf(subject: Subject, one: string, more: string, report: Report): readonly string[] {
  return [one, ...itemPaths(subject.properties, more, report)];
}

const noSourceCredentials = resourceRule({
  id: "codebuild-source-no-credentials",
  description: "The address of a project's source contains no credentials.",
  severity: "critical",
  controls: { securityHub: ["CodeBuild.1"] },
  remediation:
    "Remove them from the address, replace them, and connect CodeBuild with aws.codebuild.SourceCredential or a connection.",
  url: `${GUIDE}#codebuild-1`,
  types: [PROJECT],
  check(subject, report) {
    for (const block of blocksOf(subject, "source", "secondarySources", report)) {
      const address = read(subject.properties, `${block}.location`);
      const type = read(subject.properties, `${block}.type`);
      if (WITHOUT_USER.includes(type)) {
        continue;
      }
      // The control is about Bitbucket alone.
      const breaks = type === "BITBUCKET" || type === UNKNOWN ? undefined : {};
      if (address === UNKNOWN) {
        report.undecided(`${block}.location`, undefined, breaks);
      } else if (typeof address === "string" && hasCredentials(address)) {
        report.violation(
          `${block}.location has a password or a token before the host; remove it from the address.`,
          breaks,
        );
      }
    }
  },
});

/** Types of sources that have no address of a repository with a user in it. */
const WITHOUT_USER: readonly unknown[] = ["CODECOMMIT", "CODEPIPELINE", "NO_SOURCE", "S3"];

/** Whether an address carries a password or a token; a user's name alone, as Bitbucket shows it, is neither. */
function hasCredentials(address: string): boolean {
  const user = /^[a-z][a-z0-9+.-]*:\/\/([^/?#\s]*)@/i.exec(address)?.[1];
  return (
    user !== undefined &&
    (/:./.test(user) || SECRET_VALUE.test(user) || looksSecret(user, RANDOM_BITS))
  );
}

/** Bits per character from which a run of 24 letters and digits counts as random, as in containers' environments. */
const RANDOM_BITS = 4.2;

/** The variables that CodeBuild.2 names. */
const AWS_CREDENTIALS: readonly unknown[] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/** Where a secret is, by path, ARN or reference: a build that reads it itself. */
const PLACE = /^(\/|arn:|\$|\{\{resolve:)/;

const noEnvironmentSecrets = resourceRule({
  id: "codebuild-no-env-secrets",
  description: "A project's environment holds no secret as plain text.",
  severity: "critical",
  controls: { securityHub: ["CodeBuild.2"] },
  remediation:
    'Set the variable\'s type to "SECRETS_MANAGER" or "PARAMETER_STORE" and its value to the name of the secret; for AWS use the project\'s role.',
  url: `${GUIDE}#codebuild-2`,
  types: [PROJECT],
  check({ properties }, report) {
    const list = "environment.environmentVariables";
    const undecided = new Set<string>();
    for (const variable of records(read(properties, list), list, report)) {
      const [name, type, value] = ["name", "type", "value"].map((key) => read(variable, key));
      const why = whySecret(name, value);
      if (type !== undefined && type !== UNKNOWN && type !== "PLAINTEXT") {
        // The value is the name of a secret or a parameter.
      } else if (why === UNKNOWN) {
        undecided.add(list);
      } else if (why !== undefined && type === UNKNOWN) {
        undecided.add(`type of an item of ${list}`);
      } else if (why !== undefined) {
        report.violation(
          `${list} has ${typeof name === "string" ? name : "a variable"} as plain text, ${why}; name a secret or a parameter.`,
          AWS_CREDENTIALS.includes(name) ? undefined : {},
        );
      }
    }
    undecided.forEach((property) => report.undecided(property));
  },
});

/** Why a variable's value is taken for a secret; UNKNOWN when that is not known yet. */
function whySecret(name: unknown, value: unknown): string | typeof UNKNOWN | undefined {
  if (typeof value === "string" && looksSecret(value, RANDOM_BITS)) {
    return "whose value looks like a secret";
  }
  if (typeof value === "string" && PLACE.test(value) && !AWS_CREDENTIALS.includes(name)) {
    return undefined;
  }
  if (typeof name === "string" && isSecretByName(name, value)) {
    return "which is a secret by its name";
  }
  return [name, value].includes(UNKNOWN) ? UNKNOWN : undefined;
}

const artifactsEncrypted = resourceRule({
  id: "codebuild-artifacts-encrypted",
  description: "A project encrypts its artifacts.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_78"], trivy: ["AWS-0018"] },
  remediation: "Remove encryptionDisabled, or set it to false.",
  url: "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html",
  types: [PROJECT],
  check(subject, report) {
    for (const block of blocksOf(subject, "artifacts", "secondaryArtifacts", report)) {
      const property = `${block}.encryptionDisabled`;
      const type = read(subject.properties, `${block}.type`);
      if (type === UNKNOWN && read(subject.properties, property) === true) {
        report.undecided(`${block}.type`);
      } else if (type !== "NO_ARTIFACTS") {
        expect(subject, report, property, isNotTrue, "set it to false");
      }
    }
  },
});

const logged = resourceRule({
  id: "codebuild-logged",
  description: "A project writes logs, to CloudWatch Logs as it does by default or to S3.",
  severity: "medium",
  controls: { securityHub: ["CodeBuild.4"], checkov: ["CKV_AWS_314"] },
  remediation:
    'Remove logsConfig.cloudwatchLogs.status, or set it or logsConfig.s3Logs.status to "ENABLED".',
  url: `${GUIDE}#codebuild-4`,
  types: [PROJECT],
  check({ properties }, report) {
    const [first, second] = ["cloudwatchLogs", "s3Logs"].map((log) => `logsConfig.${log}.status`);
    const [watched, stored] = [read(properties, first!), read(properties, second!)];
    if (watched === undefined || [watched, stored].includes("ENABLED")) {
      return;
    }
    if ([watched, stored].includes(UNKNOWN)) {
      report.undecided(watched === UNKNOWN ? first! : second!);
    } else {
      report.violation(
        `${first} is ${shown(watched, first)} and ${second} is ${shown(stored, second)}; set one to "ENABLED".`,
      );
    }
  },
});

const reportsEncrypted = resourceRule({
  id: "codebuild-reports-encrypted",
  description: "A report group encrypts what it exports.",
  severity: "medium",
  controls: { securityHub: ["CodeBuild.7"] },
  remediation: "Remove encryptionDisabled, or set it to false.",
  url: `${GUIDE}#codebuild-7`,
  types: ["aws:codebuild/reportGroup:ReportGroup"],
  check(subject, report) {
    for (const destination of itemsOf(subject, report)) {
      expect(subject, report, `${destination}.encryptionDisabled`, isNotTrue, "set it to false");
    }
  },
});

/** The bucket of a report group, where it exports to one. */
function itemsOf({ properties }: Subject, report: Report): readonly string[] {
  const path = "exportConfig.s3Destination";
  const list = items(read(properties, path));
  if (list === UNKNOWN) {
    report.undecided(path);
  }
  return list === UNKNOWN ? [] : list.filter(isRecord).map(() => path);
}

const storedLogsEncrypted = resourceRule({
  id: "codebuild-s3-logs-encrypted",
  description: "A project encrypts the logs that it stores in S3.",
  severity: "low",
  controls: { securityHub: ["CodeBuild.3"], checkov: ["CKV_AWS_311"] },
  remediation: "Remove encryptionDisabled, or set it to false.",
  url: `${GUIDE}#codebuild-3`,
  types: [PROJECT],
  check(subject, report) {
    const logs = "logsConfig.s3Logs";
    const [status, disabled] = ["status", "encryptionDisabled"].map((name) =>
      read(subject.properties, `${logs}.${name}`),
    );
    if (status === UNKNOWN && disabled === true) {
      report.undecided(`${logs}.status`);
    } else if (status === "ENABLED" || status === UNKNOWN) {
      expect(subject, report, `${logs}.encryptionDisabled`, isNotTrue, "set it to false");
    }
  },
});

const notPrivileged = propertyRule({
  id: "codebuild-not-privileged",
  description: "A project that builds no container images does not run in privileged mode.",
  severity: "low",
  level: "advisory",
  controls: { securityHub: ["CodeBuild.5"], cdkNag: ["CB3"], checkov: ["CKV_AWS_316"] },
  remediation:
    "Remove privilegedMode, or set it to false; only builds of container images need it.",
  url: `${GUIDE}#codebuild-5`,
  types: [PROJECT],
  property: "environment.privilegedMode",
  accepts: isNotTrue,
  fix: "set it to false unless the project builds container images",
});

export const buildRules: readonly Rule[] = [
  noSourceCredentials,
  noEnvironmentSecrets,
  storedLogsEncrypted,
  logged,
  artifactsEncrypted,
  reportsEncrypted,
  notPrivileged,
];
