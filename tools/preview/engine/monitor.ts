import {
  type PlannedResource,
  type PropertyBag,
  type RemoteChild,
  type RemoteExpander,
  type RemoteExpansion,
  STACK_TYPE,
  UNKNOWN,
} from "../../../analysis/plan/model";
import { urnOfReference } from "../../../analysis/plan/urn";
import { bagFromWire, containsSecret, secret } from "../../../analysis/plan/values";
import { entryOf } from "../../../facts/entry-of";
import type { StackConfig } from "./config";
import type { Gaps } from "./gaps";
import type { StackIdentity } from "./host-protocol";
import { DefaultProviders, providerReference } from "./providers";
import { isProviderType, packageOf, plainResource } from "./registration";

/** Judges resources while they are registered. */
export interface ResourceJudge {
  /**
   * Lets the policies see a resource. Resolves to its inputs, which a remediation may have changed, as soon
   * as they are certain; the judgement itself may go on.
   */
  check(resource: PlannedResource, provider: PlannedResource | undefined): Promise<PropertyBag>;
}

/** A resource as the program gets it back. */
export interface Registered {
  urn: string;
  /** Outputs that are known, or known to be secret; the rest is unknown. */
  outputs: PropertyBag;
  outputDependencies: Record<string, string[]>;
  /** Known in a second evaluation only. */
  id?: string;
}

/** Values that AWS assigns, in a second evaluation: see assigned.ts. */
export interface AssignedValues {
  /** Outputs of a resource, beside its inputs. */
  of(resource: PlannedResource, provider: PlannedResource | undefined): PropertyBag;
  /** A resource's inputs as the packs judge them. */
  asJudged(resource: PlannedResource): PropertyBag;
}

/** What a monitor works with. */
export interface MonitorOptions extends StackIdentity {
  config: StackConfig;
  /** Finds the expander of a type of remote component, if there is one. */
  expanderFor: (type: string) => RemoteExpander | undefined;
  /** Collects what the preview does not know. */
  gaps?: Gaps;
  /** Region of a provider, or of the stack. */
  regionOf?: (provider: PlannedResource | undefined) => string;
  judge?: ResourceJudge;
  /** Makes this the second evaluation. */
  assigned?: AssignedValues;
  /** Called after each registration with the number of resources so far. */
  onProgress?: (count: number) => void;
}

/**
 * What Pulumi's resource monitor does in the first preview of a stack: every resource is new, so its outputs
 * are its inputs; all others are unknown. Knows nothing of gRPC (see `services.ts`).
 */
export class Monitor {
  readonly resources: PlannedResource[] = [];
  /** Applies the program's transforms to a child of a remote component. */
  transformChild: (child: PlannedResource) => Promise<PlannedResource> = (child) =>
    Promise.resolve(child);
  private readonly byUrn = new Map<string, PlannedResource>();
  private readonly componentProviders = new Map<string, Record<string, string>>();
  private readonly defaults: DefaultProviders;
  private stackOutputs: PropertyBag | undefined;

  constructor(private readonly options: MonitorOptions) {
    this.defaults = new DefaultProviders(options, options.config);
  }

  /** The stack's exports. */
  get outputs(): PropertyBag {
    return this.stackOutputs ?? {};
  }

  /** Whether the program has come to its end: the stack's exports are the last that it registers. */
  get hasOutputs(): boolean {
    return this.stackOutputs !== undefined;
  }

  /** Default providers that the engine adds; they are not among `resources`. */
  get defaultProviders(): PlannedResource[] {
    return this.defaults.all;
  }

  /** The resource with a URN, if it is registered. */
  find(urn: string): PlannedResource | undefined {
    return this.byUrn.get(urn);
  }

  /** The provider resource that manages a resource. */
  providerOf(resource: PlannedResource): PlannedResource | undefined {
    return this.providerAt(resource.provider);
  }

  /** The provider resource that a reference names. */
  providerAt(reference: string): PlannedResource | undefined {
    if (!reference) return undefined;
    const urn = urnOfReference(reference);
    return this.byUrn.get(urn) ?? this.defaults.all.find((provider) => provider.urn === urn);
  }

  /**
   * Registers a resource.
   *
   * @param ownProviders provider references that a component has for its children, by package; those of the
   *   components above it come on top, as in the engine
   */
  async register(
    resource: PlannedResource,
    ownProviders: Record<string, string> = {},
  ): Promise<Registered> {
    const { assigned } = this.options;
    // The program gets back what it gave; the packs do not see what stands for assigned values.
    const given = resource.inputs;
    if (assigned) resource.inputs = assigned.asJudged(resource);
    await this.add(resource);
    const inputs = assigned ? given : resource.inputs;
    const inherited = this.componentProviders.get(resource.parent ?? "");
    const providers = { ...inherited, ...ownProviders };
    if (!resource.custom) this.componentProviders.set(resource.urn, providers);
    if (resource.remote) return this.expand(resource, inputs, providers);
    if (!resource.custom) return { urn: resource.urn, outputs: {}, outputDependencies: {} };
    const own = { ...resource, inputs };
    const { id, ...outputs } = { ...firstOutputs(own), ...this.assignedOf(own) };
    return {
      urn: resource.urn,
      outputs,
      outputDependencies: {},
      ...(typeof id === "string" && assigned && { id }),
    };
  }

