import { type PlannedResource, type PropertyBag, UNKNOWN } from "../../../analysis/plan/model";
import { makeUrn } from "../../../analysis/plan/urn";
import { secret } from "../../../analysis/plan/values";
import type { StackConfig } from "./config";
import type { StackIdentity } from "./host-protocol";
import { packageOf, plainResource } from "./registration";

/**
 * The default providers of the Pulumi engine, for resources that name none: one for each package and version,
 * configured from the stack's settings of the package (`aws:region`).
 */
export class DefaultProviders {
  private readonly byName = new Map<string, PlannedResource>();
  private readonly disabled: ReadonlySet<string>;

  constructor(
    private readonly identity: StackIdentity,
    private readonly config: StackConfig,
  ) {
    const setting = config.values["pulumi:disable-default-providers"];
    this.disabled = new Set(setting ? (JSON.parse(setting) as string[]) : []);
  }

  /** All that were needed so far. */
  get all(): PlannedResource[] {
    return [...this.byName.values()];
  }

  /** The provider for a type, and whether it is new. Throws if the stack disables it. */
  for(type: string, version: string): { provider: PlannedResource; isNew: boolean } {
    const name = packageOf(type);
    if (this.disabled.has("*") || this.disabled.has(name)) {
      throw new Error(
        `Default provider for '${name}' disabled. '${type}' must use an explicit provider.`,
      );
    }
    const key = `${name} ${version}`;
    const existing = this.byName.get(key);
    if (existing) return { provider: existing, isNew: false };
    const logicalName = version ? `default_${version.replace(/[.+-]/g, "_")}` : "default";
    const providerType = `pulumi:providers:${name}`;
    const provider = plainResource({
      urn: makeUrn(
        this.identity.stack,
        this.identity.project,
        undefined,
        providerType,
        logicalName,
      ),
      type: providerType,
      name: logicalName,
      custom: true,
      inputs: this.inputs(name, version),
      version,
    });
    this.byName.set(key, provider);
    return { provider, isNew: true };
  }

  private inputs(name: string, version: string): PropertyBag {
    const inputs: PropertyBag = {};
    for (const [key, value] of Object.entries(this.config.values)) {
      if (!key.startsWith(`${name}:`)) continue;
      const isSecret = this.config.secretKeys.includes(key);
      const known = value.includes(UNKNOWN) ? UNKNOWN : value;
      inputs[key.slice(name.length + 1)] = isSecret ? secret(known) : known;
    }
    if (version) inputs.version = version;
    return inputs;
  }
}

/** Reference to a provider as resources carry it. */
export function providerReference(provider: PlannedResource): string {
  return `${provider.urn}::${UNKNOWN}`;
}
