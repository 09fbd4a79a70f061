/**
 * The typed, validated configuration of a stack. It does not depend on Pulumi: `config.ts` passes it the
 * values it read. All errors are found in one pass; each names its key, the value and what is accepted.
 */
import { z } from "zod";

import { expectedText, keyAt, meantText, unknownKeyText, valueAt } from "../facts/problem-text";
import { ORIGIN_SECRET } from "../platform/origin-header";
import { betweenSections } from "./between-sections";
import { region, type Report, type SectionRules } from "./common";
import { ownerRules } from "./existing-network";
import { knownNames, withoutKnownNames } from "./known-names";
import { withPlace } from "./place";
import { ConfigError, type ConfigProblem } from "./problems";
import { referenceRules } from "./references";
import { type Section, SECTIONS, type StackConfig } from "./sections";
import { withReadiness } from "./standing-by";
import { withStorePorts } from "./store-ports";
import { unusedEdgeRules, withOpenOrigin } from "./without-distributions";

export { cloudFrontAccess } from "./cloudfront-access";
export { hasDistributions } from "./distribution";
export { GAMEDAY_MINUTES } from "./gameday";
export { experimentSettings } from "./gameday-rules";
export {
  type LivingServices,
  livingServiceProblems,
  livingServices,
  livingServicesFile,
} from "./living-services";
export { imageRepositories } from "./images";
export { measuredSteps } from "./measured";
export { poolSizes } from "./pools";
export { optInRegions } from "./place";
export { ConfigError, type ConfigProblem } from "./problems";
export { clearNames, credentialsGiven, misplacedSecrets, secretProblems, SECRETS } from "./secrets";
export { earlyMoves } from "./storage";
export { unusedSecrets } from "./references";
export { SECTIONS, type StackConfig, SUFFIX_LENGTH } from "./sections";
export {
  EXAMPLE_ACCOUNT_ID,
  isShippedMailbox,
  isStandIn,
  SHIPPED_DOMAIN,
  SHIPPED_MAILBOX,
  SHIPPED_PHONE,
  textsOf,
} from "./shipped";
export { serviceAt } from "./route-rules";
export { publicRoutes } from "./services";
export { runsNoTasks, standing, standsBy, whileStandingBy } from "./standing-by";

/** What `config.ts` read: the sections' values by key below `crm:`, and the standard `aws:region`. */
export interface RawConfig {
  readonly region: unknown;
  readonly sections: Readonly<Record<string, unknown>>;
}

/** The valid configuration; throws a {@link ConfigError} with all problems. */
export function validate(raw: RawConfig): StackConfig {
  const problems: ConfigProblem[] = [];
  const valid: Record<string, unknown> = {};

  const parsedRegion = region().safeParse(raw.region);
  if (parsedRegion.success) {
    valid["region"] = parsedRegion.data;
  } else {
    problems.push(problem("aws:region", raw.region, parsedRegion.error.issues[0]!.message));
  }
  problems.push(...knownNames(raw.sections, "crm:"));
  ownerRules(raw.sections, reporter("crm:", problems));
  unusedEdgeRules(raw.sections, reporter("crm:", problems));
  const safe = withoutKnownNames(raw.sections) as RawConfig["sections"];
  const placed = withPlace(withStorePorts(withOpenOrigin(safe)), raw.region);
  const sections = withReadiness(placed);
  for (const [name, section] of Object.entries<Section>(SECTIONS)) {
    const key = `crm:${name}`;
    const given = sections[name];
    let parsed = section.schema.safeParse(given);
    if (!parsed.success) {
      const { issues } = parsed.error;
      problems.push(...issues.flatMap((issue) => issueProblems(key, section.schema, given, issue)));
      // A key that is not known hides nothing that is wrong with the others.
      parsed = section.schema.safeParse(withoutUnknown(given, issues));
      if (!parsed.success) {
        // Each service is judged without the others that are wrong.
        const rest = rightEntries(section.schema, given);
        if (rest !== undefined) judge(section, rest, reporter(key, problems));
        continue;
      }
    }
    valid[name] = parsed.data;
    judge(section, parsed.data, reporter(key, problems));
  }
  problems.push(
    ...Object.keys(sections)
      .filter((name) => !Object.hasOwn(SECTIONS, name))
      .map((name) => unknownKey(`crm:${name}`, name, Object.keys(SECTIONS), "crm:")),
  );
  betweenSections(valid, reporter("crm:", problems));
  referenceRules(sections, (path, ...said) => {
    const wrong = problems.some(({ key }) => key === keyAt("crm:", path));
    if (!wrong) reporter("crm:", problems)(path, ...said);
  });

  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return valid as StackConfig;
}

