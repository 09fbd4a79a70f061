import { type PlannedResource, STACK_TYPE } from "./model";

/** A resource with its children, in the order in which they are shown. */
export interface TreeNode {
  resource: PlannedResource;
  children: TreeNode[];
}

const collator = new Intl.Collator("en", { numeric: true });

/**
 * The roots of the component tree. Components stand in the order in which the program made them, before
 * plain resources, which are sorted by type and name: the program's own order of those varies with timing.
 */
export function toTree(resources: readonly PlannedResource[]): TreeNode[] {
  const nodes = new Map<string, TreeNode>();
  for (const resource of resources) nodes.set(resource.urn, { resource, children: [] });
  const roots: TreeNode[] = [];
  for (const node of nodes.values()) {
    const parent = node.resource.parent && nodes.get(node.resource.parent);
    (parent ? parent.children : roots).push(node);
  }
  for (const list of [roots, ...[...nodes.values()].map((node) => node.children)])
    sortSiblings(list);
  return roots;
}

function sortSiblings(siblings: TreeNode[]): void {
  siblings.sort(({ resource: a }, { resource: b }) => {
    if (a.custom !== b.custom) return a.custom ? 1 : -1;
    if (!a.custom) return 0;
    return collator.compare(a.type, b.type) || collator.compare(a.name, b.name);
  });
}

/** All resources, parents before their children, in the order of the tree. */
export function inTreeOrder(resources: readonly PlannedResource[]): PlannedResource[] {
  const visit = (node: TreeNode): PlannedResource[] => [
    node.resource,
    ...node.children.flatMap(visit),
  ];
  return toTree(resources).flatMap(visit);
}

/** Key under which {@link countByComponent} counts what no component of the program holds. */
export const NO_COMPONENT = "(stack)";

/**
 * Number of resources by the outermost component that holds them, the component itself included; the stack
 * and what stands directly under it count as {@link NO_COMPONENT}. Adds up to all resources.
 */
export function countByComponent(resources: readonly PlannedResource[]): Record<string, number> {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const counts = new Map<string, number>();
  for (const resource of resources) {
    const name = outermostComponent(resource, byUrn)?.name ?? NO_COMPONENT;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** The resources that a provider creates: all but the stack, components, providers and what is only read. */
export function madeByProviders<
  T extends Pick<PlannedResource, "custom" | "type"> & Partial<Pick<PlannedResource, "external">>,
>(resources: readonly T[]): T[] {
  return resources.filter(
    ({ custom, type, external }) => custom && !external && !type.startsWith("pulumi:"),
  );
}

/** The components whose children the plan lacks, by type: `eks:index:Cluster (main, second)`. */
export function closedComponents(
  resources: readonly Pick<PlannedResource, "type" | "name" | "closed">[],
): string[] {
  const names = new Map<string, string[]>();
  for (const { type, name, closed } of resources) {
    if (closed) names.set(type, [...(names.get(type) ?? []), name]);
  }
  return [...names].map(([type, all]) => `${type} (${all.join(", ")})`);
}

/** The component below the stack that holds a resource, or the component itself; none for what stands alone. */
export function outermostComponent(
  resource: PlannedResource,
  byUrn: ReadonlyMap<string, PlannedResource>,
): PlannedResource | undefined {
  let found: PlannedResource | undefined;
  let current: PlannedResource | undefined = resource;
  while (current) {
    if (!current.custom && current.type !== STACK_TYPE) found = current;
    current = current.parent === undefined ? undefined : byUrn.get(current.parent);
  }
  return found;
}
