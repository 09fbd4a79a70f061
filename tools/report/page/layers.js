// The places of components in their drawing: layers, from what waits for nothing downwards.

/** How many dependencies lead from one component to another: from, to, number. */
function componentEdges() {
  const numbers = new Map();
  resources.forEach(({ dependencies }, index) => {
    const from = componentOf[index];
    for (const target of dependencies ?? []) {
      const on = componentOf[target];
      if (from === undefined || on === undefined || from === on) continue;
      const key = `${from} ${on}`;
      const known = numbers.get(key) ?? { from, on, count: 0 };
      numbers.set(key, { ...known, count: known.count + 1 });
    }
  });
  return [...numbers.values()];
}

/** Layers of nodes, and the edges with those marked that follow from others. */
function layered(nodes, edges) {
  const down = acyclic(nodes, edges);
  const depths = new Map();
  const depth = (node) => {
    if (!depths.has(node)) {
      depths.set(node, Math.max(-1, ...down.get(node).map((on) => depth(on))) + 1);
    }
    return depths.get(node);
  };
  const layers = [];
  for (const node of nodes) (layers[depth(node)] ??= []).push(node);
  ordered(layers, edges);
  const marked = edges.map((item) => ({
    ...item,
    implied: down.get(item.from).some((via) => via !== item.on && reaches(down, via, item.on)),
  }));
  return { layers, edges: marked };
}

/** What each node waits for; of two components that wait for parts of each other, one edge is left out. */
function acyclic(nodes, edges) {
  const down = new Map(nodes.map((node) => [node, []]));
  for (const { from, on } of [...edges].sort((a, b) => b.count - a.count)) {
    if (!reaches(down, on, from)) down.get(from).push(on);
  }
  return down;
}

function reaches(down, from, target, seen = new Set()) {
  if (from === target) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return down.get(from).some((next) => reaches(down, next, target, seen));
}

/** Puts each node near the middle of those it is tied to, a few times over. */
function ordered(layers, edges) {
  for (let round = 0; round < 8; round++) {
    const place = new Map();
    for (const layer of layers) {
      layer.forEach((node, x) => place.set(node, (x + 0.5) / layer.length));
    }
    for (const layer of layers) {
      const middle = new Map(layer.map((node) => [node, middleOf(node, edges, place)]));
      layer.sort((a, b) => middle.get(a) - middle.get(b));
    }
  }
}

function middleOf(node, edges, place) {
  const near = edges
    .filter(({ from, on }) => from === node || on === node)
    .map(({ from, on }) => place.get(from === node ? on : from));
  return near.length ? near.reduce((sum, x) => sum + x, 0) / near.length : place.get(node);
}
