/** A picture's layout: frames, cards, lines and texts, in pixels. The same picture gives the same layout. */
import { CARD_WIDTH, GRID, onGrid } from "./card";
import { placeLabels } from "./labels";
import { legendOf } from "./legend";
import { TIERS, type Picture } from "./model";
import { FOREIGN, zonesOf } from "./network";
import {
  cardsOf,
  COLUMNS,
  heightOf,
  place,
  saidOnCards,
  seatsOf,
  type Area,
  type Bounds,
} from "./place";
import { Router } from "./router";
import type { Box, Chip, Panel, Route, Scene, Text } from "./scene";
import { fit, sized, widthOf, wrap, type Font } from "./text";

const MARGIN = 24;
const WIDTH = COLUMNS[4] + CARD_WIDTH + 8 + MARGIN;
/** From a frame's top to its first card. */
const HEAD = 40;
/** From the last card to its frame's bottom. */
const FOOT = 16;
/** The same at the edge, whose lines to each other run below its cards. */
const EDGE_FOOT = 32;
/** Between frames: room for lines. */
const STREET = 48;
const ZONE_ROW = 20;
const HEADING: Font = { size: 13, bold: true };
const SMALL: Font = { size: 11 };
const TINY: Font = { size: 10 };

const TIER_NAMES = {
  public: "Public subnets",
  private: "Private subnets",
  database: "Database subnets",
} as const;

/** Vertical positions of everything. */
interface Frame {
  readonly bounds: Readonly<Record<Area, Bounds>>;
  readonly edge: Box;
  readonly home: Box;
  readonly network: Box;
  readonly tiers: readonly Box[];
  readonly storage: Box;
  readonly events: Box;
  readonly recovery: Box;
  readonly height: number;
}

/** How a picture is shown. */
export interface View {
  /** How much larger than usual the letters of boxes and lines are. */
  readonly scale: number;
  /** What stands below the picture. */
  readonly caption: (picture: Picture) => string;
}

/** Everything, in the usual size. */
export const FULL: View = {
  scale: 1,
  caption: ({ supporting, families }) =>
    `and ${supporting} supporting resources: ${families.map(({ name, count }) => `${name} (${count})`).join(", ")}`,
};

/** Lays a picture out. */
export function layoutOf(picture: Picture, view: View = FULL): Scene {
  const seats = seatsOf(picture);
  const said = saidOnCards(picture);
  const blank = cardsOf(picture, said, view.scale);
  const height = (area: Area) => heightOf(blank, seats, area);
  const frame = frameOf(picture, height);
  const placed = place(picture, blank, seats, frame.bounds);
  const panels = panelsOf(picture, frame, (area) => height(area) > 0, view.scale);
  const obstacles = panels.flatMap(({ texts, chips }) => [...texts.map(boxOf), ...chips]);
  const lines = new Router(WIDTH, frame.height, placed, obstacles, picture.edges).routes();
  const routes = picture.edges.map((edge, index): Route => ({ edge, points: lines[index]! }));
  const cards = [...placed.values()];
  return {
    width: WIDTH,
    height: frame.height,
    panels,
    cards,
    routes: placeLabels(routes, said, [...cards, ...obstacles], panels, view.scale),
    texts: [...titles(picture), ...caption(view.caption(picture), frame.height)],
    legend: legendOf({ cards, panels, routes }, WIDTH - MARGIN, view.scale),
  };
}

