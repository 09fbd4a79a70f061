/** Tasks that clocks start: which of them run at a second. */
import type { SimJob } from "./sim-model";

export const DAY_SECONDS = 24 * 3600;

/** Runs of all jobs in the order of their beginnings: each is looked at when it begins and when it ends. */
export class RunningJobs {
  private readonly runs: readonly {
    readonly begin: number;
    readonly end: number;
    readonly job: SimJob;
  }[];
  private begun = 0;
  private running: { readonly end: number; readonly job: SimJob }[] = [];
  private jobs: readonly SimJob[] = [];
  private nextEnd = Infinity;

  /** @param from second of the day at which the simulation begins */
  public constructor(jobs: readonly SimJob[], from: number, seconds: number) {
    const runs = jobs.flatMap((job) =>
      job.starts.flatMap((start) => {
        // One of the day before may run when the simulation begins.
        const first = start - from - DAY_SECONDS * Math.ceil((from + job.seconds) / DAY_SECONDS);
        const days = Math.max(0, Math.ceil((seconds - first) / DAY_SECONDS));
        return Array.from({ length: days }, (_, day) => {
          const begin = first + day * DAY_SECONDS;
          return { begin, end: begin + job.seconds, job };
        });
      }),
    );
    this.runs = runs.filter(({ end }) => end > 0).sort((one, other) => one.begin - other.begin);
  }

  /** The jobs that run, one for each run. Seconds are asked for in their order. */
  public at(second: number): readonly SimJob[] {
    const before = this.begun;
    for (let run = this.runs[this.begun]; run && run.begin <= second; run = this.runs[this.begun]) {
      this.running.push(run);
      this.begun += 1;
    }
    if (this.begun === before && second < this.nextEnd) return this.jobs;
    this.running = this.running.filter(({ end }) => end > second);
    this.nextEnd = Math.min(Infinity, ...this.running.map(({ end }) => end));
    this.jobs = this.running.map(({ job }) => job);
    return this.jobs;
  }
}
