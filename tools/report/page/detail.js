// The pane that shows one resource.

const detail = { pane: undefined, index: undefined };

/** Long lists are shown in part at first. */
const FIRST_LINKS = 12;

function showDetail(index) {
  detail.index = index;
  const { pane } = detail;
  pane.parentElement?.classList.toggle("selected", index !== undefined);
  if (index === undefined) {
    pane.replaceChildren(overview());
    return;
  }
  const resource = resources[index];
  pane.replaceChildren(
    h("a", { class: "back", href: "#tab=resources" }, "‹ All resources"),
    trail(index),
    h("h2", {}, resource.name),
    h("p", { class: "type mono" }, resource.type),
    marks(index),
    facts(index),
    ...findingSection(index),
    ...costSection(index),
    ...valueSection("Inputs", resource.inputs),
    ...valueSection("Outputs", resource.outputs),
    ...linkSection("Depends on", resource.dependencies ?? [], (on) => inputsBy(resource, on)),
    ...linkSection("Needed by", dependents[index], (from) => inputsBy(resources[from], index)),
    ...linkSection("Contains", children[index], (child) =>
      below[child] ? `(${counted(below[child], "resource")})` : undefined,
    ),
    ...neighbourhoodSection(index),
  );
  pane.scrollTop = 0;
}

/** What stands in the pane before something is chosen. */
function overview() {
  const types = new Map();
  for (const { type, component } of resources) {
    if (!component) types.set(type, (types.get(type) ?? 0) + 1);
  }
  const most = [...types].sort((a, b) => b[1] - a[1]).slice(0, 12);
  return h(
    "div",
    {},
    h("h2", {}, "What this plan creates"),
    h(
      "p",
      { class: "dim" },
      "Choose a resource to see its inputs, dependencies, findings and cost.",
    ),
    bars(most.map(([type, number]) => ({ label: shortType(type), value: number, text: number }))),
    notes(),
  );
}

function notes() {
  if (!plan.diagnostics.length) return "";
  const lines = plan.diagnostics.map(({ severity, message }) =>
    h("li", {}, badge(severity === "info" ? "none" : "advisory", severity), " ", message),
  );
  return h("div", {}, h("h3", {}, "Notes of the program"), h("ul", { class: "findings" }, lines));
}

function trail(index) {
  const links = [];
  for (let at = resources[index].parent; at !== undefined; at = resources[at].parent) {
    links.unshift(h("a", { href: hrefOf(at) }, resources[at].name), " › ");
  }
  return h("nav", { class: "trail", "aria-label": "Parents" }, links);
}

function marks(index) {
  const resource = resources[index];
  return h(
    "p",
    { class: "marks" },
    badge("none", resource.component ? "component" : "resource"),
    resource.protect && badge("good", "protected"),
    resource.retainOnDelete && badge("none", "retained on delete"),
    resource.external && badge("none", "read, not managed"),
    total[index] > 0 && badge("none", `${dollars(total[index])} a month`),
  );
}

function facts(index) {
  const resource = resources[index];
  const timeouts = Object.entries(resource.customTimeouts ?? {});
  const hooks = Object.entries(resource.hooks ?? {});
  const lines = [
    ["URN", h("span", { class: "mono wrap" }, resource.urn), copyButton(resource.urn)],
    ["Source", resource.source && h("span", { class: "mono wrap" }, resource.source)],
    ["Protect", resource.component ? undefined : resource.protect ? "yes" : "no"],
    ["Ignores changes of", resource.ignoreChanges?.join(", ")],
    ["Replaced on changes of", resource.replaceOnChanges?.join(", ")],
    [
      "Deleted before replaced",
      resource.deleteBeforeReplace === undefined
        ? undefined
        : resource.deleteBeforeReplace
          ? "yes"
          : "no",
    ],
    ["Hooks", hooks.map(([when, names]) => `${when}: ${names.join(", ")}`).join("; ")],
    ["Timeouts", timeouts.map(([what, seconds]) => `${what} ${clock(seconds)}`).join(", ")],
    ["Aliases", resource.aliases?.join(", ")],
  ];
  return h(
    "dl",
    { class: "facts" },
    lines
      .filter(([, value]) => value)
      .map(([label, ...value]) => [h("dt", {}, label), h("dd", {}, value.filter(Boolean))]),
  );
}

function copyButton(text) {
  // Where there is no clipboard, as in a page of an unsafe origin, the text can still be selected.
  if (!navigator.clipboard) return undefined;
  const copy = button("Copy", () => {
    navigator.clipboard.writeText(text).then(
      () => (copy.textContent = "Copied"),
      () => (copy.textContent = "Select it"),
    );
  });
  return copy;
}

function section(title, count, ...content) {
  return h(
    "section",
    {},
    h("h3", {}, title, count !== undefined && h("span", { class: "count" }, String(count))),
    content,
  );
}

function findingSection(index) {
  const list = findings[index];
  if (!list.length) return [];
  const items = list.map(({ level, policy, message }) =>
    h("li", {}, badge(level, level), " ", h("b", { class: "mono" }, policy), h("p", {}, message)),
  );
  return [section("Policy findings", list.length, h("ul", { class: "findings" }, items))];
}

function costSection(index) {
  const lines = plan.cost.lines.filter(({ resource }) => resource === index);
  if (!lines.length) return [];
  return [section("Monthly cost", undefined, h("ul", { class: "links" }, lines.map(costLine)))];
}

function costLine({ item, quantity, unitUsd, usd }) {
  const times = `${plain.format(quantity)} × $${plain.format(unitUsd)}`;
  return h(
    "li",
    { class: "cost" },
    h("span", {}, item, h("span", { class: "dim" }, ` ${times}`)),
    h("b", {}, dollars(usd)),
  );
}

function valueSection(title, bag) {
  if (!bag) return [];
  const names = Object.keys(bag);
  return [section(title, names.length, valueView(bag))];
}

/** Names of the inputs of a resource that are made of another's outputs. */
function inputsBy({ by }, on) {
  const names = Object.keys(by ?? {}).filter((name) => by[name].includes(on));
  return names.length ? `by ${names.join(", ")}` : undefined;
}

function linkSection(title, indexes, extra) {
  if (!indexes.length) return [];
  const items = indexes.map((index) => h("li", {}, linkTo(index, extra(index))));
  const list = h("ul", { class: "links" }, items.slice(0, FIRST_LINKS));
  const rest = items.slice(FIRST_LINKS);
  const more = button(`Show ${rest.length} more`, () => {
    list.append(...rest);
    more.remove();
  });
  return [section(title, indexes.length, list, rest.length > 0 && more)];
}
