/** How wide texts are, and how to make them fit: for the layout of pictures, whose fonts differ by machine. */

/** Widths of the characters from the space on, in thousandths of the font size: Helvetica's. */
const WIDTHS = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
  556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
  611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
  667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
  222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
] as const;

/** Widest ratio of the fonts in the picture's stack to Helvetica: DejaVu Sans, which Linux falls back to. */
const SAFETY = 1.17;

/** Of a bold font to a regular one. */
const BOLD = 1.1;

/** A font as far as widths depend on it. */
export interface Font {
  /** Pixels. */
  readonly size: number;
  readonly bold?: boolean;
  /** Pixels between characters. Default: 0. */
  readonly spacing?: number;
}

/** The same font, larger or smaller. */
export function sized<Given extends Font>(font: Given, scale: number): Given {
  return { ...font, size: font.size * scale };
}

/** Width of a text in pixels: an upper limit for the usual fonts. */
export function widthOf(text: string, { size, bold = false, spacing = 0 }: Font): number {
  const units = [...text].reduce(
    (sum, char) => sum + (WIDTHS[char.codePointAt(0)! - 32] ?? 700),
    0,
  );
  return (units / 1000) * size * SAFETY * (bold ? BOLD : 1) + [...text].length * spacing;
}

/** The text, cut with an ellipsis if it is wider than there is room. */
export function fit(text: string, room: number, font: Font): string {
  if (widthOf(text, font) <= room) {
    return text;
  }
  const characters = [...text];
  while (characters.length > 0 && widthOf(`${characters.join("")}…`, font) > room) {
    characters.pop();
  }
  return `${characters.join("").trimEnd()}…`;
}

/** The text in lines of about the same width, broken after hyphens, slashes and spaces; too much is cut. */
export function wrap(text: string, room: number, font: Font, limit: number): string[] {
  const pieces = text.match(/[^\s\-/@]*[\s\-/@]?/g)!.filter((piece) => piece !== "");
  const first = broken(pieces, room, font);
  let best = first;
  // The narrowest room in which the text needs no more lines.
  for (let narrow = room - 4; first.length > 1 && narrow > 0; narrow -= 4) {
    const lines = broken(pieces, narrow, font);
    if (lines.length > first.length || lines.some((line) => widthOf(line.trim(), font) > narrow)) {
      break;
    }
    best = lines;
  }
  const kept =
    best.length > limit ? [...best.slice(0, limit - 1), best.slice(limit - 1).join("")] : best;
  return kept.map((one) => fit(one.replace(/^ ?· | ?· ?$/g, "").trim(), room, font));
}

function broken(pieces: readonly string[], room: number, font: Font): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces) {
    if (line !== "" && widthOf((line + piece).trimEnd(), font) > room) {
      lines.push(line);
      line = "";
    }
    line += piece;
  }
  return [...lines, line];
}
