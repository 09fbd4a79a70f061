/** The legend: three rows at the top right, for each colour, line, mark and frame that the picture has, and no other. */
import { GROUPS, WAYS } from "./model";
import type { LegendItem, Scene } from "./scene";
import { sized, widthOf, type Font } from "./text";

type Sample = LegendItem["sample"];

const FONT: Font = { size: 11 };
/** Baseline of the first row, and from row to row. */
const [TOP, ROW] = [28, 23];

/** Width of each kind of sample. */
export const SAMPLES = { group: 12, way: 28, chip: 20, frame: 20 } as const;

const GROUP_NAMES = {
  outside: "outside AWS",
  edge: "edge",
  network: "network",
  compute: "compute",
  data: "data",
  events: "events",
} as const;
const WAY_NAMES = {
  request: "request",
  data: "reads, writes",
  event: "message or call",
  copy: "copy",
  control: "name, check",
} as const;
const CHIP_NAMES = {
  blue: "blue targets",
  green: "green targets",
  firewall: "web ACL",
  "dead-letters": "queue for failures",
  endpoint: "endpoint, NAT",
} as const;

/** The items of what is drawn. @param right where the rows end */
export function legendOf(
  { cards, panels, routes }: Pick<Scene, "cards" | "panels" | "routes">,
  right: number,
  scale: number,
): LegendItem[] {
  const groups = new Set(cards.map(({ node }) => node.group));
  const ways = new Set(routes.map(({ edge }) => edge.way));
  const chips = new Set([...cards, ...panels].flatMap((box) => box.chips.map(({ kind }) => kind)));
  const kinds = Object.keys(CHIP_NAMES) as (keyof typeof CHIP_NAMES)[];
  const dashed = panels.some(({ kind }) => kind === "network" || kind === "other-region");
  const rows: (readonly [Sample, string, number])[][] = [
    GROUPS.filter((group) => groups.has(group)).map((group) => [
      { group },
      GROUP_NAMES[group],
      SAMPLES.group,
    ]),
    WAYS.filter((way) => ways.has(way)).map((way) => [{ way }, WAY_NAMES[way], SAMPLES.way]),
    [
      ...kinds
        .filter((chip) => chips.has(chip))
        .map((chip) => [{ chip }, CHIP_NAMES[chip], SAMPLES.chip] as const),
      ...(dashed ? [[{ frame: "network" }, "VPC, other region", SAMPLES.frame] as const] : []),
    ],
  ];
  return rows.flatMap((row, index) => rowOf(row, TOP + index * ROW, right, sized(FONT, scale)));
}

function rowOf(
  row: readonly (readonly [Sample, string, number])[],
  y: number,
  right: number,
  font: Font,
): LegendItem[] {
  const widths = row.map(([, name, sample]) => sample + 6 + Math.ceil(widthOf(name, font)) + 16);
  let x = right + 16 - widths.reduce((sum, width) => sum + width, 0);
  return row.map(([sample, text, width], index) => {
    const start = x;
    x += widths[index]!;
    const room = widths[index]! - width - 6;
    return {
      ...{ x: start, y: y - 4, sample },
      text: { x: start + width + 6, y, text, tone: "muted", room, ...font },
    };
  });
}
