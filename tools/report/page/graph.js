// Drawings: what stands around a resource, and how the components hang together.

const BOX = { width: 168, height: 40, gapX: 64, gapY: 12, margin: 10 };

/** Measures texts, as the page's font differs from system to system. */
const pen = document.createElement("canvas").getContext("2d");

/** More neighbours than this in one column are only counted. */
const MOST_BOXES = 8;

/** Dependencies to the left and dependents to the right, two steps each way. */
function neighbourhoodSection(index) {
  const before = (at) => resources[at].dependencies ?? [];
  const after = (at) => dependents[at];
  if (!before(index).length && !after(index).length) return [];
  const seen = new Set([index]);
  const left = ring([index], before, seen);
  const right = ring([index], after, seen);
  const columns = [ring(left, before, seen), left, [index], right, ring(right, after, seen)];
  return [section("Neighbourhood", undefined, neighbourhood(columns, index))];
}

/** What lies one step further. */
function ring(from, step, seen) {
  const found = [];
  for (const at of from.slice(0, MOST_BOXES)) {
    for (const next of step(at)) {
      if (!seen.has(next)) found.push(next);
      seen.add(next);
    }
  }
  return found;
}

function neighbourhood(columns, centre) {
  const used = columns.filter((column) => column.length);
  const shown = used.map((column) => column.slice(0, MOST_BOXES));
  const lines = Math.max(...used.map((column) => Math.min(column.length, MOST_BOXES + 1)));
  const height = lines * (BOX.height + BOX.gapY) + BOX.gapY;
  const boxes = new Map();
  const more = [];
  shown.forEach((column, x) => {
    const hidden = used[x].length - column.length;
    const count = column.length + (hidden ? 1 : 0);
    const top = (height - count * (BOX.height + BOX.gapY) + BOX.gapY) / 2;
    const left = 8 + x * (BOX.width + BOX.gapX);
    column.forEach((index, y) => {
      boxes.set(index, { x: left, y: top + y * (BOX.height + BOX.gapY) });
    });
    if (hidden) {
      const y = top + column.length * (BOX.height + BOX.gapY) + BOX.height / 2;
      const place = { x: left + BOX.width / 2, y, class: "more", "text-anchor": "middle" };
      more.push(svg("text", place, `and ${hidden} more`));
    }
  });
  const width = used.length * (BOX.width + BOX.gapX) - BOX.gapX + 16;
  const edges = [];
  for (const [from, to] of boxes) {
    for (const on of resources[from].dependencies ?? []) {
      const start = boxes.get(on);
      if (!start || start.x >= to.x) continue;
      edges.push(
        edge(sideways(start, to), from === centre || on === centre ? "edge near" : "edge"),
      );
    }
  }
  const nodes = [...boxes].map(([index, place]) => box(index, place, index === centre));
  const frame = drawing(width, height, "Dependencies to the left, dependents to the right");
  frame.append(...edges, ...nodes, ...more);
  return scrolledTo(
    boxes.get(centre).x + BOX.width / 2,
    h("div", { class: "drawing", tabindex: "0" }, frame),
  );
}

/** A drawing that is wider than the screen opens with this place in the middle. */
function scrolledTo(middle, holder) {
  requestAnimationFrame(() => (holder.scrollLeft = middle - holder.clientWidth / 2));
  return holder;
}

