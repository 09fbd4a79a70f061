/** The shipped shape of `crm:storage`, as the schema reads it, for tests. */
import { CrmStorage } from "../../components/storage/storage";
import { storageSchema, type StorageConfig } from "../../schema/storage";
import { arns, names, tags } from "./fixtures";
import { record, type Recording, type RecordOptions } from "./mocks";

/** What production's stack file holds: the document's buckets. */
export function storageInput(): Record<string, any> {
  return {
    replicationRegion: "us-west-2",
    buckets: {
      "frontend-assets": {
        encryption: "s3",
        contentDelivery: true,
        cors: [
          {
            allowedHeaders: ["*"],
            allowedMethods: ["GET", "HEAD"],
            maxAgeSeconds: 3600,
          },
        ],
        replication: { bucketName: "crm-frontend-assets-backup-west" },
      },
      "user-uploads": {
        component: "core",
        transitions: [
          { id: "move_to_ia", days: 30, storageClass: "STANDARD_IA" },
          { id: "move_to_glacier", days: 90, storageClass: "GLACIER" },
        ],
        replication: { bucketName: "crm-user-uploads-backup-west" },
      },
      backups: { expiration: { id: "backup_retention", days: 2555 } },
      "analytics-exports": {
        component: "analytics",
        encryption: "s3",
        versioning: false,
        expiration: { id: "temp_exports", days: 30 },
      },
      "report-requests": {
        component: "analytics",
        expiration: { id: "report_requests", days: 90 },
      },
    },
  };
}

/** The section as the schema completes it, after a change. */
export function storageConfig(change?: (input: Record<string, any>) => void): StorageConfig {
  const input = storageInput();
  change?.(input);
  return storageSchema.parse(input);
}

/** The registrations of the component for a configuration. */
export async function planStorage(
  config: StorageConfig = storageConfig(),
  options: RecordOptions = {},
  component: (made: CrmStorage) => void = () => undefined,
): Promise<Recording> {
  return record(
    () =>
      component(
        new CrmStorage("crm-storage", {
          config,
          loadBalancerLogsPrefix: "load-balancer",
          names,
          arns,
          appOrigin: "https://app.crm-consulting.com",
          tagsOf: tags,
        }),
      ),
    options,
  );
}
