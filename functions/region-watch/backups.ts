/** How old the newest backups of each kind are: neither RDS nor AWS Backup publishes a metric of it. */
import type { AgeWord } from "./words";

/** A backup, as far as it matters here. */
export interface Backup {
  /** Name of the database or the bucket. */
  readonly store: string | undefined;
  /** The newest moment that can be restored. */
  readonly until: Date | undefined;
}

/** Lists backups of one kind. */
export type BackupReader = () => Promise<readonly Backup[]>;

/** Logs the age of each store's newest backup. What cannot be read logs none, and the alarm takes silence for bad. */
export async function tellAges(
  result: AgeWord,
  stores: readonly string[],
  read: BackupReader,
  log: (entry: Readonly<Record<string, unknown>>) => void,
): Promise<void> {
  try {
    const backups = await read();
    for (const store of stores) {
      const moments = backups
        .filter((one) => one.store === store)
        .flatMap(({ until }) => until?.getTime() ?? []);
      const seconds = Math.round((Date.now() - Math.max(...moments)) / 1000);
      log(
        moments.length === 0
          ? { result: "noBackup", of: result, store }
          : { result, store, seconds },
      );
    }
  } catch (error) {
    log({ result: "noAge", of: result, reason: (error as Error).message });
  }
}
