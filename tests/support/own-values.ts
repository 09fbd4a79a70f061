/** Another owner's values for everything that an owner sets: what stands in the files of the fixtures, and what instead. */
import * as fs from "node:fs";
import * as path from "node:path";

/** Whole words or ends of lines, in the order in which they are replaced. */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  // Who and where
  [/123456789012/g, "210987654321"],
  [/\bcrm-consulting\/crm-on-aws\b/g, "acme/crm-platform"],
  [/\bcrm-consulting\.com\b/g, "acme-sales.example"],
  [/\bplatform@/g, "sre@"],
  [/\balerts@/g, "on-call@"],
  [/\badmin@/g, "office@"],
  [/\+1234567890/g, "+4915112345678"],
  [/\bfinance-consulting\b/g, "sales-emea"],
  [/\bCRM-System\b/g, "Acme-CRM"],
  [/\bZ0000000EXAMPLE\b/g, "Z0123456789ABCDEFGHIJ"],
  [/\bbucketSuffix: prod\b/g, "bucketSuffix: acme"],
  [/\bbucketSuffix: staging\b/g, "bucketSuffix: acmestaging"],
  [/\bcrm-\*-prod\b/g, "crm-*-acme"],
  [/\bcrm-\*-prodrecovery\b/g, "crm-*-acmewest"],
  [/\bbucketSuffix: prodrecovery\b/g, "bucketSuffix: acmewest"],
  [/\bcrm-\*-staging\b/g, "crm-*-acmestaging"],
  [/\bname: crm-(production|staging)$/gm, "name: acme-$1"],
  // Networks
  [/\b10\.0\.(?=\d)/g, "10.40."],
  [/\b10\.1\.(?=\d)/g, "10.41."],
  [/\b10\.2\.(?=\d)/g, "10.42."],
  // Sizes
  [/\bdb\.r6g\.large\b/g, "db.r6g.xlarge"],
  [/\bdb\.t4g\.medium\b/g, "db.t4g.large"],
  [/\bcache\.r6g\.large\b/g, "cache.r6g.xlarge"],
  [/\bcache\.t4g\.small\b/g, "cache.t4g.medium"],
  [/\ballocatedStorage: 500\b/g, "allocatedStorage: 600"],
  [/\bmaxAllocatedStorage: 2000\b/g, "maxAllocatedStorage: 3000"],
  [/\bdesiredCount: 3\b/g, "desiredCount: 4"],
  [/\bmaxCapacity: 15\b/g, "maxCapacity: 16"],
  [/\bmaxCapacity: 10\b/g, "maxCapacity: 12"],
  [/\bmaxCapacity: 8\b/g, "maxCapacity: 9"],
  [/\bmaxCapacity: 6\b/g, "maxCapacity: 7"],
  [/\bmaxCapacity: 3\b/g, "maxCapacity: 4"],
  // Names in the data stores
  [/\bcrm_(production|staging)\b/g, "acme_$1"],
  [/\bcrm_admin\b/g, "acme_admin"],
  // Times
  [/\bbackupWindow: 03:00-04:00\b/g, "backupWindow: 02:30-03:30"],
  [/\bsnapshotWindow: 03:00-05:00\b/g, "snapshotWindow: 00:00-01:30"],
  [/\bsun:04:00-sun:05:00\b/g, "sat:06:30-sat:07:30"],
  [/\bsun:05:00-sun:06:00\b/g, "sat:07:00-sat:08:00"],
  [/"09:00"/g, '"07:30"'],
  [/"17:00"/g, '"19:00"'],
  [/\bcron\(0 6 \* \* \? \*\)/g, "cron(30 4 * * ? *)"],
  [/\bcron\(0 8 1 \* \? \*\)/g, "cron(0 9 3 * ? *)"],
  // How long things are kept
  [/\blogRetentionDays: 30\b/gi, "logRetentionDays: 60"],
  [/\bretentionDays: 30\b/g, "retentionDays: 90"],
  [/\bbackupRetentionPeriod: 7\b/g, "backupRetentionPeriod: 10"],
  [/\bsnapshotRetentionLimit: 7\b/g, "snapshotRetentionLimit: 9"],
  [/\b(copyR|r)etentionDays: 14\b/g, "$1etentionDays: 21"],
  [/\bmessageRetentionSeconds: 1209600\b/g, "messageRetentionSeconds: 1036800"],
  // Limits and money
  [/\brateLimit: 2000\b/g, "rateLimit: 3000"],
  [/\bmonthlyBudgetUsd: 4000\b/g, "monthlyBudgetUsd: 6500"],
  [/\bmonthlyBudgetUsd: 900\b/g, "monthlyBudgetUsd: 1200"],
];

/** Puts the values into files of a folder; returns how many kinds of values changed, and how many lines. */
export function putOwnValues(
  folder: string,
  files: readonly string[],
): { kinds: number; lines: number } {
  const used = new Set<RegExp>();
  let lines = 0;
  for (const file of files.map((name) => path.join(folder, name))) {
    const before = fs.readFileSync(file, "utf8");
    let after = before;
    for (const [pattern, text] of REPLACEMENTS) {
      const next = after.replace(pattern, text);
      if (next !== after) used.add(pattern);
      after = next;
    }
    const old = before.split("\n");
    lines += after.split("\n").filter((line, index) => line !== old[index]).length;
    fs.writeFileSync(file, after);
  }
  return { kinds: used.size, lines };
}
