import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { isAlias, isMap, isScalar, type Node, parseDocument, type Document, type Pair } from "yaml";
import { UNKNOWN } from "../../../analysis/plan/model";
import { scalarText } from "../../../analysis/plan/values";
import { expectedText, shownValue } from "../../../facts/problem-text";
import { causeOfMissing, previewError } from "./errors";
import { needQuotes } from "./unquoted";

/** A Pulumi project as its Pulumi.yaml describes it. */
export interface Project {
  /** Directory of Pulumi.yaml. */
  root: string;
  name: string;
  /** Directory in which the program runs. */
  directory: string;
  /** What Pulumi's runner runs: `.` or a file in `directory`. */
  entry: string;
  /** Extra arguments for node (`runtime.options.nodeargs`). */
  nodeArguments: string[];
  /** Arguments for node by which it finds packages that Yarn installed without node_modules. */
  packageArguments: string[];
  /** `runtime.options.tsconfig`, if named. */
  tsconfig?: string;
  /** Whether Pulumi's runner is to make TypeScript loadable (`runtime.options.typescript`, true unless it says otherwise). */
  typescript: boolean;
  /** Names of the stacks that have a settings file, production first. */
  stacks: string[];
  /** Directory of the stacks' settings files. */
  stackDirectory: string;
  /** Settings that the project declares for its stacks. */
  config: ProjectSetting[];
}

/** A setting that Pulumi.yaml declares. */
interface ProjectSetting {
  /** With namespace: `crm:size`. */
  key: string;
  type?: string;
  secret: boolean;
  /** Absent: each stack must set it, if a type is declared. */
  value?: string;
}

/** A stack's configuration, as the program receives it. */
export interface StackConfig {
  /** By key with namespace; structured values as JSON. */
  values: Record<string, string>;
  /** Keys whose values are secret. */
  secretKeys: string[];
  /** The environment of Pulumi ESC that the stack's file names, which is not read: `environment a, b (Pulumi.dev.yaml)`. */
  environment?: string;
}

/** YAML as plain data: what the `yaml` package makes of a document. */
type Scalar = string | number | boolean | null;
type Plain = Scalar | Plain[] | { [key: string]: Plain };

const isRecord = (value: unknown): value is Record<string, Plain> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readYaml(file: string): Document.Parsed {
  // As go-yaml reads it, with which Pulumi does: aliases and `<<` are resolved.
  const document = parseDocument(fs.readFileSync(file, "utf8"), {
    prettyErrors: true,
    merge: true,
  });
  const error = document.errors[0];
  if (error) {
    throw previewError("config", `${path.basename(file)} is not valid YAML: ${error.message}`);
  }
  return document;
}

/** Finds Pulumi.yaml in a directory or above it, as Pulumi does, and reads it. */
export function loadProject(from: string): Project {
  const file = findProjectFile(from);
  const document = readYaml(file);
  const root = path.dirname(file);
  const settings = (document.toJS() ?? {}) as Record<string, Plain>;
  const { name, main, runtime } = settings;
  if (typeof name !== "string" || name === "") {
    throw previewError("config", `${path.basename(file)} names no project (name: ...)`);
  }
  const runtimeName = isRecord(runtime) ? runtime.name : runtime;
  if (runtimeName !== "nodejs") {
    throw previewError(
      "config",
      `the preview runs nodejs programs, not ${scalarText(runtimeName)}`,
    );
  }
  const runtimeOptions = isRecord(runtime) && isRecord(runtime.options) ? runtime.options : {};
  const stackDirectory = path.join(root, scalarText(settings.stackConfigDir));
  return {
    root,
    name,
    ...entryOf(root, typeof main === "string" ? main : ""),
    nodeArguments: scalarText(runtimeOptions.nodeargs).split(" ").filter(Boolean),
    packageArguments: packageArguments(root),
    tsconfig: scalarText(runtimeOptions.tsconfig) || undefined,
    typescript: runtimeOptions.typescript !== false,
    stackDirectory,
    stacks: stacksIn(stackDirectory),
    config: projectSettings(name, document),
  };
}

const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml"];

const projectFileIn = (directory: string): string | undefined =>
  PROJECT_FILES.map((name) => path.join(directory, name)).find((file) => fs.existsSync(file));

/** Whether a folder is a project's. */
export const isProject = (directory: string): boolean => projectFileIn(directory) !== undefined;

/** `typed`: the folder as the user names it, which an error shows. */
function findProjectFile(typed: string): string {
  const from = path.resolve(typed);
  if (!fs.existsSync(from)) throw previewError("usage", expectedText("-C", "a folder", typed));
  for (let directory = from; ; directory = path.dirname(directory)) {
    const file = projectFileIn(directory);
    if (file !== undefined) return file;
    if (directory === path.dirname(directory)) break;
  }
  const named = (directory: string) => path.join(typed, path.relative(from, directory));
  const below = projectsBelow(from).map((directory) => `-C ${named(directory)}`);
  const choice =
    below.length > 0
      ? `; expected one of the projects below: ${below.slice(0, 9).join(", ")}${below.length > 9 ? `, ${below.length - 9} more` : ""}`
      : "";
  throw previewError("usage", `no Pulumi.yaml in ${typed} or above it${choice}`);
}

