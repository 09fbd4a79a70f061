/** Messages that wait for their turn: how many, and how long the first of them has waited. */
export class Backlog {
  public waiting = 0;
  public mostWaiting = 0;
  public longestSeconds = 0;
  /** All that have come until each second, and all whose work has begun. */
  private readonly come: number[] = [];
  private begun = 0;
  private first = 0;

  /** One second: what comes, and what work begins with. */
  public pass(arrived: number, room: number): number {
    const taken = Math.min(this.waiting + arrived, room);
    this.waiting += arrived - taken;
    this.come.push((this.come.at(-1) ?? 0) + arrived);
    this.begun += taken;
    // Each second is passed once: what waits first came in the first one that is not all begun.
    while (this.first < this.come.length && this.come[this.first]! <= this.begun + 1e-6) {
      this.first += 1;
    }
    this.mostWaiting = Math.max(this.mostWaiting, this.waiting);
    if (this.waiting > 1e-6) {
      this.longestSeconds = Math.max(this.longestSeconds, this.come.length - this.first);
    }
    return taken;
  }
}
