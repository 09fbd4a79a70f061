/** Encrypted settings of a stack file: the preview without an account does not know their values, and the file shows that they change. */
import { parse } from "yaml";

/** The paths of the encrypted settings that are added, removed or encrypted again. */
export function changedSecrets(old: string | undefined, now: string | undefined): string[] {
  const [before, after] = [securedIn(old), securedIn(now)];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}

function securedIn(text: string | undefined): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) return;
    const { secure } = value as { secure?: unknown };
    if (typeof secure === "string") found.set(path, secure);
    else
      for (const [name, one] of Object.entries(value)) visit(one, path ? `${path}.${name}` : name);
  };
  try {
    visit((parse(text ?? "") as { config?: unknown } | null)?.config, "");
  } catch {
    // A file that is no YAML has its own error from the preview.
  }
  return found;
}
