import { counted } from "../../analysis/counted";
import { kindOf, type Plan } from "../../analysis/plan/model";
import { parseUrn, shortType } from "../../analysis/plan/urn";
import { type Finding, findingsOf } from "../commands/policy-findings";
import { rulePage } from "./rule-page";
import { cut, type Paint, type Terminal } from "./style";

/** Violations that are listed; the rest is counted. */
const MOST_VIOLATIONS = 8;

/** Whether the plan may be deployed: each mandatory violation with its place, and the verdict as the last line. */
export function renderOutcome(plan: Plan, terminal: Terminal, paint: Paint): string[] {
  const { packs, violations, undecided } = plan.policies;
  const of = (kind: ReturnType<typeof kindOf>) =>
    violations.filter((one) => kindOf(one) === kind).length;
  const mandatory = of("mandatory");
  if (!packs.length && !mandatory) {
    return [`${paint.green("PASSED")}: the program runs; no policy pack was run`];
  }
  const counts = [
    ...(mandatory ? [`${mandatory} mandatory`] : ["no mandatory violation"]),
    ...(of("advisory") ? [`${of("advisory")} advisory`] : []),
    ...(of("exempt") ? [`${of("exempt")} exempt`] : []),
    undecided.length ? `${undecided.length} undecided` : "none undecided",
  ].join(", ");
  const ran = packs
    .map(({ name, version, policies }) => `${name} ${version}, ${counted(policies, "rule")}`)
    .join("; ");
  const failing = findingsOf(plan).filter(({ kind }) => kind === "mandatory");
  const more = failing.length - MOST_VIOLATIONS;
  return [
    ...failing.slice(0, MOST_VIOLATIONS).flatMap((one) => violation(one, plan, terminal, paint)),
    ...(more > 0
      ? [paint.red(`and ${counted(more, "mandatory violation")} more: --resources`)]
      : []),
    `${mandatory ? paint.red("FAILED") : paint.green("PASSED")}: ${counts}${ran && ` (${ran})`}`,
  ];
}

/** Rule and resource, then where it is made, which setting is about it and which page explains the rule, then why. */
function violation(
  { policy, urn, message, place }: Finding,
  plan: Plan,
  { width }: Terminal,
  paint: Paint,
): string[] {
  const { name, type } = urn === undefined ? { name: plan.stack, type: "" } : parseUrn(urn);
  const pack = plan.policies.violations.find((one) => one.policy === policy)?.pack;
  const where = [
    place.line === undefined ? place.file : `${place.file}:${place.line}`,
    ...settingOf(message, place.file, plan),
    ...[rulePage(plan, pack, policy) ?? []].flat(),
  ];
  const said = message.split("\n").at(-1)!;
  return [
    `${paint.red("mandatory")} ${paint.bold(policy)}: ${name}${type && ` (${shortType(type)})`}`,
    cut(`    ${withoutMiddle(said, width - 4)}`, width),
    paint.dim(`    ${where.join(", ")}`),
  ];
}

/** A long pattern gives way to the value that does not match it. */
export function withoutMiddle(text: string, width: number): string {
  const [, start, expected, got] = /^(.*?: expected )(.*)(, got .*)$/.exec(text) ?? [];
  const room = (expected?.length ?? 0) - (text.length - width);
  if (text.length <= width || expected === undefined || room < 8) return text;
  return `${start}${cut(expected, room)}${got}`;
}

/** The setting that a message names, else the section of the component that makes the resource. */
function settingOf(message: string, file: string, { settings = [] }: Plan): string[] {
  const [named] = /\b[a-z][\w-]*:[a-z]\w*(?:\.[\w-]+)+/i.exec(message) ?? [];
  const [, folder] = /^components\/([\w-]+)\//.exec(file) ?? [];
  const section = settings.find((key) => key.split(":")[1] === folder);
  return named !== undefined ? [named] : section !== undefined ? [section] : [];
}
