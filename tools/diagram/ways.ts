/** The ways of requests and messages through a picture, from where they start to where they end. */
import type { Edge, Node, Picture, Way } from "./model";

/** A way: nodes, and what the lines between them say. */
export interface Path {
  readonly nodes: readonly Node[];
  /** One fewer than nodes. */
  readonly labels: readonly string[];
}

/** What users' requests pass, to the service or bucket that answers. */
export function requestPaths(picture: Picture): Path[] {
  const start = picture.nodes.filter(({ kind }) => kind === "users");
  return start.flatMap((node) => pathsFrom(picture, node, ["request"]));
}

/** What starts messages or calls, and everything that they reach. */
export function eventPaths(picture: Picture): Path[] {
  const told = new Set(picture.edges.filter(({ way }) => way === "event").map(({ to }) => to));
  const start = picture.nodes.filter(
    ({ id }) =>
      !told.has(id) && picture.edges.some(({ from, way }) => from === id && way === "event"),
  );
  return start.flatMap((node) => pathsFrom(picture, node, ["event"]));
}

/** All ways from a node along lines of a meaning, each to its end; a way passes a node once. */
function pathsFrom({ nodes, edges }: Picture, start: Node, ways: readonly Way[]): Path[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const paths: Path[] = [];
  const follow = (path: Path): void => {
    const here = path.nodes.at(-1)!;
    const next = edges.filter(
      ({ from, to, way }) =>
        from === here.id && ways.includes(way) && path.nodes.every(({ id }) => id !== to),
    );
    if (next.length === 0) {
      paths.push(path);
    }
    for (const edge of next) {
      follow({
        nodes: [...path.nodes, byId.get(edge.to)!],
        labels: [...path.labels, edge.label],
      });
    }
  };
  follow({ nodes: [start], labels: [] });
  return paths.filter((path) => path.nodes.length > 1);
}

/** What a service reads and writes, for the end of a request's way. */
export function storesOf({ nodes, edges }: Picture, id: string): { node: Node; edge: Edge }[] {
  return edges
    .filter(({ from, way }) => from === id && way === "data")
    .map((edge) => ({ edge, node: nodes.find((node) => node.id === edge.to)! }));
}
