/** A plan by its references: which resource an input speaks of, in which region it is, what tags it has. */
import type { PlannedResource } from "../plan/model";
import { regionsOf } from "../plan/regions";
import { urnOfReference } from "../plan/urn";
import { isSecret, isUnknown } from "../plan/values";

/** Where resources are made, unless they say otherwise. */
export interface Home {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** The middle of a type token: `sqs/queue` of `aws:sqs/queue:Queue`. */
export function moduleOf(type: string): string {
  let found = modules.get(type);
  if (found === undefined) modules.set(type, (found = type.split(":")[1] ?? type));
  return found;
}

/** Asked for each call of each resource; types are few. */
const modules = new Map<string, string>();

/** The service of a type token: `sqs` of `aws:sqs/queue:Queue`. */
export function serviceOf(type: string): string {
  return moduleOf(type).split("/")[0]!;
}

/** A text that is known, of an input that may be a secret or unknown. */
export function textOf(value: unknown): string | undefined {
  const plain = isSecret(value) ? value.value : value;
  return typeof plain === "string" && !isUnknown(plain) && plain !== "" ? plain : undefined;
}

export class PlanIndex {
  /** What AWS's provider manages. */
  readonly managed: readonly PlannedResource[];
  private readonly namedRegion: ReturnType<typeof regionsOf>;
  private readonly byType = new Map<string, PlannedResource[]>();
  private readonly byUrn: ReadonlyMap<string, PlannedResource>;
  private readonly defaultTags: ReadonlyMap<string, Readonly<Record<string, string>>>;

  constructor(
    readonly resources: readonly PlannedResource[],
    readonly home: Home,
  ) {
    this.namedRegion = regionsOf(resources);
    this.byUrn = new Map(resources.map((one) => [one.urn, one]));
    this.managed = resources.filter(
      ({ custom, type, external }) => custom && type.startsWith("aws:") && !external,
    );
    for (const one of this.managed) {
      const same = this.byType.get(one.type);
      if (same === undefined) this.byType.set(one.type, [one]);
      else same.push(one);
    }
    this.defaultTags = new Map(
      resources
        .filter(({ type }) => type === "pulumi:providers:aws")
        .map(({ urn, inputs }) => [urn, tagsIn(inputs["defaultTags"])]),
    );
  }

  get(urn: string): PlannedResource | undefined {
    return this.byUrn.get(urn);
  }

  ofType(type: string): readonly PlannedResource[] {
    return this.byType.get(type) ?? [];
  }

  /** The resources of which an input's value is made. */
  behind(resource: PlannedResource, input: string): readonly PlannedResource[] {
    return (resource.propertyDependencies[input] ?? []).flatMap((urn) => this.byUrn.get(urn) ?? []);
  }

  /** The resources of which any input's value is made. */
  referred(resource: PlannedResource): readonly PlannedResource[] {
    const urns = new Set(Object.values(resource.propertyDependencies).flat());
    return [...urns].flatMap((urn) => this.byUrn.get(urn) ?? []);
  }

  regionOf(resource: PlannedResource): string {
    return this.namedRegion(resource) ?? this.home.region;
  }

  /** The tags with which a resource is made, the provider's own included. */
  tagsOf(resource: PlannedResource): Readonly<Record<string, string>> {
    if (resource.inputs["tags"] === undefined) return {};
    const own = tagsIn(resource.inputs["tags"]);
    return { ...this.defaultTags.get(urnOfReference(resource.provider)), ...own };
  }
}

function tagsIn(value: unknown): Record<string, string> {
  let plain = isSecret(value) ? value.value : value;
  if (typeof plain === "string") {
    try {
      plain = (JSON.parse(plain) as { tags?: unknown }).tags;
    } catch {
      return {};
    }
  }
  const entries = Object.entries((plain ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
