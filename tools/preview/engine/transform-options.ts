import * as proto from "@pulumi/pulumi/proto/resource_pb";

/** The options of a registration in the form in which a transform sees them. */
export function optionsOf(request: proto.RegisterResourceRequest): proto.TransformResourceOptions {
  const options = new proto.TransformResourceOptions();
  options.setDependsOnList(request.getDependenciesList());
  const protect = request.getProtect();
  if (protect !== undefined) options.setProtect(protect);
  options.setIgnoreChangesList(request.getIgnorechangesList());
  options.setReplaceOnChangesList(request.getReplaceonchangesList());
  options.setVersion(request.getVersion());
  options.setAliasesList(request.getAliasesList());
  options.setProvider(request.getProvider());
  options.setCustomTimeouts(request.getCustomtimeouts());
  options.setPluginDownloadUrl(request.getPlugindownloadurl());
  const retain = request.getRetainondelete();
  if (retain !== undefined) options.setRetainOnDelete(retain);
  options.setDeletedWith(request.getDeletedwith());
  if (request.getDeletebeforereplacedefined()) {
    options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  }
  options.setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList());
  copyEntries(request.getProvidersMap(), options.getProvidersMap());
  options.setHooks(request.getHooks());
  options.setImport(request.getImportid());
  options.setHideDiffList(request.getHidediffsList());
  options.setReplaceWithList(request.getReplaceWithList());
  return options;
}

/** Puts the options that a transform returned into the registration. */
export function applyOptions(
  request: proto.RegisterResourceRequest,
  options: proto.TransformResourceOptions,
): void {
  request.setDependenciesList(options.getDependsOnList());
  const protect = options.getProtect();
  if (protect !== undefined) request.setProtect(protect);
  request.setIgnorechangesList(options.getIgnoreChangesList());
  request.setReplaceonchangesList(options.getReplaceOnChangesList());
  request.setVersion(options.getVersion());
  request.setAliasesList(options.getAliasesList());
  request.setProvider(options.getProvider());
  request.setCustomtimeouts(options.getCustomTimeouts());
  const retain = options.getRetainOnDelete();
  if (retain !== undefined) request.setRetainondelete(retain);
  request.setDeletedwith(options.getDeletedWith());
  const deleteBeforeReplace = options.getDeleteBeforeReplace();
  if (deleteBeforeReplace !== undefined) {
    request.setDeletebeforereplacedefined(true);
    request.setDeletebeforereplace(deleteBeforeReplace);
  }
  request.setAdditionalsecretoutputsList(options.getAdditionalSecretOutputsList());
  copyEntries(options.getProvidersMap(), request.getProvidersMap());
  request.setHooks(options.getHooks());
}

/** A protobuf map, as far as it is needed here. */
interface Entries {
  entries(): { next(): IteratorResult<[string, string]> };
  set(key: string, value: string): unknown;
}

function copyEntries(from: Entries, to: Entries): void {
  const entries = from.entries();
  for (let next = entries.next(); !next.done; next = entries.next()) to.set(...next.value);
}
