/** The daily backup of the cluster's configuration: EventBridge Scheduler calls it. */
import {
  backUpConfiguration,
  type ClusterReader,
  type ConfigurationBackupSummary,
  type ConfigurationWriter,
} from "./backup";

/** The part of Lambda's context that is read. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** Time to fail in with a reason, before Lambda ends the invocation, in milliseconds. */
const RESERVE = 5000;

/** What a run works with. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly reader: ClusterReader;
  readonly writer: (bucket: string, owner: string) => ConfigurationWriter;
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

/** The function's entry point. */
export async function handler(_event: unknown, context: InvocationContext): Promise<unknown> {
  // Loaded here: the decisions can then be tested without the SDK.
  const { bucketWriter, clusterReader } = await import("./clients.js");
  return run(context.getRemainingTimeInMillis(), {
    environment: process.env,
    reader: clusterReader(),
    writer: bucketWriter,
    log: (entry) => console.log(JSON.stringify(entry)),
  });
}

/** One backup; `remaining` is this invocation's time in milliseconds. A failure is thrown: Lambda tries again. */
export async function run(
  remaining: number,
  { environment, reader, writer, log }: Surroundings,
): Promise<ConfigurationBackupSummary> {
  const cluster = required(environment, "CLUSTER");
  const bucket = required(environment, "BUCKET");
  const owner = required(environment, "BUCKET_OWNER");
  const prefix = required(environment, "PREFIX");
  try {
    const summary = await backUpConfiguration(reader, writer(bucket, owner), {
      cluster,
      prefix,
      now: new Date(),
      signal: remaining > RESERVE ? AbortSignal.timeout(remaining - RESERVE) : AbortSignal.abort(),
    });
    log({ result: "written", cluster, bucket, ...summary });
    return summary;
  } catch (error) {
    log({ result: "failed", cluster, bucket, reason: (error as Error).message });
    throw error;
  }
}

function required(environment: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = environment[name];
  if (value === undefined || value === "") {
    throw new Error(`The environment variable ${name} is not set.`);
  }
  return value;
}
