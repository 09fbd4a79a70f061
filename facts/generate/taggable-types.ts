/**
 * The types of @pulumi/aws whose arguments have `tags`, as the SDK declares them: taggable-types.json. Written
 * by `npm run accept` after an upgrade of the SDK; a test fails while the file is out of date.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { readJson, today } from "./sources";

/** Where the list is kept. */
export const TAGGABLE_TYPES_FILE = path.join(__dirname, "..", "taggable-types.json");

/** The tokens of all taggable types, sorted. */
export function taggableTypes(): string[] {
  const root = path.dirname(require.resolve("@pulumi/aws/package.json"));
  const tokens: string[] = [];
  for (const service of fs.readdirSync(root, { withFileTypes: true })) {
    if (!service.isDirectory() || ["types", "config", "node_modules"].includes(service.name)) {
      continue;
    }
    const directory = path.join(root, service.name);
    for (const file of fs.readdirSync(directory)) {
      if (
        file.endsWith(".d.ts") &&
        hasTagsArgument(fs.readFileSync(path.join(directory, file), "utf8"))
      ) {
        const code = fs.readFileSync(path.join(directory, file.replace(/\.d\.ts$/, ".js")), "utf8");
        const token = /__pulumiType = '([^']+)'/.exec(code)?.[1];
        if (token !== undefined) {
          tokens.push(token);
        }
      }
    }
  }
  return tokens.sort();
}

/** The file as it should be. Its date is the day on which this version of the SDK was first read. */
export function taggableTypesFile(): string {
  const before = readJson<{ source: { version: string; date: string } }>(
    TAGGABLE_TYPES_FILE,
  ).source;
  const { version } = readJson<{ version: string }>(require.resolve("@pulumi/aws/package.json"));
  const date = before.version === version ? before.date : today();
  const source = { package: "@pulumi/aws", version, date };
  return `${JSON.stringify({ source, types: taggableTypes() }, null, 1)}\n`;
}

/** Whether a declaration file has a resource whose arguments take a map of tags. */
function hasTagsArgument(declarations: string): boolean {
  const start = declarations.search(/^export interface \w+Args \{/m);
  if (start < 0) {
    return false;
  }
  const args = declarations.slice(start, declarations.indexOf("\n}", start));
  return /^ {4}tags\?: pulumi\.Input<\{/m.test(args);
}
