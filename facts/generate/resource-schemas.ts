/**
 * Writes facts/resource-schemas.json (AWS's published schemas of the types that we know), facts/token-map.json (the
 * SDK's names mapped to AWS's and Terraform's) and facts/generate/used-properties.json (what the stacks set). Run:
 *
 *   node facts/generate/run.js resource-schemas --schemas CFN_LINT --provider BINARY --plugins DIRECTORY --plan FILE...
 *
 * CFN_LINT is the folder of the installed Python package cfn-lint; the rest as for replacements.ts.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { type Node, Published } from "./aws-schemas";
import { pathsOf } from "./replacements";
import { argumentsOf, SDK_VERSION, type Shape } from "./sdk-shapes";
import {
  FACTS,
  lines,
  optionsOf,
  plannedResources,
  propertyNames,
  resourceTypes,
  today,
} from "./sources";
import { Provider } from "./terraform-provider";
import { type Mapped, mapType, type Sources } from "./token-map";

/** Deeper properties are mapped only where a stack sets them. */
const DEPTH = 4;

/** What is for people, or says nothing that is not said elsewhere. */
const LEFT_OUT = [
  "description",
  "title",
  "examples",
  "$comment",
  "$schema",
  "$id",
  "markdownDescription",
  "sourceUrl",
  "documentationUrl",
  "resourceLink",
  "typeName",
  "lifecycle",
  "typeConfiguration",
  "insertionOrder",
  "relationshipRef",
];

export function main(args: string[]): Promise<number> {
  const options = optionsOf(args, ["schemas", "provider", "plugins", "plan"]);
  const published = new Published(options["schemas"]![0]!);
  const provider = new Provider(options["provider"]![0]!, options["plugins"]![0]!);
  const types = resourceTypes();
  const sources: Sources = { types, names: propertyNames(), published, blocks: provider.schemas };
  const used = usedProperties(options["plan"]!);

  const names = [...new Set(Object.values(types).flatMap(({ aws }) => aws ?? []))].sort();
  const schemas = Object.fromEntries(names.map((name) => [name, compact(published.schema(name))]));
  const source = {
    package: "cfn-lint",
    version: published.version,
    date: published.date,
    region: "us-east-1",
  };
  write("resource-schemas.json", lines({ source, types: schemas }, ["types"]));

  const mapped = Object.fromEntries(
    Object.keys(types).map((token) => [token, rowOf(token, sources, used[token] ?? [])]),
  );
  const versions = {
    sdk: SDK_VERSION,
    provider: provider.version,
    schemas: published.version,
    date: today(),
  };
  write("token-map.json", lines({ source: versions, types: mapped }, ["types"]));
  write("generate/used-properties.json", lines({ types: used }, ["types"]));
  return Promise.resolve(0);
}

function write(file: string, text: string): void {
  fs.writeFileSync(path.join(FACTS, file), text);
}

function compact(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => compact(one));
  if (typeof value !== "object" || value === null) return value;
  // Below these, keys are the names of properties and may be called like a keyword.
  const named = ["properties", "definitions", "patternProperties"].includes(key);
  const found: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value as Node)) {
    if (!named && (LEFT_OUT.includes(name) || (name === "additionalProperties" && one === false))) {
      continue;
    }
    if (name === "handlers" && !named) found[name] = permissions(one as Handlers);
    else found[name] = compact(one, named ? "" : name);
  }
  return found;
}

type Handlers = Record<string, { permissions?: string[] }>;

/** `create`, `read` and so on -> the IAM actions that AWS's own handler calls. */
function permissions(handlers: Handlers): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      [...new Set((handler.permissions ?? []).map((action) => action.trim()))].sort(),
    ]),
  );
}

function rowOf(token: string, sources: Sources, used: string[]): unknown {
  const { aws, at, part, reason, terraform } = sources.types[token]!;
  const properties: Record<string, unknown> = {};
  for (const [name, mapped] of Object.entries(mapType(token, sources))) {
    if (name.split(".").length > DEPTH && !used.includes(name)) continue;
    properties[name] = cell(mapped);
  }
  return { aws, at, part, reason, terraform, properties };
}

/** AWS's path, Terraform's path, and what else there is to say; null for a name that there is not. */
function cell({ aws, terraform, ...rest }: Mapped): unknown[] {
  const names = [aws ?? null, terraform ?? null];
  return Object.keys(rest).length ? [...names, rest] : names;
}

/** Token -> the properties that the plans set, without the keys of maps such as tags. */
function usedProperties(plans: readonly string[]): Record<string, string[]> {
  const found: Record<string, Set<string>> = {};
  for (const { type, inputs } of plannedResources(plans)) {
    const shapes = type.startsWith("aws:") ? argumentsOf(type) : undefined;
    if (shapes === undefined) continue;
    const own = (found[type] ??= new Set());
    for (const one of pathsOf(inputs)) if (declares(shapes, one.split("."))) own.add(one);
  }
  return Object.fromEntries(
    Object.keys(found)
      .sort()
      .map((token) => [token, [...found[token]!].sort()]),
  );
}

function declares(shapes: Record<string, Shape>, [name, ...rest]: string[]): boolean {
  const shape = shapes[name!];
  if (shape === undefined || rest.length === 0) return shape !== undefined;
  return shape.properties !== undefined && declares(shape.properties, rest);
}
