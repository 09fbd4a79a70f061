/** How old the newest copy of a database's automated backups is: RDS publishes no metric of it. */

/** Backups of a region, as far as they matter here. */
export interface CopiedBackup {
  readonly database: string | undefined;
  /** The newest moment that can be restored. */
  readonly until: Date | undefined;
}

/** Lists every automated backup of the function's region. */
export type BackupReader = () => Promise<readonly CopiedBackup[]>;

/** The word of an age, which components/recovery/region-watch.ts makes a metric of. */
const AGE = "newestBackup";

/** Logs the age. What cannot be read logs none, and the alarm takes silence for bad: the other question goes on. */
export async function tellAge(
  database: string,
  read: BackupReader,
  log: (entry: Readonly<Record<string, unknown>>) => void,
): Promise<void> {
  try {
    const moments = (await read())
      .filter((one) => one.database === database)
      .flatMap(({ until }) => until?.getTime() ?? []);
    if (moments.length === 0) {
      log({ result: "noBackup", database });
      return;
    }
    const seconds = Math.round((Date.now() - Math.max(...moments)) / 1000);
    log({ result: AGE, database, seconds });
  } catch (error) {
    log({ result: "noAge", database, reason: (error as Error).message });
  }
}
