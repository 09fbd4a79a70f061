/** Queues that functions work on: Lambda reads more batches by the minute, and new environments begin cold. */
import { Backlog } from "./backlog";
import { batchesAt, environmentsAt } from "./ramps";
import type { Instant, SimQueue } from "./sim-model";
import { boundsAt } from "./sim-tasks";

/** Seconds without a message after which nothing is taken to be warm; AWS gives no number and may end an environment at any time. */
const IDLE_SECONDS = 300;

export class QueueState {
  public readonly backlog = new Backlog();
  private warm = 0;
  private readonly starting: { at: number; count: number }[] = [];
  /** Since when there has been more than is worked on, and since when nothing. */
  private busySince: number | undefined;
  private idleSince = 0;

  public constructor(public readonly of: SimQueue) {}

  /** One second. */
  public pass({ second, clock }: Instant, arrived: number): void {
    const { of, backlog } = this;
    const ready = of.ready.reduce((sum, day) => sum + (boundsAt(day, clock)?.least ?? 0), 0);
    if (backlog.waiting + arrived > 0) this.idleSince = second;
    if (second - this.idleSince >= IDLE_SECONDS) this.warm = 0;
    this.warm = Math.max(this.warm, ready);
    for (const one of this.starting.filter(({ at }) => at <= second)) {
      this.warm += one.count;
      this.starting.splice(this.starting.indexOf(one), 1);
    }
    const since = second - (this.busySince ?? second);
    const most = Math.min(of.most, batchesAt(since, of.most), environmentsAt(since, of.most));
    const needed = Math.min(most, Math.ceil((backlog.waiting + arrived) * of.seconds));
    const cold = needed - this.warm - this.starting.reduce((sum, { count }) => sum + count, 0);
    if (cold > 0) this.starting.push({ at: second + of.coldSeconds, count: cold });
    backlog.pass(arrived, Math.min(most, this.warm) / of.seconds);
    // More than all batches in work take: Lambda reads more of them.
    if (backlog.waiting === 0) this.busySince = undefined;
    else this.busySince ??= second;
  }
}