  /** Records the outputs of a component or of the stack. */
  registerOutputs(urn: string, outputs: PropertyBag): void {
    const resource = this.byUrn.get(urn);
    if (!resource) throw new Error(`outputs for ${urn}, which is not registered`);
    if (resource.type === STACK_TYPE) this.stackOutputs = outputs;
    resource.outputs = outputs;
  }

  private async add(resource: PlannedResource): Promise<void> {
    if (this.byUrn.has(resource.urn)) {
      throw new Error(`Duplicate resource URN '${resource.urn}'; try giving it a unique name`);
    }
    if (resource.parent && !this.byUrn.has(resource.parent)) {
      throw new Error(`the parent of ${resource.urn} is not registered: ${resource.parent}`);
    }
    this.byUrn.set(resource.urn, resource);
    this.resources.push(resource);
    await this.assignProvider(resource);
    const { judge, onProgress } = this.options;
    if (judge && !resource.external) {
      resource.inputs = await judge.check(resource, this.providerOf(resource));
    }
    onProgress?.(this.resources.length);
  }

  private async assignProvider(resource: PlannedResource): Promise<void> {
    const managed = resource.custom && !isProviderType(resource.type);
    // Pulumi's own types (stack references, stashes) are built into the engine.
    if (!managed || resource.provider || packageOf(resource.type) === "pulumi") return;
    const { provider, isNew } = this.defaults.for(resource.type, resource.version);
    resource.provider = providerReference(provider);
    const { assigned, judge } = this.options;
    if (isNew && assigned) provider.inputs = assigned.asJudged(provider);
    if (isNew) await judge?.check(provider, undefined);
  }

  private async expand(
    component: PlannedResource,
    inputs: PropertyBag,
    providers: Record<string, string>,
  ): Promise<Registered> {
    const { project, stack, expanderFor } = this.options;
    const expander = expanderFor(component.type);
    if (!expander) return this.keepClosed(component, inputs);
    const expansion = expander({
      project,
      stack,
      urn: component.urn,
      type: component.type,
      name: component.name,
      parent: component.parent,
      inputs,
      dependencies: component.dependencies,
      propertyDependencies: component.propertyDependencies,
      protect: component.protect,
      providers,
      ...(this.options.assigned && {
        assigned: (child) => this.assignedOf(inherit(component, child, providers)),
      }),
      region: () => this.regionFor(component, providers),
      assume: (what) => this.options.gaps?.assume(what),
    });
    await this.addChildren(component, expansion, providers);
    component.outputs = bagFromWire(expansion.state);
    return {
      urn: component.urn,
      outputs: expansion.state,
      outputDependencies: expansion.stateDependencies,
    };
  }

  /** A component with unknown children: its outputs are unknown, and secret if one of its arguments is secret. */
  private keepClosed(component: PlannedResource, inputs: PropertyBag): Registered {
    this.options.gaps?.component(component.type, component.name);
    component.closed = true;
    const secrets = [
      ...component.additionalSecretOutputs,
      ...Object.keys(component.inputs).filter((name) => containsSecret(component.inputs[name])),
    ];
    const outputs = Object.fromEntries(secrets.map((name) => [name, secret(UNKNOWN)]));
    component.outputs = outputs;
    const assigned = this.assignedOf({ ...component, inputs });
    return { urn: component.urn, outputs: { ...outputs, ...assigned }, outputDependencies: {} };
  }

  /** What is known of a resource's outputs beside its inputs: nothing in the first evaluation. */
  assignedOf(resource: PlannedResource): PropertyBag {
    return this.options.assigned?.of(resource, this.providerOf(resource)) ?? {};
  }

  private regionFor(component: PlannedResource, providers: Record<string, string>): string {
    const { region } = component.inputs;
    if (typeof region === "string" && region !== UNKNOWN) return region;
    const { regionOf } = this.options;
    if (!regionOf) throw new Error("the region is not known");
    return regionOf(this.providerAt(component.provider || (providers.aws ?? "")));
  }

  private async addChildren(
    component: PlannedResource,
    { children }: RemoteExpansion,
    providers: Record<string, string>,
  ): Promise<void> {
    const added: Promise<void>[] = [];
    for (const child of children) {
      const resource = await this.transformChild(inherit(component, child, providers));
      const { assigned } = this.options;
      if (assigned) resource.inputs = assigned.asJudged(resource);
      // Not awaited one by one: the policies may look at one while the next is added.
      added.push(this.add(resource));
    }
    await Promise.all(added);
  }
}

/** A remote child with the options that it takes over from its component. */
function inherit(
  component: PlannedResource,
  child: RemoteChild,
  providers: Record<string, string>,
): PlannedResource {
  return plainResource({
    custom: true,
    protect: component.protect,
    provider: child.custom === false ? "" : (providers[packageOf(child.type)] ?? ""),
    ...child,
  });
}

/** Outputs of a new resource: its inputs, and what is known to be secret although it is unknown. */
function firstOutputs(resource: PlannedResource): PropertyBag {
  const outputs: PropertyBag = { ...resource.inputs };
  for (const name of resource.additionalSecretOutputs) {
    outputs[name] = secret(entryOf(outputs, name) ?? UNKNOWN);
  }
  return outputs;
}
