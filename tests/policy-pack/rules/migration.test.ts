import { migrationRules } from "../../../policy-pack/rules/migration";
import { UNKNOWN_FLAG, UNKNOWN_TEXT } from "../support";
import { variantTable } from "../variants";

const INSTANCE = "aws:dms/replicationInstance:ReplicationInstance";
const ENDPOINT = "aws:dms/endpoint:Endpoint";

describe("policy pack: migration", () => {
  variantTable(migrationRules, "dms-not-public", {
    type: INSTANCE,
    good: { publiclyAccessible: false },
    compliant: { "by default": { publiclyAccessible: undefined } },
    violating: { public: [{ publiclyAccessible: true }, /is true; set it to false/] },
    unknown: { switch: { publiclyAccessible: UNKNOWN_FLAG } },
  });
  for (const [id, property] of [
    ["dms-minor-upgrades", "autoMinorVersionUpgrade"],
    ["dms-multi-az", "multiAz"],
  ] as const) {
    variantTable(migrationRules, id, {
      type: INSTANCE,
      good: { [property]: true },
      violating: {
        "by default": [{ [property]: undefined }, /is not set; set it to true/],
        off: [{ [property]: false }, /is false/],
      },
      unknown: { switch: { [property]: UNKNOWN_FLAG } },
    });
  }

  variantTable(migrationRules, "dms-endpoint-tls", {
    type: ENDPOINT,
    good: { engineName: "postgres", endpointType: "source", sslMode: "require" },
    compliant: {
      "another mode": { sslMode: "verify-full" },
      "a service of AWS, which has no mode": { engineName: "kinesis", sslMode: undefined },
      "Redis, which has a setting of its own": { engineName: "redis", sslMode: "none" },
    },
    violating: {
      "by default": [
        { sslMode: undefined },
        /sslMode is not set; set it to "require", "verify-ca"/,
      ],
      none: [{ sslMode: "none" }, /sslMode is "none"; set it to/],
    },
    unknown: {
      mode: { sslMode: UNKNOWN_TEXT },
      engine: { engineName: UNKNOWN_TEXT, sslMode: undefined },
    },
    unimportant: {
      "the engine behind a mode": { engineName: UNKNOWN_TEXT },
      "the mode of a service": { engineName: "s3", sslMode: UNKNOWN_TEXT },
    },
  });

  const mongodb = (authType: unknown) => ({ engineName: "mongodb", mongodbSettings: { authType } });
  variantTable(migrationRules, "dms-mongodb-authenticated", {
    type: ENDPOINT,
    good: mongodb("password"),
    compliant: { "by default": mongodb(undefined), "another engine": { engineName: "mysql" } },
    violating: { none: [mongodb("no"), /authType is "no"; set it to "password"/] },
    unknown: { type: mongodb(UNKNOWN_TEXT) },
  });
  const redis = (sslSecurityProtocol: unknown) => ({ redisSettings: { sslSecurityProtocol } });
  variantTable(migrationRules, "dms-redis-tls", {
    type: ENDPOINT,
    good: redis("ssl-encryption"),
    compliant: { "by default": redis(undefined) },
    violating: { "plain text": [redis("plaintext"), /sslSecurityProtocol is "plaintext"/] },
    unknown: { protocol: redis(UNKNOWN_TEXT) },
  });

  const logging = (Logging: unknown) => ({
    replicationTaskSettings: JSON.stringify({ TargetMetadata: {}, Logging }),
  });
  const component = (Id: string, Severity: string) => ({ Id, Severity });
  const components = (...LogComponents: unknown[]) =>
    logging({ EnableLogging: true, LogComponents });
  variantTable(migrationRules, "dms-task-logged", {
    type: "aws:dms/replicationTask:ReplicationTask",
    good: logging({ EnableLogging: true }),
    compliant: {
      "more of it": components(component("TARGET_LOAD", "LOGGER_SEVERITY_DEBUG")),
      "another component": components(component("SORTER", "LOGGER_SEVERITY_ERROR")),
    },
    violating: {
      "without a word": [{ replicationTaskSettings: undefined }, /EnableLogging is not set; set/],
      off: [logging({ EnableLogging: false }), /Logging.EnableLogging is false/],
      "errors of the target": [
        components(component("TARGET_APPLY", "LOGGER_SEVERITY_ERROR")),
        /TARGET_APPLY is logged below LOGGER_SEVERITY_DEFAULT; set that\. Required by DMS\.7\./,
      ],
      "errors of the source": [
        components(component("SOURCE_UNLOAD", "LOGGER_SEVERITY_WARNING")),
        /SOURCE_UNLOAD.*Required by DMS\.8\./,
      ],
      "no JSON": [{ replicationTaskSettings: "{" }, /replicationTaskSettings is not valid JSON/],
    },
    unknown: {
      settings: { replicationTaskSettings: UNKNOWN_TEXT },
      switch: logging({ EnableLogging: UNKNOWN_FLAG }),
      level: components(component("TARGET_APPLY", UNKNOWN_TEXT)),
    },
  });

  const transfer = (logLevel: unknown) => ({
    cloudwatchLogGroupArn: UNKNOWN_TEXT,
    options: { logLevel },
  });
  variantTable(migrationRules, "datasync-task-logged", {
    type: "aws:datasync/task:Task",
    good: transfer("TRANSFER"),
    compliant: { "the basics": transfer("BASIC") },
    violating: {
      "no group": [{ cloudwatchLogGroupArn: undefined }, /cloudwatchLogGroupArn is not set; name/],
      "by default": [{ options: undefined }, /options.logLevel is not set; set it to "TRANSFER"/],
      off: [transfer("OFF"), /logLevel is "OFF"/],
    },
    unknown: { level: transfer(UNKNOWN_TEXT) },
  });

  const volumes = (user: unknown, root: unknown) => ({
    userVolumeEncryptionEnabled: user,
    rootVolumeEncryptionEnabled: root,
  });
  variantTable(migrationRules, "workspaces-volumes-encrypted", {
    type: "aws:workspaces/workspace:Workspace",
    good: volumes(true, true),
    violating: {
      "the user's is not": [
        volumes(undefined, true),
        /userVolumeEncryptionEnabled is not set.*Required by WorkSpaces\.1, CKV_AWS_155, AWS-0109\./,
      ],
      "the system's is not": [
        volumes(true, false),
        /rootVolumeEncryptionEnabled is false.*Required by WorkSpaces\.2, CKV_AWS_156, AWS-0109\./,
      ],
    },
    unknown: { one: volumes(UNKNOWN_FLAG, true) },
  });
});
