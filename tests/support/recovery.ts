/** The shipped shape of `crm:recovery`, and the component's registrations, for tests. */
import * as pulumi from "@pulumi/pulumi";

import { CrmRecovery } from "../../components/recovery/recovery";
import type { CrmRecoveryArgs } from "../../components/recovery/recovery-args";
import { observabilitySchema } from "../../schema/observability";
import { recoverySchema, type RecoveryConfig } from "../../schema/recovery";
import { arns, names, tags } from "./fixtures";
import { record, type Recording, type RecordOptions } from "./mocks";

export function recoveryInput(): Record<string, any> {
  return {
    region: "us-west-2",
    plan: { buckets: ["user-uploads", "backups"] },
    lock: {},
    restoreTest: {},
    configuration: {},
    beforeDeployment: {},
    watch: { mailboxes: ["oncall@example.com"] },
  };
}

/** The section as the schema completes it, after a change. */
export function recoveryConfig(change?: (input: Record<string, any>) => void): RecoveryConfig {
  const input = recoveryInput();
  change?.(input);
  return recoverySchema.parse(input);
}

/** The registrations of the component for a configuration. */
export async function planRecovery(
  config: RecoveryConfig = recoveryConfig(),
  change: Partial<CrmRecoveryArgs> = {},
  options: RecordOptions = {},
  component: (made: CrmRecovery) => void = () => undefined,
): Promise<Recording> {
  return record(() => {
    const key = (alias: string) => ({
      arn: pulumi.output(`arn:aws:kms:us-east-1:123456789012:key/${alias}`),
      aliasName: `alias/${alias}`,
    });
    component(
      new CrmRecovery("crm-recovery", {
        config,
        databaseArn: arns.regional("rds", "db:crm-production-primary"),
        database: [],
        databaseSubnetGroup: "crm-db-subnets",
        bucketNames: {
          "user-uploads": pulumi.output("crm-user-uploads-prod"),
          backups: pulumi.output("crm-backups-prod"),
        },
        storageKeyAlias: "alias/crm-storage",
        copiesKey:
          config.region === undefined
            ? undefined
            : { arn: `arn:aws:kms:${config.region}:123456789012:key/copies` },
        clusterName: "crm-production",
        healthUrl: "https://api.example.com/health",
        observability: observabilitySchema.parse({}),
        reserveConcurrency: true,
        systemTopicArn: arns.topic("crm-system-notifications"),
        messagingKey: key("crm-messaging"),
        logsKey: key("crm-logs"),
        keyDeletionWindowDays: 30,
        names,
        arns,
        tags: tags("recovery"),
        ...change,
      }),
    );
  }, options);
}
