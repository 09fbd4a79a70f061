/** Colours of the pictures, light and dark. Every text has a contrast of 4.5 to 1 or more to what it stands on. */
import type { Group, Way } from "./model";

/** The colours of a mode, as CSS takes them. */
export interface Palette {
  readonly page: string;
  readonly card: string;
  readonly cardLine: string;
  readonly ink: string;
  readonly muted: string;
  readonly inverse: string;
  readonly region: string;
  readonly otherRegion: string;
  readonly area: string;
  readonly network: string;
  readonly tier: string;
  readonly panelLine: string;
  readonly chip: string;
  readonly blue: string;
  readonly green: string;
  readonly groups: Readonly<Record<Group, string>>;
  readonly ways: Readonly<Record<Way, string>>;
}

export const LIGHT: Palette = {
  page: "#ffffff",
  card: "#ffffff",
  cardLine: "#c9d1dc",
  ink: "#172033",
  muted: "#4d596c",
  inverse: "#ffffff",
  region: "#f6f8fb",
  otherRegion: "#faf7fd",
  area: "#eff3f8",
  network: "#eef5f1",
  tier: "#e3eee8",
  panelLine: "#b9c4d2",
  chip: "#eef1f5",
  blue: "#1d5fc4",
  green: "#1a7a43",
  groups: {
    outside: "#4d596c",
    edge: "#6b3fb8",
    network: "#17694a",
    compute: "#ab4a06",
    data: "#12608f",
    events: "#a92368",
  },
  ways: {
    request: "#6b3fb8",
    data: "#12608f",
    event: "#b42a70",
    copy: "#2b7058",
    control: "#5d6778",
  },
};

export const DARK: Palette = {
  page: "#0d1320",
  card: "#1a2334",
  cardLine: "#3a475e",
  ink: "#eef2f8",
  muted: "#b0bccd",
  inverse: "#0d1320",
  region: "#111a29",
  otherRegion: "#171729",
  area: "#152033",
  network: "#10211f",
  tier: "#152b27",
  panelLine: "#3d4b63",
  chip: "#26334a",
  blue: "#7fb2ff",
  green: "#63d694",
  groups: {
    outside: "#b0bccd",
    edge: "#c0a2ff",
    network: "#6ed3a5",
    compute: "#ffb070",
    data: "#7cc4f5",
    events: "#ff94c6",
  },
  ways: {
    request: "#bb9bff",
    data: "#6dbdf2",
    event: "#ff8ac0",
    copy: "#74cfae",
    control: "#9aa8bd",
  },
};

/** The style sheet: light, and dark where the reader's system is. */
export function styleSheet(): string {
  return [
    `text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}`,
    `.b{font-weight:600}`,
    `.line{fill:none;stroke-width:1.6;stroke-linejoin:round}`,
    `.copy{stroke-dasharray:6 4}`,
    `.control{stroke-dasharray:2 3.5;stroke-linecap:round}`,
    `.glyph{fill:none;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}`,
    `.other{stroke-dasharray:7 5}`,
    rules(LIGHT),
    `@media (prefers-color-scheme:dark){${rules(DARK)}}`,
  ].join("\n");
}

function rules(palette: Palette): string {
  const fill = (name: string, colour: string) => `.${name}{fill:${colour}}`;
  const both = (name: string, colour: string) => [
    `.f-${name}{fill:${colour}}`,
    `.s-${name}{stroke:${colour}}`,
  ];
  const panel = (name: string, colour: string) =>
    `.p-${name}{fill:${colour};stroke:${palette.panelLine}}`;
  return [
    fill("page", palette.page),
    `.card{fill:${palette.card};stroke:${palette.cardLine}}`,
    panel("region", palette.region),
    panel("other-region", palette.otherRegion),
    panel("area", palette.area),
    panel("network", palette.network),
    `.p-tier{fill:${palette.tier};stroke:none}`,
    fill("ink", palette.ink),
    fill("muted", palette.muted),
    fill("inverse", palette.inverse),
    `.chip{fill:${palette.chip}}`,
    fill("blue", palette.blue),
    fill("green", palette.green),
    ...Object.entries(palette.groups).flatMap(([name, colour]) => both(`g-${name}`, colour)),
    ...Object.entries(palette.ways).flatMap(([name, colour]) => both(`w-${name}`, colour)),
    `.pill{fill:${palette.page};fill-opacity:.92}`,
  ].join("");
}
