// The tree of components and resources, and the search in it.

const expanded = new Set(roots);
const tree = { list: undefined, search: undefined, status: undefined, query: "" };

/** Text in which a search looks; the URN is asked for by its own signs, as it holds the types of all parents. */
const searchable = resources.map(({ name, type, source }) =>
  `${name} ${type} ${shortType(type)} ${source ?? ""}`.toLowerCase(),
);

/** Inputs by name as the text of their values, for a search; made when one first asks. */
const valueTexts = [];

function valuesOf(index) {
  valueTexts[index] ??= Object.entries(resources[index].inputs ?? {}).map(([name, value]) => [
    name,
    (typeof value === "string" ? value : JSON.stringify(value)).toLowerCase(),
  ]);
  return valueTexts[index];
}

/** The input that has a word which neither name nor type has. */
function inputWith(index, query) {
  const words = query.split(/\s+/).filter((word) => !searchable[index].includes(word));
  return valuesOf(index).find(([, text]) => words.some((word) => text.includes(word)))?.[0];
}

function matches(index, query) {
  if (/^urn:|::|\$/.test(query) && resources[index].urn.toLowerCase().includes(query)) return true;
  return query
    .split(/\s+/)
    .every(
      (word) =>
        searchable[index].includes(word) || valuesOf(index).some(([, text]) => text.includes(word)),
    );
}

function resourcesPanel() {
  tree.search = h("input", {
    type: "search",
    id: "search",
    placeholder: "Search name, type, value or URN",
    "aria-label": "Search resources by name, type, value or URN",
    "aria-keyshortcuts": "/",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => showTree(),
    onkeydown: searchKey,
  });
  tree.status = h("p", { class: "dim status", role: "status" });
  tree.list = h("ul", { class: "tree", "aria-label": "Resources", onkeydown: treeKey });
  detail.pane = h("section", { class: "detail", "aria-label": "Details", tabindex: "0" });
  const bar = h(
    "div",
    { class: "search" },
    tree.search,
    h("kbd", { "aria-hidden": "true" }, "/"),
    button("Expand all", () => expandAll(true)),
    button("Collapse", () => expandAll(false)),
  );
  showTree();
  return [h("div", { class: "browser" }, bar, tree.status, tree.list), detail.pane];
}

function button(text, onclick) {
  return h("button", { type: "button", class: "small", onclick }, text);
}

function expandAll(open) {
  expanded.clear();
  children.forEach((list, index) => {
    if (list.length && (open || roots.includes(index))) expanded.add(index);
  });
  showTree();
}

/** What a search leaves: the matches, and what holds them. */
function showTree() {
  tree.query = tree.search.value.trim().toLowerCase();
  const { query } = tree;
  let shown;
  let found = 0;
  if (query) {
    shown = new Set();
    resources.forEach((_, index) => {
      if (!matches(index, query)) return;
      found++;
      for (let at = index; at !== undefined && !shown.has(at); at = resources[at].parent) {
        shown.add(at);
      }
    });
  }
  tree.status.textContent = query
    ? `${plain.format(found)} of ${counted(resources.length, "resource")}`
    : counted(resources.length, "resource");
  tree.list.replaceChildren(...rows(roots, shown));
  if (query && !found) tree.list.append(h("li", {}, empty("Nothing matches.")));
  markSelected();
}

function rows(indexes, shown) {
  return indexes.filter((index) => !shown || shown.has(index)).map((index) => row(index, shown));
}

function row(index, shown) {
  const list = children[index].filter((child) => !shown || shown.has(child));
  const open = shown ? list.length > 0 : expanded.has(index) && list.length > 0;
  const toggle = list.length
    ? h("button", {
        ...{ type: "button", class: "toggle", tabindex: "-1", "aria-expanded": String(open) },
        "aria-label": `Contents of ${resources[index].name}`,
        onclick: () => fold(index, item, shown),
      })
    : h("span", { class: "toggle" });
  const item = h(
    "li",
    { "data-index": index },
    h("div", { class: "row" }, toggle, rowLink(index)),
    open && h("ul", {}, rows(list, shown)),
  );
  return item;
}

