/** DMS: replication instances, endpoints and tasks. DataSync: tasks. WorkSpaces: volumes. */
import { isRecord, known, read, shown, UNKNOWN } from "../../analysis/properties";
import { DMS_LOGGING, DMS_WITHOUT_MODE } from "../../facts/dms";
import {
  type Controls,
  expect,
  isNotTrue,
  isTrue,
  type Report,
  resourceRule,
  type Rule,
} from "../define";
import { records } from "../lists";
import { isSet, propertyRule } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const INSTANCE = "aws:dms/replicationInstance:ReplicationInstance";
const ENDPOINT = "aws:dms/endpoint:Endpoint";

const SINGLE: readonly Parameters<typeof propertyRule>[0][] = [
  {
    id: "dms-not-public",
    description: "A replication instance has no public address.",
    severity: "critical",
    controls: { securityHub: ["DMS.1"], checkov: ["CKV_AWS_89"] },
    remediation:
      "Remove publiclyAccessible, or set it to false. This replaces the replication instance.",
    url: `${GUIDE}/dms-controls.html#dms-1`,
    types: [INSTANCE],
    property: "publiclyAccessible",
    accepts: isNotTrue,
    fix: "set it to false",
  },
  {
    id: "dms-minor-upgrades",
    description: "A replication instance installs minor versions.",
    severity: "medium",
    controls: { securityHub: ["DMS.6"], checkov: ["CKV_AWS_222"] },
    remediation: "Set autoMinorVersionUpgrade to true.",
    url: `${GUIDE}/dms-controls.html#dms-6`,
    types: [INSTANCE],
    property: "autoMinorVersionUpgrade",
    accepts: isTrue,
    fix: "set it to true",
  },
  {
    id: "dms-multi-az",
    description: "A replication instance has a standby in another zone.",
    severity: "medium",
    controls: { securityHub: ["DMS.13"] },
    remediation: "Set multiAz to true.",
    url: `${GUIDE}/dms-controls.html#dms-13`,
    types: [INSTANCE],
    property: "multiAz",
    accepts: isTrue,
    fix: "set it to true",
  },
  {
    id: "dms-mongodb-authenticated",
    description: "An endpoint for MongoDB authenticates, as by default.",
    severity: "medium",
    controls: { securityHub: ["DMS.11"] },
    remediation: 'Remove mongodbSettings.authType, or set it to "password".',
    url: `${GUIDE}/dms-controls.html#dms-11`,
    types: [ENDPOINT],
    property: "mongodbSettings.authType",
    accepts: (type) => type !== "no",
    fix: 'set it to "password"',
  },
  {
    id: "dms-redis-tls",
    description: "An endpoint for Redis uses TLS, as by default.",
    severity: "medium",
    controls: { securityHub: ["DMS.12"] },
    remediation: 'Remove redisSettings.sslSecurityProtocol, or set it to "ssl-encryption".',
    url: `${GUIDE}/dms-controls.html#dms-12`,
    types: [ENDPOINT],
    property: "redisSettings.sslSecurityProtocol",
    accepts: (protocol) => protocol !== "plaintext",
    fix: 'set it to "ssl-encryption"',
  },
];

const endpointTls = resourceRule({
  id: "dms-endpoint-tls",
  description: "An endpoint for a database connects over TLS.",
  severity: "medium",
  controls: { securityHub: ["DMS.9"], checkov: ["CKV2_AWS_49"] },
  remediation: 'Set sslMode to "require", "verify-ca" or "verify-full", as the engine supports it.',
  url: `${GUIDE}/dms-controls.html#dms-9`,
  types: [ENDPOINT],
  check({ properties }, report) {
    const [engine, mode] = ["engineName", "sslMode"].map((property) => read(properties, property));
    if (
      DMS_WITHOUT_MODE.engines.includes(engine) ||
      (typeof mode === "string" && mode !== "none")
    ) {
      return;
    }
    if (engine === UNKNOWN || mode === UNKNOWN) {
      report.undecided(engine === UNKNOWN ? "engineName" : "sslMode");
    } else {
      report.violation(
        `sslMode is ${shown(mode, "sslMode")}; set it to "require", "verify-ca" or "verify-full", as the engine supports it.`,
      );
    }
  },
});

const SETTINGS = "replicationTaskSettings";