function frameOf(picture: Picture, height: (area: Area) => number): Frame {
  const zones = Math.max(
    0,
    ...TIERS.map((tier) => picture.network?.subnets.filter((one) => one.tier === tier).length ?? 0),
  );
  const foot = zones === 0 ? FOOT : onGrid(zones * ZONE_ROW + 20);
  const outsideTop = 96;
  const outsideBottom = outsideTop + height("outside");
  const edgeTop = height("outside") > 0 ? outsideBottom + 32 : outsideTop;
  const edgeBottom = height("edge") > 0 ? edgeTop + HEAD + height("edge") + EDGE_FOOT : edgeTop;
  const homeTop = height("edge") > 0 ? edgeBottom + STREET : edgeBottom;
  const innerTop = homeTop + HEAD;
  const tierTop = innerTop + 48;
  const cardTop = tierTop + HEAD;
  const inner = Math.max(height("network") + foot, height("storage") + FOOT - 48);
  const tierBottom = cardTop + inner;
  const innerBottom = tierBottom + FOOT;
  const eventsTop = innerBottom + STREET;
  const eventsBottom =
    height("events") > 0 ? eventsTop + HEAD + height("events") + FOOT : innerBottom;
  const recoveryBottom = Math.max(innerBottom, innerTop + HEAD + height("recovery") + FOOT);
  // Recipients stand beside the events, below the copies.
  const recipientsTop = Math.max(eventsTop + HEAD, recoveryBottom + FOOT);
  const recipientsBottom =
    height("recipients") > 0 ? recipientsTop + height("recipients") : recipientsTop;
  const bottom = Math.max(eventsBottom, recoveryBottom, recipientsBottom);
  const [left, right] = [COLUMNS[0] - 40, COLUMNS[3] + CARD_WIDTH + 24];
  const tier = (column: number): Box => ({
    ...{ x: COLUMNS[column]! - 8, y: tierTop, w: CARD_WIDTH + 16, h: tierBottom - tierTop },
  });
  const tiers = [tier(0), tier(1), tier(2)];
  return {
    bounds: {
      outside: { top: outsideTop, bottom: outsideBottom },
      edge: { top: edgeTop + HEAD, bottom: edgeBottom - EDGE_FOOT },
      network: { top: cardTop, bottom: tierBottom - foot },
      storage: { top: innerTop + HEAD, bottom: innerBottom - FOOT },
      events: { top: eventsTop + HEAD, bottom: eventsBottom - FOOT },
      recovery: { top: innerTop + HEAD, bottom: recoveryBottom - FOOT },
      recipients: { top: recipientsTop, bottom: Math.max(recipientsBottom, eventsBottom - FOOT) },
    },
    edge: { x: left, y: edgeTop, w: WIDTH - 2 * MARGIN, h: edgeBottom - edgeTop },
    home: { x: left, y: homeTop, w: right - left, h: bottom + FOOT - homeTop },
    network: {
      ...{ x: tiers[0]!.x - 16, y: innerTop, h: innerBottom - innerTop },
      w: tiers[2]!.x + tiers[2]!.w + 32 - tiers[0]!.x,
    },
    tiers,
    storage: {
      ...{ x: COLUMNS[3] - 8, y: innerTop, w: CARD_WIDTH + 16, h: innerBottom - innerTop },
    },
    events: {
      ...{ x: tiers[0]!.x - 16, y: eventsTop, h: eventsBottom - eventsTop },
      w: COLUMNS[3] + CARD_WIDTH + 8 - tiers[0]!.x + 16,
    },
    recovery: {
      ...{ x: COLUMNS[4] - 8, y: homeTop, w: CARD_WIDTH + 16, h: recoveryBottom - homeTop },
    },
    height: onGrid(bottom + FOOT + 72),
  };
}

function panelsOf(
  picture: Picture,
  frame: Frame,
  used: (area: Area) => boolean,
  scale: number,
): Panel[] {
  const { network, region, nodes } = picture;
  const others = [...new Set(nodes.map((node) => node.region))].filter(
    (one) => one !== undefined && one !== region,
  );
  const panels: Panel[] = [
    panel("home", "region", frame.home, scale, region, "region of the stack"),
    panel("events", "area", frame.events, scale, "Events", "queues, functions, notifications"),
    panel("storage", "area", frame.storage, scale, "Storage"),
    panel("edge", "area", frame.edge, scale, "Edge", "the same for every region"),
    panel("recovery", "other-region", frame.recovery, scale, others.join(", "), "copies"),
  ].filter(({ id }) => id === "home" || used(id as Area));
  if (network !== undefined) {
    panels.push(networkPanel(picture, frame.network, scale));
    TIERS.forEach((tier, column) =>
      panels.push(tierPanel(picture, tier, frame.tiers[column]!, scale)),
    );
  }
  // Frames within frames are drawn later.
  return panels.sort((one, other) => other.w * other.h - one.w * one.h);
}

function panel(
  id: string,
  kind: Panel["kind"],
  box: Box,
  scale: number,
  heading: string,
  words = "",
): Panel {
  const room = box.w - 24;
  const [large, small] = [sized(HEADING, scale), sized(SMALL, scale)];
  const title = fit(heading, room, large);
  const texts: Text[] = [
    { x: box.x + 12, y: box.y + 23, text: title, tone: "ink", room, ...large },
  ];
  const start = widthOf(title, large) + 8;
  if (words !== "" && start + widthOf(words, small) < room) {
    texts.push({
      ...{ x: box.x + 12 + start, y: box.y + 23, text: words, tone: "muted", ...small },
      room: room - start,
    });
  }
  return { id, kind, ...box, texts, chips: [] };
}

