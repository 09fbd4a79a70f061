/** The inside of a node's box: which line stands where, and how high the box is. */
import type { Node, Part } from "./model";
import type { Card, Chip, Text } from "./scene";
import { fit, sized, wrap, type Font } from "./text";

/** Width of every card in pixels; a multiple of the grid. */
export const CARD_WIDTH = 176;

/** Everything stands on multiples of so many pixels: the lines' tracks. */
export const GRID = 8;

const PAD = 12;
const GLYPH = 16;
const LABEL: Font = { size: 10, bold: true, spacing: 0.4 };
const TITLE: Font = { size: 14, bold: true };
const DETAIL: Font = { size: 11 };
const PART: Font = { size: 10.5 };
const BADGE = 16;

/** Fonts of a card, and how far apart its lines are. */
function typeOf(scale: number) {
  return {
    // As large as the longest of AWS's words allows.
    label: sized(LABEL, Math.min(scale, 1.1)),
    title: sized(TITLE, scale),
    detail: sized(DETAIL, scale),
    part: sized(PART, scale),
    lines: { title: 18 * scale, detail: 15 * scale, part: 12 * scale },
  };
}

/** The next multiple of the grid. */
export function onGrid(pixels: number): number {
  return Math.ceil(pixels / GRID) * GRID;
}

/** A card at the top left corner; `at` moves it. @param scale how much larger its letters are than usual */
export function cardOf(node: Node, scale = 1): Card {
  const type = typeOf(scale);
  const room = CARD_WIDTH - 2 * PAD;
  const texts: Text[] = [];
  const chips: Chip[] = [];
  const label = fit(node.label, room - GLYPH - 4, type.label);
  let y = 20;
  texts.push({
    ...{ x: PAD + GLYPH + 4, y, text: label, tone: node.group, room: room - GLYPH - 4 },
    ...type.label,
  });
  const badges = node.parts.filter(({ kind }) => kind === "blue" || kind === "green");
  badges.forEach(({ kind, text }, index) => {
    const x = CARD_WIDTH - PAD - (badges.length - index) * (BADGE + 4) + 4;
    const letter = text.slice(0, 1).toUpperCase();
    chips.push({
      ...{ x, y: 28, w: BADGE, h: BADGE, kind },
      title: `${text} target group`,
      texts: [
        {
          ...{ x: x + BADGE / 2, y: 39.5, text: letter, size: 10, bold: true, tone: "inverse" },
          ...{ anchor: "middle", room: BADGE },
        },
      ],
    });
  });
  const titleRoom = room - badges.length * (BADGE + 4);
  for (const line of wrap(node.title, titleRoom, type.title, 3)) {
    y += type.lines.title;
    texts.push({ x: PAD, y, text: line, tone: "ink", room: titleRoom, ...type.title });
  }
  y += 2;
  for (const line of node.details.flatMap((detail) => wrap(detail, room, type.detail, 3))) {
    y += type.lines.detail;
    texts.push({ x: PAD, y, text: line, tone: "muted", room, ...type.detail });
  }
  y += 8;
  for (const part of node.parts) {
    if (part.kind !== "blue" && part.kind !== "green") {
      const chip = strip(part, y, type);
      chips.push(chip);
      y += chip.h + 4;
    }
  }
  const h = onGrid(y + 3);
  return { node, x: 0, y: 0, w: CARD_WIDTH, h, texts, chips };
}

/** A strip at the foot of a card, for what belongs to it. */
function strip({ kind, text, name }: Part, y: number, type: ReturnType<typeof typeOf>): Chip {
  const w = CARD_WIDTH - 16;
  const indent = kind === "extra" ? 6 : 20;
  const room = w - indent - 5;
  const tone = kind === "firewall" ? "edge" : "muted";
  const line = type.lines.part;
  const texts = wrap(text, room, type.part, 2).map((words, index): Text => ({
    ...{ x: 8 + indent, y: y + line + 1 + index * line, text: words, room, tone, ...type.part },
  }));
  const h = 6 + texts.length * line;
  const what = { firewall: "web ACL", "dead-letters": "queue for failures" }[kind as string];
  const title = what === undefined ? text : `${what} ${name ?? text}`;
  return { x: 8, y, w, h, kind, title, texts };
}

/** The card with its top left corner moved. */
export function at(card: Card, x: number, y: number): Card {
  const [right, down] = [x - card.x, y - card.y];
  const moved = (text: Text): Text => ({ ...text, x: text.x + right, y: text.y + down });
  return {
    ...card,
    x,
    y,
    texts: card.texts.map(moved),
    chips: card.chips.map((chip) => ({
      ...chip,
      x: chip.x + right,
      y: chip.y + down,
      texts: chip.texts.map(moved),
    })),
  };
}
