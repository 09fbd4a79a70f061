import { counted } from "../../analysis/counted";
import { kindOf, type Plan, type PolicyVerdict } from "../../analysis/plan/model";
import { parseUrn } from "../../analysis/plan/urn";
import { type Paint, type Terminal, wrap } from "./style";

/** One line of a pack: violation, undecided or exempt. */
interface Finding {
  policy: string;
  urn?: string;
  message: string;
}

/** What the policy packs say: violations by rule, then what could not be decided. */
export function renderVerdict(plan: Plan, terminal: Terminal, paint: Paint): string[] {
  const { packs, violations, undecided, remediations } = plan.policies;
  const of = (kind: ReturnType<typeof kindOf>) =>
    violations.filter((violation) => kindOf(violation) === kind);
  const [mandatory, advisory, exempt] = [of("mandatory"), of("advisory"), of("exempt")];
  const changed = remediations.map(({ policy, urn, properties }) => ({
    policy,
    urn,
    message: `changed ${properties.join(", ")}`,
  }));
  return [
    packs.length === 0
      ? "Policies: no policy pack was run"
      : verdictLine(plan.policies, paint, {
          mandatory: mandatory.length,
          advisory: advisory.length,
          exempt: exempt.length,
        }),
    ...group("mandatory", mandatory, paint.red, terminal, paint),
    ...group("advisory", advisory, paint.yellow, terminal, paint),
    ...group("exempt", exempt, paint.dim, terminal, paint),
    ...group("undecided", undecided, paint.yellow, terminal, paint),
    ...group("remediated", changed, paint.cyan, terminal, paint),
    ...packs
      .flatMap(({ unjudged = [] }) => (unjudged.length ? [unjudged.join(", ")] : []))
      .flatMap((types) => wrap(`not judged by any rule: ${types}`, terminal.width - 2))
      .map((line) => `  ${line}`),
  ];
}

function verdictLine(
  { packs, undecided }: PolicyVerdict,
  paint: Paint,
  { mandatory, advisory, exempt }: Record<ReturnType<typeof kindOf>, number>,
): string {
  const ran = packs
    .map(({ name, version, policies }) => `${name} ${version}, ${counted(policies, "rule")}`)
    .join("; ");
  const verdict = mandatory
    ? paint.red(counted(mandatory, "mandatory violation"))
    : paint.green("no mandatory violation");
  const more = [
    ...(advisory ? [paint.yellow(counted(advisory, "advisory", "advisories"))] : []),
    ...(exempt ? [`${exempt} exempt`] : []),
    undecided.length ? paint.yellow(`${undecided.length} undecided`) : "none undecided",
  ];
  return `${paint.bold("Policies")} (${ran}): ${[verdict, ...more].join(", ")}`;
}

function group(
  title: string,
  findings: readonly Finding[],
  color: (text: string) => string,
  { width }: Terminal,
  paint: Paint,
): string[] {
  const byRule = new Map<string, Finding[]>();
  for (const finding of findings) {
    byRule.set(finding.policy, [...(byRule.get(finding.policy) ?? []), finding]);
  }
  return [...byRule].flatMap(([policy, found]) => [
    `  ${color(title)} ${paint.bold(policy)}`,
    ...found.flatMap(({ urn, message }) => [
      ...(urn ? [`    ${place(urn)}`] : []),
      ...wrap(message, width - 6).map((line) => `      ${line}`),
    ]),
  ]);
}

function place(urn: string): string {
  const { type, name } = parseUrn(urn);
  return `${name} (${type})`;
}
