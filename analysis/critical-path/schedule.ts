import type { PlannedResource } from "../plan/model";

/** Why one resource waits for another. */
export interface Wait {
  /** URN of the resource, or of the component around it, that waits. */
  readonly from: string;
  /** URN of the resource it waits for. */
  readonly on: string;
  /** "whole": a component is there when all that it holds is there. */
  readonly reason: (typeof REASONS)[number];
}

/** A resource of the longest chain. */
export interface Link {
  /** Place in the list of resources. */
  readonly index: number;
  /** Seconds after the beginning at which its creation begins. */
  readonly start: number;
  /** How it waits for the link before, from there to here; empty on the first. */
  readonly waits: readonly Wait[];
}

/** The longest chain, and when it ends. */
export interface Chain {
  readonly seconds: number;
  readonly links: readonly Link[];
}

/** The explicit dependency of a resource on another, or on all that a component holds. */
export type Cut = Pick<Wait, "from" | "on">;

const REASONS = ["inputs", "dependsOn", "parent", "whole"] as const;
const [INPUTS, DEPENDS_ON, PARENT, WHOLE] = [0, 1, 2, 3];

/**
 * The order in which a first `up` creates resources:
 *  - a resource waits for its dependencies and for its parent;
 *  - what is inside a component begins when the component is registered, hence after what that waits for;
 *  - who waits for a component waits for all that it holds;
 *  - a remote component hands out its outputs when all its children exist, so who uses one of them waits for
 *    all of them: its provider answers `Construct` only then.
 *
 * Each resource is two nodes: its own creation (2 × place) and the end of all that is below it (2 × place + 1).
 * A circle, which Pulumi itself would refuse, is cut open where it is met first.
 */
export class Schedule {
  private readonly places: Places;
  /** Edges are rows of these lists; those into one node stand together, from `first` of the node on. */
  private readonly first: number[] = [];
  private readonly before: number[] = [];
  private readonly from: number[] = [];
  private readonly on: number[] = [];
  private readonly reason: number[] = [];
  private readonly order: readonly number[];

  constructor(private readonly resources: readonly PlannedResource[]) {
    this.places = new Places(resources);
    const children: number[][] = resources.map(() => []);
    resources.forEach((_, index) => children[this.places.parents[index]!]?.push(index));
    resources.forEach((resource, index) => {
      this.first.push(this.before.length);
      this.addWaits(resource, index);
      this.first.push(this.before.length);
      this.add(2 * index, index, index, WHOLE);
      for (const child of children[index]!) this.add(2 * child + 1, index, index, WHOLE);
    });
    this.first.push(this.before.length);
    this.order = inOrder(this.first, this.before);
  }

  /**
   * The longest chain of resources, components left out. Where two are as long, it follows what inputs need
   * before what is only wished.
   *
   * @param creation how long the creation of each resource takes, by place
   * @param cut an explicit dependency that is left out
   */
  chain(creation: readonly number[], cut?: Cut): Chain {
    const starts = new Array<number>(this.order.length).fill(0);
    const ends = new Array<number>(this.order.length).fill(0);
    const critical = new Array<number>(this.order.length).fill(-1);
    const waiting = cut ? this.places.at(cut.from) : -1;
    let last = -1;
    for (const node of this.order) {
      for (let edge = this.first[node]!; edge < this.first[node + 1]!; edge += 1) {
        if (this.from[edge] === waiting && this.isCut(edge, cut!)) continue;
        const end = ends[this.before[edge]!]!;
        if (end <= starts[node]! && critical[node]! >= 0) continue;
        starts[node] = end;
        critical[node] = edge;
      }
      const created = node % 2 === 0 && this.resources[node / 2]!.custom;
      ends[node] = starts[node]! + (created ? creation[node / 2]! : 0);
      const longer = last < 0 || ends[node] > ends[last]!;
      if (created && (longer || (ends[node] === ends[last] && node < last))) last = node;
    }
    return { seconds: ends[last] ?? 0, links: this.links(last, starts, critical) };
  }

  private links(last: number, starts: readonly number[], critical: readonly number[]): Link[] {
    const links: Link[] = [];
    const seen = new Set<number>();
    let node = last;
    while (node >= 0 && !seen.has(node)) {
      const link = { index: node / 2, start: starts[node]! };
      const waits: Wait[] = [];
      do {
        seen.add(node);
        const edge = critical[node]!;
        if (edge >= 0) waits.push(this.wait(edge));
        node = edge < 0 ? -1 : this.before[edge]!;
      } while (node >= 0 && !seen.has(node) && !this.isCreation(node));
      links.push({ ...link, waits: node < 0 ? [] : waits.reverse() });
    }
    return links.reverse();
  }

