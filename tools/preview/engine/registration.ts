import { fileURLToPath } from "node:url";
import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import {
  type ReadResourceRequest,
  RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type CustomTimeouts, type PlannedResource } from "../../../analysis/plan/model";
import { makeUrn } from "../../../analysis/plan/urn";
import { bagFromWire } from "../../../analysis/plan/values";
import type { Position } from "./frames";
import type { StackIdentity } from "./host-protocol";

/** A resource with every option at its default. */
export function plainResource(
  resource: Pick<PlannedResource, "urn" | "type" | "name" | "custom"> & Partial<PlannedResource>,
): PlannedResource {
  return {
    remote: false,
    inputs: {},
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    ignoreChanges: [],
    replaceOnChanges: [],
    retainOnDelete: false,
    aliases: [],
    additionalSecretOutputs: [],
    customTimeouts: {},
    provider: "",
    version: "",
    hooks: {},
    external: false,
    ...resource,
  };
}

/** The resource that a RegisterResource request describes. */
export function fromRegisterRequest(
  { project, stack }: StackIdentity,
  request: RegisterResourceRequest,
): PlannedResource {
  const parent = request.getParent() || undefined;
  const ofProperty = new Map<string, Set<string>>();
  for (const [property, urns] of request.getPropertydependenciesMap().entries()) {
    ofProperty.set(property, new Set(urns.getUrnsList()));
  }
  const inputs = bagFromWire(request.getObject()?.toJavaScript(), (property) => {
    const urns = ofProperty.get(property) ?? new Set<string>();
    ofProperty.set(property, urns);
    return urns;
  });
  const dependencies = new Set(request.getDependenciesList());
  for (const urns of ofProperty.values()) {
    for (const urn of urns) dependencies.add(urn);
  }
  const type = request.getType();
  const name = request.getName();
  return plainResource({
    urn: makeUrn(stack, project, parent, type, name),
    type,
    name,
    parent,
    custom: request.getCustom(),
    remote: request.getRemote(),
    inputs,
    dependencies: [...dependencies],
    propertyDependencies: Object.fromEntries(
      [...ofProperty].map(([property, urns]) => [property, [...urns]]),
    ),
    protect: request.getProtect() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    retainOnDelete: request.getRetainondelete() ?? false,
    aliases: [
      ...request.getAliasurnsList(),
      ...request.getAliasesList().map((alias) => aliasUrn({ project, stack }, alias, request)),
    ],
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: timeoutsOf(request.getCustomtimeouts()),
    provider: request.getProvider(),
    version: request.getVersion(),
    hooks: hooksOf(request.getHooks()),
  });
}

/** The request that registers a resource: {@link fromRegisterRequest} the other way round. */
export function toRegisterRequest(resource: PlannedResource): RegisterResourceRequest {
  const request = new RegisterResourceRequest();
  request.setType(resource.type);
  request.setName(resource.name);
  request.setParent(resource.parent ?? "");
  request.setCustom(resource.custom);
  request.setRemote(resource.remote);
  request.setObject(
    Struct.fromJavaScript(resource.inputs as Parameters<typeof Struct.fromJavaScript>[0]),
  );
  request.setDependenciesList(resource.dependencies);
  for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
    const dependencies = new RegisterResourceRequest.PropertyDependencies();
    dependencies.setUrnsList(urns);
    request.getPropertydependenciesMap().set(property, dependencies);
  }
  request.setProtect(resource.protect);
  request.setIgnorechangesList(resource.ignoreChanges);
  request.setReplaceonchangesList(resource.replaceOnChanges);
  request.setDeletebeforereplacedefined(resource.deleteBeforeReplace !== undefined);
  request.setDeletebeforereplace(resource.deleteBeforeReplace ?? false);
  request.setRetainondelete(resource.retainOnDelete);
  request.setAliasurnsList(resource.aliases);
  request.setAdditionalsecretoutputsList(resource.additionalSecretOutputs);
  request.setProvider(resource.provider);
  request.setVersion(resource.version);
  const timeouts = new RegisterResourceRequest.CustomTimeouts();
  const { create, update, delete: remove } = resource.customTimeouts;
  if (create !== undefined) timeouts.setCreate(`${create}s`);
  if (update !== undefined) timeouts.setUpdate(`${update}s`);
  if (remove !== undefined) timeouts.setDelete(`${remove}s`);
  request.setCustomtimeouts(timeouts);
  return request;
}

