/** The resources of a stack as the derivation of RPO and RTO reads them: of a plan, or of a policy run. */
import type { MeasuredDuration } from "../../facts/duration-rows";
import type { About } from "../about";
import { homeRegion } from "../plan/regions";
import { known, UNKNOWN } from "../properties";

/** One resource. */
export interface RecoveryResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Secrets in clear. In a stack, what is not known reads as undefined, and the stack notes that it was read. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs that hold a secret, which is never printed. */
  readonly secrets?: readonly string[];
  /** URNs that a property's value is made of, by property. */
  readonly references: Readonly<Record<string, readonly string[]>>;
  /** Properties whose changes the program leaves alone: they are set outside of it. */
  readonly ignoreChanges: readonly string[];
}

/** A value that was read and is not known before the first update. */
export interface Unknown {
  readonly urn: string;
  /** Path such as `rules[0].schedule`. */
  readonly property: string;
}

/** What was derived, and the unknown values that were read on the way, in the order of reading. */
export interface Noted<T> {
  readonly result: T;
  readonly unknown: readonly Unknown[];
}

/** Resources by type, and the relations between them. */
export class RecoveryStack {
  public readonly resources: readonly RecoveryResource[];
  /** The stack's own region; undefined where no setting and no provider names it. */
  public readonly region: string | undefined;
  /** What steps took on the team's own stacks. */
  public readonly durations: readonly MeasuredDuration[];
  /** Whether `durations` are all that were measured: a pack gets no files. */
  public readonly knowsMeasured: boolean;
  private readonly byType = new Map<string, RecoveryResource[]>();
  private readonly typeByUrn = new Map<string, string>();
  /** Where unknown values that are read are noted, during `noting`. */
  private notes: Unknown[] | undefined;

  /**
   * Takes resources with Pulumi's markers for what is not known.
   *
   * @param measured what steps took on the team's own stacks; wins over facts/durations.json. Undefined where that is not known
   * @param about what the program says of itself
   * @param region the stack's own region; default: that of its provider
   */
  public constructor(
    resources: readonly RecoveryResource[],
    measured?: readonly MeasuredDuration[],
    public readonly about: About = {},
    region?: string,
  ) {
    this.durations = measured ?? [];
    this.knowsMeasured = measured !== undefined;
    this.region = homeRegion({ resources, region });
    this.resources = resources.map((resource) => ({
      ...resource,
      inputs: noticed(resource.inputs, "", (property) =>
        this.notes?.push({ urn: resource.urn, property }),
      ) as RecoveryResource["inputs"],
    }));
    for (const resource of this.resources) {
      this.byType.set(resource.type, [...(this.byType.get(resource.type) ?? []), resource]);
      this.typeByUrn.set(resource.urn, resource.type);
    }
  }

  public ofType(type: string): readonly RecoveryResource[] {
    return this.byType.get(type) ?? [];
  }

  /** Derives something and tells which unknown values it took for absent. What is derived within is not told outside. */
  public noting<T>(derive: () => T): Noted<T> {
    const outer = this.notes;
    const unknown: Unknown[] = [];
    this.notes = unknown;
    try {
      return { result: derive(), unknown };
    } finally {
      this.notes = outer;
    }
  }

  /** Notes a value that is known and leads out of the stack: what stands there, nothing here says. */
  public leadsOut({ urn }: RecoveryResource, property: string): void {
    this.notes?.push({ urn, property });
  }

  /**
   * The resources of a type that a property is made of. They decide what an unknown value leads to; only where there
   * are none is the property itself read.
   */
  public madeOf(
    from: RecoveryResource,
    property: string,
    type: string,
  ): readonly RecoveryResource[] {
    const urns = (from.references[property] ?? []).filter(
      (urn) => this.typeByUrn.get(urn) === type,
    );
    if (urns.length === 0) {
      value(from, property);
    }
    return this.ofType(type).filter(({ urn }) => urns.includes(urn));
  }

  /** The resources of a type whose property leads to the target: by dependency, else by the known name. */
  public leadingTo(
    target: RecoveryResource,
    type: string,
    property: string,
  ): readonly RecoveryResource[] {
    return this.ofType(type).filter((resource) => {
      const targets = this.madeOf(resource, property, target.type);
      return targets.length > 0 ? targets.includes(target) : names(resource, property, target);
    });
  }
}

function names(from: RecoveryResource, property: string, target: RecoveryResource): boolean {
  const given = text(from, property);
  return (
    given !== undefined &&
    ["bucket", "name", "identifier", "arn"].some((key) => text(target, key) === given)
  );
}

/** A copy of a value in which each unknown one reads as undefined, and says so. */
function noticed(given: unknown, path: string, note: (property: string) => void): unknown {
  if (typeof given !== "object" || given === null) {
    return given;
  }
  const isList = Array.isArray(given);
  const copy = isList ? [] : {};
  for (const [key, item] of Object.entries(given)) {
    const at = isList ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const read =
      known(item) === UNKNOWN
        ? { get: () => void note(at) }
        : { value: noticed(item, at, note), writable: true };
    Object.defineProperty(copy, key, { ...read, enumerable: true, configurable: true });
  }
  return copy;
}

/** The value of an input; undefined when absent or not known. */
export function value(resource: RecoveryResource, property: string): unknown {
  return resource.inputs[property];
}

/** Whether an input is given. An unknown one is: a program leaves out what it does not set. */
export function isSet(resource: RecoveryResource, property: string): boolean {
  const own = Object.getOwnPropertyDescriptor(resource.inputs, property);
  return own !== undefined && (own.get !== undefined || (own.value ?? undefined) !== undefined);
}

/** Whether a database instance is a read replica. */
export function isReplica(database: RecoveryResource): boolean {
  return isSet(database, "replicateSourceDb");
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
    ? (given.filter((item) => typeof item === "object" && item !== null) as Record<
        string,
        unknown
      >[])
    : [];
}

/** Inputs that name a resource in AWS, the most telling first. */
const NAMING = ["identifier", "clusterIdentifier", "bucket", "replicationGroupId", "name"] as const;

/** Physical name of a resource where it is known and no secret, else the program's. */
export function nameOf(resource: RecoveryResource): string {
  const { name, secrets = [] } = resource;
  const shown = NAMING.filter((property) => !secrets.includes(property));
  return shown.map((property) => text(resource, property)).find((one) => one !== undefined) ?? name;
}
