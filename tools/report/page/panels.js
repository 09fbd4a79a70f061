// The views besides the resources: policies, cost and the critical path.

/** Labelled bars, the longest as wide as there is room. */
function bars(rows) {
  const most = Math.max(...rows.map(({ value }) => value), Number.EPSILON);
  return h(
    "ul",
    { class: "bars" },
    rows.map(({ label, value, text, href }) =>
      h(
        "li",
        {},
        h("span", { class: "bar-label" }, href ? h("a", { href }, label) : label),
        h(
          "span",
          { class: "bar-track", "aria-hidden": "true" },
          h("span", { class: "bar", style: `width:${((value / most) * 100).toFixed(2)}%` }),
        ),
        h("span", { class: "bar-value" }, String(text)),
      ),
    ),
  );
}

const LEVELS = ["mandatory", "advisory", "exempt", "undecided"];

function policiesPanel() {
  const { packs, findings: all, remediations } = plan.policies;
  const list = h("ul", { class: "findings cards" });
  const show = (level, chosen) => {
    for (const other of filters) other.setAttribute("aria-pressed", String(other === chosen));
    const shown = all.filter((finding) => !level || finding.level === level);
    const rules = new Map();
    for (const finding of shown) {
      const key = `${finding.level} ${finding.pack} ${finding.policy}`;
      rules.set(key, [...(rules.get(key) ?? []), finding]);
    }
    list.replaceChildren(...[...rules.values()].map(ruleCard));
    if (!shown.length) list.append(h("li", {}, empty("No findings.")));
  };
  const filters = [undefined, ...LEVELS].map((level) => {
    const number = all.filter((finding) => !level || finding.level === level).length;
    const text = level ?? "all";
    const filter = h(
      "button",
      { type: "button", class: "filter", "data-level": text, onclick: () => show(level, filter) },
      text,
      h("span", { class: "count" }, String(number)),
    );
    return filter;
  });
  show(undefined, filters[0]);
  const ran = packs.length
    ? packs
        .map(
          ({ name, version, policies }) =>
            `${name}${version ? ` ${version}` : ""} (${counted(policies, "rule")})`,
        )
        .join(", ")
    : "No policy pack ran.";
  return [
    h("h2", {}, "Policies"),
    h("p", { class: "dim" }, ran),
    h("div", { class: "filters", role: "group", "aria-label": "Level" }, filters),
    list,
    ...remediationSection(remediations),
  ];
}

/** A rule with everything that it says at one level. */
function ruleCard(said) {
  const [{ level, policy, pack, severity, page }] = said;
  const title = h("b", { class: "mono" }, policy);
  return h(
    "li",
    { class: `card ${level}` },
    h(
      "p",
      { class: "card-head" },
      badge(level, level),
      page ? h("a", { href: page }, title) : title,
      severity && badge("none", severity),
      said.length > 1 && h("span", { class: "count" }, String(said.length)),
      h("span", { class: "dim" }, pack),
    ),
    said.map(({ message, resource }) => [
      h("p", { class: "said" }, message),
      h("p", {}, linkTo(resource)),
    ]),
  );
}

function remediationSection(list) {
  if (!list.length) return [];
  const items = list.map(({ policy, resource, properties }) =>
    h(
      "li",
      {},
      linkTo(resource),
      h("span", { class: "dim" }, ` ${properties.join(", ")} by ${policy}`),
    ),
  );
  return [section("Changed by a rule", list.length, h("ul", { class: "links" }, items))];
}