/** How deep below a folder a project is looked for. */
const DEPTH = 4;

/** The projects below a folder, in the order of their names; packages and hidden folders hold none. */
function projectsBelow(from: string, depth = DEPTH): string[] {
  if (depth === 0 || !fs.existsSync(from)) return [];
  return fs
    .readdirSync(from, { withFileTypes: true })
    .filter((one) => one.isDirectory() && !/^(\.|node_modules$)/.test(one.name))
    .map(({ name }) => path.join(from, name))
    .sort()
    .flatMap((folder) => [
      ...(isProject(folder) ? [folder] : []),
      ...projectsBelow(folder, depth - 1),
    ]);
}

/**
 * What `yarn node` adds for Plug'n'Play, from the project's folder or the workspace's above it.
 * https://yarnpkg.com/features/pnp
 */
function packageArguments(root: string): string[] {
  for (let directory = root; ; directory = path.dirname(directory)) {
    const [hook, loader] = [".pnp.cjs", ".pnp.loader.mjs"].map((name) =>
      path.join(directory, name),
    );
    if (hook && fs.existsSync(hook)) {
      const modules =
        loader && fs.existsSync(loader)
          ? ["--experimental-loader", pathToFileURL(loader).href]
          : [];
      return ["--require", hook, ...modules];
    }
    const isTop = directory === path.dirname(directory);
    // Tools keep their caches in a node_modules of a workspace that has no packages there.
    const isInstalled = fs.existsSync(path.join(directory, "node_modules", "@pulumi", "pulumi"));
    if (isTop || isInstalled) return [];
  }
}

function entryOf(root: string, main: string): Pick<Project, "directory" | "entry"> {
  const target = path.resolve(root, main);
  const stats = fs.statSync(target, { throwIfNoEntry: false });
  if (!stats) throw previewError("config", `Pulumi.yaml: main: ${main} does not exist`);
  return stats.isDirectory()
    ? { directory: target, entry: "." }
    : { directory: path.dirname(target), entry: path.basename(target) };
}

