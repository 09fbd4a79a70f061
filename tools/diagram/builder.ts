/** Collects nodes and edges while a plan is read. */
import { counted } from "../../analysis/counted";
import type { PlannedResource } from "../../analysis/plan/model";
import { compare, Lookup, type PlanPart } from "./lookup";
import type { Edge, Group, Kind, Node, Part, Tier, Way } from "./model";

/** What differs between nodes of a kind. */
export interface NodeFacts {
  readonly title: string;
  readonly details?: readonly (string | undefined)[];
  readonly parts?: readonly Part[];
  readonly tier?: Tier;
  /** Default: the stack's region. `undefined` given: no region. */
  readonly region?: string;
}

/** Group and name of each kind; a load balancer's and a database's name depend on the resource. */
export const KINDS: Readonly<Record<Kind, readonly [Group, string]>> = {
  users: ["outside", "Internet"],
  zone: ["edge", "Route 53 zone"],
  distribution: ["edge", "CloudFront"],
  "load-balancer": ["network", "Load balancer"],
  service: ["compute", "ECS service"],
  function: ["compute", "Lambda function"],
  database: ["data", "RDS"],
  cache: ["data", "ElastiCache"],
  bucket: ["data", "S3 bucket"],
  registry: ["compute", "ECR"],
  vault: ["data", "Backup vault"],
  "backup-copy": ["data", "Automated backups"],
  queue: ["events", "SQS queue"],
  topic: ["events", "SNS topic"],
  schedule: ["events", "Schedule"],
  rule: ["events", "EventBridge rule"],
  alarms: ["events", "CloudWatch"],
  log: ["events", "Log group"],
  recipient: ["outside", "Recipient"],
};

/** The picture in the making. */
export class Builder {
  public readonly lookup: Lookup;
  private readonly nodesById = new Map<string, Node>();
  private readonly idByUrn = new Map<string, string>();
  private readonly edgesByEnds = new Map<string, Edge>();

  public constructor(plan: PlanPart) {
    this.lookup = new Lookup(plan);
  }

  /** Adds the node that stands for a resource, or for nothing of the stack. Returns its id. */
  public node(
    kind: Kind,
    resource: PlannedResource | undefined,
    facts: NodeFacts,
    label: string = KINDS[kind][1],
  ): string {
    const id = this.freeId(`${kind}-${slug(facts.title)}`);
    const inRegion = resource !== undefined && !["zone", "distribution"].includes(kind);
    this.nodesById.set(id, {
      id,
      kind,
      group: KINDS[kind][0],
      label,
      title: facts.title,
      details: (facts.details ?? []).filter((detail) => detail !== undefined && detail !== ""),
      parts: facts.parts ?? [],
      region: facts.region ?? (inRegion ? this.lookup.regionOf(resource) : undefined),
      tier: facts.tier,
      urn: resource?.urn,
    } as Node);
    if (resource !== undefined) {
      this.idByUrn.set(resource.urn, id);
      this.lookup.show(resource);
    }
    return id;
  }

  /** The node's id of a resource, if it has one. */
  public idOf(resource: PlannedResource | undefined): string | undefined {
    return resource && this.idByUrn.get(resource.urn);
  }

  /**
   * Adds a line between two nodes that exist. A second one of the same way between the same two adds its label
   * to the first.
   */
  public edge(from: string | undefined, to: string | undefined, way: Way, label = ""): void {
    if (from === undefined || to === undefined || from === to) {
      return;
    }
    const key = `${from} ${to} ${way}`;
    const before = this.edgesByEnds.get(key);
    const labels = [...(before?.label.split(", ") ?? []), ...label.split(", ")].filter(Boolean);
    this.edgesByEnds.set(key, { from, to, way, label: [...new Set(labels)].join(", ") });
  }

  /** True if a line of the way leads from the one node to the other. */
  public connected(from: string | undefined, to: string | undefined, way: Way): boolean {
    return this.edgesByEnds.has(`${from} ${to} ${way}`);
  }

  /** All nodes, in the order in which they were added. */
  public nodes(): Node[] {
    return [...this.nodesById.values()];
  }

  /** All edges, sorted. */
  public edges(): Edge[] {
    return [...this.edgesByEnds.entries()]
      .sort(([one], [other]) => compare(one, other))
      .map(([, edge]) => edge);
  }

  private freeId(wanted: string): string {
    let id = wanted;
    for (let count = 2; this.nodesById.has(id); count++) {
      id = `${wanted}-${count}`;
    }
    return id;
  }
}

/** A text as part of an id: letters, digits and hyphens. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** `900` is `15 min`, `30` is `30 s`. */
export function duration(seconds: number): string {
  if (seconds >= 86_400 && seconds % 86_400 === 0) {
    return counted(seconds / 86_400, "day");
  }
  return seconds >= 60 && seconds % 30 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
