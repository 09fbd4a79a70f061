/**
 * The resources of a stack and how they refer to each other. A reference is found by the dependency of the
 * property that holds it, which is there even when the id is not known yet, and else by the known id.
 */
import type { PolicyResource } from "@pulumi/policy";

import { canonicalType } from "../facts/twin-types";
import { known, read, UNKNOWN, unproxied, type Properties } from "./properties";

/** A resource of the stack. */
export interface Node {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly properties: Properties;
  readonly options: PolicyResource["opts"];
  readonly provider?: Properties;
  /** URNs that a property's value is made of, by property. */
  readonly references: Readonly<Record<string, readonly string[]>>;
}

/** All resources of a stack. */
export class StackGraph {
  /** By type, under the canonical token. */
  private readonly byType = new Map<string, Node[]>();
  private readonly byUrn = new Map<string, Node>();
  private readonly names = new Map<string, Map<string, readonly Node[]>>();
  private readonly linksByKind = new Map<string, Links>();
  private users: Map<string, Set<Node>> | undefined;
  /** The requested types, under their canonical tokens. */
  public readonly asked = new Set<string>();

  private constructor(public readonly nodes: readonly Node[]) {
    for (const node of nodes) {
      this.byUrn.set(node.urn, node);
      const type = canonicalType(node.type);
      const sameType = this.byType.get(type);
      if (sameType) {
        sameType.push(node);
      } else {
        this.byType.set(type, [node]);
      }
    }
  }

  /** The graph of resources as Pulumi's policy server hands them to a rule. */
  public static of(resources: readonly PolicyResource[]): StackGraph {
    return StackGraph.from(resources.map(nodeOf));
  }

  /** The graph of these resources. */
  public static from(nodes: readonly Node[]): StackGraph {
    return new StackGraph(nodes.map(withoutOwnRegion));
  }

  /** The resources of these types, whichever twin token they carry. */
  public ofType(...types: readonly string[]): Node[] {
    types.forEach((type) => this.asked.add(type));
    return types.flatMap((type) => this.byType.get(type) ?? []);
  }

  public get(urn: string): Node | undefined {
    return this.byUrn.get(urn);
  }

  /**
   * The resources of a type that a property refers to. UNKNOWN when the property has a value that leads to
   * none of them: an id that is not known yet, or one outside the stack.
   *
   * A component's output depends on all that the component made. So once ids are known, they alone count.
   */
  public referred(from: Node, property: string, type: string): Node[] | typeof UNKNOWN {
    this.asked.add(type);
    const values = texts(from.properties[property]);
    const parts = new Set(from.references[property]);
    const byIdentity = values.map((value) =>
      value === UNKNOWN ? UNKNOWN : this.identified(type, value, parts),
    );
    const identified = byIdentity.filter((node) => node !== undefined && node !== UNKNOWN);
    if (values.length > 0 && identified.length === values.length) {
      return [...new Set(identified)];
    }
    const byDependency = (from.references[property] ?? [])
      .map((urn) => this.byUrn.get(urn))
      .filter((node) => node !== undefined && canonicalType(node.type) === type) as Node[];
    const found = [...new Set([...byDependency, ...identified])];
    return found.length === 0 && values.length > 0 ? UNKNOWN : found;
  }

  /** Known values of a property that name no resource of the stack: ids from outside. */
  public external(from: Node, property: string, type: string): string[] {
    return texts(from.properties[property]).filter(
      (value): value is string => value !== UNKNOWN && this.identified(type, value) === undefined,
    );
  }

  /** The resources of a type whose property refers to `target`. */
  public referring(target: Node, type: string, property: string): readonly Node[] {
    const targetType = canonicalType(target.type);
    return this.links(type, property, targetType).byTarget.get(target) ?? [];
  }

  /** The resources that refer to `target` by whichever property: by what it is made of, or by a known id or ARN. */
  public usersOf(target: Node): readonly Node[] {
    this.users ??= this.allUsers();
    return [...(this.users.get(target.urn) ?? [])];
  }

