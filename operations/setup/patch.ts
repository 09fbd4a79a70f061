/** Differences between two versions of files as a patch that `git apply` and `patch -p1` take. */
import { formatPatch, OMIT_HEADERS, structuredPatch } from "diff";

/** A patch of one file; nothing where there is no change. `before` undefined: a new file. */
export function patchOf(file: string, before: string | undefined, after: string): string {
  const from = `a/${file}`;
  const to = `b/${file}`;
  const patch = structuredPatch(from, to, before ?? "", after, "", "", { context: 3 });
  if (patch.hunks.length === 0) {
    return "";
  }
  return [
    `diff --git ${from} ${to}`,
    ...(before === undefined ? ["new file mode 100644", "--- /dev/null"] : [`--- ${from}`]),
    `+++ ${to}`,
    formatPatch(patch, OMIT_HEADERS),
  ].join("\n");
}
