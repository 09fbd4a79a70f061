/** How a service replaces its tasks. */
import type { Node, StackGraph } from "../../analysis/graph";
import { read, UNKNOWN } from "../../analysis/properties";
import { isShifting } from "../../facts/deployment-time";
import type { Report } from "../define";

export const SERVICE = "aws:ecs/service:Service";

/** How a service replaces its tasks; UNKNOWN when that is not known. ECS's default is rolling. */
export function strategyOf(node: Pick<Node, "properties">): string | typeof UNKNOWN {
  const strategy = read(node.properties, "deploymentConfiguration.strategy") ?? "ROLLING";
  return strategy === UNKNOWN ? UNKNOWN : (strategy as string);
}

/** Whether a service moves traffic between two target groups; reports when that is not known. */
export function shiftsTraffic(node: Pick<Node, "properties">, report: Report): boolean {
  const strategy = strategyOf(node);
  if (strategy === UNKNOWN) {
    report.undecided("deploymentConfiguration.strategy");
    return false;
  }
  return isShifting(strategy);
}

/** The services of a stack that shift traffic. */
export function shiftingServices(
  graph: StackGraph,
  reportOn: (resource: { urn: string }) => Report,
): Node[] {
  return graph.ofType(SERVICE).filter((service) => shiftsTraffic(service, reportOn(service)));
}

/** The scaling target of a service; UNKNOWN where it is not known which service one scales. */
export function scalingTargetOf(
  graph: StackGraph,
  service: Node,
): Node | typeof UNKNOWN | undefined {
  const type = "aws:appautoscaling/target:Target";
  const name = read(service.properties, "name");
  const ids = graph.ofType(type).map((target) => ({
    target,
    id: read(target.properties, "resourceId"),
  }));
  const found =
    graph.referring(service, type, "resourceId")[0] ??
    ids.find(
      ({ id }) =>
        typeof id === "string" &&
        typeof name === "string" &&
        id.startsWith("service/") &&
        id.endsWith(`/${name}`),
    )?.target;
  const vague = ids.some(({ id }) => id === UNKNOWN) || (ids.length > 0 && name === UNKNOWN);
  return found ?? (vague ? UNKNOWN : undefined);
}
