// What every part of the page uses: the data, the address, and the making of elements. The parts are put
// together in one function: what one declares, the others see.

const plan = JSON.parse(document.getElementById("plan").textContent);
const UNKNOWN_MARK = "\uE000";
const SECRET_TEXT = "[secret]";

const resources = plan.resources;
const byUrn = new Map(resources.map((resource, index) => [resource.urn, index]));
const children = resources.map(() => []);
const dependents = resources.map(() => []);
const findings = resources.map(() => []);
const costs = new Map();
const roots = [];

resources.forEach((resource, index) => {
  (resource.parent === undefined ? roots : children[resource.parent]).push(index);
  for (const on of resource.dependencies ?? []) dependents[on].push(index);
});
for (const finding of plan.policies.findings) findings[finding.resource]?.push(finding);
for (const line of plan.cost.lines) {
  costs.set(line.resource, (costs.get(line.resource) ?? 0) + line.usd);
}

/** Number of resources below each, itself not counted: children come after their parent. */
const below = resources.map(() => 0);
/** Monthly cost of each with all that is below. */
const total = resources.map((_, index) => costs.get(index) ?? 0);
for (let index = resources.length - 1; index >= 0; index--) {
  const { parent } = resources[index];
  if (parent === undefined) continue;
  below[parent] += below[index] + 1;
  total[parent] += total[index];
}

/** The outermost component of each resource, itself included; undefined for the stack. */
const componentOf = [];
resources.forEach((resource, index) => {
  const { parent } = resource;
  const above = parent === undefined ? undefined : componentOf[parent];
  const isStack = resource.type === "pulumi:pulumi:Stack";
  componentOf[index] = above ?? (resource.component && !isStack ? index : undefined);
});

/** An element; attributes that are false or absent are left out, texts are never markup. */
function h(tag, attributes, ...content) {
  const element = document.createElement(tag);
  return filled(element, attributes, content);
}

/** An element of a drawing. */
function svg(tag, attributes, ...content) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, content);
}

function filled(element, attributes, content) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...content.flat(2).filter((item) => item !== undefined && item !== false));
  return element;
}

/** Address of a resource in this page. */
function hrefOf(index) {
  return `#${encodeURIComponent(resources[index].urn)}`;
}

/** A type token as Pulumi's own display shortens it. */
function shortType(type) {
  const [packageName, module, name] = type.split(":");
  return name === undefined ? type : `${packageName}:${module.split("/")[0]}:${name}`;
}

/** The last part of a type token: its class. */
function kindOf(index) {
  return resources[index].type.split(":").pop();
}

/** A link to a resource: its class and its name. */
function linkTo(index, extra) {
  if (index === undefined) return h("span", { class: "dim" }, "the stack");
  return h(
    "a",
    { class: "link", href: hrefOf(index) },
    h("span", { class: "kind" }, kindOf(index)),
    " ",
    resources[index].name,
    extra && h("span", { class: "dim" }, ` ${extra}`),
  );
}

const money = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 6 });

function dollars(usd) {
  return `$${money.format(usd)}`;
}

function counted(number, singular, plural = `${singular}s`) {
  return `${plain.format(number)} ${number === 1 ? singular : plural}`;
}

/** `157` as `2:37`, minutes and seconds. */
function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function badge(level, text) {
  return h("span", { class: `badge ${level}` }, text);
}

/** Something that says that there is nothing to show. */
function empty(text) {
  return h("p", { class: "empty" }, text);
}
