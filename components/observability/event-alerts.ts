import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { LOST_JOBS } from "../../facts/backup";
import { STORAGE_EVENTS } from "../../facts/limits";
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";

export interface EventAlertsArgs {
  /** Backup vaults whose failed jobs are reported. @default none */
  readonly backupVaultNames: readonly string[];
  /** Database instances, by identifier, whose storage is reported. */
  readonly databaseIdentifiers: readonly string[];
  /** Cluster, and families of its tasks that run once and whose failures are reported. @default none */
  readonly clusterName: string;
  readonly taskFamilies: readonly string[];
  /** Topic, by ARN, that EventBridge may publish to. */
  readonly topicArn: pulumi.Input<string>;
  /** Folder or URL of the runbooks. */
  readonly runbooks: string;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/** What no metric reports: failed backups, tasks that ended with an error, and a database that nears its maximum size. */
export class EventAlerts extends pulumi.ComponentResource {
  /** Rules, by name, whose failed deliveries an alarm counts. */
  public readonly ruleNames: readonly string[];
  private readonly reported: string[] = [];

  public constructor(
    private readonly name: string,
    private readonly args: EventAlertsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:EventAlerts", name, {}, opts);

    if (args.backupVaultNames.length > 0) {
      this.reportBackups();
    }
    this.reportStorage();
    if (args.taskFamilies.length > 0) {
      this.reportTasks();
    }
    this.ruleNames = this.reported;
    this.registerOutputs({ ruleNames: this.ruleNames });
  }

  private reportBackups(): void {
    const { backupVaultNames, arns } = this.args;
    const vaultArns = backupVaultNames.map((vault) =>
      arns.regional("backup", `backup-vault:${vault}`),
    );
    this.report(
      "backup-failures",
      "Backups and copies that failed",
      "alarms#backup-failures",
      {
        source: ["aws.backup"],
        "detail-type": ["Backup Job State Change", "Copy Job State Change"],
        detail: {
          state: [...LOST_JOBS.states],
          // A backup names its vault, a copy the ARN of the one it comes from.
          $or: [{ backupVaultName: backupVaultNames }, { sourceBackupVaultArn: vaultArns }],
        },
      },
      { state: "$.detail.state", resource: "$.resources" },
      "AWS Backup: a job is <state>. Resources: <resource>.",
    );
  }

  private reportStorage(): void {
    this.report(
      "database-storage",
      "A database whose storage is nearly full or nears its maximum",
      "alarms#rds-storage",
      {
        source: ["aws.rds"],
        "detail-type": ["RDS DB Instance Event"],
        detail: {
          EventID: STORAGE_EVENTS.ids,
          SourceIdentifier: this.args.databaseIdentifiers,
        },
      },
      { instance: "$.detail.SourceIdentifier", message: "$.detail.Message" },
      "RDS: <instance>: <message>",
    );
  }

  /** A service's own tasks have another group, `service:<name>`. Source: ECS Developer Guide, "Task state change events". */
  private reportTasks(): void {
    const { taskFamilies, clusterName, arns } = this.args;
    this.report(
      "task-failures",
      "Tasks that ended with an error or did not start",
      "alarms#task-failures",
      {
        source: ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        detail: {
          clusterArn: [arns.cluster(clusterName)],
          group: taskFamilies.map((family) => `family:${family}`),
          lastStatus: ["STOPPED"],
          $or: [
            { containers: { exitCode: [{ "anything-but": [0] }] } },
            { stopCode: ["TaskFailedToStart"] },
          ],
        },
      },
      { task: "$.detail.taskArn", group: "$.detail.group", reason: "$.detail.stoppedReason" },
      "ECS: a task of <group> failed: <reason>. Task: <task>.",
    );
  }

  private report(
    part: string,
    description: string,
    runbook: string,
    pattern: Record<string, unknown>,
    inputPaths: Record<string, string>,
    message: string,
  ): void {
    const ruleName = this.args.names.of(part);
    this.reported.push(ruleName);
    const rule = new aws.cloudwatch.EventRule(
      `${this.name}-${part}`,
      {
        name: ruleName,
        description: `${description}. Runbook: ${this.args.runbooks}/${runbook.replace("#", ".md#")}`,
        eventPattern: JSON.stringify(pattern),
        tags: this.args.tags,
      },
      { parent: this },
    );
    new aws.cloudwatch.EventTarget(
      `${this.name}-${part}`,
      {
        rule: rule.name,
        targetId: "topic",
        arn: this.args.topicArn,
        inputTransformer: {
          inputPaths,
          inputTemplate: JSON.stringify(
            `${message} Runbook: ${this.args.runbooks}/${runbook.replace("#", ".md#")}`,
          ),
        },
      },
      { parent: this },
    );
  }
}
