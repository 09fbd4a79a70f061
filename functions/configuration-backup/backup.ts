/** Reads the configuration of a cluster and writes it down. Works on two small interfaces, so that tests bring their own. */

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; none on the last one. */
  readonly next?: string;
}

/** A thing as ECS describes it. */
export type Description = Readonly<Record<string, unknown>>;

/** What ECS could not describe. */
export interface Failure {
  readonly arn?: string;
  readonly reason?: string;
}

/** Amazon ECS, as far as it is read; each call ends when the signal says so. */
export interface ClusterReader {
  cluster(
    name: string,
    signal: AbortSignal,
  ): Promise<{ cluster?: Description; failures: readonly Failure[] }>;
  serviceArns(
    cluster: string,
    next: string | undefined,
    signal: AbortSignal,
  ): Promise<Page<string>>;
  /** At most 10 services at a time. */
  services(
    cluster: string,
    arns: readonly string[],
    signal: AbortSignal,
  ): Promise<{ services: readonly Description[]; failures: readonly Failure[] }>;
  taskDefinition(arn: string, signal: AbortSignal): Promise<Description | undefined>;
}

/** The bucket. */
export interface ConfigurationWriter {
  write(key: string, body: string, signal: AbortSignal): Promise<void>;
}

export interface ConfigurationBackupSettings {
  readonly cluster: string;
  /** Folder in the bucket. */
  readonly prefix: string;
  /** The moment that the backup carries. */
  readonly now: Date;
  /** Aborted when all must be written. */
  readonly signal: AbortSignal;
}

/** What a backup held. */
export interface ConfigurationBackupSummary {
  readonly key: string;
  readonly services: number;
  readonly taskDefinitions: number;
}

/** ECS API Reference, DescribeServices: 10 at most. */
const SERVICES_A_CALL = 10;

/** A list longer than this is a token that repeats. */
const MAXIMUM_PAGES = 1000;

/**
 * Writes `<prefix>/<cluster>/<yyyy>/<mm>/<dd>/<time>.json`. What cannot be read completely is not written at
 * all: a backup with holes would be believed.
 */
export async function backUpConfiguration(
  reader: ClusterReader,
  writer: ConfigurationWriter,
  settings: ConfigurationBackupSettings,
): Promise<ConfigurationBackupSummary> {
  const cluster = await readCluster(reader, settings);
  const arns = await listServices(reader, settings);
  const services = await readServices(reader, arns, settings);
  const taskDefinitions = await readTaskDefinitions(reader, services, settings);

  const key = keyOf(settings);
  const document = {
    formatVersion: 1,
    takenAt: settings.now.toISOString(),
    cluster,
    services,
    taskDefinitions,
  };
  const body = `${JSON.stringify(document, inOrder, 2)}\n`;
  await inTime(settings, "writing, and whether it was written is not known", (signal) =>
    writer.write(key, body, signal),
  );
  return { key, services: services.length, taskDefinitions: taskDefinitions.length };
}

async function readCluster(
  reader: ClusterReader,
  settings: ConfigurationBackupSettings,
): Promise<Description> {
  const { cluster, failures } = await inTime(settings, "reading the cluster", (signal) =>
    reader.cluster(settings.cluster, signal),
  );
  refuseFailures(failures);
  if (cluster === undefined) {
    throw new Error(`There is no cluster ${settings.cluster}.`);
  }
  return cluster;
}

async function listServices(
  reader: ClusterReader,
  settings: ConfigurationBackupSettings,
): Promise<string[]> {
  const arns: string[] = [];
  let next: string | undefined;
  for (let page = 0; page < MAXIMUM_PAGES; page++) {
    const found = await inTime(settings, "listing services", (signal) =>
      reader.serviceArns(settings.cluster, next, signal),
    );
    arns.push(...found.items);
    next = found.next;
    if (next === undefined) {
      return arns.sort();
    }
  }
  throw new Error(`The list of services has more than ${MAXIMUM_PAGES} pages.`);
}

async function readServices(
  reader: ClusterReader,
  arns: readonly string[],
  settings: ConfigurationBackupSettings,
): Promise<Description[]> {
  const services: Description[] = [];
  for (let start = 0; start < arns.length; start += SERVICES_A_CALL) {
    const chunk = arns.slice(start, start + SERVICES_A_CALL);
    const found = await inTime(settings, "reading services", (signal) =>
      reader.services(settings.cluster, chunk, signal),
    );
    refuseFailures(found.failures);
    if (found.services.length !== chunk.length) {
      throw new Error(`ECS described ${found.services.length} of ${chunk.length} services.`);
    }
    services.push(...found.services.map(withoutEvents));
  }
  return services;
}

/** Events are what happened, not how the service is set up, and change by the minute. */
function withoutEvents(service: Description): Description {
  return Object.fromEntries(Object.entries(service).filter(([name]) => name !== "events"));
}

async function readTaskDefinitions(
  reader: ClusterReader,
  services: readonly Description[],
  settings: ConfigurationBackupSettings,
): Promise<Description[]> {
  const arns = new Set(
    services.map((service) => service["taskDefinition"]).filter((arn) => typeof arn === "string"),
  );
  const definitions: Description[] = [];
  for (const arn of [...arns].sort()) {
    const definition = await inTime(settings, "reading task definitions", (signal) =>
      reader.taskDefinition(arn, signal),
    );
    if (definition === undefined) {
      throw new Error(`ECS did not describe the task definition ${arn}.`);
    }
    definitions.push(definition);
  }
  return definitions;
}

function refuseFailures(failures: readonly Failure[]): void {
  if (failures.length > 0) {
    const list = failures.map(({ arn, reason }) => `${arn ?? "?"}: ${reason ?? "?"}`).join(", ");
    throw new Error(`ECS could not describe ${list}.`);
  }
}

/** An answer, or an error when time is up: also of a reader that does not look at the signal, or never answers. */
async function inTime<T>(
  { signal }: ConfigurationBackupSettings,
  doing: string,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = () =>
    new Error(
      `Time was up while ${doing}${doing.startsWith("writing") ? "" : "; nothing was written"}.`,
    );
  if (signal.aborted) {
    throw over();
  }
  let stop = () => {};
  const end = new Promise<never>((_, reject) => {
    stop = () => reject(over());
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([ask(signal), end]);
  } catch (error) {
    throw signal.aborted ? over() : error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function keyOf({ prefix, cluster, now }: ConfigurationBackupSettings): string {
  const [day, time] = now.toISOString().split("T") as [string, string];
  return `${prefix}/${cluster}/${day.replaceAll("-", "/")}/${time.slice(0, 8).replaceAll(":", "")}Z.json`;
}

/** Keeps the order of keys the same from day to day, so that two backups can be compared line by line. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)),
  );
}
