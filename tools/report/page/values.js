// Values as text: indented, with unknown and secret values in words.

/** Texts longer than this are shown in part at first. */
const LONG_VALUE = 4000;

/** A value, indented; a document that a text holds (a policy, a template) is indented as well. */
function valueView(value) {
  const parts = [];
  write(parts, value, 0);
  const pre = h("pre", { class: "value", tabindex: "0" });
  const length = parts.reduce((sum, part) => sum + (part.textContent ?? part).length, 0);
  if (length <= LONG_VALUE) {
    pre.append(...parts);
    return pre;
  }
  let shown = 0;
  const end = parts.findIndex((part) => (shown += (part.textContent ?? part).length) > LONG_VALUE);
  // A single long text is cut.
  const first = parts.slice(0, Math.max(1, end));
  pre.append(...first);
  const more = button(`Show all (${plain.format(Math.ceil(length / 1000))} kB)`, () => {
    pre.append(...parts.slice(first.length));
    more.remove();
  });
  return h("div", {}, pre, more);
}

function token(kind, text) {
  return h("span", { class: `v-${kind}` }, text);
}

function write(parts, value, depth) {
  if (value === UNKNOWN_MARK) parts.push(token("unknown", "known after creation"));
  else if (value === SECRET_TEXT) parts.push(token("secret", SECRET_TEXT));
  else if (typeof value === "string") writeText(parts, value, depth);
  else if (Array.isArray(value)) writeList(parts, value, depth);
  else if (typeof value === "object" && value !== null) writeBag(parts, value, depth);
  else parts.push(token("plain", String(value)));
}

function writeText(parts, text, depth) {
  const inner = /^\s*[[{]/.test(text) ? parsed(text) : undefined;
  if (inner !== undefined) {
    parts.push(token("note", "JSON "));
    write(parts, inner, depth);
  } else if (text.includes("\n")) {
    const indent = "  ".repeat(depth + 1);
    const lines = text.replace(/\n$/, "").split("\n");
    parts.push(
      token("note", "text"),
      token("text", lines.map((line) => `\n${indent}${line}`).join("")),
    );
  } else parts.push(token("text", JSON.stringify(text)));
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function writeList(parts, list, depth) {
  if (!list.length) return void parts.push("[]");
  parts.push("[");
  for (const item of list) {
    parts.push(`\n${"  ".repeat(depth + 1)}`);
    write(parts, item, depth + 1);
  }
  parts.push(`\n${"  ".repeat(depth)}]`);
}

/** Names and values; the outermost braces would only cost width. */
function writeBag(parts, bag, depth) {
  const entries = Object.entries(bag);
  if (!entries.length) return void parts.push("{}");
  const outermost = parts.length === 0;
  const inner = outermost ? 0 : depth + 1;
  if (!outermost) parts.push("{");
  entries.forEach(([name, item], index) => {
    parts.push(outermost && index === 0 ? "" : `\n${"  ".repeat(inner)}`);
    parts.push(token("key", `${name}: `));
    write(parts, item, inner);
  });
  if (!outermost) parts.push(`\n${"  ".repeat(depth)}}`);
}
