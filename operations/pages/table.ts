type Cell = string | number;

/** A table in Markdown; `escape` changes each cell's text so that it stays one. */
export function table(
  head: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  escape: (text: string) => string = (text) => text,
): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => escape(String(cell))).join(" | ")} |`)
    .join("\n");
}
