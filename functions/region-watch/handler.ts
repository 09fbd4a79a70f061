/**
 * Asks for the platform's health from another region, once a minute, and logs a word that a metric counts there. An alarm
 * fires if that word is missing, for any reason: the platform, the function, or the network between them. It also logs how
 * old the newest backups are, at home and in its own region.
 */

import { tellAges } from "./backups";
import { AGES, WELL } from "./words";

/** Time in which an answer has to come, in milliseconds. */
const PATIENCE = 10_000;

/** What a question works with. */
export interface Surroundings {
  readonly url: string | undefined;
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
  /** Milliseconds. */
  readonly patience: number;
}

/** The function's entry point. */
export async function handler(): Promise<{ readonly well: boolean }> {
  const [answer] = await Promise.all([
    ask({
      url: process.env["URL"],
      log: (entry) => console.log(JSON.stringify(entry)),
      patience: PATIENCE,
    }),
    backups(process.env),
  ]);
  return answer;
}

/** Nothing without a database that keeps backups, or copies of AWS Backup. */
async function backups(environment: NodeJS.ProcessEnv): Promise<void> {
  const { DATABASE: database, HOME_REGION: home, COPIED: copied } = environment;
  const { VAULT: vault, STORES: stores } = environment;
  if (database === undefined && vault === undefined) return;
  const { backupReader, copyReader } = await import("./clients.js");
  // An object is the entry's message as it is, so that the filter finds its fields:
  // aws/aws-lambda-nodejs-runtime-interface-client, src/LogPatch.js.
  const log = (entry: Readonly<Record<string, unknown>>) => console.log(entry);
  await Promise.all([
    ...(copied === undefined ? [] : [tellAges(AGES.copied, [copied], backupReader(), log)]),
    ...(database === undefined
      ? []
      : [tellAges(AGES.restorable, [database], backupReader(home), log)]),
    ...(vault === undefined
      ? []
      : [tellAges(AGES.copies, stores?.split(",") ?? [], copyReader(vault), log)]),
  ]);
}

/** One question. Only 200 is health: a page that says sorry comes with another status. */
export async function ask({ url, log, patience }: Surroundings): Promise<{ well: boolean }> {
  if (url === undefined) {
    throw new Error("URL: expected the address of the platform's health, got nothing");
  }
  const begun = Date.now();
  try {
    const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(patience) });
    await answer.body?.cancel();
    const well = answer.status === 200;
    const milliseconds = Date.now() - begun;
    log({ result: well ? WELL : "otherStatus", url, status: answer.status, milliseconds });
    return { well };
  } catch (error) {
    log({ result: "noAnswer", url, reason: (error as Error).message });
    return { well: false };
  }
}
