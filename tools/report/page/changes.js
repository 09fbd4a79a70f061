// The view of what a branch changes: made of a comparison (`npm run diff -- --html`), absent in the page of a plan alone.

const SIGNS = {
  create: ["+", "good"],
  update: ["~", "advisory"],
  replace: ["-/+", "mandatory"],
  "may-replace": ["-/+?", "mandatory"],
  rename: ["=", "none"],
  delete: ["-", "mandatory"],
  read: [">", "none"],
  discard: ["<", "none"],
};

function changesPanel() {
  const { headline, errors, notes = [], findings: found = [], meaning = [] } = plan.changes;
  const changed = plan.changes.resources ?? [];
  const parts = [
    h("h2", {}, "What changes"),
    h("p", {}, headline),
    (errors ?? []).map((text) => h("pre", {}, text)),
    notes.map((note) => h("p", { class: "dim" }, note)),
    found.length > 0 &&
      h(
        "ul",
        { class: "findings cards" },
        found.map(({ class: of, says, resource }) =>
          h(
            "li",
            { class: "card mandatory" },
            h("p", { class: "card-head" }, badge("mandatory", of)),
            h("p", {}, says),
            resource !== undefined && h("p", {}, linkTo(resource)),
          ),
        ),
      ),
    changed.length > 0 &&
      section("Resources", changed.length, h("div", { class: "costs" }, changed.map(changeRow))),
    meaning.map(({ title, lines }) =>
      section(
        title,
        lines.length,
        h(
          "ul",
          { class: "links" },
          lines.map((line) => h("li", {}, line)),
        ),
      ),
    ),
  ];
  return parts.flat().filter(Boolean);
}

function changeRow({ op, name, type, resource, possibly, from, order, properties }) {
  const [sign, level] = SIGNS[op];
  const words = [from && `renamed from ${from}`, possibly && op !== "may-replace" && "possibly"];
  const head = [
    badge(level, `${sign} ${op === "discard" ? "no longer read" : op}`),
    " ",
    h("span", { class: "kind" }, type.split(":").pop()),
    " ",
    name,
    h(
      "span",
      { class: "dim" },
      words.filter(Boolean).map((word) => ` (${word})`),
    ),
  ];
  const lines = [order, ...properties].filter(Boolean);
  const link = resource !== undefined && h("li", {}, linkTo(resource));
  return h(
    "details",
    { open: level === "mandatory" },
    h("summary", {}, h("span", {}, head)),
    h(
      "ul",
      { class: "links" },
      lines.map((line) => h("li", { class: "mono" }, line)),
      link,
    ),
  );
}