function drawing(width, height, label) {
  return svg("svg", {
    ...{ viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": label },
  });
}

function edge(path, className, extra) {
  return svg("path", { d: path, class: className, ...extra });
}

/** From the right side of one box to the left side of another. */
function sideways(from, to) {
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  const bend = Math.max(24, (x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

function box(index, { x, y }, centre, second) {
  const { width, height } = BOX;
  const { name, component } = resources[index];
  const level = worst(index);
  const classes = ["box", centre && "centre", component && "component", level].filter(Boolean);
  return svg(
    "a",
    { href: hrefOf(index), class: classes.join(" "), "data-index": index },
    svg("title", {}, `${resources[index].type} ${name}`),
    svg("rect", { x, y, width, height, rx: 6 }),
    svg("text", { x: x + BOX.margin, y: y + 17, class: "label" }, fitted(name, 12)),
    svg(
      "text",
      { x: x + BOX.margin, y: y + 32, class: "sub" },
      fitted(second ?? kindOf(index), 11),
    ),
  );
}

/** As much of a text as there is room for in a box; its title says all. */
function fitted(text, size) {
  pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  const room = BOX.width - 2 * BOX.margin;
  const wide = (some) => pen.measureText(some).width > room;
  if (!wide(text)) return text;
  let length = text.length - 1;
  while (length > 1 && wide(`${text.slice(0, length)}…`)) length--;
  return `${text.slice(0, length)}…`;
}

/** The components, each below what it waits for, with one edge for all dependencies between two. */
function graphPanel() {
  const nodes = resources.map((_, index) => index).filter((index) => componentOf[index] === index);
  if (nodes.length < 2) return [empty("There are no components to draw.")];
  const { edges, layers } = layered(nodes, componentEdges());
  const widest = Math.max(...layers.map((layer) => layer.length));
  const gapY = 56;
  const width = widest * (BOX.width + 24) + 8;
  const height = layers.length * (BOX.height + gapY) - gapY + 32;
  const places = new Map();
  layers.forEach((layer, y) => {
    const left = (width - layer.length * (BOX.width + 24) + 24) / 2;
    layer.forEach((index, x) => {
      places.set(index, { x: left + x * (BOX.width + 24), y: 16 + y * (BOX.height + gapY) });
    });
  });
  const frame = drawing(width, height, "Components, each below what it waits for");
  frame.append(
    ...edges.map(({ from, on, count, implied }) => {
      const weight = Math.min(4, 1 + Math.log10(count) * 1.5);
      const name = implied ? "edge implied" : "edge";
      const line = edge(downwards(places.get(on), places.get(from)), name, {
        ...{ "data-from": from, "data-on": on, style: `stroke-width:${weight.toFixed(1)}px` },
      });
      const names = `${resources[from].name} waits for ${resources[on].name}`;
      line.append(svg("title", {}, `${names}: ${counted(count, "dependency", "dependencies")}`));
      return line;
    }),
    ...nodes.map((index) => box(index, places.get(index), false, subtitle(index))),
  );
  for (const link of frame.querySelectorAll("a.box")) {
    for (const event of ["mouseenter", "focus"])
      link.addEventListener(event, () => light(frame, link));
    for (const event of ["mouseleave", "blur"]) link.addEventListener(event, () => light(frame));
  }
  return [
    h("h2", {}, "Components"),
    h(
      "p",
      { class: "dim" },
      "Each stands below what it waits for; a thick line is many dependencies, ",
      "a faint one follows from the others. Point at a component to see its own, choose it for its details.",
    ),
    scrolledTo(width / 2, h("div", { class: "drawing wide", tabindex: "0" }, frame)),
  ];
}

function subtitle(index) {
  const usd = total[index]
    ? ` · ${dollars(plan.cost.byComponent[resources[index].name] ?? total[index])}`
    : "";
  return `${counted(below[index] + 1, "resource")}${usd}`;
}

function light(frame, link) {
  const index = link?.dataset.index;
  frame.classList.toggle("lit", Boolean(link));
  for (const line of frame.querySelectorAll(".edge")) {
    const { from, on } = line.dataset;
    line.classList.toggle("near", index !== undefined && (from === index || on === index));
  }
}

/** From the lower side of one box to the upper side of another. */
function downwards(from, to) {
  const [x1, y1] = [from.x + BOX.width / 2, from.y + BOX.height];
  const [x2, y2] = [to.x + BOX.width / 2, to.y];
  const bend = Math.max(24, (y2 - y1) / 2);
  return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
}
