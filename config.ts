/** The one place that reads Pulumi's configuration. */
import * as fs from "node:fs";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";
import type * as Yaml from "yaml";

import type { MeasuredDuration } from "./facts/duration-rows";
import { entryOf } from "./facts/entry-of";
import {
  clearNames,
  ConfigError,
  type ConfigProblem,
  credentialsGiven,
  earlyMoves,
  EXAMPLE_ACCOUNT_ID,
  isShippedMailbox,
  isStandIn,
  type LivingServices,
  livingServiceProblems,
  livingServicesFile,
  measuredSteps,
  misplacedSecrets,
  missingSecrets,
  optInRegions,
  SECRETS,
  secretProblems,
  type StackConfig,
  textsOf,
  unusedSecrets,
  validate,
  whileStandingBy,
} from "./schema";

/** What stands for a value that a preview cannot know, an encrypted one among them. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The stack's configuration with its secrets. */
export interface LoadedConfig extends StackConfig {
  readonly secrets: StackSecrets;
  /** Lengths of steps that the stack measured, from `Pulumi.<stack>.measured.json`. */
  readonly measured: readonly MeasuredDuration[];
}

/** The encrypted values of a stack: `crm:secrets`, by name. */
export class StackSecrets {
  public constructor(private readonly values: Readonly<Record<string, string>>) {}

  /** The names that the stack has set. */
  public get names(): string[] {
    return Object.keys(this.values);
  }

  /** All values by name, marked secret. */
  public get all(): Record<string, pulumi.Output<string>> {
    return Object.fromEntries(this.names.map((name) => [name, this.get(name)!]));
  }

  /** The value of a secret that the stack has set, marked secret; undefined for any other name. */
  public get(name: string): pulumi.Output<string> | undefined {
    const value = entryOf(this.values, name);
    if (value === undefined) {
      return undefined;
    }
    // The offline preview has no key to decrypt with: the value is not known then.
    return pulumi.secret(value === UNKNOWN ? (pulumi.unknown as string) : value);
  }
}

