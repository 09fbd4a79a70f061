/** What a property names: resources of the stack, as far as that is known before they exist. */
import { canonicalType } from "../../facts/twin-types";
import { outerProperty } from "../../facts/type-properties";
import type { Node, StackGraph } from "../graph";
import { items, read, UNKNOWN } from "../properties";
import type { Named } from "./model";

/** The resources that a property names. */
export interface Choice {
  readonly nodes: readonly Node[];
  /** Known ids that belong to no resource of the stack. */
  readonly foreign: readonly string[];
  /**
   * Whether all of `nodes` are named, and nothing else but `foreign`. A list that is not known yet depends on all
   * that its component created: then it names some of them.
   */
  readonly exact: boolean;
  /** Whether the property has a value. */
  readonly isSet: boolean;
}

const choices = new WeakMap<StackGraph, Map<Node, Map<string, Choice>>>();

/** What the property at a path such as `vpcConfig.subnetIds` names of a type; worked out once for a graph. */
export function choiceOf(graph: StackGraph, node: Node, path: string, type: string): Choice {
  const ofGraph = choices.get(graph) ?? new Map<Node, Map<string, Choice>>();
  choices.set(graph, ofGraph);
  const ofNode = ofGraph.get(node) ?? new Map<string, Choice>();
  ofGraph.set(node, ofNode);
  const key = `${path} ${type}`;
  let choice = ofNode.get(key);
  if (choice === undefined) {
    const value = read(node.properties, path);
    choice = choiceIn(graph, node, value, node.references[outerProperty(path)] ?? [], type);
    ofNode.set(key, choice);
  }
  return choice;
}

/** What a value names, which is made of these resources. */
export function choiceIn(
  graph: StackGraph,
  node: Node,
  value: unknown,
  urns: readonly string[],
  type: string,
): Choice {
  const list = items(value);
  const references = { it: urns };
  const ask = (it: unknown) => ({ ...node, properties: { it }, references });
  const parts = urns
    .map((urn) => graph.get(urn))
    .filter((part): part is Node => part !== undefined && canonicalType(part.type) === type);
  if (list === UNKNOWN) {
    return { nodes: parts, foreign: [], exact: parts.length === 1, isSet: true };
  }
  const foreign = list.flatMap((item) => graph.external(ask(item), "it", type));
  const named = list.flatMap((item) => {
    if (item === UNKNOWN || graph.external(ask(item), "it", type).length > 0) return [];
    const found = graph.referred(ask(item), "it", type);
    return found === UNKNOWN ? [] : found;
  });
  const open = list.length - named.length - foreign.length;
  const rest = parts.filter((part) => !named.includes(part));
  if (open === 0) {
    return { nodes: [...new Set(named)], foreign, exact: true, isSet: list.length > 0 };
  }
  const exact = rest.length > 0 && rest.length <= open;
  return { nodes: [...new Set([...named, ...rest])], foreign, exact, isSet: true };
}

export function asNamed({ urn, name, type }: Node): Named {
  return { urn, name, type: canonicalType(type) };
}
