/** What the generators read: hand-written tables of this folder, AWS's schemas, and the plans of the stacks. */
import * as fs from "node:fs";
import * as path from "node:path";

import { shownValue } from "../problem-text";
import { type Published, propertiesOf, resolve } from "./aws-schemas";
import { type Planned } from "./planned-values";
import { type Value } from "./terraform-wire";
import { type Mapped, type Names, type TypeRow } from "./token-map";

export const FACTS = path.join(__dirname, "..");

export function readJson<T>(file: string): T {
  return JSON.parse(fs.readFileSync(file, "utf8")) as T;
}

export const resourceTypes = (): Record<string, TypeRow> =>
  readJson(path.join(__dirname, "resource-types.json"));

export const propertyNames = (): Names => readJson(path.join(__dirname, "property-names.json"));

/** The day on which a generator asks, YYYY-MM-DD: it goes into the head of what it writes. */
export const today = (): string => new Date().toISOString().slice(0, 10);

/** JSON with one line for each entry of each section, so that a change shows as a line. */
export function lines(sections: Record<string, unknown>, perLine: string[]): string {
  const parts = Object.entries(sections).map(([name, value]) => {
    if (!perLine.includes(name)) return `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
    const rows = Object.entries(value as object).map(
      ([key, row]) => `${JSON.stringify(key)}: ${JSON.stringify(row)}`,
    );
    return `${JSON.stringify(name)}: {\n${rows.join(",\n")}\n}`;
  });
  return `{\n${parts.join(",\n")}\n}\n`;
}

/** The options `--name value` of a command line; a name may be given more than once. */
export function optionsOf(
  args: readonly string[],
  names: readonly string[],
): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i]!.replace(/^--/, "");
    const value = args[i + 1];
    if (!names.includes(name) || value === undefined) {
      throw new Error(`expected --${names.join(" VALUE, --")} VALUE, got ${shownValue(args[i]!)}`);
    }
    (found[name] ??= []).push(value);
  }
  return found;
}

export function plannedResources(files: readonly string[]): Planned[] {
  return files.flatMap((file) => readJson<{ resources: Planned[] }>(file).resources);
}

/** Terraform path -> the values that AWS's schema lists for it: at most five. */
export function listedValues(
  row: TypeRow,
  properties: Record<string, Mapped>,
  published: Published,
): Record<string, Value[]> {
  const found: Record<string, Value[]> = {};
  if (row.aws === undefined) return found;
  const schema = published.schema(row.aws);
  for (const { aws, terraform, key } of Object.values(properties)) {
    if (aws === undefined || terraform === undefined || key !== undefined) continue;
    let node = schema;
    for (const name of aws.split(".")) node = propertiesOf(node, schema)[name]!;
    const values = resolve(node, schema).enum;
    if (values && values.length > 1 && values.every((value) => typeof value === "string")) {
      found[terraform] = values.slice(0, 5);
    }
  }
  return found;
}