/**
 * The secrets that the stack cannot be deployed without and has not set; `given` are the names of those that it has.
 * A preview shows the plan without them.
 */
export function missingSecrets(config: StackConfig, given: readonly string[]): ConfigProblem[] {
  const needed = new Map<string, string>();
  for (const [service, { secrets }] of Object.entries(config.services)) {
    for (const [variable, secret] of Object.entries(secrets)) {
      if (secret.source === "config" && secret.required) {
        needed.set(secret.secret ?? secret.parameter, `${variable} of the ${service} service`);
      }
    }
  }
  if (config.edge.role === "secondary" && config.edge.restrictOrigin) {
    needed.set(ORIGIN_SECRET, "the value of the primary stack's header");
  }
  return [...needed]
    .filter(([name]) => !given.includes(name))
    .map(([name, what]) => ({
      key: `crm:secrets.${name}`,
      message:
        `crm:secrets.${name}: expected ${what}, got nothing. Set it with ` +
        `\`pulumi config set --path crm:secrets.${name} --secret\`.`,
    }));
}

function judge(section: Section, settings: unknown, report: Report): void {
  (section.rules as SectionRules<unknown> | undefined)?.(settings, report);
}

/** Of a section that is a group of entries by name, those that are right. */
function rightEntries(schema: Section["schema"], given: unknown): unknown {
  if (!(schema instanceof z.ZodRecord) || typeof given !== "object" || given === null) return;
  const right = Object.entries<unknown>({ ...given }).filter(
    ([name, one]) => schema.safeParse({ [name]: one }).success,
  );
  return schema.parse(Object.fromEntries(right));
}

/** A section without the keys that its schema does not know. */
function withoutUnknown(given: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(given);
  for (const issue of issues) {
    if (issue.code !== "unrecognized_keys") continue;
    const group = valueAt(copy, issue.path) as Record<string, unknown>;
    for (const key of issue.keys) delete group[key];
  }
  return copy;
}

function reporter(key: string, problems: ConfigProblem[]): Report {
  return (path, given, expected, known = []) => {
    const { message, ...where } = problem(keyAt(key, path), given, expected);
    const hint = typeof given === "string" ? meantText(given, known) : "";
    problems.push({ ...where, message: message + hint });
  };
}

function problem(key: string, given: unknown, expected: string): ConfigProblem {
  return { key, message: expectedText(key, expected, given) };
}

/** What an issue of a schema says, in words for the owner of a stack file; `key` is the key before its path. */
export function issueProblems(
  key: string,
  schema: Section["schema"],
  given: unknown,
  issue: z.core.$ZodIssue,
): ConfigProblem[] {
  const at = keyAt(key, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(schema, issue.path);
    return issue.keys.map((unknown) => unknownKey(keyAt(at, [unknown]), unknown, known, `${at}.`));
  }
  if (issue.code === "invalid_key") {
    const expected = issue.issues[0]?.message ?? "another name";
    return [problem(at, issue.path.at(-1), expected)];
  }
  return [problem(at, valueAt(given, issue.path), issue.message)];
}

/** An option of the preview that every stack accepts. */
const EXAMPLE = `-c 'crm:gameday={"minutes":5}'`;

function unknownKey(
  key: string,
  name: string,
  known: readonly string[],
  prefix: string,
): ConfigProblem {
  const [, section = "", after, item] = /^(\w+)(?:\.(.+)|(\[.+))$/.exec(name) ?? [];
  const setting = after ?? item;
  // As -c and `pulumi config set` without --path write it.
  if (setting === undefined || !known.includes(section)) {
    return { key, message: unknownKeyText(key, section || name, known, prefix) };
  }
  const message =
    `${key}: expected a section, got a setting in ${prefix}${section}. ` +
    `Run \`pulumi config set --path '${key}' <value>\`.`;
  return { key, message, help: `-c replaces a whole section: ${EXAMPLE}` };
}

/** The keys that the schema has at a path; none if it is not a group. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let inner: unknown = schema;
  for (const part of [...path, undefined]) {
    while (
      inner instanceof z.ZodOptional ||
      inner instanceof z.ZodDefault ||
      inner instanceof z.ZodPrefault
    ) {
      inner = inner.def.innerType;
    }
    if (part === undefined) {
      break;
    }
    if (inner instanceof z.ZodObject) {
      inner = (inner.shape as Record<PropertyKey, unknown>)[part];
    } else if (inner instanceof z.ZodArray) {
      inner = inner.element;
    } else if (inner instanceof z.ZodRecord) {
      inner = inner.valueType;
    }
  }
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}
