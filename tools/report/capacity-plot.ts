/** Draws a trial of the simulation: requests a second, tasks, and what was slow or failed, minute by minute. */
import type { Trial } from "../../analysis/capacity/trials";

const SIZE = { width: 720, height: 220, left: 56, right: 56, top: 28, bottom: 28 };

/** A line of a plot: what it counts, at most how many, and minute by minute the share of that. */
export interface Series {
  readonly label: string;
  readonly most: number;
  readonly shares: readonly number[];
}

/** The lines of a trial, at worst. */
export function seriesOf({ worst: { moments } }: Pick<Trial, "worst">): readonly Series[] {
  const counted = [
    ["requests a second", ({ rps }) => rps],
    ["tasks", ({ tasks }) => tasks],
    ["slow or failed a minute", ({ slow, failed }) => slow + failed],
  ] as const satisfies readonly (readonly [string, (one: (typeof moments)[number]) => number])[];
  return counted.map(([label, pick]) => {
    const most = Math.max(1, ...moments.map(pick));
    return { label, most, shares: moments.map((one) => pick(one) / most) };
  });
}

const COLORS = ["#2563eb", "#059669", "#dc2626"];

/** A file without anything from elsewhere; colours that are told apart in light and dark. */
export function plotOf(trial: Pick<Trial, "name" | "worst">): string {
  const { width, height, left, right, top, bottom } = SIZE;
  const minutes = trial.worst.moments.length;
  const x = (index: number) => left + ((width - left - right) * index) / Math.max(1, minutes - 1);
  const y = (share: number) => height - bottom - (height - top - bottom) * share;
  const line = (shares: readonly number[]) =>
    shares.map((one, index) => `${x(index).toFixed(1)},${y(one).toFixed(1)}`).join(" ");
  const series = seriesOf(trial);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${trial.name}, at worst: ${series.map(({ label, most }) => `${label} up to ${Math.round(most)}`).join(", ")}</title>`,
    `<style>text{font:12px sans-serif;fill:#57606a}.axis{stroke:#8b949e;stroke-width:1}polyline{fill:none;stroke-width:2}</style>`,
    `<line class="axis" x1="${left}" y1="${height - bottom}" x2="${width - right}" y2="${height - bottom}"/>`,
    ...series.map(
      ({ label, most, shares }, index) =>
        `<polyline stroke="${COLORS[index]}" points="${line(shares)}"/><text x="${left + index * 210}" y="16" style="fill:${COLORS[index]}">${label}, most ${Math.round(most).toLocaleString("en-US")}</text>`,
    ),
    `<text x="${left}" y="${height - 8}">0</text><text x="${width - right}" y="${height - 8}" text-anchor="end">${minutes} minutes</text>`,
    "</svg>",
    "",
  ].join("\n");
}
