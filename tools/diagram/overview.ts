/** The overview of a picture: what is of a kind in a place is one box, what only checks or names others is left out. */
import { counted } from "../../analysis/counted";
import { KINDS } from "./builder";
import type { View } from "./layout";
import type { Edge, Kind, Node, Part, Picture } from "./model";
import { zonesOf } from "./network";

/** What several of a kind are called, in the singular. */
const NOUNS: Readonly<Record<Kind, string>> = {
  users: "group",
  zone: "zone",
  distribution: "distribution",
  "load-balancer": "load balancer",
  service: "service",
  function: "function",
  database: "instance",
  cache: "cache",
  bucket: "bucket",
  registry: "registry",
  vault: "vault",
  "backup-copy": "copy",
  queue: "queue",
  topic: "topic",
  schedule: "schedule",
  rule: "rule",
  alarms: "set of alarms",
  log: "log group",
  recipient: "recipient",
};

/** Large letters, as a README shows the picture at two thirds of its size. */
export const OVERVIEW: View = {
  scale: 1.2,
  caption: ({ resources }) =>
    `Each box stands for all resources of a kind in a place. The full picture shows each of them, and lists the ${resources} resources.`,
};

/** What watches and what starts things: the full picture has them. */
const LEFT_OUT: ReadonlySet<Kind> = new Set(["schedule", "rule", "alarms", "log"]);

/** Facts that a box of the overview has at most. */
const DETAILS = 1;

/**
 * The overview of a picture: a box for each kind of a tier and a region, and one line for all those between two
 * boxes that mean the same. Of the lines that name or check, only those of a zone stay, as requests follow them. A
 * box that no line reaches then is left to the full picture, as is what watches and starts.
 */
export function overviewOf(picture: Picture): Picture {
  const groups = new Map<string, Node[]>();
  const idOf = new Map<string, string>();
  for (const node of picture.nodes.filter(({ kind }) => !LEFT_OUT.has(kind))) {
    const id = [node.kind, node.tier, node.region].filter(Boolean).join("-");
    groups.set(id, [...(groups.get(id) ?? []), node]);
    idOf.set(node.id, id);
  }
  const zones = new Set(picture.nodes.filter(({ kind }) => kind === "zone").map(({ id }) => id));
  const main = picture.edges.filter(
    ({ from, to, way }) =>
      idOf.has(from) && idOf.has(to) && (way !== "control" || zones.has(from) || zones.has(to)),
  );
  const edges = merged(
    main.map((edge) => ({ ...edge, from: idOf.get(edge.from)!, to: idOf.get(edge.to)! })),
  );
  const reached = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const { network } = picture;
  const inZones = zonesOf(network);
  return {
    ...picture,
    nodes: [...groups].filter(([id]) => reached.has(id)).map(([id, nodes]) => boxOf(id, nodes)),
    edges,
    ...(network !== undefined && {
      network: {
        ...{ ...network, subnets: [], endpoints: [] },
        cidr: [network.cidr, ...(inZones > 0 ? [counted(inZones, "zone")] : [])]
          .filter((one) => one !== "")
          .join(" in "),
      },
    }),
  };
}

/** One box for nodes of a kind; a single one keeps its name. */
function boxOf(id: string, nodes: readonly Node[]): Node {
  const [first] = nodes as [Node];
  const parts = partsOf(nodes);
  if (nodes.length === 1) {
    return { ...first, id, details: first.details.slice(0, DETAILS), parts };
  }
  const labels = new Set(nodes.map(({ label }) => label));
  const common = first.label
    .split(" ")
    .filter((word) => [...labels].every((label) => label.split(" ").includes(word)));
  // A box of several stands for no one resource.
  const { kind, group, tier, region } = first;
  return {
    ...{ id, kind, group, parts },
    ...(tier !== undefined && { tier }),
    ...(region !== undefined && { region }),
    label: common.join(" ") || KINDS[kind][1],
    title: counted(nodes.length, NOUNS[kind]),
    details: [nodes.map(({ title }) => title).join(", ")],
  };
}

/** What belongs to the nodes of a box, each once; queues for failures as their number. */
function partsOf(nodes: readonly Node[]): Part[] {
  const parts = nodes.flatMap((node) => node.parts);
  const failures = parts.filter(({ kind }) => kind === "dead-letters").length;
  const others = new Map(
    parts
      .filter(({ kind }) => kind !== "dead-letters" && (kind !== "extra" || nodes.length === 1))
      .map((part) => [`${part.kind} ${part.text}`, part]),
  );
  return failures === 0
    ? [...others.values()]
    : [...others.values(), { kind: "dead-letters", text: `${failures} for failures` }];
}

/** One line for all between two boxes that mean the same. It says what all of them say, and no lists. */
function merged(edges: readonly Edge[]): Edge[] {
  const found = new Map<string, Edge>();
  for (const edge of edges.filter(({ from, to }) => from !== to)) {
    const key = `${edge.from} ${edge.to} ${edge.way}`;
    const before = found.get(key);
    const same = before === undefined || before.label === edge.label;
    found.set(key, { ...edge, label: same && !edge.label.includes(", ") ? edge.label : "" });
  }
  return [...found.values()];
}