/** The resource that a ReadResource request describes: one that the stack looks up and does not manage. */
export function fromReadRequest(
  { project, stack }: StackIdentity,
  request: ReadResourceRequest,
): PlannedResource {
  const parent = request.getParent() || undefined;
  const type = request.getType();
  const name = request.getName();
  const id = request.getId();
  return plainResource({
    urn: makeUrn(stack, project, parent, type, name),
    type,
    name,
    parent,
    custom: true,
    inputs: bagFromWire(request.getProperties()?.toJavaScript()),
    dependencies: request.getDependenciesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    provider: request.getProvider(),
    version: request.getVersion(),
    external: true,
    ...(id !== "" && { id }),
  });
}

/** URN that an alias stands for: parts that it omits are those of the resource itself. */
function aliasUrn(own: StackIdentity, alias: Alias, request: RegisterResourceRequest): string {
  const spec = alias.getSpec();
  if (!spec) return alias.getUrn();
  const parent = spec.getNoparent() ? undefined : spec.getParenturn() || request.getParent();
  return makeUrn(
    spec.getStack() || own.stack,
    spec.getProject() || own.project,
    parent || undefined,
    spec.getType() || request.getType(),
    spec.getName() || request.getName(),
  );
}

/** Seconds of a duration as Go writes it: `1h30m`, `90s`. */
export function parseDuration(text: string): number | undefined {
  const units: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  const parts = [...text.matchAll(/([\d.]+)(ms|h|m|s)/g)];
  if (!parts.length) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? 0), 0);
}

function timeoutsOf(wire: RegisterResourceRequest.CustomTimeouts | undefined): CustomTimeouts {
  const timeouts: CustomTimeouts = {};
  if (!wire) return timeouts;
  const create = parseDuration(wire.getCreate());
  const update = parseDuration(wire.getUpdate());
  const remove = parseDuration(wire.getDelete());
  if (create !== undefined) timeouts.create = create;
  if (update !== undefined) timeouts.update = update;
  if (remove !== undefined) timeouts.delete = remove;
  return timeouts;
}

/** Where the program registers a resource, as it runs: file, line and column of the transpiled code. */
export function positionOf(request: RegisterResourceRequest): Position | undefined {
  const position = request.getSourceposition();
  if (!position?.getUri().startsWith("file://")) return undefined;
  const file = fileURLToPath(position.getUri());
  return { file, line: position.getLine(), column: position.getColumn() };
}

function hooksOf(
  binding: RegisterResourceRequest.ResourceHooksBinding | undefined,
): Record<string, string[]> {
  const lists = {
    beforeCreate: binding?.getBeforeCreateList(),
    afterCreate: binding?.getAfterCreateList(),
    beforeUpdate: binding?.getBeforeUpdateList(),
    afterUpdate: binding?.getAfterUpdateList(),
    beforeDelete: binding?.getBeforeDeleteList(),
    afterDelete: binding?.getAfterDeleteList(),
    onError: binding?.getOnErrorList(),
  };
  return Object.fromEntries(
    Object.entries(lists).flatMap(([when, names]) => (names?.length ? [[when, names]] : [])),
  );
}

/** Name of the package that a type belongs to: `aws` of `aws:ec2/vpc:Vpc`. */
export function packageOf(type: string): string {
  const [first = "", second, third = ""] = type.split(":");
  return first === "pulumi" && second === "providers" ? third : first;
}

/** True for the type of a provider resource. */
export function isProviderType(type: string): boolean {
  return type.startsWith("pulumi:providers:");
}