  private isCreation(node: number): boolean {
    return node % 2 === 0 && this.resources[node / 2]!.custom;
  }

  private wait(edge: number): Wait {
    return {
      from: this.resources[this.from[edge]!]!.urn,
      on: this.resources[this.on[edge]!]!.urn,
      reason: REASONS[this.reason[edge]!]!,
    };
  }

  private isCut(edge: number, { on }: Cut): boolean {
    return this.reason[edge] === DEPENDS_ON && this.places.isAbove(on, this.on[edge]!);
  }

  private add(before: number, from: number, on: number, reason: number): void {
    this.before.push(before);
    this.from.push(from);
    this.on.push(on);
    this.reason.push(reason);
  }

  /** What inputs need comes first: of equals, the first is followed. */
  private addWaits(resource: PlannedResource, index: number): void {
    const needed = new Set(Object.values(resource.propertyDependencies).flat());
    for (const [urns, reason] of [
      [needed, INPUTS],
      [resource.dependencies, DEPENDS_ON],
    ] as const) {
      for (const urn of urns) {
        const on = this.places.at(urn);
        if (on < 0 || (reason === DEPENDS_ON && needed.has(urn))) continue;
        this.add(this.places.waitedFor(on, index), index, on, reason);
      }
    }
    const parent = this.places.parents[index]!;
    if (parent >= 0) this.add(2 * parent, index, parent, PARENT);
  }
}

/** Where resources stand in the tree. */
class Places {
  /** Place of each resource's parent; -1 for none. */
  readonly parents: readonly number[];
  private readonly byUrn = new Map<string, number>();
  /** Place of the outermost remote component that holds a resource, or that it is; -1 if none does. */
  private readonly remotes: readonly number[];

  constructor(private readonly resources: readonly PlannedResource[]) {
    resources.forEach(({ urn }, index) => this.byUrn.set(urn, index));
    this.parents = resources.map(({ parent }) => this.at(parent ?? ""));
    const remotes = resources.some(({ remote }) => remote);
    this.remotes = resources.map((_, index) => (remotes ? this.outermostRemote(index) : -1));
  }

  /** Place of a resource; -1 if it is not in the plan, as default providers are not. */
  at(urn: string): number {
    return this.byUrn.get(urn) ?? -1;
  }

  /** True if a resource is, or stands above, the one at a place. */
  isAbove(urn: string, index: number): boolean {
    let at = index;
    for (let steps = 0; at >= 0 && steps < this.parents.length; steps += 1) {
      if (this.resources[at]!.urn === urn) return true;
      at = this.parents[at]!;
    }
    return false;
  }

  /** The node that must be over before a resource that waits for another can begin. */
  waitedFor(on: number, by: number): number {
    const remote = this.remotes[on]!;
    if (remote >= 0 && remote !== this.remotes[by]) return 2 * remote + 1;
    const { custom, urn } = this.resources[on]!;
    return 2 * on + (custom || this.isAbove(urn, by) ? 0 : 1);
  }

  private outermostRemote(index: number): number {
    let remote = -1;
    let at = index;
    // As many steps as there are resources: ends on a circle too.
    for (let steps = 0; at >= 0 && steps < this.parents.length; steps += 1) {
      if (this.resources[at]!.remote) remote = at;
      at = this.parents[at]!;
    }
    return remote;
  }
}

/** The nodes in an order in which each comes after those it waits for, as far as there is one. */
function inOrder(first: readonly number[], before: readonly number[]): number[] {
  const nodes = first.length - 1;
  const after: number[][] = Array.from({ length: nodes }, () => []);
  const open: number[] = [];
  const ready: number[] = [];
  for (let node = 0; node < nodes; node += 1) {
    for (let edge = first[node]!; edge < first[node + 1]!; edge += 1) {
      after[before[edge]!]!.push(node);
    }
    open.push(first[node + 1]! - first[node]!);
    if (open[node] === 0) ready.push(node);
  }
  const order: number[] = [];
  const done = new Array<boolean>(nodes).fill(false);
  for (let oldest = 0; order.length < nodes;) {
    let node = ready.pop();
    if (node === undefined) {
      while (done[oldest]) oldest += 1;
      node = oldest;
    }
    if (done[node]) continue;
    done[node] = true;
    order.push(node);
    for (const next of after[node]!) {
      open[next]! -= 1;
      if (open[next] === 0) ready.push(next);
    }
  }
  return order;
}
