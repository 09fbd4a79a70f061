import { type PlannedResource, STACK_TYPE } from "../plan/model";

/** A resource that waits, without an input that needs it, for everything a component holds. */
export interface ComponentWait {
  /** URN of the resource that waits. */
  readonly from: string;
  /** URN of the component. */
  readonly on: string;
  /** Number of resources that it holds. */
  readonly holds: number;
}

/** The components of a plan, with the resources that each holds. */
export class ComponentTree {
  private readonly byUrn: ReadonlyMap<string, PlannedResource>;
  /** URN of a component to the number of custom resources in it. */
  private readonly holds = new Map<string, number>();
  /** URN of a parent to the components above its children. */
  private readonly aboveChildren = new Map<string, readonly string[]>();

  constructor(resources: readonly PlannedResource[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const { urn, custom } of resources) {
      if (!custom) continue;
      for (const above of this.above(urn)) this.holds.set(above, (this.holds.get(above) ?? 0) + 1);
    }
  }

  /** The outermost component of several resources that one waits for as a whole and that holds another. */
  wholeComponent(from: string, on: string): string | undefined {
    const waiting = this.byUrn.get(from);
    const above = this.above(on);
    const whole = waiting ? this.waitsOf(waiting) : [];
    return whole.findLast((wait) => wait.holds > 1 && above.includes(wait.on))?.on;
  }

  /** The components that hold a resource, the innermost first; the stack is none. */
  private above(urn: string): readonly string[] {
    const parent = this.byUrn.get(urn)?.parent ?? "";
    let found = this.aboveChildren.get(parent);
    if (!found) this.aboveChildren.set(parent, (found = this.upwards(parent)));
    return found;
  }

  /** The components from a resource upwards; ends on a circle too. */
  private upwards(urn: string): string[] {
    const found: string[] = [];
    const seen = new Set<string>();
    let at = this.byUrn.get(urn);
    while (at && at.type !== STACK_TYPE && !seen.has(at.urn)) {
      seen.add(at.urn);
      if (!at.custom) found.push(at.urn);
      at = this.byUrn.get(at.parent ?? "");
    }
    return found;
  }

  /** The components whose every resource one waits for, at least for one of them without need; innermost first. */
  waitsOf(resource: PlannedResource): ComponentWait[] {
    const needed = new Set(Object.values(resource.propertyDependencies).flat());
    const explicit = resource.dependencies.filter((urn) => !needed.has(urn));
    if (!explicit.length) return [];
    const candidates = new Set(explicit.flatMap((urn) => this.above(urn)));
    const waited = new Map<string, number>();
    for (const urn of new Set([...resource.dependencies, ...needed])) {
      for (const above of this.above(urn)) waited.set(above, (waited.get(above) ?? 0) + 1);
    }
    return [...candidates]
      .filter((on) => waited.get(on) === this.holds.get(on))
      .map((on) => ({ from: resource.urn, on, holds: this.holds.get(on)! }))
      .sort((a, b) => a.holds - b.holds);
  }
}
