/** The page about the architecture, `docs/architecture.md`, and the files that belong to it. */
import { escapeCell } from "../markup";
import { visible } from "../visible";
import { pictureOf } from "./graph";
import { layoutOf } from "./layout";
import type { PlanPart } from "./lookup";
import { partsOf } from "./mermaid";
import type { Node, Picture } from "./model";
import { OVERVIEW, overviewOf } from "./overview";
import { svgOf } from "./svg";
import { eventPaths, requestPaths, storesOf, type Path } from "./ways";

/** Names of the files, in the folder that they are written to. */
export const SVG_FILE = "architecture.svg";
export const OVERVIEW_FILE = "architecture-overview.svg";
export const PAGE_FILE = "architecture.md";

/** The files of a plan's picture: name to content. The same plan gives the same files. */
export function filesOf(plan: PlanPart): Record<string, string> {
  const picture = pictureOf(plan);
  const overview = overviewOf(picture);
  return {
    [OVERVIEW_FILE]: svgOf(layoutOf(overview, OVERVIEW), overview),
    [SVG_FILE]: svgOf(layoutOf(picture), picture),
    [PAGE_FILE]: pageOf(picture),
  };
}

/** The page in Markdown. */
export function pageOf(picture: Picture): string {
  const { stack, planned, resources, read, supporting, families, notShown } = picture;
  const isRead = read > 0 ? `, and the program reads ${read}` : "";
  const more = families.map(({ name, count }) => `${name} (${count})`).join(", ");
  return [
    "# Architecture",
    "",
    `The ${stack} stack as its plan has it: \`npm run diagram -- --stack ${stack}\` derives this page and its picture`,
    "from the planned resources and what they refer to. Do not edit it.",
    "",
    `![Architecture of the ${stack} stack](${SVG_FILE})`,
    "",
    `[The overview](${OVERVIEW_FILE}) has one box for all resources of a kind in a place.`,
    "",
    `Of the ${planned} resources of the plan, providers create ${resources}${isRead}; the others group them. The picture shows ${resources - supporting} of the ${resources} as boxes, lines and rows. The other ${supporting} support them: ${more}.`,
    "",
    ...notShown.map(
      (components) =>
        `The picture lacks the children of ${cell(components)}: the provider's plugin registers them.\n`,
    ),
    ...partsOf(picture).flatMap(({ heading, words, mermaid }) => [
      `## ${heading}`,
      "",
      words,
      "",
      "```mermaid",
      mermaid,
      "```",
      "",
    ]),
    ...requestSection(picture),
    ...eventSection(picture),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}

const cell = (text: string): string => escapeCell(visible(text.replace(/\s+/g, " ")));
const named = ({ label, title }: Node): string => `${label} **${title}**`;
const coded = (label: string): string =>
  label
    .split(", ")
    .map((one) => `\`${one}\``)
    .join(", ");

/** How a way is written: nodes, and in brackets what leads from one to the next. */
function written({ nodes, labels }: Path): string {
  return nodes
    .map((node, index) => {
      const label = index === 0 ? "" : labels[index - 1]!;
      const words =
        label === "" ? "→ " : label.startsWith("/") ? `→ (${coded(label)}) ` : `→ (${label}) `;
      return `${index === 0 ? "" : words}${named(node)}`;
    })
    .join(" ");
}

function requestSection(picture: Picture): string[] {
  const paths = requestPaths(picture);
  if (paths.length === 0) {
    return [];
  }
  const rows = paths.map((path) => {
    const stores = storesOf(picture, path.nodes.at(-1)!.id)
      .map(({ node, edge }) => `${named(node)} (${edge.label})`)
      .join(", ");
    return `| ${cell(written({ nodes: path.nodes.slice(1), labels: path.labels.slice(1) }))} | ${cell(stores)} |`;
  });
  return [
    "## Request paths",
    "",
    "From a request's address to the resource that answers it. In brackets: the URL path that the request must match.",
    "",
    "| path of the request | what the service reads and writes |",
    "|---|---|",
    ...rows,
    "",
  ];
}

function eventSection(picture: Picture): string[] {
  const paths = eventPaths(picture);
  if (paths.length === 0) {
    return [];
  }
  return [
    "## Event paths",
    "",
    "From the source of a message or call to its receiver. A queue at the end of a path has no reader in the plan.",
    "",
    ...paths.map((path) => `- ${written(path)}`),
    "",
  ];
}
