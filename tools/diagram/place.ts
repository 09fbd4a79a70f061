/** Where the cards stand: in columns, each near what it has to do with. */
import { at, CARD_WIDTH, cardOf, GRID, onGrid } from "./card";
import { compare } from "./lookup";
import { TIERS, type Edge, type Node, type Picture } from "./model";
import type { Card } from "./scene";

/** The parts of the picture in which cards stand. */
export type Area =
  "outside" | "edge" | "network" | "storage" | "events" | "recovery" | "recipients";

/** Pixels between cards of a column: room for two lines. */
const GAP = 24;

/** Left edges of the five columns. The first gap is wide: the paths of requests stand in it. */
export const COLUMNS = [64, 352, 600, 856, 1104] as const;

/** Column of the users and of the names that they look up first. */
const MIDDLE = 2;

/** How often each column is put in order again, once the others have moved. */
const SWEEPS = 8;

/** How much more a neighbour in the same area counts. */
const NEAR = 3;

/** Top and bottom of an area's cards. */
export interface Bounds {
  readonly top: number;
  readonly bottom: number;
}

/** A card's place. */
interface Seat {
  readonly area: Area;
  readonly column: number;
}

/** The area and column of each node. */
export function seatsOf({ nodes, edges, region }: Picture): Map<string, Seat> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const fedByTopics = (id: string): boolean => {
    const sources = edges.filter(({ to }) => to === id).map(({ from }) => byId.get(from)!.kind);
    return sources.length > 0 && sources.every((kind) => kind === "topic");
  };
  const seats = new Map<string, Seat>();
  for (const node of nodes) {
    seats.set(node.id, seatOf(node, region, fedByTopics));
  }
  spread(nodes, edges, seats);
  return seats;
}

function seatOf(node: Node, home: string, fedByTopics: (id: string) => boolean): Seat {
  if (node.tier !== undefined) {
    return { area: "network", column: TIERS.indexOf(node.tier) };
  }
  if (node.region !== undefined && node.region !== home) {
    return { area: "recovery", column: 4 };
  }
  switch (node.kind) {
    case "users":
      return { area: "outside", column: MIDDLE };
    case "zone":
    case "distribution":
      return { area: "edge", column: MIDDLE };
    case "queue":
      return { area: "events", column: fedByTopics(node.id) ? 3 : 0 };
    case "function":
    case "service":
      return { area: "events", column: 1 };
    case "schedule":
    case "rule":
    case "alarms":
      return { area: "events", column: 2 };
    case "topic":
    case "log":
      return { area: "events", column: 3 };
    case "recipient":
      return { area: "recipients", column: 4 };
    case "load-balancer":
    case "database":
    case "cache":
    case "bucket":
    case "registry":
    case "vault":
    case "backup-copy":
      return { area: "storage", column: 3 };
  }
}

/** Gives what stands at the edge the column nearest to where its lines lead; names stay in the middle. */
function spread(nodes: readonly Node[], edges: Picture["edges"], seats: Map<string, Seat>): void {
  const wanted = (id: string): number => {
    const columns = edges
      .filter((edge) => edge.way === "request" && edge.from === id)
      .map(({ to }) => seats.get(to)!)
      .filter(({ area }) => area !== "edge")
      .map(({ column }) => column);
    return columns.reduce((sum, column) => sum + column, 0) / Math.max(1, columns.length);
  };
  const taken = new Map<number, number>();
  const take = (id: string, column: number) => {
    seats.set(id, { area: "edge", column });
    taken.set(column, (taken.get(column) ?? 0) + 1);
  };
  for (const { id } of nodes.filter(({ kind }) => kind === "zone")) {
    take(id, MIDDLE);
  }
  const distributions = nodes
    .filter(({ kind }) => kind === "distribution")
    .sort((one, other) => wanted(one.id) - wanted(other.id) || compare(one.id, other.id));
  for (const { id } of distributions) {
    const free = [...COLUMNS.keys()].sort(
      (one, other) =>
        (taken.get(one) ?? 0) - (taken.get(other) ?? 0) ||
        Math.abs(one - wanted(id)) - Math.abs(other - wanted(id)),
    );
    take(id, free[0]!);
  }
}

