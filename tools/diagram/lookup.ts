/** The resources of a plan, by type, by URN, by name, and by what refers to them. */
import {
  type Plan,
  type PlannedResource,
  SECRET_SIGNATURE,
  SIGNATURE,
  UNKNOWN,
} from "../../analysis/plan/model";
import { homeRegion, regionsOf } from "../../analysis/plan/regions";
import { madeByProviders } from "../../analysis/plan/tree";

/** Inputs by which a resource is named in ARNs, addresses and other resources' inputs. */
const NAME_INPUTS = ["name", "bucket", "identifier", "replicationGroupId"] as const;

/** What the pictures read of a plan. */
export type PlanPart = Pick<Plan, "project" | "stack" | "resources" | "region">;

/** Finds resources of a plan, and remembers which of them the picture shows. */
export class Lookup {
  private readonly byType = new Map<string, PlannedResource[]>();
  private readonly byUrn = new Map<string, PlannedResource>();
  private readonly shown = new Set<string>();
  private readonly namedRegion: ReturnType<typeof regionsOf>;

  public constructor(public readonly plan: PlanPart) {
    this.namedRegion = regionsOf(plan.resources);
    for (const resource of plan.resources) {
      this.byUrn.set(resource.urn, resource);
      const sameType = this.byType.get(resource.type);
      if (sameType === undefined) {
        this.byType.set(resource.type, [resource]);
      } else {
        sameType.push(resource);
      }
    }
    this.byType.forEach((list) => list.sort((one, other) => compare(one.urn, other.urn)));
  }

  /** Resources of a type, without its `aws:`; sorted by URN. */
  public all(type: string): readonly PlannedResource[] {
    return this.byType.get(`aws:${type}`) ?? [];
  }

  /** The same, and counts them as shown in the picture. */
  public take(type: string): readonly PlannedResource[] {
    const found = this.all(type);
    found.forEach((resource) => this.show(resource));
    return found;
  }

  /** Counts a resource as shown in the picture. */
  public show(resource: PlannedResource): void {
    this.shown.add(resource.urn);
  }

  /** Resources that a provider manages and that the picture does not show. */
  public supporting(): PlannedResource[] {
    return this.managed().filter(({ urn }) => !this.shown.has(urn));
  }

  /** Resources that a provider manages. */
  public managed(): PlannedResource[] {
    return madeByProviders(this.plan.resources);
  }

  /** The resource with a URN. */
  public find(urn: string | undefined): PlannedResource | undefined {
    return urn === undefined ? undefined : this.byUrn.get(urn);
  }

  /** Resources of a type that an input's value is made of; without an input: any input's. */
  public referred(from: PlannedResource, input: string, type: string): PlannedResource[] {
    return (from.propertyDependencies[input] ?? [])
      .map((urn) => this.byUrn.get(urn))
      .filter((found): found is PlannedResource => found?.type === `aws:${type}`);
  }

  /** Resources of a type whose input is made of the target, or is its name. */
  public referring(target: PlannedResource, input: string, type: string): PlannedResource[] {
    const names = namesOf(target);
    return this.all(type).filter(
      (resource) =>
        (resource.propertyDependencies[input] ?? []).includes(target.urn) ||
        names.includes(text(resource.inputs[input]) ?? ""),
    );
  }

  /** The resource of a type that an ARN, address or name stands for. */
  public named(reference: string | undefined, type: string): PlannedResource | undefined {
    if (reference === undefined || reference === "") {
      return undefined;
    }
    const name = nameIn(reference);
    return this.all(type).find((resource) => namesOf(resource).includes(name));
  }

  /** Region of a resource: its own or its provider's, else the stack's. */
  public regionOf(resource: PlannedResource): string {
    return this.namedRegion(resource) ?? this.region();
  }

  /** The stack's own region. */
  public region(): string {
    return homeRegion(this.plan) ?? "";
  }

  /** A name without what stands before every name, project and stack: `crm-staging-email` is `email`. */
  public short(name: string): string {
    return [this.plan.project, this.plan.stack].reduce(
      (rest, word) => (rest.startsWith(`${word}-`) ? rest.slice(word.length + 1) : rest),
      name,
    );
  }

  /** A resource's physical name, else its logical one, without project and stack. */
  public titleOf(resource: PlannedResource): string {
    return this.short(namesOf(resource)[0] ?? resource.name);
  }
}

/** Names under which others know a resource. */
export function namesOf(resource: PlannedResource): string[] {
  return NAME_INPUTS.map((input) => text(resource.inputs[input])).filter(
    (name): name is string => name !== undefined,
  );
}

/**
 * The resource's name in an ARN or address: of `arn:aws:lambda:r:1:function:f:live` it is `f`, of
 * `arn:aws:s3:::b/*` it is `b`, of `arn:aws:ssm:r:1:parameter/a/b` it is `/a/b`.
 */
export function nameIn(reference: string): string {
  if (reference.startsWith("https://")) {
    return reference.split("/").at(-1)!;
  }
  if (!reference.startsWith("arn:")) {
    return reference;
  }
  const [, , service, , , ...rest] = reference.split(":");
  const resource = rest.join(":");
  switch (service) {
    case "lambda":
      return rest[1] ?? "";
    case "s3":
      return resource.split("/")[0]!;
    case "ssm":
      return resource.replace(/^parameter/, "");
    case "logs":
      return rest[1] ?? "";
    case "sqs":
    case "sns":
      return resource;
    case undefined:
    default:
      return rest[1] ?? resource.split("/").at(-1)!;
  }
}

/** The value out of its secret; undefined when absent or not known. */
export function plain(given: unknown): unknown {
  const record = given as Record<string, unknown> | null | undefined;
  if (typeof record === "object" && record?.[SIGNATURE] === SECRET_SIGNATURE) {
    return plain(record["value"]);
  }
  return given === UNKNOWN ? undefined : given;
}

/** A known text. */
export function text(given: unknown): string | undefined {
  const value = plain(given);
  return typeof value === "string" ? value : undefined;
}

/** A known number. */
export function number(given: unknown): number | undefined {
  const value = plain(given);
  return typeof value === "number" ? value : undefined;
}

/** A known record; empty when it is none. */
export function record(given: unknown): Record<string, unknown> {
  const value = plain(given);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The records of a known list; empty when it is none. */
export function records(given: unknown): Record<string, unknown>[] {
  const value = plain(given);
  return Array.isArray(value) ? value.map(record) : [];
}

/** The texts of a known list, or the one text. */
export function texts(given: unknown): string[] {
  const value = plain(given);
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map(text).filter((item): item is string => item !== undefined);
}

/** What a text in JSON says; undefined when it is not known or no JSON. */
export function json(given: unknown): unknown {
  const value = text(given);
  if (value === undefined) {
    return undefined;
  }
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

/** Order by code units: the same on every machine, in any locale. */
export function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
