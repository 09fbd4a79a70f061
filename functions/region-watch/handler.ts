/**
 * Asks for the platform's health from another region, once a minute, and logs a word that a metric counts there. An alarm
 * rings where that word does not come, for any reason: the platform, what asks, or the way between them. Besides, it says how
 * old the newest copy of the database's backups is.
 */

import { tellAge } from "./backups";

/** The word of a good answer, which components/recovery/region-watch.ts counts; no other entry has it. */
const WELL = "platformAnswers";

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
    backups(process.env["DATABASE"]),
  ]);
  return answer;
}

/** Nothing without a database whose backups are copied here. */
async function backups(database: string | undefined): Promise<void> {
  if (database === undefined) return;
  const { backupReader } = await import("./clients.js");
  // An object is the entry's message as it is, so that the filter finds its fields:
  // aws/aws-lambda-nodejs-runtime-interface-client, src/LogPatch.js.
  await tellAge(database, backupReader(), (entry) => console.log(entry));
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
