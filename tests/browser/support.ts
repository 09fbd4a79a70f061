import * as fs from "node:fs";
import * as path from "node:path";

/** Switches of a Chromium that shows pages of this machine and leaves the network alone. */
export const SWITCHES = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/**
 * Where Chromium is: `$CHROMIUM`, else the first of its names on `$PATH`.
 * Throws with what to do where there is none: a suite that is passed over says nothing.
 */
export function chromiumPath(env: NodeJS.ProcessEnv = process.env): string {
  const directories = (env.PATH ?? "").split(path.delimiter).filter(Boolean);
  const places = env.CHROMIUM
    ? [env.CHROMIUM]
    : NAMES.flatMap((name) => directories.map((directory) => path.join(directory, name)));
  const found = places.find((place) => fs.existsSync(place));
  if (found) return found;
  const what = env.CHROMIUM
    ? `CHROMIUM is ${env.CHROMIUM}, which is not there`
    : "no Chromium here";
  throw new Error(
    `${what}. Install one (Debian, Ubuntu: apt-get install chromium) or set CHROMIUM to its path.`,
  );
}

/** Address of a resource within the page. */
export function addressOf(urn: string): string {
  return `#${encodeURIComponent(urn)}`;
}

/** Red, green, blue of 0 to 255 and opacity of 0 to 1. */
type Color = readonly [number, number, number, number];

/** A colour as `getComputedStyle` gives it, `rgb(1, 2, 3)` or `rgba(1, 2, 3, 0.5)`. */
function colorOf(text: string): Color {
  const [red, green, blue, opacity = 1] = text.match(/[\d.]+/g)?.map(Number) ?? [];
  if (blue === undefined) throw new Error(`${text} is no colour`);
  return [red!, green!, blue, opacity];
}

function over(top: Color, ground: Color): Color {
  const mixed = [0, 1, 2].map((part) => top[part]! * top[3] + ground[part]! * (1 - top[3]));
  return [mixed[0]!, mixed[1]!, mixed[2]!, 1];
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: Color): number {
  const [red, green, blue] = color.slice(0, 3).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/**
 * Contrast of a text with what is behind it, 1 to 21.
 * https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
 *
 * @param grounds background colours from the text's own element outwards; white is behind them all
 */
export function contrast(text: string, grounds: readonly string[]): number {
  const white: Color = [255, 255, 255, 1];
  const ground = grounds.map(colorOf).reduceRight((below, one) => over(one, below), white);
  const levels = [luminance(over(colorOf(text), ground)), luminance(ground)];
  return (Math.max(...levels) + 0.05) / (Math.min(...levels) + 0.05);
}

/** What these tests ask of an element of the page: the project is compiled without a browser's types. */
export interface Link {
  getAttribute(name: string): string | null;
}
