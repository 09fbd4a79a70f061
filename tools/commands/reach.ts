/**
 * `npm run reach -- --stack production [--from X --to Y --port N | --action A]`: who reaches what, through the network and by
 * policies. Exit code 0: the table, or the path is open; 1: the path is blocked or undecided; 2: wrong usage.
 */
import {
  type DependencyAnswer,
  dependencyPath,
  type Means,
  reachPlaces,
} from "../../analysis/reach/dependency";
import { graphOfPlan } from "../../analysis/reach/graph-of-plan";
import type { Place, Setting } from "../../analysis/reach/model";
import { openPaths, type Paths } from "../../analysis/reach/open-paths";
import { expectedText } from "../../facts/problem-text";
import { PORTS } from "../../facts/setting-bounds";
import { planIn } from "../diff/sides";
import { type Plan, previewStack } from "../preview/index";
import { reachSentence, reachTables } from "../report/reach";
import { type NamedPlace, placeNamed } from "../report/reach-names";
import { visible, visibleStrings } from "../visible";
import { optionsOf, requiredText, wrongUsage } from "./options";

const USAGE = `Usage: npm run reach -- [--stack <name> | --plan <file>] [--from <place> --to <place> --port <number> | --action <action>]

Derives from the stack's preview which paths are open from the internet and between components: by port through routes,
security groups, network ACLs, endpoints and load balancers, and by IAM action through all policies.
--stack: the stack (default: production).
--plan: a plan that npm run --silent preview -- --stack <name> --json wrote, instead of a preview.
--from, --to: one path, with every setting that decides: a name as the table prints it, such as "gate (Function)", internet,
or "any AWS account", or a URN.
--port: its TCP port; 53/udp is UDP port 53.
--action: an IAM action on a data store, such as s3:GetObject.
--json: print one JSON document.
-C <folder>: use the Pulumi program in another folder.`;

/** The command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args, USAGE, {
    ...{ stack: { type: "string", short: "s" }, plan: { type: "string" } },
    ...{ from: { type: "string" }, to: { type: "string" } },
    ...{ port: { type: "string" }, action: { type: "string" } },
    ...{ json: { type: "boolean" }, cwd: { type: "string", short: "C" } },
  });
  if (typeof options === "number") return options;
  const { cwd, stack, from, to, port, action } = options;
  if (options.plan !== undefined && stack !== undefined) {
    return wrongUsage("--plan: expected no --stack beside it", USAGE);
  }
  const asks = [from, to, port, action].some((one) => one !== undefined);
  const missing = [
    ...(from === undefined ? ["--from"] : []),
    ...(to === undefined ? ["--to"] : []),
    ...(port === undefined && action === undefined ? ["--port or --action"] : []),
  ];
  if (asks && missing.length > 0) return wrongUsage(requiredText(missing), USAGE);
  if (port !== undefined && action !== undefined) {
    return wrongUsage("--action: expected no --port beside it", USAGE);
  }
  const means = port === undefined ? { action: action ?? "" } : portOf(port);
  if (typeof means === "string") return wrongUsage(means, USAGE);
  const plan =
    options.plan === undefined
      ? await previewStack({ cwd, stack, policyPacks: [], foreseen: true })
      : planIn(options.plan, "--plan");
  if (asks) return answer(plan, { from: from!, to: to!, means, json: options.json === true });
  const reach = openPaths(plan);
  console.log(
    options.json
      ? JSON.stringify(visibleStrings({ stack: plan.stack, ...reach }), undefined, 2)
      : rendered(plan.stack, reach).map(visible).join("\n"),
  );
  return 0;
}

function portOf(text: string): Means | string {
  const [, digits, protocol = "tcp"] = /^(\d{1,5})(?:\/(tcp|udp))?$/.exec(text) ?? [];
  const port = Number(digits);
  return port >= 1 && port <= PORTS.maximum
    ? { protocol: protocol as "tcp" | "udp", port }
    : expectedText("--port", `1 to ${PORTS.maximum}, or one with /udp`, text);
}

interface Question {
  readonly from: string;
  readonly to: string;
  readonly means: Means;
  readonly json: boolean;
}

/** The answer to one question. */
function answer(plan: Plan, { from, to, means, json }: Question): number {
  const graph = graphOfPlan(plan);
  const places = reachPlaces(graph);
  const found = [placeNamed(places, "from", from), placeNamed(places, "to", to)];
  const problems = found.filter((one) => typeof one === "string");
  if (problems.length > 0) return wrongUsage(problems.join("\n"), USAGE);
  const [caller, target] = found as [NamedPlace, NamedPlace];
  const [start, end] = [caller.place, target.place];
  const path = dependencyPath(graph, start, end, { ...means, purpose: caller.purpose });
  if (path === undefined) {
    const action = "action" in means ? means.action : "";
    return wrongUsage(
      expectedText(
        "--action",
        `an action on the data of ${end.label} that ${start.label} can try`,
        action,
      ),
      USAGE,
    );
  }
  console.log(
    json
      ? JSON.stringify(visibleStrings({ from: start, to: end, ...means, ...path }), undefined, 2)
      : [sentence(start, end, means, path), ...settingLines(path.settings)].map(visible).join("\n"),
  );
  return path.verdict === "reachable" ? 0 : 1;
}

function sentence(from: Place, to: Place, means: Means, { verdict }: DependencyAnswer): string {
  const by = "port" in means ? `${means.protocol} ${means.port}` : means.action;
  return `${verdict}: ${from.label} to ${to.label} by ${by}`;
}

const HEADS: readonly (readonly [Setting["effect"], string])[] = [
  ["blocks", "has to change, each of it"],
  ["unknown", "not decided by this plan"],
  ["allows", "lets it through"],
];

function settingLines(settings: readonly Setting[]): string[] {
  return HEADS.flatMap(([effect, head]) => {
    const own = settings.filter((one) => one.effect === effect);
    if (own.length === 0) return [];
    return [
      head,
      ...own.flatMap(({ says, resource, property }) => [
        `  ${says}`,
        `    ${property === undefined ? "" : `${property} of `}${resource.urn}`,
      ]),
    ];
  });
}

function rendered(stack: string, reach: Paths): string[] {
  return [
    `Paths of stack ${stack}`,
    reachSentence(reach),
    ...reachTables(reach).flatMap(({ title, rows }) => [
      "",
      title,
      ...rows.flatMap(({ from, to, by }) => [
        `  ${from.join(", ")}`,
        `    -> ${to.join(", ")}`,
        `       ${by}`,
      ]),
    ]),
  ];
}
