/** Documents that AWS takes as JSON or YAML. */
import type * as Yaml from "yaml";

/** The value that a text in either form stands for; undefined where it is neither. */
export function valueOfText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- hardly any program has such a text
    const { parseDocument } = require("yaml") as typeof Yaml;
    const document = parseDocument(text, { merge: true });
    try {
      // Aliases are few in what AWS takes, so that none is a trap: an object that many name is one object here.
      const value: unknown = document.toJS({ maxAliasCount: -1 });
      return document.errors.length > 0 ? undefined : value;
    } catch {
      // An alias of nothing.
      return undefined;
    }
  }
}
