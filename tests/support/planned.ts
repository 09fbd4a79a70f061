import type { PlannedResource } from "../../analysis/plan/model";

/** A planned resource with nothing but what a test says of it. */
export const planned = (
  type: string,
  name: string,
  more: Partial<PlannedResource>,
): PlannedResource => ({
  ...{ urn: `urn:pulumi:s::p::${type}::${name}`, type, name, custom: true, remote: false },
  ...{ inputs: {}, dependencies: [], propertyDependencies: {}, protect: false, ignoreChanges: [] },
  ...{ replaceOnChanges: [], retainOnDelete: false, aliases: [], additionalSecretOutputs: [] },
  ...{ customTimeouts: {}, provider: "", version: "", hooks: {}, external: false, ...more },
});
