/** The resources of a graph as the evaluation of permissions reads them. */
import { GLOBAL_SERVICES } from "../../facts/global-services";
import { partitionOf } from "../../facts/regions";
import { canonicalType } from "../../facts/twin-types";
import type { Node, StackGraph } from "../graph";
import type { PlannedResource, PropertyBag } from "../plan/model";
import { accountIn, homeAccount, homeRegion, regionOf, SOME_ACCOUNT } from "../plan/regions";
import { known } from "../properties";
import { type Home, PlanIndex } from "../rights/plan-index";

const SOME_REGION = GLOBAL_SERVICES.region;

const indexes = new WeakMap<StackGraph, PlanIndex>();

/** The index of a graph; made once. */
export function indexOfGraph(graph: StackGraph): PlanIndex {
  let index = indexes.get(graph);
  if (index === undefined) {
    const resources = graph.nodes.map(plannedOf);
    index = new PlanIndex(resources, homeOf(graph, resources));
    indexes.set(graph, index);
  }
  return index;
}

function plannedOf(node: Node): PlannedResource {
  const { urn, name, properties, references } = node;
  const region = regionOf(node);
  const inputs = { ...properties, ...(typeof region === "string" && { region }) } as PropertyBag;
  return {
    ...{ urn, name, type: canonicalType(node.type), custom: true, remote: false, external: false },
    ...{ inputs, propertyDependencies: references as Record<string, string[]> },
    ...{ dependencies: [], protect: false, ignoreChanges: [], replaceOnChanges: [] },
    ...{ retainOnDelete: false, aliases: [], additionalSecretOutputs: [], customTimeouts: {} },
    ...{ provider: "", version: "", hooks: {} },
  };
}

function homeOf(graph: StackGraph, resources: readonly PlannedResource[]): Home {
  const providers = graph.nodes.flatMap(({ provider }) => (provider ? [provider] : []));
  const regions = providers.map((one) => known(one["region"]));
  const account =
    homeAccount({ resources }) ??
    providers
      .map((one) => accountIn(known(one["allowedAccountIds"])))
      .find((one) => one !== undefined);
  const region =
    homeRegion({ resources }) ?? regions.find((one) => typeof one === "string") ?? SOME_REGION;
  return { partition: partitionOf(region), account: account ?? SOME_ACCOUNT, region };
}
