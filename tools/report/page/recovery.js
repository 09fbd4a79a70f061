// The view of what a loss costs: for each data store, what survives and how long the way back takes.

function recoveryPanel() {
  const { exemptBecause, findings: all, notRecovered, asOf, sourcesBy } = plan.recovery;
  if (exemptBecause) return [empty(`The objectives are not this stack's: ${exemptBecause}.`)];
  if (!all.length) return [empty("Nothing in this plan holds data.")];
  const scenarios = [...new Set(all.map(({ scenario }) => scenario))];
  return [
    h("h2", {}, "What a loss costs at most"),
    h(
      "p",
      { class: "dim" },
      `Derived from the planned backups and copies; durations (~ estimated) of ${asOf}. `,
      ...(sourcesBy ? ["With their sources: ", h("code", {}, sourcesBy)] : []),
    ),
    ...zoneLost(),
    ...scenarios.map((scenario) => scenarioSection(scenario, all)),
    ...notRecoveredSection(notRecovered),
  ];
}

/** The loss of one zone, as the summary has it. */
function zoneLost() {
  const zone = plan.capacity?.zone;
  return zone ? [h("p", {}, zone)] : [];
}

function scenarioSection(scenario, all) {
  const own = all.filter((finding) => finding.scenario === scenario);
  const { loss, back } = own[0].objective;
  return section(
    scenario[0].toUpperCase() + scenario.slice(1),
    own.length,
    h("p", { class: "dim" }, `Objective: RPO ${loss}, RTO ${back}.`),
    h("ul", { class: "findings cards" }, own.map(storeCard)),
  );
}

/** How a card looks, the worst first. */
const STANDING_LEVELS = { "not met": "mandatory", "not known": "advisory", met: "good" };

function storeCard({ resource, standing, loss, back, source, steps, problems }) {
  const level = STANDING_LEVELS[standing];
  return h(
    "li",
    { class: `card ${level}` },
    h("p", { class: "card-head" }, badge(level, standing), linkTo(resource)),
    h(
      "p",
      {},
      loss === undefined
        ? "Nothing survives."
        : ["Data loss ", h("b", {}, loss), ", recovery time ", h("b", {}, back)],
      h("span", { class: "dim" }, source ? ` from ${source}` : ""),
    ),
    problems.map((problem) => h("p", {}, problem)),
    wayBack(steps),
  );
}

/** The steps of the way back, one after the other. */
function wayBack(steps) {
  const whole = steps.reduce((sum, { minutes }) => sum + minutes, 0);
  let begin = 0;
  const items = steps.map(({ name, minutes: length, estimate }) => {
    const style = `margin-left:${((begin / whole) * 100).toFixed(2)}%;width:${((length / whole) * 100).toFixed(2)}%`;
    begin += length;
    return h(
      "li",
      {},
      h("div", { class: "step" }, name),
      h("span", { class: "time" }, `${length} min${estimate ? " ~" : ""}`),
      h("span", { class: "bar-track", "aria-hidden": "true" }, h("span", { class: "bar", style })),
    );
  });
  return (
    whole > 0 &&
    h(
      "details",
      {},
      h("summary", {}, counted(steps.length, "step")),
      h("ol", { class: "timeline" }, items),
    )
  );
}

function notRecoveredSection(list) {
  if (!list.length) return [];
  const items = [...new Set(list.map(({ reason }) => reason))].map((reason) => {
    const stores = list.filter((one) => one.reason === reason).map(({ store }) => store);
    return h("li", {}, reason, h("span", { class: "dim" }, ` ${stores.join(", ")}`));
  });
  return [section("Not recovered, on purpose", list.length, h("ul", { class: "links" }, items))];
}
