/**
 * Asks for the platform's health from another region, once a minute, and logs a word that a metric counts there. An alarm
 * rings where that word does not come, for any reason: the platform, what asks, or the way between them.
 */

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
  return ask({
    url: process.env["URL"],
    log: (entry) => console.log(JSON.stringify(entry)),
    patience: PATIENCE,
  });
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
