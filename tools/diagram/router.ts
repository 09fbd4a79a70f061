/**
 * Lays lines between boxes along a grid, around everything that is in the way: the shortest way with the fewest
 * corners and crossings. Lines that leave or reach the same box in the same meaning share their way, as branches of
 * one tree; others never run on top of each other unless there is no other way.
 */
import { GRID } from "./card";
import { Heap } from "./heap";
import type { Edge } from "./model";
import type { Box, Point } from "./scene";

/** Right, down, left, up. */
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** What a step or turn costs; a step of {@link GRID} pixels on a free track is 1. */
const COST = {
  shared: 0.4,
  sharedWithOtherWords: 0.95,
  besideBox: 0.7,
  turn: 5,
  crossing: 6,
  touching: 40,
  onTop: 90,
  offCentre: 0.2,
  nearPort: 6,
  farFromSource: 0.001,
} as const;

/** So many tracks at the edges of the page stay free. */
const EDGE = 4;

/** What a step to the goal is taken to cost before it is found. */
const AHEAD = 0.8;

/** How many times each line is routed again, once the others are known. */
const ROUNDS = 2;

/** The nodes of the grid that a line passes, in order, and the sides at which it leaves and arrives. */
interface Track {
  readonly nodes: readonly number[];
}

/** An edge that passes a node, with its direction in and out. */
interface User {
  readonly edge: number;
  readonly into: number;
  readonly out: number;
}

/** Lays lines for edges. */
export class Router {
  private readonly columns: number;
  private readonly rows: number;
  private readonly blocked: Uint8Array;
  private readonly beside: Uint8Array;
  /** Per node: the edges that pass it. */
  private readonly users: User[][];
  private readonly cost: Float64Array;
  private readonly cameFrom: Int32Array;
  private readonly stamp: Int32Array;
  private round = 0;

  public constructor(
    width: number,
    height: number,
    private readonly boxes: ReadonlyMap<string, Box>,
    obstacles: readonly Box[],
    private readonly edges: readonly Edge[],
  ) {
    this.columns = Math.floor(width / GRID) + 1;
    this.rows = Math.floor(height / GRID) + 1;
    const size = this.columns * this.rows;
    this.blocked = new Uint8Array(size);
    this.beside = new Uint8Array(size);
    this.users = Array.from({ length: size }, () => []);
    this.cost = new Float64Array(size * 4);
    this.cameFrom = new Int32Array(size * 4);
    this.stamp = new Int32Array(size * 4);
    for (const box of [...boxes.values(), ...obstacles]) {
      this.block(box);
    }
  }

  /** The corners of every edge's line, in the order of the edges. */
  public routes(): Point[][] {
    const order = this.edges
      .map((edge, index) => ({ index, length: this.distance(edge) }))
      .sort((one, other) => one.length - other.length || one.index - other.index)
      .map(({ index }) => index);
    const ways = new Map<number, Track>();
    for (let round = 0; round <= ROUNDS; round++) {
      for (const index of order) {
        const before = ways.get(index);
        if (before) {
          this.remove(index, before);
        }
        const way = this.find(index);
        ways.set(index, way);
        this.add(index, way);
      }
    }
    return this.edges.map((edge, index) => this.points(edge, ways.get(index)!));
  }

  private distance(edge: Edge): number {
    const [from, to] = [this.boxes.get(edge.from)!, this.boxes.get(edge.to)!];
    const gap = (a: number, b: number, c: number, d: number) => Math.max(0, a - d, c - b);
    return (
      gap(from.x, from.x + from.w, to.x, to.x + to.w) +
      gap(from.y, from.y + from.h, to.y, to.y + to.h)
    );
  }

  private block({ x, y, w, h }: Box): void {
    const [left, right] = [Math.floor(x / GRID), Math.ceil((x + w) / GRID)];
    const [top, bottom] = [Math.floor(y / GRID), Math.ceil((y + h) / GRID)];
    for (let row = top - 1; row <= bottom + 1; row++) {
      for (let column = left - 1; column <= right + 1; column++) {
        if (row < 0 || column < 0 || row >= this.rows || column >= this.columns) {
          continue;
        }
        const inside = row >= top && row <= bottom && column >= left && column <= right;
        (inside ? this.blocked : this.beside)[row * this.columns + column] = 1;
      }
    }
  }

