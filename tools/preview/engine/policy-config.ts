import * as fs from "node:fs";
import * as path from "node:path";
import type * as Zod from "zod";
import { entryOf } from "../../../facts/entry-of";
import { readNamedJson } from "../../named-file";
import { previewError } from "./errors";

/** Levels at which a rule is enforced. `remediate`: changes the resource, and is mandatory where it cannot. */
export const LEVELS = ["advisory", "mandatory", "remediate", "disabled"] as const;
export type Level = (typeof LEVELS)[number];

/** A rule's configuration. */
export interface RuleConfig {
  /** Absent: the rule's own level. */
  level?: Level;
  properties?: Record<string, unknown>;
}

/** Rule name to its configuration; `all` sets the level of every rule. */
export type PackConfig = Record<string, RuleConfig>;

/** A pack's description of one of its rules. */
export interface Rule {
  name: string;
  description: string;
  level: Level;
  /** JSON schema of its configuration, if it has any. */
  schema?: { properties: Record<string, Record<string, unknown>>; required: string[] };
}

/** A rule's configuration with everything filled in. */
export interface ResolvedRule {
  level: Level;
  properties: Record<string, unknown>;
}

/** Reads the file of `--policy-pack-config`: rule name to a level or an object with `enforcementLevel`. */
export function readPackConfig(file: string): PackConfig {
  let parsed: unknown;
  try {
    parsed = readNamedJson(file, "rules with their settings", "{}");
  } catch (error) {
    throw previewError("config", `policy configuration ${(error as Error).message}`);
  }
  return parsePackConfig(parsed, file);
}

/** The configuration in parsed JSON; errors name the file. */
export function parsePackConfig(parsed: unknown, file: string): PackConfig {
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw previewError(
      "config",
      `policy configuration ${file}: expected an object, got ${JSON.stringify(parsed)}`,
    );
  }
  const entries = Object.entries(parsed).map(([rule, value]): [string, RuleConfig] => {
    if (typeof value === "string") return [rule, { level: levelOf(value, rule, file) }];
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw previewError(
        "config",
        `policy configuration ${file}: ${rule}: expected a level or an object, got ${JSON.stringify(value)}`,
      );
    }
    const { enforcementLevel, ...properties } = value as Record<string, unknown>;
    return [
      rule,
      {
        level: enforcementLevel === undefined ? undefined : levelOf(enforcementLevel, rule, file),
        properties,
      },
    ];
  });
  return Object.fromEntries(entries);
}

function levelOf(value: unknown, rule: string, file: string): Level {
  const level = LEVELS.find((candidate) => candidate === value);
  if (level) return level;
  throw previewError(
    "config",
    `policy configuration ${file}: ${rule}: ${JSON.stringify(value)} is not an enforcement level ` +
      `(${LEVELS.join(", ")})`,
  );
}

/**
 * The configuration in force, as the Pulumi engine works it out: the rules' own levels and defaults, then
 * what the pack's code sets, then the user's file; in each of these `all` comes before single rules.
 * Throws if a rule's schema does not accept the result.
 */
export function resolvePackConfig(
  pack: string,
  rules: readonly Rule[],
  ...layers: readonly PackConfig[]
): Record<string, ResolvedRule> {
  const result: Record<string, ResolvedRule> = {};
  for (const rule of rules) result[rule.name] = { level: rule.level, properties: defaultsOf(rule) };
  for (const layer of layers) {
    const all = layer.all?.level;
    if (all) for (const rule of Object.values(result)) rule.level = all;
    for (const [name, { level, properties }] of Object.entries(layer)) {
      const rule = entryOf(result, name);
      if (!rule) {
        if (name === "all") continue;
        throw previewError("config", `policy pack ${pack} has no rule ${name} to configure`);
      }
      if (level) rule.level = level;
      Object.assign(rule.properties, properties);
    }
  }
  // A pack's own settings need no check, and checking every rule takes a tenth of a second.
  const configured = new Set(
    layers.flatMap((layer) => Object.keys(layer).filter((name) => layer[name]?.properties)),
  );
  validate(
    pack,
    rules.filter(({ name, schema }) => configured.has(name) || schema?.required.length),
    result,
  );
  return result;
}

function defaultsOf(rule: Rule): Record<string, unknown> {
  const properties = Object.entries(rule.schema?.properties ?? {});
  return Object.fromEntries(
    properties.flatMap(([name, schema]) => ("default" in schema ? [[name, schema.default]] : [])),
  );
}

function validate(
  pack: string,
  rules: readonly Rule[],
  result: Record<string, ResolvedRule>,
): void {
  const configured = rules.filter((rule) => rule.schema);
  if (!configured.length) return;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- takes time, and few packs need it
  const { fromJSONSchema } = require("zod") as typeof Zod;
  const errors = configured.flatMap(({ name, schema }) => {
    const { properties, required } = schema ?? { properties: {}, required: [] };
    const check = fromJSONSchema({ type: "object", properties, required });
    const issues = check.safeParse(result[name]?.properties).error?.issues ?? [];
    return issues.map((issue) => `${name}.${issue.path.join(".")}: ${issue.message}`);
  });
  if (errors.length) {
    throw previewError(
      "config",
      `configuration of policy pack ${pack} is invalid:\n${errors.join("\n")}`,
    );
  }
}

/**
 * The configuration file of a pack for a stack, if there is one.
 * @throws if the pack has a file for every other stack of the project: without one, a forgotten stack would get the
 * strictest settings and many violations
 */
export function defaultPackConfig(
  directory: string,
  stack: string,
  stacks: readonly string[],
): string | undefined {
  const fileOf = (one: string) => path.join(directory, `config.${one}.json`);
  if (fs.existsSync(fileOf(stack))) {
    return fileOf(stack);
  }
  const others = stacks.filter((one) => one !== stack);
  if (others.length === 0 || !others.every((one) => fs.existsSync(fileOf(one)))) {
    return undefined;
  }
  const name = path.join(path.basename(directory), path.basename(fileOf(stack)));
  throw previewError(
    "config",
    `${name}: expected the policy pack's configuration of the stack ${stack}, as there is one of ${others.join(", ")}, ` +
      "got no file. Copy another stack's file, or name one with --policy-pack-config.",
  );
}