function costPanel() {
  const { byComponent, notEstimated, pricesOf, budgetUsd, total } = plan.cost;
  if (!plan.cost.lines.length && !notEstimated.length) return [empty("Nothing here has a price.")];
  const budget = budgetUsd === undefined ? "" : ` of a budget of ${dollars(budgetUsd)}`;
  const top = new Map();
  componentOf.forEach((of, index) => {
    if (of === index) top.set(resources[index].name, index);
  });
  const components = Object.entries(byComponent).sort((a, b) => b[1] - a[1]);
  return [
    h("h2", {}, total === undefined ? "Not known" : `${total} a month${budget}`),
    h(
      "p",
      { class: "dim" },
      `On-demand list prices as of ${pricesOf}, in USD; assumptions in `,
      h("code", {}, "analysis/cost/usage.json"),
      ".",
    ),
    section(
      "By component",
      components.length,
      bars(
        components.map(([name, usd]) => ({
          ...{ label: name, value: usd, text: dollars(usd) },
          href: top.has(name) ? hrefOf(top.get(name)) : undefined,
        })),
      ),
    ),
    section("By resource", costs.size, costByResource()),
    ...notEstimatedSection(notEstimated),
  ];
}

function costByResource() {
  const lines = new Map();
  for (const line of plan.cost.lines) {
    lines.set(line.resource, [...(lines.get(line.resource) ?? []), line]);
  }
  const sorted = [...lines].sort(([a], [b]) => costs.get(b) - costs.get(a));
  const rows = sorted.map(([index, parts]) =>
    h(
      "details",
      {},
      h(
        "summary",
        {},
        h("span", {}, h("span", { class: "kind" }, kindOf(index)), " ", resources[index].name),
        h("b", {}, dollars(costs.get(index))),
      ),
      h("ul", { class: "links" }, parts.map(costLine), h("li", {}, linkTo(index))),
    ),
  );
  return h("div", { class: "costs" }, rows);
}

function notEstimatedSection(list) {
  if (!list.length) return [];
  const items = list.map(({ type, count, reason }) =>
    h(
      "li",
      {},
      h("b", {}, String(count)),
      " ",
      h("span", { class: "mono" }, shortType(type)),
      h("span", { class: "dim" }, ` ${reason}`),
    ),
  );
  return [section("Not estimated", list.length, h("ul", { class: "links" }, items))];
}

function pathPanel() {
  const { seconds, steps, lengthening, asOf } = plan.path;
  if (!steps.length || !seconds) return [empty("No step of this plan takes long.")];
  const items = steps.map((step) => {
    const left = (step.startsAt / seconds) * 100;
    const width = (step.seconds / seconds) * 100;
    const length = `${clock(step.seconds)}${step.estimate ? " ~" : ""}`;
    return h(
      "li",
      {},
      h(
        "div",
        { class: "step" },
        linkTo(step.resource),
        h("span", { class: "dim" }, step.because ? ` waits by ${step.because}` : ""),
      ),
      h("span", { class: "time" }, `${clock(step.startsAt)} +${length}`),
      h(
        "span",
        { class: "bar-track", "aria-hidden": "true" },
        h("span", {
          class: "bar",
          style: `margin-left:${left.toFixed(2)}%;width:${width.toFixed(2)}%`,
        }),
      ),
    );
  });
  return [
    h("h2", {}, "A first ", h("code", {}, "pulumi up"), ` takes about ${minutes(seconds)}`),
    h(
      "p",
      { class: "dim" },
      "The longest chain of creations: begin and duration in minutes and seconds ",
      `(~ estimated), and which input makes a step wait for the one before. Typical times of ${asOf}.`,
    ),
    h("ol", { class: "timeline" }, items),
    ...lengtheningSection(lengthening),
  ];
}

function minutes(seconds) {
  return counted(Math.max(1, Math.round(seconds / 60)), "minute");
}

function lengtheningSection(list) {
  if (!list.length) return [];
  const items = [...list]
    .sort((a, b) => b.seconds - a.seconds)
    .map(({ from, on, seconds }) =>
      h("li", {}, h("b", {}, clock(seconds)), " ", linkTo(from), " on ", linkTo(on)),
    );
  return [section("Longer by dependsOn alone", list.length, h("ul", { class: "links" }, items))];
}
