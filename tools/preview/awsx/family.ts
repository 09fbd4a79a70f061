import {
  type PropertyBag,
  type RemoteChild,
  type RemoteRequest,
  UNKNOWN,
} from "../../../analysis/plan/model";
import { childUrn } from "../../../analysis/plan/urn";
import { record } from "./vpc-args";

/** A value with the URNs of the resources that it comes from. */
export interface Sourced {
  value: unknown;
  from: readonly string[];
}

/** A value that comes from no resource. */
export function literal(value: unknown): Sourced {
  return { value, from: [] };
}

/** An output that is unknown before the resource exists. */
export function unknownOf(urn: string): Sourced {
  return { value: UNKNOWN, from: [urn] };
}

/** An output that is known because it repeats an input, which comes from `sources` in its turn. */
export function outputOf(urn: string, value: unknown, sources: readonly string[] = []): Sourced {
  return { value, from: [urn, ...sources] };
}

/** An output of a child: unknown, unless the request knows what AWS assigns. */
export function assignedOf(
  { children }: Family,
  { assigned }: Pick<RemoteRequest, "assigned">,
  urn: string,
  output: string,
): Sourced {
  const child = children.find((one) => one.urn === urn);
  return outputOf(urn, (child && assigned?.(child)[output]) ?? UNKNOWN);
}

/** Sets of tags as one; the later set wins. */
export function mergeTags(...sets: Sourced[]): Sourced {
  const tags: PropertyBag = {};
  for (const { value } of sets) Object.assign(tags, record(value, "tags"));
  return { value: tags, from: sets.flatMap(({ from }) => from) };
}

/** The children of a component, in the order in which they are registered. */
export class Family {
  readonly children: RemoteChild[] = [];

  /** Registers a component within the component and returns its URN. */
  component(parent: string, type: string, name: string): string {
    const urn = childUrn(parent, type, name);
    this.children.push({
      ...{ urn, type, name, parent, custom: false },
      ...{ inputs: {}, dependencies: [], propertyDependencies: {} },
    });
    return urn;
  }

  /**
   * Registers a resource and returns its URN. Inputs without a value are left out.
   *
   * @param dependsOn URNs of what it waits for without using an output
   */
  add(
    parent: string,
    type: string,
    name: string,
    sources: Record<string, Sourced>,
    dependsOn: readonly string[] = [],
  ): string {
    const urn = childUrn(parent, type, name);
    const inputs: PropertyBag = {};
    const propertyDependencies: Record<string, string[]> = {};
    for (const [input, { value, from }] of Object.entries(sources)) {
      if (value === undefined || value === null) continue;
      inputs[input] = value;
      propertyDependencies[input] = [...new Set(from)];
    }
    const dependencies = [
      ...new Set([...dependsOn, ...Object.values(propertyDependencies).flat()]),
    ];
    this.children.push({ urn, type, name, parent, inputs, dependencies, propertyDependencies });
    return urn;
  }
}
