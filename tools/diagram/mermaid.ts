/** A picture's parts as Mermaid, which GitHub renders: one diagram for each part of the platform. */
import { visible } from "../visible";
import { TIERS, type Edge, type Group, type Node, type Picture, type Subnet } from "./model";
import { FOREIGN } from "./network";
import { LIGHT } from "./theme";

/** A diagram of the page. */
export interface Part {
  readonly heading: string;
  readonly words: string;
  /** Text of the diagram. */
  readonly mermaid: string;
}

/** Arrows by what the line means. */
const ARROWS: Readonly<Record<Edge["way"], string>> = {
  request: "==>",
  data: "-->",
  event: "-->",
  copy: "-.->",
  control: "-.->",
};

/** Shapes by kind: stores are cylinders, messages are stadiums, people are circles. */
function shape(node: Node, text: string): string {
  switch (node.group) {
    case "data":
      return node.kind === "backup-copy" ? `["${text}"]` : `[("${text}")]`;
    case "events":
      return `(["${text}"])`;
    case "outside":
      return `(["${text}"])`;
    case "edge":
      return `{{"${text}"}}`;
    case "network":
    case "compute":
      return `["${text}"]`;
  }
}

/** The diagrams of a picture; a part that the stack does not have is left out. */
export function partsOf(picture: Picture): Part[] {
  const { nodes, edges } = picture;
  const tell = (...kinds: Node["kind"][]) => nodes.filter(({ kind }) => kinds.includes(kind));
  const parts: Part[] = [];
  const add = (
    heading: string,
    words: string,
    seeds: readonly Node[],
    wanted: (edge: Edge) => boolean,
  ): void => {
    const ids = new Set(seeds.map(({ id }) => id));
    const lines = edges.filter((edge) => (ids.has(edge.from) || ids.has(edge.to)) && wanted(edge));
    const shown = nodes.filter(
      ({ id }) => ids.has(id) || lines.some(({ from, to }) => from === id || to === id),
    );
    if (shown.length > 0) {
      parts.push({ heading, words, mermaid: flowchart(shown, lines, picture.region) });
    }
  };
  if (picture.network !== undefined) {
    parts.push({
      heading: "Network",
      words:
        "Public subnets have a route to the internet gateway, private ones to a NAT gateway, database subnets to neither.",
      mermaid: networkChart(picture),
    });
  }
  add(
    "Edge",
    nodes.some(({ kind }) => kind === "distribution")
      ? "Names, distributions and their origins. A bucket's copy answers when the bucket does not, an error page when neither does."
      : "Names and what they lead to.",
    tell("zone", "distribution"),
    ({ way }) => way === "request" || way === "control",
  );
  add(
    "Compute",
    "The load balancer's rules, by path, and the functions that check a new version before users reach it.",
    tell("load-balancer", "service"),
    ({ way }) => way === "request" || way === "control" || way === "data",
  );
  add(
    "Data",
    "Readers and writers of each data store, with ports, and the places of the copies.",
    tell("database", "cache", "bucket", "vault", "backup-copy", "registry"),
    ({ way }) => way === "data" || way === "copy",
  );
  add(
    "Eventing",
    "Senders and receivers of queues, callers of functions, and receivers of notifications. The picture shows dead-letter queues below the resources that they belong to.",
    tell("queue", "topic", "schedule", "rule", "alarms"),
    ({ way }) => way === "event",
  );
  return parts;
}

/** Ids in a diagram: letters, digits and underscores. */
const idOf = (id: string): string => id.replace(/[^A-Za-z0-9]/g, "_");

/**
 * A text between quotes: Mermaid's own way of writing what would end it, or be taken for Markdown. One line, and no
 * entity of its own: Mermaid reads `#35;` and `&#35;` alike.
 */
export function quoted(text: string): string {
  return visible(text.replace(/\s+/g, " "))
    .replaceAll("#", "\0")
    .replaceAll("&", "#amp;")
    .replaceAll("\0", "#35;")
    .replaceAll('"', "#quot;")
    .replaceAll("<", "#lt;")
    .replaceAll(">", "#gt;")
    .replaceAll("*", "#42;")
    .replaceAll("@", "#64;")
    .replaceAll("`", "#96;");
}

