/** The resources of a stack as the derivation of RPO and RTO reads them: of a plan, or of a policy run. */
import { known, UNKNOWN } from "../values";

/** One resource. */
export interface RecoveryResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Secrets in clear. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** URNs that a property's value is made of, by property. */
  readonly references: Readonly<Record<string, readonly string[]>>;
  /** Properties whose changes the program leaves alone: somebody else sets them. */
  readonly ignoreChanges: readonly string[];
}

/** Resources by type, and the relations between them. */
export class RecoveryStack {
  private readonly byType = new Map<string, RecoveryResource[]>();

  public constructor(public readonly resources: readonly RecoveryResource[]) {
    for (const resource of resources) {
      this.byType.set(resource.type, [...(this.byType.get(resource.type) ?? []), resource]);
    }
  }

  public ofType(type: string): readonly RecoveryResource[] {
    return this.byType.get(type) ?? [];
  }

  /** The resources of a type whose property leads to the target: by the known name, else by dependency. */
  public leadingTo(
    target: RecoveryResource,
    type: string,
    property: string,
  ): readonly RecoveryResource[] {
    return this.ofType(type).filter((resource) => leads(resource, property, target));
  }
}

function leads(from: RecoveryResource, property: string, target: RecoveryResource): boolean {
  const value = text(from, property);
  const names = ["bucket", "name", "identifier", "arn"].map((key) => text(target, key));
  if (value !== undefined && names.some((name) => name !== undefined)) {
    return names.includes(value);
  }
  return (from.references[property] ?? []).includes(target.urn);
}

/** The value of an input; undefined when absent or not known. */
export function value(resource: RecoveryResource, property: string): unknown {
  return plain(resource.inputs[property]);
}

function plain(given: unknown): unknown {
  const item = known(given);
  return item === UNKNOWN ? undefined : item;
}

/** A text input, when known. */
export function text(resource: RecoveryResource, property: string): string | undefined {
  const given = value(resource, property);
  return typeof given === "string" ? given : undefined;
}

/** A number among the inputs, when known. */
export function number(resource: RecoveryResource, property: string): number | undefined {
  const given = value(resource, property);
  return typeof given === "number" ? given : undefined;
}

/** A list of records; empty when absent. */
export function records(given: unknown): Record<string, unknown>[] {
  return Array.isArray(given)
    ? (given.map(plain).filter((item) => typeof item === "object" && item !== null) as Record<
        string,
        unknown
      >[])
    : [];
}
