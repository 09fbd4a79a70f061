/** Where the words of the lines stand: on the line itself if it is long enough, else beside it. */
import { overlap, type Box, type Card, type Label, type Point, type Route } from "./scene";
import { widthOf, type Font } from "./text";

const FONT: Font = { size: 10.5 };
const LINE = 13;
const PAD = 3;
const MISLEADING = 10;
/** From so much on a label does more harm than good. */
const TOO_MUCH = 100;

/** Gives each line that has something to say its label. Lines that say the same of the same box say it once. */
export function placeLabels(
  routes: readonly Route[],
  cards: readonly Card[],
  obstacles: readonly Box[],
): Route[] {
  const placed: Box[] = [];
  const said = new Set<string>();
  return routes.map((route) => {
    const { label, to, from, way } = route.edge;
    const same = [`to ${to} ${way} ${label}`, `from ${from} ${way} ${label}`];
    if (!telling(label) || said.has(same[0]!)) {
      return route;
    }
    const box = best(route, routes, [...cards, ...obstacles, ...placed]);
    if (box === undefined) {
      return route;
    }
    said.add(same[0]!);
    placed.push(box);
    return { ...route, label: box };
  });
}

/** Colour and direction say what a line does; words add where: a port, a path, a name, a condition. */
function telling(label: string): boolean {
  return label !== "" && !/^(reads|writes|new version|replicates)/.test(label);
}

/** A label's lines: one path a line, everything else in one. */
function linesOf(text: string): string[] {
  return text.startsWith("/") ? text.split(", ") : [text];
}

function labelAt({ edge }: Route, centre: Point): Label {
  const lines = linesOf(edge.label);
  const w = Math.ceil(Math.max(...lines.map((line) => widthOf(line, FONT)))) + 2 * PAD;
  const h = lines.length * LINE + PAD;
  const [x, y] = [centre.x - w / 2, centre.y - h / 2];
  return {
    ...{ x, y, w, h },
    lines: lines.map((text, index) => ({
      ...{ x: centre.x, y: y + 11 + index * LINE, text, tone: edge.way, anchor: "middle" },
      ...{ room: w, ...FONT },
    })),
  };
}

/** The place that hides least: of other lines, of corners, of what the line is about. */
function best(route: Route, routes: readonly Route[], taken: readonly Box[]): Label | undefined {
  let found: Label | undefined;
  let least = TOO_MUCH;
  const segments = segmentsOf(route);
  segments.forEach(([a, b], index) => {
    const length = Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
    for (const share of [0.5, 0.35, 0.65, 0.2, 0.8]) {
      const centre = { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
      const label = labelAt(route, centre);
      const along = a.y === b.y ? label.w : label.h;
      const fits = along + 20 <= length;
      if (!fits || taken.some((box) => overlap(box, label))) {
        continue;
      }
      // Near the end a label says of which of a tree's branches it speaks.
      const cost =
        hidden(route, label, routes) * 12 +
        (segments.length - 1 - index) * 4 +
        Math.abs(share - 0.5) * 6 +
        (a.y === b.y ? 0 : 3);
      if (cost < least) {
        [least, found] = [cost, label];
      }
    }
  });
  return found;
}

/** What is under a label: other lines; on a stem that others with other words share it would speak for them too. */
function hidden(route: Route, label: Box, routes: readonly Route[]): number {
  const { from, to, way, label: words } = route.edge;
  return routes
    .filter(
      (other) => other !== route && segmentsOf(other).some((one) => overlap(thick(one), label)),
    )
    .reduce((sum, { edge }) => {
      const sameTree = edge.way === way && (edge.from === from || edge.to === to);
      return sum + (sameTree && edge.label !== words ? MISLEADING : 1);
    }, 0);
}

function thick([a, b]: readonly [Point, Point]): Box {
  return {
    ...{ x: Math.min(a.x, b.x) - 1, y: Math.min(a.y, b.y) - 1 },
    ...{ w: Math.abs(a.x - b.x) + 2, h: Math.abs(a.y - b.y) + 2 },
  };
}

/** The straight parts of a line. */
export function segmentsOf({ points }: Pick<Route, "points">): [Point, Point][] {
  return points.slice(1).map((point, index) => [points[index]!, point]);
}
