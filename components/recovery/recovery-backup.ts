/** Starts a backup on demand and waits for its end. Depends neither on Pulumi nor on the SDK. */
import { COMPLETION_WINDOW, FAILED_JOBS, START_WINDOW } from "../../facts/backup";
import { WINDOW_LEAD } from "../../facts/duration-rows";
import { nextOutside, type Window } from "../../facts/time-windows";

/** What is backed up, and how. */
export interface BackupRequest {
  readonly vaultName: string;
  readonly resourceArn: string;
  readonly roleArn: string;
  readonly retentionDays: number;
  /** Minutes after which the wait is over. */
  readonly timeoutMinutes: number;
  /** Seconds between two questions. */
  readonly pollSeconds: number;
  readonly tags: Readonly<Record<string, string>>;
  /** In which AWS Backup starts none, nor in the hour before. */
  readonly windows: readonly Window[];
}

/** AWS Backup, and RDS as far as it is needed. */
export interface BackupClient {
  /** Returns the job's id. */
  start(input: {
    BackupVaultName: string;
    ResourceArn: string;
    IamRoleArn: string;
    IdempotencyToken: string;
    StartWindowMinutes: number;
    CompleteWindowMinutes: number;
    Lifecycle: { DeleteAfterDays: number };
    RecoveryPointTags: Record<string, string>;
  }): Promise<string | undefined>;
  describe(id: string): Promise<BackupState>;
  /** When RDS created the database; undefined if it does not exist, or not yet. */
  createdAt(identifier: string): Promise<Date | undefined>;
}

export interface BackupState {
  /** CREATED, PENDING, RUNNING, ABORTING, ABORTED, COMPLETED, FAILED, EXPIRED or PARTIAL. */
  readonly state?: string;
  readonly percent?: string;
  readonly message?: string;
}

/** Clock and log of a wait. */
export interface Progress {
  readonly log: (message: string) => void;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds after which a call counts as lost: a dead connection answers never. */
  readonly callTimeout: number;
}

/** States from which a job does not come back. */
const FAILED: ReadonlySet<string> = new Set(FAILED_JOBS.states);

/** Consecutive errors while reading the state, after which the state of the job is unknown. */
const LOST_CONTACT = 5;

/** Backs up and waits; rejects with the reason when there is no complete backup in time. */
export async function backUp(
  client: BackupClient,
  request: BackupRequest,
  progress: Progress,
): Promise<void> {
  const started = progress.now();
  const name = request.resourceArn.split(":").at(-1)!;
  checkWindows(request, started, name);
  const id = await start(client, request, progress, name);
  progress.log(`Backup of ${name} before the deployment: job ${id} started.`);

  let failures = 0;
  let last = "";
  for (;;) {
    const minutes = (progress.now() - started) / 60_000;
    const job = await describe(client, id, progress.callTimeout);
    if (job instanceof Error) {
      failures++;
      if (failures >= LOST_CONTACT) {
        throw refusal(name, `its state cannot be read (${job.message})`);
      }
    } else {
      failures = 0;
      if (job.state === "COMPLETED") {
        progress.log(
          `Backup of ${name}: complete after ${minutes.toFixed(1)} minutes, kept for ${request.retentionDays} days.`,
        );
        return;
      }
      if (job.state !== undefined && FAILED.has(job.state)) {
        const why = job.message === undefined ? "" : `: ${job.message}`;
        throw refusal(name, `job ${id} ended as ${job.state}${why}`);
      }
      const now = `${job.state ?? "unknown"} ${job.percent ?? "0.0"} %`;
      if (now !== last) {
        progress.log(`Backup of ${name}: ${now} after ${minutes.toFixed(1)} minutes.`);
        last = now;
      }
    }
    if (minutes + request.pollSeconds / 60 > request.timeoutMinutes) {
      throw refusal(name, `job ${id} has not ended in ${request.timeoutMinutes} minutes`);
    }
    await progress.pause(request.pollSeconds * 1000);
  }
}

/** A job in a window would wait for its end and expire with its start window, while the update waits for it. */
function checkWindows({ windows }: BackupRequest, now: number, name: string): void {
  const instant = new Date(now);
  const next = nextOutside(instant, windows, WINDOW_LEAD);
  if (next === instant) return;
  const when =
    next === undefined ? "never" : `from ${next.toISOString().replace(/:00\.000Z$/, "Z")} on`;
  throw refusal(
    name,
    `AWS Backup starts none in the database's backup and maintenance windows, nor in the ${WINDOW_LEAD} minutes before; it can start ${when}`,
  );
}

/**
 * Whether there is a database that was made before a moment (milliseconds since 1970); rejects where that cannot be read.
 * Recovery points tell nothing of it: AWS Backup keeps those of a database that is gone.
 */
export async function wasThere(
  client: BackupClient,
  arn: string,
  before: number,
  callTimeout: number,
): Promise<boolean> {
  const identifier = arn.split(":").at(-1)!;
  try {
    const created = await within(callTimeout, client.createdAt(identifier));
    return created !== undefined && created.getTime() < before;
  } catch (error) {
    throw refusal(identifier, `whether it is there cannot be read (${(error as Error).message})`);
  }
}

async function start(
  client: BackupClient,
  request: BackupRequest,
  { now, callTimeout }: Progress,
  name: string,
): Promise<string> {
  let id: string | undefined;
  try {
    const answer = client.start({
      BackupVaultName: request.vaultName,
      ResourceArn: request.resourceArn,
      IamRoleArn: request.roleArn,
      // The SDK's own retries of this call must not start a second job.
      IdempotencyToken: `before-deployment-${now()}`,
      StartWindowMinutes: START_WINDOW.minimum,
      CompleteWindowMinutes: Math.max(COMPLETION_WINDOW.minimum, request.timeoutMinutes),
      Lifecycle: { DeleteAfterDays: request.retentionDays },
      RecoveryPointTags: { ...request.tags },
    });
    id = await within(callTimeout, answer);
  } catch (error) {
    throw refusal(name, `it could not be started (${(error as Error).message})`);
  }
  if (!id) {
    throw refusal(name, "AWS Backup returned no job");
  }
  return id;
}

async function describe(
  client: BackupClient,
  id: string,
  callTimeout: number,
): Promise<BackupState | Error> {
  try {
    return await within(callTimeout, client.describe(id));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The answer, or a rejection when it does not come in time. */
async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${milliseconds / 1000} s`);
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function refusal(name: string, why: string): Error {
  return new Error(
    `No deployment without a backup: the backup of ${name} failed, ${why}. No service was updated. ` +
      "docs/runbooks/bad-deployment.md says what to do.",
  );
}