/** The lines whose words stand on the card at their end: the paths that a load balancer routes, as its lines run close together. */
export function saidOnCards({ nodes, edges }: Picture): Set<Edge> {
  const kinds = new Map(nodes.map(({ id, kind }) => [id, kind]));
  return new Set(
    edges.filter(
      ({ from, way, label }) => kinds.get(from) === "load-balancer" && way === "request" && label,
    ),
  );
}

/** The cards of a picture, before they have a place; by node. @param said see {@link saidOnCards} */
export function cardsOf(
  { nodes }: Picture,
  said: ReadonlySet<Edge>,
  scale: number,
): Map<string, Card> {
  return new Map(
    nodes.map((node) => {
      const words = [...said]
        .filter(({ to }) => to === node.id)
        .flatMap(({ label }) => label.split(", "));
      return [node.id, cardOf({ ...node, details: [...node.details, ...words] }, scale)];
    }),
  );
}

/** Height of the tallest column of an area. */
export function heightOf(
  cards: ReadonlyMap<string, Card>,
  seats: ReadonlyMap<string, Seat>,
  area: Area,
): number {
  const heights = new Map<number, number>();
  for (const [id, seat] of seats) {
    if (seat.area === area) {
      const before = heights.get(seat.column);
      const { h } = cards.get(id)!;
      heights.set(seat.column, before === undefined ? h : before + GAP + h);
    }
  }
  return Math.max(0, ...heights.values());
}

/** Gives every card its place within its area's bounds. */
export function place(
  picture: Picture,
  cards: ReadonlyMap<string, Card>,
  seats: ReadonlyMap<string, Seat>,
  bounds: Readonly<Record<Area, Bounds>>,
): Map<string, Card> {
  const placed = new Map<string, Card>();
  const columns = new Map<string, string[]>();
  for (const [id, { area, column }] of seats) {
    const key = `${area} ${column}`;
    columns.set(key, [...(columns.get(key) ?? []), id]);
  }
  const wanted = (id: string): number => {
    let [sum, weight] = [0, 0];
    for (const { from, to, way } of picture.edges) {
      const other = from === id ? to : to === id ? from : undefined;
      const card = other === undefined ? undefined : placed.get(other);
      if (other !== undefined && card !== undefined) {
        const near = seats.get(other)!.area === seats.get(id)!.area ? NEAR : 1;
        // What only names or checks stands after what requests and messages pass.
        const counts = way === "control" ? 0 : near;
        sum += counts * (card.y + card.h / 2);
        weight += counts;
      }
    }
    return weight === 0 ? Number.MAX_SAFE_INTEGER : sum / weight;
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const ids of columns.values()) {
      const { area, column } = seats.get(ids[0]!)!;
      const order = ids
        .map((id) => ({ id, y: sweep === 0 ? bounds[area].top : wanted(id) }))
        .sort((one, other) => one.y - other.y || compare(one.id, other.id));
      stack(order, cards, bounds[area]).forEach((y, id) =>
        placed.set(id, at(cards.get(id)!, COLUMNS[column]!, y)),
      );
    }
  }
  return placed;
}

/** Tops of a column's cards: each as near to where it wants to be as order, gaps and bounds allow. */
function stack(
  order: readonly { readonly id: string; readonly y: number }[],
  cards: ReadonlyMap<string, Card>,
  { top, bottom }: Bounds,
): Map<string, number> {
  const tops: number[] = [];
  let free = top;
  for (const { id, y } of order) {
    const { h } = cards.get(id)!;
    const wish = Math.min(y - h / 2, bottom - h);
    tops.push(Math.max(free, onGrid(wish)));
    free = tops.at(-1)! + h + GAP;
  }
  let limit = bottom;
  for (let index = order.length - 1; index >= 0; index--) {
    const { h } = cards.get(order[index]!.id)!;
    tops[index] = Math.max(top, Math.min(tops[index]!, Math.floor((limit - h) / GRID) * GRID));
    limit = tops[index]! - GAP;
  }
  return new Map(order.map(({ id }, index) => [id, tops[index]!]));
}

export { CARD_WIDTH };
