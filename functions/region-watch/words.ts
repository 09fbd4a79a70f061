/** Words in the log of the watch, which the filters of components/recovery/region-watch.ts look for. No other entry has them. */

/** The platform has answered 200. */
export const WELL = "platformAnswers";

/** What the age of a store's newest backup is logged under, by the kind of backup. */
export const AGES = {
  /** Automated backups that RDS copies to the function's region. */
  copied: "newestBackup",
  /** Automated backups in the database's own region: the newest moment that can be restored. */
  restorable: "newestMoment",
  /** Copies of AWS Backup in the function's region. */
  copies: "newestCopy",
} as const;

export type AgeWord = (typeof AGES)[keyof typeof AGES];
