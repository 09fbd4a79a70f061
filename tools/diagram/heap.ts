/** A queue that yields the cheapest first; of equals, the one that came first. */
export class Heap {
  private readonly items: { state: number; cost: number; turn: number }[] = [];
  private turn = 0;

  /** Adds a state. */
  public push(state: number, cost: number): void {
    const { items } = this;
    const item = { state, cost, turn: this.turn++ };
    let index = items.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(item, items[parent]!)) {
        break;
      }
      items[index] = items[parent]!;
      index = parent;
    }
    items[index] = item;
  }

  /** Takes the cheapest state out. */
  public pop(): { readonly state: number; readonly cost: number } | undefined {
    const { items } = this;
    const top = items[0];
    const item = items.pop();
    if (top === undefined || item === undefined || items.length === 0) {
      return top;
    }
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) {
        child++;
      }
      if (child >= items.length || !before(items[child]!, item)) {
        break;
      }
      items[index] = items[child]!;
      index = child;
    }
    items[index] = item;
    return top;
  }
}

type Item = { readonly cost: number; readonly turn: number };

function before(one: Item, other: Item): boolean {
  return one.cost < other.cost || (one.cost === other.cost && one.turn < other.turn);
}
