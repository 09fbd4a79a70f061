/**
 * What texts two patterns have in common: a pattern of a policy, and the shape of what a stranger can bring.
 *
 * In a shape `*` stands for any characters but `:` and `/`, `**` for any, everything else for itself.
 */

type Token = string | { readonly not: string };

const ANY: Token = { not: "" };
const SEGMENT: Token = { not: ":/" };

function tokensOfShape(shape: string): Token[] {
  return shape.split(/(\*\*?)/).flatMap((part): Token[] => {
    return part === "**" ? [ANY] : part === "*" ? [SEGMENT] : [...part];
  });
}

/** One text that fits a policy's pattern, with its `*` and `?`, and a shape; nothing where none does. */
export function common(pattern: string, shape: string): string | undefined {
  return meet([...pattern], tokensOfShape(shape));
}

/** One text of a shape. */
export function example(shape: string): string {
  return shape.replaceAll(/\*\*?/g, "x");
}

function meet(pattern: readonly string[], shape: readonly Token[]): string | undefined {
  const failed = new Set<number>();
  const walk = (i: number, j: number): string | undefined => {
    if (i === pattern.length && j === shape.length) {
      return "";
    }
    const place = i * (shape.length + 1) + j;
    if (failed.has(place)) {
      return undefined;
    }
    for (const [text, di, dj] of steps(pattern[i], shape[j])) {
      const rest = walk(i + di, j + dj);
      if (rest !== undefined) {
        return text + rest;
      }
    }
    failed.add(place);
    return undefined;
  };
  return walk(0, 0);
}

type Step = readonly [text: string, pattern: number, shape: number];

/** What can come next: a character of either, or the end of a wildcard. */
function steps(p: string | undefined, s: Token | undefined): readonly Step[] {
  // A wildcard ends as soon as it can, so that an ARN's parts stay apart.
  const found: Step[] = p === "*" ? [["", 1, 0]] : [];
  if (p !== undefined && p !== "*" && s !== undefined) {
    if (typeof s !== "string") {
      const text = p === "?" ? "x" : p;
      if (!s.not.includes(text)) {
        found.push([text, 1, 0]);
      }
    } else if (p === "?" || p === s) {
      found.push([s, 1, 1]);
    }
  }
  if (p === "*" && typeof s === "string") {
    found.push([s, 0, 1]);
  }
  if (s !== undefined && typeof s !== "string") {
    found.push(["", 0, 1]);
  }
  return found;
}
