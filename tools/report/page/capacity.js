// The view of how far the stack carries: its first limit, what the loss of a zone costs, and loads in time.

const PLOT = { width: 720, height: 180, edge: 4 };

function capacityPanel() {
  const { first, plots } = plan.capacity;
  return [
    h("h2", {}, "How far this stack carries"),
    h("p", {}, first),
    ...zoneLost(),
    ...(plots.length
      ? [
          h(
            "p",
            { class: "dim" },
            "Simulated second by second, at worst; each line has its own scale.",
          ),
        ]
      : []),
    ...plots.map(plotSection),
  ];
}

function plotSection({ name, minutes: length, series }) {
  const legend = series.map(({ label, most }, index) =>
    h("li", { class: `series-${index}` }, `${label}, most ${plain.format(most)}`),
  );
  return section(
    name[0].toUpperCase() + name.slice(1),
    `${plain.format(length)} minutes`,
    h("ul", { class: "links legend" }, legend),
    drawn(name, series),
  );
}

function drawn(name, series) {
  const { width, height, edge } = PLOT;
  const x = (index, points) => (width * index) / Math.max(1, points.length - 1);
  const y = (share) => height - edge - (height - 2 * edge) * share;
  const said = series.map(({ label, most }) => `${label} up to ${plain.format(most)}`).join(", ");
  return svg(
    "svg",
    {
      class: "plot",
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": `${name}: ${said}`,
    },
    ...series.map(({ shares }, index) => {
      const points = shares.map((one, at) => `${x(at, shares).toFixed(1)},${y(one).toFixed(1)}`);
      return svg("polyline", { class: `series-${index}`, points: points.join(" ") });
    }),
  );
}
