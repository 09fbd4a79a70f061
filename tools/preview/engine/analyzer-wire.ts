import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import type { PlannedResource, PropertyBag } from "../../../analysis/plan/model";
import { bagFromWire, toStruct } from "../../../analysis/plan/values";

/** A resource as stack rules see it. */
export interface StackResource {
  resource: PlannedResource;
  provider: PlannedResource | undefined;
  /** Inputs and all other properties that it will have. */
  outputs: PropertyBag;
}

/** Asks resource rules about a resource. */
export function analyzeRequest(
  resource: PlannedResource,
  provider: PlannedResource | undefined,
  { internalKeys }: { internalKeys: boolean },
): proto.AnalyzeRequest {
  const request = new proto.AnalyzeRequest();
  request.setUrn(resource.urn);
  request.setType(resource.type);
  request.setName(resource.name);
  request.setProperties(
    toStruct(internalKeys ? resource.inputs : withoutInternal(resource.inputs)),
  );
  request.setOptions(optionsOf(resource));
  if (provider) request.setProvider(providerOf(provider));
  return request;
}

/** Asks stack rules about all resources. */
export function analyzeStackRequest(
  resources: readonly StackResource[],
): proto.AnalyzeStackRequest {
  const request = new proto.AnalyzeStackRequest();
  request.setResourcesList(
    resources.map(({ resource, provider, outputs }) => {
      const wire = new proto.AnalyzerResource();
      wire.setUrn(resource.urn);
      wire.setType(resource.type);
      wire.setName(resource.name);
      // A component may have resources among its outputs; the engine sends their ids.
      const shown = withoutInternal(outputs);
      wire.setProperties(toStruct(resource.custom ? shown : bagFromWire(shown)));
      wire.setOptions(optionsOf(resource));
      if (provider) wire.setProvider(providerOf(provider));
      wire.setParent(resource.parent ?? "");
      wire.setDependenciesList(resource.dependencies);
      for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
        if (!urns.length) continue;
        const dependencies = new proto.AnalyzerPropertyDependencies();
        dependencies.setUrnsList(urns);
        wire.getPropertydependenciesMap().set(property, dependencies);
      }
      return wire;
    }),
  );
  return request;
}

/** Without the properties that providers and the engine keep for themselves (`__defaults`). */
function withoutInternal(bag: PropertyBag): PropertyBag {
  return Object.fromEntries(Object.entries(bag).filter(([key]) => !key.startsWith("__")));
}

function optionsOf(resource: PlannedResource): proto.AnalyzerResourceOptions {
  const options = new proto.AnalyzerResourceOptions();
  options.setProtect(resource.protect);
  options.setIgnorechangesList(resource.ignoreChanges);
  options.setDeletebeforereplacedefined(resource.deleteBeforeReplace !== undefined);
  options.setDeletebeforereplace(resource.deleteBeforeReplace ?? false);
  options.setAdditionalsecretoutputsList(resource.additionalSecretOutputs);
  options.setAliasesList(resource.aliases);
  options.setParent(resource.parent ?? "");
  const timeouts = new proto.AnalyzerResourceOptions.CustomTimeouts();
  const { create, update, delete: remove } = resource.customTimeouts;
  if (create !== undefined) timeouts.setCreate(create);
  if (update !== undefined) timeouts.setUpdate(update);
  if (remove !== undefined) timeouts.setDelete(remove);
  options.setCustomtimeouts(timeouts);
  return options;
}

function providerOf(provider: PlannedResource): proto.AnalyzerProviderResource {
  const wire = new proto.AnalyzerProviderResource();
  wire.setUrn(provider.urn);
  wire.setType(provider.type);
  wire.setName(provider.name);
  wire.setProperties(toStruct(withoutInternal(provider.inputs)));
  return wire;
}
