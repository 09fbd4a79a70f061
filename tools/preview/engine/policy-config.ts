import * as fs from "node:fs";
import * as path from "node:path";
import type * as Zod from "zod";
import { isRecord } from "../../../analysis/properties";
import { entryOf } from "../../../facts/entry-of";
import {
  expectedText,
  keyAt,
  problemsText,
  unknownKeyText,
  valueAt,
} from "../../../facts/problem-text";
import { readNamedJson } from "../../named-file";
import { previewError } from "./errors";
import { acceptedBy } from "./schema-issue";

/** Levels at which a rule is enforced. `remediate`: changes the resource, and is mandatory where it cannot. */
export const LEVELS = ["advisory", "mandatory", "remediate", "disabled"] as const;
export type Level = (typeof LEVELS)[number];

/** A rule's configuration. */
export interface RuleConfig {
  /** Absent: the rule's own level. */
  level?: Level;
  properties?: Record<string, unknown>;
  /** What is wrong with the level that was given. */
  problem?: string;
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
    throw previewError("config", (error as Error).message);
  }
  return parsePackConfig(parsed, file);
}

/** The configuration in parsed JSON; {@link resolvePackConfig} reports a wrong level with all other problems. */
export function parsePackConfig(parsed: unknown, file: string): PackConfig {
  if (!isRecord(parsed)) {
    throw previewError("config", expectedText(file, "rules with their settings", parsed));
  }
  const entries = Object.entries(parsed).map(([rule, value]): [string, RuleConfig] => {
    if (!isRecord(value)) {
      const asText = typeof value === "string" ? "" : ", or a group of settings";
      return [rule, levelOf(value, rule, asText)];
    }
    const { enforcementLevel: level, ...properties } = value;
    const own = level === undefined ? {} : levelOf(level, `${rule}.enforcementLevel`);
    return [rule, { ...own, properties }];
  });
  return Object.fromEntries(entries);
}

function levelOf(value: unknown, key: string, or = ""): RuleConfig {
  const level = LEVELS.find((candidate) => candidate === value);
  if (level) return { level };
  return { problem: expectedText(key, `one of ${LEVELS.join(", ")}${or}`, value) };
}

/** Whose configuration it is. */
interface Configured {
  /** The file with the configuration, or the pack, for errors. */
  where: string;
  /**
   * Whether a rule or a setting that the pack does not declare is refused. Pulumi's engine lets both through: a rule may read
   * more than its schema names. https://github.com/pulumi/pulumi/blob/master/pkg/resource/analyzer/config.go
   */
  closed: boolean;
}

/**
 * The configuration in force, as the Pulumi engine works it out: the rules' own levels and defaults, then
 * what the pack's code sets, then the user's file; in each of these `all` comes before single rules.
 *
 * @throws one error with all that the rules' schemas do not accept
 */
export function resolvePackConfig(
  { where, closed }: Configured,
  rules: readonly Rule[],
  ...layers: readonly PackConfig[]
): Record<string, ResolvedRule> {
  const result: Record<string, ResolvedRule> = {};
  for (const rule of rules) result[rule.name] = { level: rule.level, properties: defaultsOf(rule) };
  const problems: string[] = [];
  for (const layer of layers) {
    const all = layer.all?.level;
    if (all) for (const rule of Object.values(result)) rule.level = all;
    for (const [name, { level, properties, problem }] of Object.entries(layer)) {
      if (problem !== undefined) problems.push(problem);
      const rule = entryOf(result, name);
      if (!rule) {
        if (name !== "all" && closed) {
          problems.push(unknownKeyText(name, name, Object.keys(result), ""));
        }
        continue;
      }
      if (level) rule.level = level;
      Object.assign(rule.properties, properties);
    }
  }
  // A pack's own settings need no check, and checking every rule takes a tenth of a second.
  const configured = new Set(
    layers.flatMap((layer) => Object.keys(layer).filter((name) => layer[name]?.properties)),
  );
  const checked = rules.filter(
    ({ name, schema }) => schema && (configured.has(name) || schema.required.length),
  );
  problems.push(
    ...checked.flatMap((rule) => problemsOf(rule, result[rule.name]!.properties, closed)),
  );
  if (problems.length > 0) {
    throw previewError("config", problemsText(where, problems));
  }
  return result;
}

function defaultsOf(rule: Rule): Record<string, unknown> {
  const properties = Object.entries(rule.schema?.properties ?? {});
  return Object.fromEntries(
    properties.flatMap(([name, schema]) => ("default" in schema ? [[name, schema.default]] : [])),
  );
}

/** What a rule's schema refuses in its settings. It leaves other keys open: of a pack that is closed they would have no effect. */
function problemsOf(
  { name, schema }: Rule,
  given: Record<string, unknown>,
  closed: boolean,
): string[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- takes time, and few packs need it
  const { fromJSONSchema } = require("zod") as typeof Zod;
  const { properties, required } = schema!;
  const known = Object.keys(properties);
  const check = fromJSONSchema({ type: "object", properties, required });
  const issues = check.safeParse(given).error?.issues ?? [];
  return [
    ...issues.flatMap((issue) => issueProblems(name, properties, given, issue)),
    ...Object.keys(given)
      .filter((key) => closed && !known.includes(key))
      .map((key) => unknownKeyText(`${name}.${key}`, key, known, `${name}.`)),
  ];
}

function issueProblems(
  name: string,
  properties: Readonly<Record<string, Record<string, unknown>>>,
  given: unknown,
  issue: Zod.core.$ZodIssue,
): string[] {
  const key = keyAt(name, issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((one) => unknownKeyText(`${key}.${one}`, one, [], ""));
  }
  const own = entryOf(properties, String(issue.path[0]));
  const fallback =
    issue.path.length === 1 && own !== undefined && "default" in own
      ? `. Its default is ${JSON.stringify(own["default"])}.`
      : "";
  const whole = issue.path.length === 1 && own?.["type"] === "integer";
  const value = valueAt(given, issue.path);
  return [expectedText(key, acceptedBy(issue, whole), value) + fallback];
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