  private allUsers(): Map<string, Set<Node>> {
    const users = new Map<string, Set<Node>>();
    const add = (urn: string, user: Node) => {
      if (urn !== user.urn) {
        users.set(urn, (users.get(urn) ?? new Set()).add(user));
      }
    };
    const named = new Map<string, string>();
    for (const { urn, properties } of this.nodes) {
      for (const name of ["id", "arn"].map((property) => read(properties, property))) {
        if (typeof name === "string" && name !== "") {
          named.set(name, urn);
        }
      }
    }
    for (const node of this.nodes) {
      for (const urn of Object.values(node.references).flat()) {
        add(urn, node);
      }
      if (named.size > 0) {
        for (const text of texts(node.properties)) {
          const urn = text === UNKNOWN ? undefined : named.get(text);
          if (urn !== undefined) {
            add(urn, node);
          }
        }
      }
    }
    return users;
  }

  /** Resources of a type with a property that is not known and leads nowhere: any could refer to anything. */
  public unplaced(type: string, property: string, targetType: string): readonly Node[] {
    return this.links(type, property, targetType).unplaced;
  }

  /** The resource of a type that goes by a name, ARN or id; of several, the one that the value is made of. */
  private identified(type: string, value: string, parts?: ReadonlySet<string>): Node | undefined {
    let names = this.names.get(type);
    if (names === undefined) {
      names = new Map();
      for (const node of this.ofType(type)) {
        for (const name of identities(node)) {
          names.set(name, [...(names.get(name) ?? []), node]);
        }
      }
      this.names.set(type, names);
    }
    const nodes = names.get(value);
    return nodes?.find(({ urn }) => parts?.has(urn)) ?? nodes?.[0];
  }

  /** All references of one kind, worked out once: asking for each of n resources takes no n². */
  private links(type: string, property: string, targetType: string): Links {
    const key = [type, property, targetType].join(" ");
    let links = this.linksByKind.get(key);
    if (links === undefined) {
      links = { byTarget: new Map(), unplaced: [] };
      for (const node of this.ofType(type)) {
        const referred = this.referred(node, property, targetType);
        if (referred !== UNKNOWN) {
          for (const target of referred) {
            links.byTarget.set(target, [...(links.byTarget.get(target) ?? []), node]);
          }
        } else if (texts(node.properties[property]).includes(UNKNOWN)) {
          links.unplaced.push(node);
        }
      }
      this.linksByKind.set(key, links);
    }
    return links;
  }
}

/** References of one kind of resource to another by one property. */
interface Links {
  readonly byTarget: Map<Node, readonly Node[]>;
  readonly unplaced: Node[];
}

/** The texts in a property's value, however deep; unknown ones as UNKNOWN. */
function texts(value: unknown): (string | typeof UNKNOWN)[] {
  const item = known(value);
  if (item === UNKNOWN || typeof item === "string") {
    return item === "" ? [] : [item];
  }
  return typeof item === "object" && item !== null ? Object.values(item).flatMap(texts) : [];
}

/** What other resources may name a resource by. */
function identities(node: Node): string[] {
  return ["id", "arn", "name", "bucket", "identifier", "keyId", "url"]
    .map((property) => read(node.properties, property))
    .filter((value): value is string => typeof value === "string" && value !== "");
}

/**
 * Every AWS resource has a known region once it exists, and an unknown one before. Only a region that
 * is not the provider's says something: the property stays as it is in the program.
 */
function withoutOwnRegion(node: Node): Node {
  const { region, ...properties } = node.properties;
  const isMadeOfOthers = (node.references["region"] ?? []).length > 0;
  const ofProvider = node.provider && read(node.provider, "region");
  const isOwn = known(region) === UNKNOWN ? !isMadeOfOthers : region === ofProvider;
  return region !== undefined && isOwn ? { ...node, properties } : node;
}

function nodeOf(resource: PolicyResource): Node {
  return {
    type: resource.type,
    name: resource.name,
    urn: resource.urn,
    properties: unproxied(resource.props),
    options: resource.opts,
    provider: resource.provider && unproxied(resource.provider.props),
    references: Object.fromEntries(
      Object.entries(resource.propertyDependencies).map(([property, resources]) => [
        property,
        resources.map(({ urn }) => urn),
      ]),
    ),
  };
}
