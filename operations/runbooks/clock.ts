/** What a run measures: the time from an act to the end of the wait after it, for the rows of facts/durations.json. */
import type { MeasuredDuration } from "../../facts/duration-rows";
import type { Command } from "./step";

export class Clock {
  public readonly rows: MeasuredDuration[] = [];
  private begun: Date | undefined;

  /** Notes a command that ended well. What a stop interrupted has no beginning here, and is not measured. */
  public ended({ kind, measures }: Command, begun: Date, now: Date): void {
    if (kind === "act") this.begun = begun;
    if (measures === undefined || this.begun === undefined) return;
    const seconds = Math.round((now.getTime() - this.begun.getTime()) / 1000);
    const asOf = now.toISOString().slice(0, 10);
    this.rows.push(
      "key" in measures
        ? { ...measures, minutes: Math.round(seconds / 6) / 10, asOf }
        : { ...measures, seconds, asOf },
    );
    this.begun = undefined;
  }
}
