/** What AWS DMS says of its endpoints and of the logs of its tasks. */
import type { Fact } from "./fact";

const GUIDE = "https://docs.aws.amazon.com/dms/latest/userguide";
const asOf = "2026-11-29";

/**
 * Engines of endpoints that `sslMode` does not concern: AWS's services, which are called over TLS, those with a setting of
 * their own (Kafka, Redis), and Azure SQL Database, for which the page lists no mode.
 */
export const DMS_WITHOUT_MODE = {
  engines: [
    ...["s3", "dynamodb", "kinesis", "neptune", "redshift", "redshift-serverless", "timestream"],
    ...["elasticsearch", "opensearch", "kafka", "redis", "azuredb"],
  ] as readonly unknown[],
  source: `${GUIDE}/CHAP_Security.SSL.html`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Security Hub's DMS.7 and DMS.8: the components that a task has to log, and the levels that suffice. */
export const DMS_LOGGING = {
  components: {
    SOURCE_CAPTURE: "DMS.8",
    SOURCE_UNLOAD: "DMS.8",
    TARGET_APPLY: "DMS.7",
    TARGET_LOAD: "DMS.7",
  },
  severities: [
    "LOGGER_SEVERITY_DEFAULT",
    "LOGGER_SEVERITY_DEBUG",
    "LOGGER_SEVERITY_DETAILED_DEBUG",
  ] as readonly unknown[],
  source: "https://docs.aws.amazon.com/securityhub/latest/userguide/dms-controls.html#dms-7",
  asOf,
} as const satisfies Fact & Record<string, unknown>;