  /** Nodes beside a box from which a line can leave it, with the direction away from the box. */
  private ports({ x, y, w, h }: Box): { node: number; away: number; cost: number }[] {
    const [left, right, top, bottom] = [x / GRID, (x + w) / GRID, y / GRID, (y + h) / GRID];
    const found: { node: number; away: number; cost: number }[] = [];
    const add = (column: number, row: number, away: number, off: number) => {
      const node = row * this.columns + column;
      if (
        column > 0 &&
        row > 0 &&
        column < this.columns &&
        row < this.rows &&
        !this.blocked[node]
      ) {
        found.push({ node, away, cost: off * COST.offCentre });
      }
    };
    for (let row = top + 1; row < bottom; row++) {
      const off = Math.abs(row - (top + bottom) / 2);
      add(right + 1, row, 0, off);
      add(left - 1, row, 2, off);
    }
    for (let column = left + 2; column < right - 1; column++) {
      const off = Math.abs(column - (left + right) / 2);
      add(column, bottom + 1, 1, off);
      add(column, top - 1, 3, off);
    }
    return found;
  }

  private compatible(one: number, other: number): boolean {
    const [a, b] = [this.edges[one]!, this.edges[other]!];
    return one === other || (a.way === b.way && (a.from === b.from || a.to === b.to));
  }

  /** What passing a node costs beyond the step itself. */
  private passing(edge: number, node: number, into: number, out: number): number {
    let cost = this.beside[node]! * COST.besideBox + (into === out ? 0 : COST.turn);
    for (const user of this.users[node]!) {
      if (!this.compatible(edge, user.edge)) {
        const crossing = into === out && user.into === user.out && into % 2 !== user.into % 2;
        cost += crossing ? COST.crossing : COST.touching;
      }
    }
    return cost;
  }

  /**
   * What a step costs: less where a line of the same tree runs, much where a foreign one does. Branches part near
   * their source, so that each has room for its words.
   */
  private stepping(edge: number, node: number, direction: number): number {
    let cost = 1;
    for (const user of this.users[node]!) {
      const along = user.out === direction || user.into === (direction + 2) % 4;
      if (along) {
        if (!this.compatible(edge, user.edge)) {
          return COST.onTop;
        }
        const same = this.edges[edge]!.label === this.edges[user.edge]!.label;
        cost = Math.min(cost, same ? COST.shared : COST.sharedWithOtherWords);
      }
    }
    if (direction % 2 === 1) {
      const { x, w } = this.boxes.get(this.edges[edge]!.from)!;
      const column = node % this.columns;
      const off = Math.max(0, x / GRID - column, column - (x + w) / GRID);
      cost += COST.farFromSource * Math.min(off, 12);
    }
    return cost;
  }

  /** What leaving or arriving at a port costs: lines of other trees end at least two tracks away. */
  private porting(edge: number, node: number, away: number): number {
    let cost = 0;
    const along = away % 2 === 0 ? this.columns : 1;
    for (const [near, weight] of [
      [node, COST.onTop],
      [node - along, COST.nearPort],
      [node + along, COST.nearPort],
    ] as const) {
      for (const user of this.users[near] ?? []) {
        const same = user.into === (away + 2) % 4 || user.out === away;
        if (same && !this.compatible(edge, user.edge)) {
          cost += weight;
        }
      }
    }
    return cost;
  }

