/** Escaping for HTML, SVG, XML and cells of Markdown tables. Node.js has no function for it. */

/** Text inside an element. */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Text inside an element or a double-quoted attribute. */
export function escapeMarkup(text: string): string {
  return escapeText(text).replaceAll('"', "&quot;");
}

/** Text inside a cell of a Markdown table, in which a bar would end the cell. */
export function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
