/** Draws a trial of the simulation: requests a second, tasks, and what was slow or failed, minute by minute. */
import type { Trial } from "../../analysis/capacity/trials";

const SIZE = { width: 720, height: 220, left: 56, right: 56, top: 28, bottom: 28 };

/** A file without anything from elsewhere; colours that are told apart in light and dark. */
export function plotOf({ name, worst }: Trial): string {
  const { width, height, left, right, top, bottom } = SIZE;
  const { moments } = worst;
  const most = (pick: (one: (typeof moments)[number]) => number) =>
    Math.max(1, ...moments.map(pick));
  const [rps, tasks] = [most((one) => one.rps), most((one) => one.tasks)];
  const bad = most((one) => one.slow + one.failed);
  const x = (index: number) =>
    left + ((width - left - right) * index) / Math.max(1, moments.length - 1);
  const y = (share: number) => height - bottom - (height - top - bottom) * share;
  const line = (pick: (one: (typeof moments)[number]) => number, scale: number) =>
    moments
      .map((one, index) => `${x(index).toFixed(1)},${y(pick(one) / scale).toFixed(1)}`)
      .join(" ");
  const series = [
    ["#2563eb", "requests a second", line((one) => one.rps, rps), rps],
    ["#059669", "tasks", line((one) => one.tasks, tasks), tasks],
    ["#dc2626", "slow or failed a minute", line((one) => one.slow + one.failed, bad), bad],
  ] as const;
  const minutes = moments.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${name}, at worst: ${series.map(([, label, , peak]) => `${label} up to ${Math.round(peak)}`).join(", ")}</title>`,
    `<style>text{font:12px sans-serif;fill:#57606a}.axis{stroke:#8b949e;stroke-width:1}polyline{fill:none;stroke-width:2}</style>`,
    `<line class="axis" x1="${left}" y1="${height - bottom}" x2="${width - right}" y2="${height - bottom}"/>`,
    ...series.map(
      ([color, label, points, peak], index) =>
        `<polyline stroke="${color}" points="${points}"/><text x="${left + index * 210}" y="16" style="fill:${color}">${label}, most ${Math.round(peak).toLocaleString("en-US")}</text>`,
    ),
    `<text x="${left}" y="${height - 8}">0</text><text x="${width - right}" y="${height - 8}" text-anchor="end">${minutes} minutes</text>`,
    "</svg>",
    "",
  ].join("\n");
}
