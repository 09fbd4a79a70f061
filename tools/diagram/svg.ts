/** Draws a layout as SVG: one file without anything from elsewhere, light or dark as the reader's system is. */
import { counted } from "../../analysis/counted";
import { escapeMarkup as escape } from "../markup";
import { GLYPHS } from "./glyphs";
import { segmentsOf } from "./labels";
import { SAMPLES } from "./legend";
import { type Picture, WAYS } from "./model";
import type { Card, Chip, LegendItem, Panel, Point, Route, Scene, Text } from "./scene";
import { styleSheet } from "./theme";

const CORNER = 7;
const ARROW = { length: 8, half: 4 };

/** Own path of a dead-letter mark: a bent arrow. */
const BENT = "M0 0v4.5a2 2 0 0 0 2 2h5M4.500 4l2.500 2.500-2.500 2.500".replaceAll(".500", ".5");
const SHIELD = "M5 0 9.5 1.6v3.6C9.5 8 7.600 9.900 5 11 2.400 9.900.5 8 .5 5.200V1.6z".replace(
  /(\.\d)00/g,
  "$1",
);

/** The drawing. */
export function svgOf(scene: Scene, picture: Picture): string {
  const { width, height, panels, cards, routes, texts, legend } = scene;
  const title = `Architecture of the ${picture.stack} stack of ${picture.project}`;
  const lines = [...routes].sort((one, other) => weight(one) - weight(other));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="desc">${escape(description(picture))}</desc>`,
    `<style>${styleSheet()}</style>`,
    `<rect class="page" width="${width}" height="${height}" rx="12"/>`,
    ...panels.map(panelOf),
    ...lines.map(lineOf),
    ...cards.map(cardOf),
    ...routes.map(labelOf).filter((label) => label !== ""),
    ...texts.map(textOf),
    ...legend.map(legendOf),
    "</svg>",
    "",
  ].join("\n");
}

/** Lines of little weight are drawn first, below the others. */
function weight({ edge }: Route): number {
  return -WAYS.indexOf(edge.way);
}

/** The picture in a sentence or two, for who does not see it. */
function description({ nodes, edges, network, supporting, region }: Picture): string {
  const kinds = new Map<string, number>();
  nodes.forEach(({ label }) => kinds.set(label, (kinds.get(label) ?? 0) + 1));
  const list = [...kinds].map(([label, count]) => `${label}: ${count}`).join(", ");
  const where = network === undefined ? region : `${region}, VPC ${network.cidr || network.name}`;
  return `In ${where}. ${list}. ${counted(edges.length, "connection")} between them; ${counted(supporting, "supporting resource is", "supporting resources are")} not drawn.`;
}

function panelOf({ id, kind, x, y, w, h, texts, chips }: Panel): string {
  const radius = kind === "tier" ? 8 : 12;
  const other = kind === "other-region" || kind === "network" ? " other" : "";
  return [
    `<g data-panel="${id}">`,
    `<rect class="p-${kind}${other}" x="${x}" y="${y}" width="${w}" height="${h}" rx="${radius}"/>`,
    ...chips.map(chipOf),
    ...texts.map(textOf),
    "</g>",
  ].join("");
}

function cardOf({ node, x, y, w, h, texts, chips }: Card): string {
  return [
    `<g data-node="${escape(node.id)}">`,
    `<title>${escape([`${node.label} ${node.title}`, ...node.details].join("\n"))}</title>`,
    `<rect class="card" x="${x + 0.5}" y="${y + 0.5}" width="${w - 1}" height="${h - 1}" rx="8"/>`,
    `<rect class="f-g-${node.group}" x="${x}" y="${y + 9}" width="4" height="${h - 18}" rx="2"/>`,
    `<path class="glyph s-g-${node.group}" transform="translate(${x + 12} ${y + 8})" d="${GLYPHS[node.kind]}"/>`,
    ...texts.map(textOf),
    ...chips.map(chipOf),
    "</g>",
  ].join("");
}

function chipOf({ texts, title, ...chip }: Chip): string {
  return `<g><title>${escape(title)}</title>${chipShape(chip)}${texts.map(textOf).join("")}</g>`;
}

/** The shape by which a chip's kind is known. */
function chipShape({ x, y, w, h, kind }: Omit<Chip, "texts" | "title">): string {
  const round = kind === "blue" || kind === "green" ? 4 : kind === "endpoint" ? h / 2 : 6;
  const mark =
    kind === "dead-letters"
      ? `<path class="glyph s-g-events" transform="translate(${x + 8} ${y + (h - 10) / 2})" d="${BENT}"/>`
      : kind === "firewall"
        ? `<path class="glyph s-g-edge" transform="translate(${x + 6} ${y + (h - 11) / 2})" d="${SHIELD}"/>`
        : "";
  const fill = kind === "blue" || kind === "green" ? kind : kind === "endpoint" ? "card" : "chip";
  return `<rect class="${fill}" x="${x}" y="${y}" width="${w}" height="${h}" rx="${round}"/>${mark}`;
}

/** A line with round corners and an arrow head at its end. */
function lineOf(route: Route): string {
  const { edge, points } = route;
  const end = points.at(-1)!;
  const [before] = segmentsOf(route).at(-1)!;
  const [right, down] = [Math.sign(end.x - before.x), Math.sign(end.y - before.y)];
  const tip = { x: end.x - right, y: end.y - down };
  const back = { x: tip.x - right * ARROW.length, y: tip.y - down * ARROW.length };
  const head = [
    `M${tip.x} ${tip.y}`,
    `L${back.x + down * ARROW.half} ${back.y + right * ARROW.half}`,
    `L${back.x - down * ARROW.half} ${back.y - right * ARROW.half}Z`,
  ].join("");
  const words = `${edge.from} → ${edge.to}${edge.label === "" ? "" : `: ${edge.label}`}`;
  return [
    `<g data-edge="${escape(`${edge.from} ${edge.to}`)}"><title>${escape(words)}</title>`,
    `<path class="line ${edge.way} s-w-${edge.way}" d="${rounded([...points.slice(0, -1), back])}"/>`,
    `<path class="f-w-${edge.way}" d="${head}"/></g>`,
  ].join("");
}

function rounded(points: readonly Point[]): string {
  const parts = [`M${points[0]!.x} ${points[0]!.y}`];
  for (let index = 1; index < points.length - 1; index++) {
    const [a, b, c] = [points[index - 1]!, points[index]!, points[index + 1]!];
    const reach = (to: Point) =>
      Math.min(CORNER, (Math.abs(to.x - b.x) + Math.abs(to.y - b.y)) / 2);
    const near = (to: Point): Point => ({
      x: b.x + Math.sign(to.x - b.x) * reach(to),
      y: b.y + Math.sign(to.y - b.y) * reach(to),
    });
    const [start, end] = [near(a), near(c)];
    parts.push(`L${start.x} ${start.y}Q${b.x} ${b.y} ${end.x} ${end.y}`);
  }
  const last = points.at(-1)!;
  return `${parts.join("")}L${last.x} ${last.y}`;
}

function labelOf({ label }: Route): string {
  if (label === undefined) {
    return "";
  }
  const { x, y, w, h, lines } = label;
  return `<g><rect class="pill" x="${x}" y="${y}" width="${w}" height="${h}" rx="4"/>${lines.map(textOf).join("")}</g>`;
}

function textOf({ x, y, text, size, bold, spacing, tone, anchor }: Text): string {
  const plain = ["ink", "muted", "inverse"].includes(tone);
  const way = (WAYS as readonly string[]).includes(tone) && anchor === "middle";
  const colour = plain ? tone : way ? `f-w-${tone}` : `f-g-${tone}`;
  const attributes = [
    `x="${x}" y="${y}" font-size="${size}"`,
    ...(anchor === undefined || anchor === "start" ? [] : [`text-anchor="${anchor}"`]),
    ...(spacing === undefined ? [] : [`letter-spacing="${spacing}"`]),
  ].join(" ");
  return `<text class="${colour}${bold ? " b" : ""}" ${attributes}>${escape(text)}</text>`;
}

function legendOf({ x, y, sample, text }: LegendItem): string {
  return sampleOf(sample, x, y) + textOf(text);
}

function sampleOf(sample: LegendItem["sample"], x: number, y: number): string {
  if ("group" in sample) {
    return `<rect class="f-g-${sample.group}" x="${x}" y="${y - 6}" width="12" height="12" rx="3"/>`;
  }
  if ("way" in sample) {
    return `<path class="line ${sample.way} s-w-${sample.way}" d="M${x} ${y}h20"/><path class="f-w-${sample.way}" d="M${x + 28} ${y}l-8-4v8z"/>`;
  }
  if ("chip" in sample) {
    return chipShape({ x, y: y - 8, w: SAMPLES.chip, h: 16, kind: sample.chip });
  }
  return `<rect class="p-${sample.frame} other" x="${x}" y="${y - 6}" width="${SAMPLES.frame}" height="12" rx="3"/>`;
}