/** Reads and validates the stack's configuration; throws one error with every problem in it. */
export function loadConfig(): LoadedConfig {
  try {
    return load();
  } catch (error) {
    // A RunError is shown as its message alone: the frames would say nothing about the stack file.
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}

function load(): LoadedConfig {
  const config = new pulumi.Config("crm");
  const keys = Object.keys(pulumi.runtime.allConfig());
  const sections = Object.fromEntries(
    keys
      .filter((key) => key.startsWith("crm:") && key !== SECRETS)
      .map((key) => key.slice("crm:".length))
      .map((name) => [name, parsed(config.get(name)!)]),
  );
  const secretKeys = keysWithSecrets();
  const given = givenSecrets();
  const problems = [
    ...credentialsGiven(keys),
    ...misplacedSecrets(secretKeys),
    ...(given === undefined ? [] : secretProblems(given, clearBy(given, secretKeys))),
  ];
  const valid = validated(sections, problems);
  refuseMissingExtensions(valid);
  refuseChangesOfLivingServices(valid);
  warnOfExampleAccount(valid);
  warnOfPlaceholders(valid);
  warnOfRunbooksNowhere(valid);
  warnOfOptInRegions(valid);
  for (const message of earlyMoves(valid.storage)) void pulumi.log.warn(message);
  const secrets = new StackSecrets((given ?? {}) as Record<string, string>);
  const unused = unusedSecrets(valid, secrets.names);
  if (unused.length > 0) {
    throw new ConfigError(unused);
  }
  const missing = missingSecrets(valid, secrets.names);
  // Before the first resource: a deployment that could not end does not begin.
  if (missing.length > 0 && !pulumi.runtime.isDryRun()) {
    throw new ConfigError(missing);
  }
  return { ...whileStandingBy(valid), secrets, measured: measured() };
}

/** Structured values are JSON; a single word is itself. */
function parsed(value: string): unknown {
  if (!/^[[{]/.test(value)) {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The sections, if they and the secrets are as they should be; all problems at once otherwise. */
function validated(
  sections: Readonly<Record<string, unknown>>,
  problems: readonly ConfigProblem[],
): StackConfig {
  let valid: StackConfig;
  try {
    valid = validate({ region: new pulumi.Config("aws").get("region"), sections });
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    // A value that is encrypted in the wrong place is no value of the section: one message is enough.
    const misplaced = problems.map(({ key }) => key);
    throw new ConfigError([
      ...problems,
      ...error.problems.filter(
        ({ key }) => !misplaced.some((one) => key === one || key.startsWith(`${one}.`)),
      ),
    ]);
  }
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return valid;
}

/** Keys that hold an encrypted value, as Pulumi hands them to every program. */
function keysWithSecrets(): string[] {
  const keys = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
  return keys.map((key) => key.replace(":config:", ":"));
}

/** What stands below `crm:secrets`, decrypted; undefined where there is nothing. */
function givenSecrets(): unknown {
  // Read below the Config class, which would give the whole group as one output and hide the names.
  const text = pulumi.runtime.getConfig(SECRETS);
  return text === undefined ? undefined : parsed(text);
}

/** Whether a secret is in plain text. Pulumi passes decrypted values; only the stack file shows what they were. */
function clearBy(given: unknown, secretKeys: readonly string[]): (name: string) => boolean {
  if (!secretKeys.includes(SECRETS)) {
    return () => true;
  }
  const values = (typeof given === "object" ? given : {}) as Record<string, unknown>;
  if (Object.values(values).includes(UNKNOWN)) {
    return (name) => values[name] !== UNKNOWN;
  }
  const clear = clearNames(stackFile());
  return (name) => clear.includes(name);
}

/** The `config` of the stack's file; nothing where there is no file, as with Pulumi's Automation API. */
function stackFile(): unknown {
  const text = projectFile(`Pulumi.${pulumi.getStack()}.yaml`);
  if (text === undefined) {
    return undefined;
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- most runs need no parser: it takes a while to load
  const { parse } = require("yaml") as typeof Yaml;
  return (parse(text) as { config?: unknown } | null)?.config;
}

/** The text of a file below the project's folder; undefined where there is none. */
function projectFile(name: string): string | undefined {
  const root = process.env["PULUMI_NODEJS_ROOT_DIRECTORY"];
  const file = path.join(root ?? ".", name);
  return root === undefined || !fs.existsSync(file) ? undefined : fs.readFileSync(file, "utf8");
}

/** What `npm run drill` and its like measured. */
function measured(): MeasuredDuration[] {
  const name = `Pulumi.${pulumi.getStack()}.measured.json`;
  const text = projectFile(name);
  return text === undefined ? [] : measuredSteps(text, name);
}

/** Where `index.ts` is, which loads the modules of `crm:extensions`. */
export const PROJECT = __dirname;

function refuseMissingExtensions({ extensions }: StackConfig): void {
  const problems = extensions.flatMap((module, index) => {
    const key = `crm:extensions[${index}]`;
    return fs.existsSync(path.join(PROJECT, module))
      ? []
      : [{ key, message: `${key}: expected a file of this project, got ${module}` }];
  });
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
}

/** What ECS keeps of a service for its life, by the record that `npm run accept` made when it was new. */
function refuseChangesOfLivingServices({ services }: StackConfig): void {
  const stack = pulumi.getStack();
  const record = projectFile(livingServicesFile(stack));
  if (record === undefined) {
    return;
  }
  const problems = livingServiceProblems(JSON.parse(record) as LivingServices, services, stack);
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
}

function warnOfExampleAccount(config: StackConfig): void {
  if (config.accountId === EXAMPLE_ACCOUNT_ID) {
    void pulumi.log.warn(
      `crm:accountId is AWS's example account ${EXAMPLE_ACCOUNT_ID}: previews work, a deployment is refused. ` +
        "Set your own with `pulumi config set crm:accountId <12 digits>`.",
    );
  }
}

function warnOfPlaceholders(config: StackConfig): void {
  const texts = textsOf(config);
  for (const { key, text } of texts.filter(isStandIn)) {
    void pulumi.log.warn(`${key} is ${text}, which stands for an id that AWS gives: fill it in.`);
  }
  const keys = texts.filter(isShippedMailbox).map(({ key }) => key);
  // With the example's account nothing can be deployed.
  if (keys.length > 0 && config.accountId !== EXAMPLE_ACCOUNT_ID) {
    void pulumi.log.warn(
      `${keys.join(", ")}: still the shipped mailbox, so that alarms and bills go to a stranger. ` +
        "Set your own with `npm run setup`.",
    );
  }
}

/** A folder is where the runbooks are, and nothing that a phone opens at night. */
function warnOfRunbooksNowhere({ observability: { runbooks } }: StackConfig): void {
  if (!runbooks.startsWith("https://")) {
    void pulumi.log.warn(
      `crm:observability.runbooks is ${runbooks}: alarms name a file instead of linking to their runbook. Set the ` +
        "folder's address: https://github.com/<owner>/<repository>/blob/main/docs/runbooks.",
    );
  }
}

/** What a new account does not have: the first call in such a region is refused. */
function warnOfOptInRegions(config: StackConfig): void {
  for (const { key, region } of optInRegions(config)) {
    void pulumi.log.warn(
      `${key} is ${region}, which an account has only once it is enabled: ` +
        `\`aws account enable-region --region-name ${region}\`.`,
    );
  }
}