function stacksIn(directory: string): string[] {
  const names = fs.existsSync(directory) ? fs.readdirSync(directory) : [];
  const stacks = names.flatMap((name) => /^Pulumi\.(.+)\.ya?ml$/.exec(name)?.[1] ?? []);
  const rank = (stack: string): number => (stack === "production" ? 0 : 1);
  return stacks.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** The stack of a project that has none yet. */
const FIRST_STACK = "dev";

/** The stack to preview. Throws a usage error with the stacks that there are. */
export function selectStack(project: Project, wanted: string | undefined): string {
  const { stacks } = project;
  if (stacks.length === 0) return wanted ?? FIRST_STACK;
  const expected = `one of ${stacks.join(", ")}`;
  if (wanted === undefined) {
    const [first = ""] = stacks;
    if (first === "production" || stacks.length === 1) return first;
    throw previewError("usage", expectedText("--stack", expected, wanted));
  }
  if (!stacks.includes(wanted))
    throw previewError("usage", expectedText("--stack", expected, wanted));
  return wanted;
}

/**
 * Reads a stack's configuration. An encrypted value is not decrypted: it is the unknown marker, and its key
 * is secret, so that everything that the program makes of it is an unknown secret.
 *
 * @param extra settings on top of the file's
 */
export function loadStackConfig(
  project: Project,
  stack: string,
  extra: Readonly<Record<string, string>> = {},
): StackConfig {
  const file = ["yaml", "yml"]
    .map((extension) => path.join(project.stackDirectory, `Pulumi.${stack}.${extension}`))
    .find((candidate) => fs.existsSync(candidate));
  const config: StackConfig = { values: {}, secretKeys: [] };
  if (file !== undefined) {
    const document = readYaml(file);
    for (const [key, value, isSecret] of settingsOf(document, file)) {
      config.values[key] = value;
      if (isSecret) config.secretKeys.push(key);
    }
    const environment = environmentIn(document, file);
    if (environment !== undefined) config.environment = environment;
  }
  for (const [key, value] of Object.entries(extra)) {
    config.values[key.includes(":") ? key : `${project.name}:${key}`] = value;
  }
  applyProjectSettings(project, stack, config);
  return config;
}

/**
 * The environment of a stack's file: a list of names, or a definition that may import some.
 * https://www.pulumi.com/docs/esc/environments/working-with-environments/
 */
function environmentIn(document: Document.Parsed, file: string): string | undefined {
  if (!document.has("environment")) return undefined;
  const { environment } = document.toJS() as Record<string, Plain>;
  const imports = isRecord(environment) ? (environment.imports ?? []) : (environment ?? []);
  // An import with settings of its own is a map: { base: { merge: false } }.
  const names = [imports]
    .flat()
    .flatMap((one) => (isRecord(one) ? Object.keys(one) : scalarText(one)));
  return `environment ${names.join(", ")}`.trimEnd() + ` (${path.basename(file)})`;
}

function settingsOf(document: Document.Parsed, file: string): [string, string, boolean][] {
  const pairs = configPairs(document, file);
  const unquoted = pairs.flatMap(({ key, value }) => needQuotes(value, String(key)));
  if (unquoted.length > 0) {
    throw previewError("config", `${path.basename(file)}: ${unquoted.join("\n")}`);
  }
  return pairs.map(({ key, value }) => {
    const name = String(isScalar(key) ? key.value : key);
    // The CLI accepts the old form with `:config:` in the middle as well.
    const match = /^([^:]+):(?:config:)?([^:]+)$/.exec(name);
    if (!match) {
      const form = "<namespace>:<key>";
      throw previewError("config", `${path.basename(file)}: config: ${name} is not ${form}`);
    }
    return [`${match[1]}:${match[2]}`, ...settingValue(value, document)];
  });
}

/** The settings of a stack file as they are written, structures and all. @throws PreviewError where Pulumi reads others */
export function writtenSettings(file: string): Readonly<Record<string, unknown>> {
  const document = readYaml(file);
  settingsOf(document, file);
  const { config } = (document.toJS() ?? {}) as { readonly config?: Record<string, unknown> };
  return config ?? {};
}

function configPairs(document: Document.Parsed, file: string): Pair[] {
  const node = document.get("config");
  if (node === undefined || node === null) return [];
  if (isMap(node)) return node.items;
  throw previewError("config", `${path.basename(file)}: config must be a map`);
}

/** Text of a setting as the program sees it, and whether anything in it is encrypted. */
function settingValue(given: unknown, document: Document.Parsed): [string, boolean] {
  const node = isAlias(given) ? given.resolve(document) : given;
  if (isScalar(node)) {
    // The text as written: 1.50 and 0123 are no numbers to the program that reads them.
    const text = typeof node.value === "string" ? node.value : (node.source ?? "");
    return [node.value === null ? "" : text, false];
  }
  const encrypted = { found: false };
  const value = openSecrets((node as Node).toJS(document) as Plain, encrypted);
  return [typeof value === "string" ? value : JSON.stringify(value), encrypted.found];
}

function openSecrets(value: Plain, encrypted: { found: boolean }): Plain {
  if (Array.isArray(value)) return value.map((item) => openSecrets(item, encrypted));
  if (!isRecord(value)) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0] === "secure" && typeof value.secure === "string") {
    encrypted.found = true;
    return UNKNOWN;
  }
  // Pulumi passes structured settings with their keys in this order, in any order of the file.
  const sorted = keys.sort((one, other) => (one < other ? -1 : 1));
  return Object.fromEntries(sorted.map((key) => [key, openSecrets(value[key] ?? null, encrypted)]));
}

/**
 * Settings that Pulumi.yaml declares: plain (`key: value`), typed (`key: {type, default, secret}`) or, for
 * another namespace, `aws:region: {value: ...}`.
 * https://www.pulumi.com/docs/iac/concepts/config/#project-level-configuration
 */
function projectSettings(project: string, document: Document.Parsed): ProjectSetting[] {
  return configPairs(document, "Pulumi.yaml").map(({ key: node, value }) => {
    const name = String(isScalar(node) ? node.value : node);
    const key = name.includes(":") ? name : `${project}:${name}`;
    if (!isMap(value)) return { key, secret: false, value: settingValue(value, document)[0] };
    const declared = value.get("value", true) ?? value.get("default", true);
    const type = value.get("type");
    return {
      key,
      type: typeof type === "string" ? type : undefined,
      secret: value.get("secret") === true,
      value: declared === undefined ? undefined : settingValue(declared, document)[0],
    };
  });
}

function applyProjectSettings(project: Project, stack: string, config: StackConfig): void {
  const missing: string[] = [];
  for (const { key, type, secret, value } of project.config) {
    if (config.values[key] === undefined && value !== undefined) config.values[key] = value;
    const actual = config.values[key];
    if (actual === undefined) {
      if (type)
        missing.push(
          `${key} is not set; Pulumi.yaml declares it without a default${causeOfMissing(config)}`,
        );
    } else if (type && actual !== UNKNOWN && !fits(actual, type)) {
      missing.push(
        `${key}: expected ${type}, got ${secret ? "another value" : shownValue(actual)}`,
      );
    }
    if (secret && actual !== undefined && !config.secretKeys.includes(key)) {
      config.secretKeys.push(key);
    }
  }
  if (missing.length) throw previewError("config", `stack ${stack}: ${missing.join("\n")}`);
}

function fits(text: string, type: string): boolean {
  switch (type) {
    case "integer":
      return /^[+-]?\d+$/.test(text);
    case "boolean":
      return text === "true" || text === "false";
    case "array":
      return /^\s*\[/.test(text);
    case "object":
      return /^\s*\{/.test(text);
    default:
      return true;
  }
}
