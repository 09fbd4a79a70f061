/** Documents that AWS takes as JSON or YAML. */
import type * as Yaml from "yaml";

/** The value that a text in either form stands for; undefined where it is neither. */
export function valueOfText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- hardly any program has such a text
    const { parseDocument } = require("yaml") as typeof Yaml;
    const document = parseDocument(text);
    return document.errors.length > 0 ? undefined : (document.toJS() as unknown);
  }
}
