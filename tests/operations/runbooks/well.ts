/** A runbook where all is well: what AWS, Pulumi and the person answer, and a run of it. */
import assert from "node:assert/strict";

import { runBook, Stopped, type Progress } from "../../../operations/runbooks/runner";
import type { Runbook } from "../../../operations/runbooks/step";
import { scene, type Answers, type SceneOptions } from "./desk";

const MOMENTS = "2026-11-20T00:00:00+00:00\t2026-11-28T02:55:00+00:00";
const POINT = "arn:aws:backup:us-east-1:123456789012:recovery-point:1";

/** What AWS and Pulumi answer where all is well. Shapes: the output of each command in the AWS CLI reference. */
export const WELL: Answers = [
  [/docker manifest inspect/, "there"],
  [/get-caller-identity/, "123456789012"],
  [/^pulumi stack .*--show-name/, "production"],
  [/RestoreWindow\.\[E/, MOMENTS],
  [/\[RestoreWindow\.E/, `${MOMENTS}\tarn:aws:rds:us-east-1:123456789012:auto-backup:ab-1`],
  [/runningCount/, "0"],
  [/get-function-concurrency/, "0"],
  [/put-function-concurrency/, "0"],
  [/AccountQuotas/, "3\t40"],
  [/DBSubnetGroup\.|join\(" "\)/, "subnets\tsg-1\tparameters"],
  [/DBInstanceStatus|describe-db-snapshots/, "available"],
  [/Endpoint\.Address/, "crm-production-primary.x.us-east-1.rds.amazonaws.com"],
  [/^curl .*health/, "200"],
  [/DbiResourceId|^jq -r .*\.id/, "db-NEW"],
  [/crm-recovery-primary .*ReadReplicaSource/, "None"],
  [/config get --path crm:recovery\.serving/, "false"],
  [/config get/, "green"],
  [/databaseTaskRun/, '{"taskDefinition": "crm-database-task"}'],
  [/ecs run-task/, "arn:aws:ecs:us-east-1:123456789012:task/crm-production/1"],
  [/ecs describe-tasks/, "STOPPED\t0"],
  [/redis-cli.*(AUTH|old-value)|old-value.*redis-cli/, "WRONGPASS invalid username-password pair"],
  [/describe-rules/, "0"],
  [/^date /, "2026-11-28"],
  [/StatusType/, "read replication"],
  [/StatusInfos/, "replicating"],
  [/MultiAZ/, "True"],
  [/LatestRestorableTime/, new Date(Date.now() + 600_000).toISOString()],
  [/length\(DBInstances/, "0"],
  [/ReadReplicaSource/, "crm-production-primary"],
  [/replicatedBackupsArn/, "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-2"],
  [
    /ARN,RestoreWindow|Arn,RestoreWindow/,
    "arn:aws:rds:us-west-2:1:auto-backup:ab-1\t2026-11-28T02:55",
  ],
  [/list-objects-v2/, "2026-11-28T02:50:00+00:00\t.pulumi/stacks/crm/recovery.json"],
  [/get-parameter-history.*sed/, "crm_app_green"],
  [/get-parameter-history|originHeaderValue/, "SECRET-VALUE"],
  [/get-service-quota/, "5000.0"],
  [/list-resource-record-sets/, "11111111-2222-3333-4444-555555555555"],
  [/ChangeInfo\.Id/, "/change/C1"],
  [/ChangeInfo\.Status/, "INSYNC"],
  [/http_code.*opportunities/, "401"],
  [/LatestTime/, "2026-11-28T02:55:00+00:00"],
  [/list-object-versions.*length/, "0"],
  [/list-object-versions/, "2026-11-27T09:30:00+00:00\tv1"],
  [/list-recovery-points/, `RDS\t2026-11-28T01:00:00+00:00\t${POINT}`],
  [/DestinationRecoveryPointArn/, POINT],
  [/start-(backup|copy|restore)-job/, "job"],
  [/describe-backup-job.*RecoveryPointArn/, POINT],
  [/describe-(backup|copy|restore)-job/, "COMPLETED"],
  [/get-role-policy/, "locked-out"],
];

/** Reserved concurrency of the functions that run in a case; the others were stopped in it. */
function running(name: string): Answers {
  const regions = [name !== "ahead" && "us-east-1", name !== "pause" && "us-west-2"];
  return regions
    .filter((region) => region !== false)
    .flatMap((region) =>
      [
        ["analytics-aggregator", "2"],
        ["report-generator", "10"],
        ["social-data-processor", "20"],
      ].map(
        ([suffix, reserved]) =>
          [
            new RegExp(`get-function-concurrency --region ${region} .*${suffix} `),
            reserved!,
          ] as const,
      ),
    );
}

/** What the person says. */
export const SAYS: Answers = [
  [/recovery point/, POINT],
  [/When the standby took over/, "2026-11-27T09:30:00"],
  [/passwordVersion|tokenVersion|originSecretVersion|[Vv]ersion of (that|the)/, "2"],
  [/not in the URLs/, "blue"],
  [/have before step/, "green"],
  [/names of the parameters/, "database-url"],
  [/Whose sessions/, "crm_app_green"],
  [/reads the secret/, "auth"],
  [/which variable/, "JWT_SECRET"],
  [/comes from outside/, ""],
  [/When it began/, "2026-11-27T09:30:00"],
  [/Which object/, "a.pdf"],
  [/Which version/, "v1"],
  [/milliseconds/, "1795000000000"],
  [/last good moment/, "2026-11-27T09:30:00Z"],
  [/Which service/, "crm-core-service"],
  [/Which function/, ""],
  [/Which role/, "administrator"],
  [/Continue anyway/, ""],
];

/** Runs a case. @param failing the command of this number fails, or what answers instead @param kept what another run left */
export async function play(
  book: Runbook,
  name: string,
  failing?: number | SceneOptions["instead"],
  kept?: Progress,
) {
  const played = scene({
    ...{ answers: [...running(name), ...WELL], says: SAYS, kept },
    instead:
      typeof failing === "function"
        ? failing
        : (number) =>
            number === failing ? { status: 255, stdout: "", stderr: "Connection lost" } : undefined,
  });
  let stopped: Stopped | undefined;
  try {
    await runBook(book, { case: name, yes: false, values: {} }, played.desk);
  } catch (error) {
    assert.ok(error instanceof Stopped, (error as Error).stack);
    stopped = error;
  }
  return { ...played, stopped, lines: played.ran.map(({ line }) => line) };
}