  private find(index: number): Track {
    const edge = this.edges[index]!;
    const [from, to] = [this.boxes.get(edge.from)!, this.boxes.get(edge.to)!];
    const goals = new Map<number, number>();
    for (const { node, away, cost } of this.ports(to)) {
      goals.set(node * 4 + ((away + 2) % 4), cost + this.porting(index, node, away));
    }
    const heap = new Heap();
    this.round++;
    const reach = (state: number, cost: number, before: number) => {
      if (this.stamp[state] === this.round && this.cost[state]! <= cost) {
        return;
      }
      this.stamp[state] = this.round;
      this.cost[state] = cost;
      this.cameFrom[state] = before;
      heap.push(state, cost + this.ahead(state >> 2, to));
    };
    for (const { node, away, cost } of this.ports(from)) {
      reach(node * 4 + away, cost + this.porting(index, node, away), -1);
    }
    let best = -1;
    let bestCost = Infinity;
    for (let top = heap.pop(); top !== undefined && top.cost < bestCost; top = heap.pop()) {
      const { state } = top;
      const cost = this.cost[state]!;
      if (top.cost > cost + this.ahead(state >> 2, to) + 1e-9) {
        continue;
      }
      const [node, into] = [state >> 2, state & 3];
      for (let out = 0; out < 4; out++) {
        if (out === (into + 2) % 4) {
          continue;
        }
        const passed = cost + this.passing(index, node, into, out);
        const goal = goals.get(node * 4 + out);
        if (goal !== undefined && passed + goal < bestCost) {
          bestCost = passed + goal;
          best = state;
        }
        const next = this.neighbour(node, out);
        if (next >= 0) {
          reach(next * 4 + out, passed + this.stepping(index, node, out), state);
        }
      }
    }
    const nodes: number[] = [];
    for (let state = best; state >= 0; state = this.cameFrom[state]!) {
      nodes.unshift(state >> 2);
    }
    return { nodes };
  }

  /** What is left to go at least, but for what sharing saves: a better guess finds a way in half the time. */
  private ahead(node: number, { x, y, w, h }: Box): number {
    const [column, row] = [node % this.columns, Math.floor(node / this.columns)];
    const right = Math.max(0, x / GRID - 1 - column, column - (x + w) / GRID - 1);
    const down = Math.max(0, y / GRID - 1 - row, row - (y + h) / GRID - 1);
    return (right + down) * AHEAD;
  }

  private neighbour(node: number, direction: number): number {
    const [right, down] = STEPS[direction]!;
    const [column, row] = [(node % this.columns) + right, Math.floor(node / this.columns) + down];
    const next = row * this.columns + column;
    const outside =
      column < EDGE || row < EDGE || column >= this.columns - EDGE || row >= this.rows - EDGE;
    return outside || this.blocked[next] ? -1 : next;
  }

  /** Directions into and out of each node of a way; at the ends, those from and to the boxes. */
  private *passages(edge: Edge, { nodes }: Track): Generator<[number, number, number]> {
    const direction = (a: number, b: number) =>
      b - a === 1 ? 0 : b - a === this.columns ? 1 : b - a === -1 ? 2 : 3;
    for (const [index, node] of nodes.entries()) {
      const into =
        index > 0
          ? direction(nodes[index - 1]!, node)
          : this.sideOf(node, this.boxes.get(edge.from)!);
      const out =
        index + 1 < nodes.length
          ? direction(node, nodes[index + 1]!)
          : (this.sideOf(node, this.boxes.get(edge.to)!) + 2) % 4;
      yield [node, into, out];
    }
  }

  /** The direction from a box to a node beside it. */
  private sideOf(node: number, { x, y, w, h }: Box): number {
    const [column, row] = [node % this.columns, Math.floor(node / this.columns)];
    if (column > (x + w) / GRID) {
      return 0;
    }
    return row > (y + h) / GRID ? 1 : column < x / GRID ? 2 : 3;
  }

  private add(index: number, way: Track): void {
    for (const [node, into, out] of this.passages(this.edges[index]!, way)) {
      this.users[node]!.push({ edge: index, into, out });
    }
  }

  private remove(index: number, { nodes }: Track): void {
    for (const node of nodes) {
      this.users[node] = this.users[node]!.filter(({ edge }) => edge !== index);
    }
  }

  /** The corners in pixels, from box to box. */
  private points(edge: Edge, way: Track): Point[] {
    const position = (node: number): Point => ({
      x: (node % this.columns) * GRID,
      y: Math.floor(node / this.columns) * GRID,
    });
    const moved = ({ x, y }: Point, direction: number): Point => ({
      x: x + STEPS[direction]![0] * GRID,
      y: y + STEPS[direction]![1] * GRID,
    });
    const passages = [...this.passages(edge, way)];
    const [first, last] = [passages[0], passages.at(-1)];
    if (first === undefined || last === undefined) {
      throw new Error(`No way from ${edge.from} to ${edge.to}.`);
    }
    return [
      moved(position(first[0]), (first[1] + 2) % 4),
      ...passages.filter(([, into, out]) => into !== out).map(([node]) => position(node)),
      moved(position(last[0]), last[2]),
    ];
  }
}
