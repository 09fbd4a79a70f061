/** Where the words of the lines stand: on the line itself if it is long enough, else beside it. */
import type { Edge } from "./model";
import { overlap, type Box, type Label, type Point, type Route } from "./scene";
import { sized, widthOf, type Font } from "./text";

const FONT: Font = { size: 10.5 };
const LINE = 13;
const PAD = 3;
const MISLEADING = 10;
/** What each line or border under a label costs: more than any other drawback of a place. */
const COVERS = 40;
/** Pixels between a line and a label beside it. */
const BESIDE = 4;
/** Where on a segment a label may stand, the middle first. */
const SHARES = [0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.2, 0.8, 0.12, 0.88];

/** Gives each line that has something to say its label, but for those that are said elsewhere. Lines that say the same of the same box say it once. */
export function placeLabels(
  routes: readonly Route[],
  elsewhere: ReadonlySet<Edge>,
  obstacles: readonly Box[],
  frames: readonly Box[],
  scale = 1,
): Route[] {
  const placed: Box[] = [];
  const said = new Set<string>();
  return routes.map((route) => {
    const { label, to, from, way } = route.edge;
    const same = [`to ${to} ${way} ${label}`, `from ${from} ${way} ${label}`];
    if (!telling(label) || elsewhere.has(route.edge) || said.has(same[0]!)) {
      return route;
    }
    const box = best(route, routes, [...obstacles, ...placed], frames, scale);
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

function labelAt({ edge }: Route, centre: Point, scale: number): Label {
  const lines = linesOf(edge.label);
  const [font, high] = [sized(FONT, scale), LINE * scale];
  const w = Math.ceil(Math.max(...lines.map((line) => widthOf(line, font)))) + 2 * PAD;
  const h = lines.length * high + PAD;
  const [x, y] = [centre.x - w / 2, centre.y - h / 2];
  return {
    ...{ x, y, w, h },
    lines: lines.map((text, index) => ({
      ...{ x: centre.x, y: y + 11 * scale + index * high, text, tone: edge.way, anchor: "middle" },
      ...{ room: w, ...font },
    })),
  };
}

/** The place that hides least: of other lines, of corners, of what the line is about. */
function best(
  route: Route,
  routes: readonly Route[],
  taken: readonly Box[],
  frames: readonly Box[],
  scale: number,
): Label | undefined {
  let found: Label | undefined;
  // What finds no free place is in the titles and on the page.
  let least = COVERS;
  const segments = segmentsOf(route);
  segments.forEach((segment, index) => {
    for (const { label, drawback, near } of placesAlong(route, segment, scale)) {
      if (taken.some((box) => overlap(box, label))) {
        continue;
      }
      // Near the end a label says of which of a tree's branches it speaks.
      const cost =
        (hidden(route, near, routes) + bordersUnder(label, frames)) * COVERS +
        (segments.length - 1 - index) * 4 +
        drawback;
      if (cost < least) {
        [least, found] = [cost, label];
      }
    }
  });
  return found;
}

/** A label's place at a segment. */
interface Place {
  readonly label: Label;
  /** What speaks against it already. */
  readonly drawback: number;
  /** What no other line may cross: the label, and what is between it and its line. */
  readonly near: Box;
}

/** The places on a segment and beside it, if it is long enough. */
function placesAlong(route: Route, [a, b]: readonly [Point, Point], scale: number): Place[] {
  const level = a.y === b.y;
  const { w, h } = labelAt(route, a, scale);
  if ((level ? w : h) + 20 > Math.abs(a.x - b.x) + Math.abs(a.y - b.y)) {
    return [];
  }
  const aside = (level ? h : w) / 2 + BESIDE;
  return SHARES.flatMap((share) =>
    [0, -aside, aside].map((offset): Place => {
      const label = labelAt(
        route,
        {
          x: a.x + (b.x - a.x) * share + (level ? 0 : offset),
          y: a.y + (b.y - a.y) * share + (level ? offset : 0),
        },
        scale,
      );
      const drawback = Math.abs(share - 0.5) * 6 + (level ? 0 : 3) + (offset === 0 ? 0 : 12);
      return { label, drawback, near: offset === 0 ? label : grown(label, BESIDE + 1) };
    }),
  );
}

function grown({ x, y, w, h }: Box, by: number): Box {
  return { x: x - by, y: y - by, w: w + 2 * by, h: h + 2 * by };
}

/** What is under a label: other lines, but for those that it speaks of as well; on a stem that others with other words share it would speak for them too. */
function hidden(route: Route, label: Box, routes: readonly Route[]): number {
  const { from, to, way, label: words } = route.edge;
  return routes
    .filter(
      (other) => other !== route && segmentsOf(other).some((one) => overlap(thick(one), label)),
    )
    .reduce((sum, { edge }) => {
      if (edge.way === way && edge.to === to && edge.label === words) {
        return sum;
      }
      const sameTree = edge.way === way && (edge.from === from || edge.to === to);
      return sum + (sameTree ? MISLEADING : 1);
    }, 0);
}

function thick([a, b]: readonly [Point, Point]): Box {
  return {
    ...{ x: Math.min(a.x, b.x) - 1, y: Math.min(a.y, b.y) - 1 },
    ...{ w: Math.abs(a.x - b.x) + 2, h: Math.abs(a.y - b.y) + 2 },
  };
}

/** How many borders of frames are under a label. */
function bordersUnder(label: Box, frames: readonly Box[]): number {
  return frames.flatMap(bordersOf).filter((border) => overlap(border, label)).length;
}

/** The four sides of a box. */
export function bordersOf({ x, y, w, h }: Box): Box[] {
  return [
    { x, y, w, h: 0 },
    { x, y: y + h, w, h: 0 },
    { x, y, w: 0, h },
    { x: x + w, y, w: 0, h },
  ];
}

/** The straight parts of a line. */
export function segmentsOf({ points }: Pick<Route, "points">): [Point, Point][] {
  return points.slice(1).map((point, index) => [points[index]!, point]);
}
