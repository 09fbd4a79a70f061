// The frame of the page: header, tabs, and the address that says what is shown.

const TABS = [
  ...(plan.changes ? [["changes", "Changes", changesPanel]] : []),
  ["resources", "Resources", resourcesPanel],
  ["policies", "Policies", policiesPanel],
  ["cost", "Cost", costPanel],
  ["recovery", "Recovery", recoveryPanel],
  ...(plan.capacity ? [["capacity", "Capacity", capacityPanel]] : []),
  ...(plan.reach ? [["reach", "Paths", reachPanel]] : []),
  ["graph", "Graph", graphPanel],
  ["path", "Critical path", pathPanel],
];
const panels = new Map();

function header() {
  const components = resources.filter(({ component }) => component).length;
  const facts = [
    ["Resources", plain.format(resources.length), `${plain.format(components)} of them components`],
    ["Monthly cost", plan.cost.total ?? "not known", "#tab=cost"],
    ["Recovery objectives", objectives(), "#tab=recovery"],
    ["First up", plan.path.seconds ? `~${minutes(plan.path.seconds)}` : "short", "#tab=path"],
  ];
  return [
    h(
      "div",
      { class: "title" },
      h("h1", {}, h("span", { class: "dim" }, `${plan.project} / `), plan.stack),
      verdict(),
    ),
    h(
      "dl",
      { class: "figures" },
      facts.map(([label, value, more]) =>
        h(
          "div",
          {},
          h("dt", {}, label),
          h(
            "dd",
            {},
            more.startsWith("#")
              ? h("a", { href: more }, value)
              : h("span", { title: more }, value),
          ),
        ),
      ),
    ),
  ];
}

/** Whether the platform comes back in time, and with its data. */
function objectives() {
  const { exemptBecause, findings: all } = plan.recovery;
  if (exemptBecause || !all.length) return "none";
  return Object.keys(STANDING_LEVELS).find((level) => all.some((one) => one.standing === level));
}

function verdict() {
  const { packs, findings: all } = plan.policies;
  const numbers = LEVELS.map((level) => all.filter((finding) => finding.level === level).length);
  const [mandatory, advisory] = numbers;
  const parts = LEVELS.map((level, index) => numbers[index] && `${numbers[index]} ${level}`);
  const text = parts.filter(Boolean).join(", ") || "no findings";
  const level = mandatory ? "mandatory" : advisory ? "advisory" : packs.length ? "good" : "none";
  const word = mandatory ? "Violated" : packs.length ? "Passed" : "Not judged";
  return h("a", { class: `badge verdict ${level}`, href: "#tab=policies" }, `${word}: ${text}`);
}

function tabBar() {
  return TABS.map(([id, label]) =>
    h(
      "a",
      { role: "tab", id: `tab-${id}`, href: `#tab=${id}`, "aria-controls": `panel-${id}` },
      label,
    ),
  );
}

/** Panels are made when they are first shown. */
function showTab(id) {
  for (const [other] of TABS) {
    const active = other === id;
    const tab = document.getElementById(`tab-${other}`);
    tab.setAttribute("aria-selected", String(active));
    tab.tabIndex = active ? 0 : -1;
    panels.get(other).hidden = !active;
  }
  const panel = panels.get(id);
  if (!panel.childElementCount) {
    panel.append(...TABS.find(([other]) => other === id)[2]());
  }
}

/** Shows what the address names: a resource or a view; without a name the first view. */
function route() {
  let target = location.hash.slice(1);
  try {
    target = decodeURIComponent(target);
  } catch {
    // Not an address of this page.
  }
  const index = byUrn.get(target);
  const first = target === "" ? TABS[0][0] : "resources";
  const tab = TABS.find(([id]) => target === `tab=${id}`)?.[0] ?? first;
  showTab(index === undefined ? tab : "resources");
  if (tab !== "resources") return void scrollTo(0, 0);
  const old = detail.index;
  showDetail(index);
  if (index !== undefined) reveal(index);
  else markSelected();
  // On a small screen the pane takes the place of the tree: the way back ends at the row it began at.
  if (index === undefined && old !== undefined) {
    tree.list.querySelector(`li[data-index="${old}"] a.node`)?.scrollIntoView({ block: "center" });
  } else scrollTo(0, 0);
}

function tabKey(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const ids = TABS.map(([id]) => id);
  const at = ids.findIndex((id) => event.target.id === `tab-${id}`);
  const next = ids[(at + step + ids.length) % ids.length];
  location.hash = `#tab=${next}`;
  document.getElementById(`tab-${next}`).focus();
  event.preventDefault();
}

function pageKey(event) {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select")) return;
  event.preventDefault();
  if (panels.get("resources").hidden || detail.index !== undefined)
    location.hash = "#tab=resources";
  showTab("resources");
  showDetail(undefined);
  tree.search.focus();
  tree.search.select();
}

function start() {
  document.getElementById("top").append(...header());
  const bar = document.getElementById("tabs");
  bar.append(...tabBar());
  bar.addEventListener("keydown", tabKey);
  const main = document.getElementById("main");
  for (const [id] of TABS) {
    const panel = h("div", {
      ...{ role: "tabpanel", id: `panel-${id}`, class: `panel ${id}`, hidden: true },
      "aria-labelledby": `tab-${id}`,
    });
    panels.set(id, panel);
    main.append(panel);
  }
  document.querySelector("[data-skip]").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  addEventListener("hashchange", route);
  addEventListener("keydown", pageKey);
  route();
}

start();