function networkPanel({ network }: Picture, box: Box, scale: number): Panel {
  const { name, cidr, gateway, foreign, endpoints } = network!;
  const base = panel("network", "network", box, scale, `VPC ${name}`, cidr);
  const texts = [...base.texts];
  const below = foreign ? FOREIGN : gateway ? "internet gateway" : undefined;
  if (below !== undefined) {
    texts.push({
      ...{ x: box.x + 12, y: box.y + 23 + 16 * scale, text: below, tone: "muted" },
      ...{ room: 160, ...sized(SMALL, scale) },
    });
  }
  if (endpoints.length > 0) {
    texts.push({
      ...{ x: COLUMNS[1] - 20, y: box.y + 20, text: "endpoints", tone: "muted", anchor: "end" },
      ...{ room: 64, ...TINY },
    });
  }
  return { ...base, texts, chips: endpointChips(endpoints, box) };
}

/** Chips of the endpoints, in two rows at most. */
function endpointChips(endpoints: readonly string[], box: Box): Chip[] {
  const chips: Chip[] = [];
  const right = box.x + box.w - 12;
  let [x, row] = [COLUMNS[1] - 8, 0];
  for (const name of endpoints) {
    const w = Math.ceil(widthOf(name, TINY)) + 14;
    if (x + w > right) {
      [x, row] = [COLUMNS[1] - 8, row + 1];
    }
    if (row > 1) {
      break;
    }
    chips.push(chip(name, `VPC endpoint of ${name}`, { x, y: box.y + 8 + row * 18, w, h: 16 }));
    x += w + 6;
  }
  return chips;
}

function chip(name: string, title: string, box: Box): Chip {
  const { x, y, w, h } = box;
  return {
    ...{ ...box, kind: "endpoint", title },
    texts: [
      {
        ...{ x: x + w / 2, y: y + h / 2 + 3.5, text: name, tone: "muted", anchor: "middle" },
        ...{ room: w, ...TINY },
      },
    ],
  };
}

function tierPanel(
  { network }: Picture,
  tier: (typeof TIERS)[number],
  box: Box,
  scale: number,
): Panel {
  const subnets = network!.subnets.filter((subnet) => subnet.tier === tier);
  const unsure = subnets.some(({ routed }) => !routed);
  const heading = unsure ? "Routes not known" : TIER_NAMES[tier];
  const base = panel(tier, "tier", box, scale, heading);
  const texts = [...base.texts];
  const chips: Chip[] = [];
  subnets.forEach(({ name, zone, cidr, nat }, index) => {
    const y = box.y + box.h - (subnets.length - index) * ZONE_ROW + 4;
    const end = nat ? 36 : 0;
    texts.push(
      {
        x: box.x + 12,
        y,
        text: zone === "" ? "zone not known" : zone,
        tone: "ink",
        room: 72,
        ...TINY,
      },
      {
        ...{
          x: box.x + box.w - 12 - end,
          y,
          text: cidr === "" ? fit(name, 84, TINY) : cidr,
          tone: "muted",
          anchor: "end",
        },
        ...{ room: 84, ...TINY },
      },
    );
    if (nat) {
      const place = { x: box.x + box.w - 42, y: y - 11.5, w: 34, h: 15 };
      chips.push(chip("NAT", `NAT gateway in ${zone}`, place));
    }
  });
  return { ...base, texts, chips };
}

/** The area that a text covers. */
export function boxOf(text: Text): Box {
  const w = widthOf(text.text, text);
  const left = text.anchor === "middle" ? w / 2 : text.anchor === "end" ? w : 0;
  return { x: text.x - left, y: text.y - text.size, w, h: text.size * 1.25 };
}

function titles({ project, stack, region, network, resources }: Picture): Text[] {
  const zones = zonesOf(network);
  const facts = [
    region,
    ...(zones > 0 ? [`${zones} Availability Zones`] : []),
    `${resources} planned resources`,
  ];
  const room = COLUMNS[2] - MARGIN - 24;
  const title: Font = { size: 24, bold: true };
  return [
    {
      ...{ x: MARGIN, y: 48, text: fit(`${project.toUpperCase()} on AWS: ${stack}`, room, title) },
      ...{ tone: "ink", room, ...title },
    },
    { x: MARGIN, y: 70, text: facts.join(" · "), tone: "muted", room, size: 13 },
  ];
}

function caption(words: string, height: number): Text[] {
  const room = WIDTH - 2 * MARGIN;
  return wrap(words, room, SMALL, 3).map((text, index): Text => ({
    ...{ x: MARGIN, y: height - 48 + index * 16, text, tone: "muted", room, ...SMALL },
  }));
}

export { GRID };