function rowLink(index) {
  const resource = resources[index];
  const level = worst(index);
  const input = tree.query && matches(index, tree.query) && inputWith(index, tree.query);
  return h(
    "a",
    { class: "node", href: hrefOf(index), title: resource.type },
    h("span", { class: "name" }, highlighted(resource.name)),
    h("span", { class: "type" }, highlighted(shortType(resource.type))),
    input && h("span", { class: "type" }, `in ${input}`),
    level && h("span", { class: `dot ${level}`, title: `${level} finding` }),
    below[index] > 0 && h("span", { class: "count" }, plain.format(below[index])),
  );
}

function worst(index) {
  const levels = findings[index].map(({ level }) => level);
  return LEVELS.find((level) => levels.includes(level));
}

/** Text with the words of the search marked. */
function highlighted(text) {
  const words = tree.query.split(/\s+/).filter((word) => word && text.toLowerCase().includes(word));
  if (!words.length) return [text];
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  return text
    .split(new RegExp(`(${pattern})`, "i"))
    .map((part, index) => (index % 2 ? h("mark", {}, part) : part));
}

/** Opens or closes a row; its children are made when they are first seen. */
function fold(index, item, shown) {
  const list = item.querySelector(":scope > ul");
  const open = !list;
  if (open) {
    item.append(h("ul", {}, rows(children[index], shown)));
    expanded.add(index);
  } else {
    list.remove();
    expanded.delete(index);
  }
  item.querySelector(".toggle").setAttribute("aria-expanded", String(open));
  markSelected();
}

function searchKey(event) {
  const first =
    tree.list.querySelector(tree.query ? "a:has(mark)" : "a") ?? tree.list.querySelector("a");
  if (event.key === "Enter" && tree.query && first) location.hash = first.getAttribute("href");
  else if (event.key === "ArrowDown" && first) first.focus();
  else if (event.key === "Escape" && tree.search.value) {
    tree.search.value = "";
    showTree();
  } else return;
  event.preventDefault();
}

/** Arrow keys move through the rows, right and left open and close them. */
function treeKey(event) {
  const link = event.target.closest("a.node");
  if (!link) return;
  const item = link.closest("li");
  const toggle = item.querySelector(":scope > .row > button.toggle");
  const open = toggle?.getAttribute("aria-expanded") === "true";
  const links = [...tree.list.querySelectorAll("a.node")];
  const at = links.indexOf(link);
  if (event.key === "ArrowDown") links[at + 1]?.focus();
  else if (event.key === "ArrowUp") (links[at - 1] ?? tree.search).focus();
  else if (event.key === "ArrowRight" && toggle) open ? links[at + 1]?.focus() : toggle.click();
  else if (event.key === "ArrowLeft" && open) toggle.click();
  else if (event.key === "ArrowLeft") {
    item.parentElement.closest("li")?.querySelector("a.node").focus();
  } else return;
  event.preventDefault();
}

function markSelected() {
  for (const link of tree.list.querySelectorAll("a[aria-current]")) {
    link.removeAttribute("aria-current");
  }
  if (detail.index === undefined) return;
  const item = tree.list.querySelector(`li[data-index="${detail.index}"] a.node`);
  item?.setAttribute("aria-current", "true");
}

/** Makes a resource's row visible: opens what holds it. A search that hides it ends. */
function reveal(index) {
  let closed = tree.query !== "" && !matches(index, tree.query);
  if (closed) tree.search.value = "";
  for (let at = resources[index].parent; at !== undefined; at = resources[at].parent) {
    if (!expanded.has(at)) closed = true;
    expanded.add(at);
  }
  if (closed) showTree();
  markSelected();
  const link = tree.list.querySelector(`li[data-index="${index}"] a.node`);
  link?.scrollIntoView({ block: "nearest" });
}