function flowchart(nodes: readonly Node[], edges: readonly Edge[], home: string): string {
  const elsewhere = (node: Node) => node.region !== undefined && node.region !== home;
  const lines = ["flowchart LR"];
  const declare = (node: Node, indent: string) => {
    const text = [quoted(node.label), `<b>${quoted(node.title)}</b>`].join("<br/>");
    lines.push(`${indent}${idOf(node.id)}${shape(node, text)}:::${node.group}`);
  };
  nodes.filter((node) => !elsewhere(node)).forEach((node) => declare(node, "  "));
  for (const region of new Set(nodes.filter(elsewhere).map((node) => node.region!))) {
    lines.push(`  subgraph ${idOf(`region-${region}`)}["${quoted(region)}"]`);
    nodes.filter((node) => node.region === region).forEach((node) => declare(node, "    "));
    lines.push("  end");
  }
  for (const { from, to, way, label } of edges) {
    const words = label === "" ? "" : `|"${quoted(label)}"|`;
    lines.push(`  ${idOf(from)} ${ARROWS[way]}${words} ${idOf(to)}`);
  }
  return [...lines, ...classes(new Set(nodes.map(({ group }) => group)))].join("\n");
}

/** Colours that hold on GitHub's light and dark pages: dark fills, light text. */
function classes(groups: ReadonlySet<Group>): string[] {
  return [...groups].map(
    (group) =>
      `  classDef ${group} fill:${LIGHT.groups[group]},stroke:${LIGHT.groups[group]},color:#ffffff`,
  );
}

const TIER_WORDS = { public: "public", private: "private", database: "database" } as const;

/** The network: zones side by side, their subnets, and the ways out. */
function networkChart({ network }: Picture): string {
  const { name, cidr, gateway, foreign, subnets, endpoints } = network!;
  const lines = ["flowchart TB"];
  if (gateway) {
    lines.push('  internet(["Internet"]):::outside');
  }
  const vpc = [name, foreign ? FOREIGN : cidr].filter((one) => one !== "").map(quoted);
  lines.push(`  subgraph vpc["VPC ${vpc.join(" · ")}"]`);
  if (gateway) {
    lines.push('    gateway["Internet gateway"]:::network');
  }
  for (const zone of new Set(subnets.map((subnet) => subnet.zone))) {
    lines.push(
      `    subgraph ${idOf(`zone-${zone}`)}["${quoted(zone === "" ? "zone not known" : zone)}"]`,
    );
    for (const subnet of subnets.filter((one) => one.zone === zone)) {
      const words = subnet.routed ? TIER_WORDS[subnet.tier] : "routes not known";
      const text = `${words}<br/><b>${quoted(subnet.cidr === "" ? subnet.name : subnet.cidr)}</b>`;
      lines.push(
        `      ${subnetId(subnet)}["${text}"]:::${subnet.routed && subnet.tier === "database" ? "data" : "network"}`,
      );
      if (subnet.nat) {
        lines.push(`      nat_${idOf(zone)}["NAT gateway"]:::network`);
      }
    }
    lines.push("    end");
  }
  if (endpoints.length > 0) {
    lines.push(`    endpoints["Endpoints<br/>${endpoints.map(quoted).join("<br/>")}"]:::compute`);
  }
  lines.push("  end");
  lines.push(...networkLines(subnets, gateway));
  return [...lines, ...classes(new Set(["outside", "network", "data", "compute"]))].join("\n");
}

function subnetId({ name, tier, zone, cidr }: Subnet): string {
  return `${tier}_${zone}_${cidr === "" ? name : cidr}`.replace(/[^A-Za-z0-9]/g, "_");
}

function networkLines(subnets: readonly Subnet[], gateway: boolean): string[] {
  const lines = gateway ? ["  internet <--> gateway"] : [];
  for (const { zone } of subnets.filter(({ nat }) => nat)) {
    const nat = `nat_${idOf(zone)}`;
    const users = subnets.filter(({ exit }) => exit === zone);
    lines.push(...users.map((user) => `  ${subnetId(user)} --> ${nat}`));
    lines.push(...(gateway ? [`  ${nat} --> gateway`] : []));
  }
  const open = subnets.filter(({ tier }) => tier === TIERS[0]);
  lines.push(...(gateway ? open.map((one) => `  gateway <--> ${subnetId(one)}`) : []));
  return lines;
}
