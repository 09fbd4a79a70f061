// The view of who reaches what: paths from the internet and between components, by port and by IAM action.

function reachPanel() {
  const { says, tables } = plan.reach;
  return [
    h("h2", {}, "Who reaches what"),
    h("p", {}, says),
    ...tables.map(({ title, rows }) =>
      section(title, rows.length, h("ul", { class: "findings cards" }, rows.map(pathCard))),
    ),
  ];
}

function pathCard({ from, to, by }) {
  return h(
    "li",
    { class: "card" },
    h("p", { class: "card-head" }, from.join(", ")),
    h("p", {}, h("span", { class: "dim" }, "reaches "), to.join(", ")),
    h("p", { class: "dim" }, by),
  );
}
