/** Differences between two versions of files as a patch that `git apply` and `patch -p1` take. */

/** Lines of context around a change. */
const CONTEXT = 3;

interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** A patch of one file; nothing where there is no change. `before` undefined: a new file. */
export function patchOf(file: string, before: string | undefined, after: string): string {
  const lines = compared(split(before ?? ""), split(after));
  const changed = lines.flatMap(({ sign }, index) => (sign === " " ? [] : [index]));
  if (changed.length === 0) {
    return "";
  }
  const header = [before === undefined ? "--- /dev/null" : `--- a/${file}`, `+++ b/${file}`];
  const hunks = grouped(changed).map(([first, last]) => hunk(lines, first, last));
  return [
    `diff --git a/${file} b/${file}`,
    ...(before === undefined ? ["new file mode 100644"] : []),
    ...header,
    ...hunks,
    "",
  ].join("\n");
}

function split(text: string): string[] {
  const lines = text.split("\n");
  // What a text ends in is no line; a text without a last line break is marked in the patch.
  return lines.at(-1) === ""
    ? lines.slice(0, -1)
    : [...lines.slice(0, -1), `${lines.at(-1)}\n\\ No newline at end of file`];
}

/** Changes that are so near each other that their contexts meet go together. */
function grouped(changed: readonly number[]): [number, number][] {
  const groups: [number, number][] = [];
  for (const index of changed) {
    const group = groups.at(-1);
    if (group !== undefined && index - group[1] <= 2 * CONTEXT) {
      group[1] = index;
    } else {
      groups.push([index, index]);
    }
  }
  return groups;
}

function hunk(lines: readonly Line[], first: number, last: number): string {
  const from = Math.max(0, first - CONTEXT);
  const shown = lines.slice(from, last + CONTEXT + 1);
  const above = lines.slice(0, from);
  const range = (other: Line["sign"]) => {
    const count = (some: readonly Line[]) => some.filter(({ sign }) => sign !== other).length;
    const length = count(shown);
    // An empty range stands behind the line before it.
    return `${count(above) + (length === 0 ? 0 : 1)},${length}`;
  };
  return [
    `@@ -${range("+")} +${range("-")} @@`,
    ...shown.map(({ sign, text }) => `${sign}${text}`),
  ].join("\n");
}

/** Lines of both with what goes and what comes: the longest common subsequence stays. */
function compared(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start])
    start += 1;
  const rows = before.length - start;
  const columns = after.length - start;
  // Length of the longest common subsequence of what is left from a line on.
  const common = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      common[i]![j] =
        before[start + i] === after[start + j]
          ? common[i + 1]![j + 1]! + 1
          : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const lines: Line[] = before.slice(0, start).map((text) => ({ sign: " ", text }));
  let i = 0;
  let j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && before[start + i] === after[start + j]) {
      lines.push({ sign: " ", text: before[start + i]! });
      i += 1;
      j += 1;
    } else if (i < rows && (j === columns || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      lines.push({ sign: "-", text: before[start + i]! });
      i += 1;
    } else {
      lines.push({ sign: "+", text: after[start + j]! });
      j += 1;
    }
  }
  return lines;
}