const taskLogged = resourceRule({
  id: "dms-task-logged",
  description: "A replication task logs what it reads from the source and writes to the target.",
  severity: "medium",
  controls: { securityHub: ["DMS.7", "DMS.8"] },
  remediation: `Set Logging.EnableLogging to true in ${SETTINGS}, and no component below LOGGER_SEVERITY_DEFAULT.`,
  url: `${GUIDE}/dms-controls.html#dms-7`,
  types: ["aws:dms/replicationTask:ReplicationTask"],
  check({ properties }, report) {
    const logging = loggingOf(properties[SETTINGS], report);
    if (logging === undefined) {
      return;
    }
    const enabled = read(logging, "EnableLogging");
    if (enabled === UNKNOWN) {
      report.undecided(`${SETTINGS}: Logging.EnableLogging`);
    } else if (enabled !== true) {
      const is = shown(enabled);
      report.violation(`${SETTINGS}: Logging.EnableLogging is ${is}; set it to true.`);
    }
    const where = `${SETTINGS}: Logging.LogComponents`;
    for (const component of records(logging["LogComponents"], where, report)) {
      const [id, severity] = [read(component, "Id"), read(component, "Severity")];
      const controls = DMS_LOGGING.components[id as keyof typeof DMS_LOGGING.components];
      if (controls === undefined || DMS_LOGGING.severities.includes(severity)) {
        continue;
      }
      if (severity === UNKNOWN) {
        report.undecided(`${where}, ${String(id)}`);
      } else {
        report.violation(
          `${where}: ${String(id)} is logged below LOGGER_SEVERITY_DEFAULT; set that.`,
          { securityHub: [controls] },
        );
      }
    }
  },
});

/** The part of a task's settings about logs; undefined, with a report, when it is not known or no JSON. */
function loggingOf(text: unknown, report: Report): Record<string, unknown> | undefined {
  let settings: unknown = known(text);
  if (settings === UNKNOWN) {
    report.undecided(SETTINGS);
    return undefined;
  }
  if (typeof settings === "string") {
    try {
      settings = JSON.parse(settings);
    } catch {
      report.violation(`${SETTINGS} is not valid JSON; correct it.`, {});
      return undefined;
    }
  }
  const logging = isRecord(settings) ? settings["Logging"] : undefined;
  return isRecord(logging) ? logging : {};
}

const transferLogged = resourceRule({
  id: "datasync-task-logged",
  description: "A DataSync task writes logs.",
  severity: "medium",
  controls: { securityHub: ["DataSync.1"] },
  remediation: 'Set cloudwatchLogGroupArn, and options.logLevel to "BASIC" or "TRANSFER".',
  url: `${GUIDE}/datasync-controls.html#datasync-1`,
  types: ["aws:datasync/task:Task"],
  check(subject, report) {
    if (!isSet(subject.properties, "cloudwatchLogGroupArn")) {
      report.violation("cloudwatchLogGroupArn is not set; name a log group.");
    }
    const accepts = (level: unknown) => level === "BASIC" || level === "TRANSFER";
    expect(subject, report, "options.logLevel", accepts, 'set it to "TRANSFER"');
  },
});

/** The volumes of a WorkSpace, and who requires that they are encrypted. */
const VOLUMES: readonly (readonly [string, Controls])[] = [
  [
    "userVolumeEncryptionEnabled",
    { securityHub: ["WorkSpaces.1"], checkov: ["CKV_AWS_155"], trivy: ["AWS-0109"] },
  ],
  [
    "rootVolumeEncryptionEnabled",
    { securityHub: ["WorkSpaces.2"], checkov: ["CKV_AWS_156"], trivy: ["AWS-0109"] },
  ],
];

const volumesEncrypted = resourceRule({
  id: "workspaces-volumes-encrypted",
  description: "A WorkSpace's volumes are encrypted.",
  severity: "medium",
  controls: {
    securityHub: ["WorkSpaces.1", "WorkSpaces.2"],
    checkov: ["CKV_AWS_155", "CKV_AWS_156"],
    trivy: ["AWS-0109"],
  },
  remediation:
    "Set userVolumeEncryptionEnabled and rootVolumeEncryptionEnabled to true, with volumeEncryptionKey. This replaces the WorkSpace.",
  url: `${GUIDE}/workspaces-controls.html#workspaces-1`,
  types: ["aws:workspaces/workspace:Workspace"],
  check(subject, report) {
    for (const [property, controls] of VOLUMES) {
      expect(subject, report, property, isTrue, "set it to true", () => controls);
    }
  },
});

export const migrationRules: readonly Rule[] = [
  ...SINGLE.map(propertyRule),
  endpointTls,
  taskLogged,
  transferLogged,
  volumesEncrypted,
];
