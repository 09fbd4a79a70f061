/**
 * `npm run gameday -- --stack staging`: the experiments of a game day, as the stack would have them in AWS FIS. Exit code 0:
 * shown; 2: wrong usage.
 */
import * as path from "node:path";

import { counted } from "../analysis/counted";
import { UNKNOWN } from "../analysis/plan/model";
import { STOPPED_TASKS } from "../facts/capacity-limits";
import { expectedText } from "../facts/problem-text";
import { Arns } from "../platform/arns";
import { GAMEDAY_MINUTES, type StackConfig } from "../schema";
import { numberOf, optionsOf, wrongUsage } from "../tools/commands/options";
import { previewStack, type Plan } from "../tools/preview/index";
import { visibleStrings } from "../tools/visible";
import { stackToTry } from "./platform";

const USAGE = `Usage: npm run gameday -- --stack <name> [--zone <zone>] [--minutes <number>] [--json] [--in-production]

Shows AWS FIS's experiment templates of a stack: loss of a zone, of Spot tasks, failovers of database and cache, each with its
targets, the alarm that stops it, and what its role may do. Nothing is started. crm:gameday.enabled deploys them.

  --zone           the zone that is lost; absent: crm:gameday.zone, or the first
  --minutes        ${GAMEDAY_MINUTES.minimum} to ${GAMEDAY_MINUTES.maximum}; absent: crm:gameday.minutes
  --json           print the templates in the format of aws fis create-experiment-template
  --in-production  allows a stack whose crm:environment is production`;

const TEMPLATE = "aws:fis/experimentTemplate:ExperimentTemplate";
const POLICY = "aws:iam/rolePolicy:RolePolicy";
const ROOT = path.join(__dirname, "..");

/** A template in the form of AWS's own API. */
export interface Template {
  readonly description: string;
  readonly roleArn: string;
  readonly actions: Readonly<Record<string, object>>;
  readonly targets: Readonly<Record<string, object>>;
  readonly stopConditions: readonly { readonly source: string; readonly value: string }[];
  readonly experimentOptions: object;
  readonly tags: Readonly<Record<string, string>>;
}

/** The command; returns its exit code. */
export async function main(
  args: readonly string[],
  root = ROOT,
  planned: typeof previewStack = previewStack,
): Promise<number> {
  const options = optionsOf(args, USAGE, {
    stack: { type: "string", short: "s" },
    zone: { type: "string" },
    minutes: { type: "string" },
    json: { type: "boolean" },
    "in-production": { type: "boolean" },
  });
  if (typeof options === "number") return options;
  const wrong = (message: string) => wrongUsage(message, USAGE);
  const { zone, minutes, json } = options;
  const inProduction = options["in-production"] ?? false;
  const chosen = stackToTry(options.stack, root, inProduction);
  if (typeof chosen === "string") return wrong(chosen);
  const { stack, config } = chosen;
  const zones = config.network.availabilityZones;
  if (zone !== undefined && !zones.includes(zone)) {
    return wrong(expectedText("--zone", `one of ${zones.join(", ")}`, zone));
  }
  const { minimum, maximum } = GAMEDAY_MINUTES;
  const length = numberOf(
    ...(["--minutes", minutes ?? String(config.gameday.minutes)] as const),
    `a whole number from ${minimum} to ${maximum}`,
    (value) => Number.isInteger(value) && value >= minimum && value <= maximum,
  );
  if (typeof length === "string") return wrong(length);
  const gameday = {
    ...config.gameday,
    ...{ enabled: true, inProduction: config.gameday.inProduction || inProduction },
    ...(zone !== undefined && { zone }),
    minutes: length,
  };
  // Without the pack: `npm run preview` judges what is deployed.
  const plan = await planned({
    ...{ cwd: root, stack, policyPacks: [] },
    config: { "crm:gameday": JSON.stringify(gameday) },
  });
  const templates = visibleStrings(templatesOf(plan, config));
  console.log(
    json
      ? JSON.stringify({ templates }, undefined, 2)
      : [
          `Game day of ${stack}: ${counted(templates.length, "experiment")}, ${config.gameday.enabled ? "deployed by crm:gameday.enabled" : "not deployed: crm:gameday.enabled is false"}`,
          ...templates.flatMap((template) => shown(template, plan, config)),
          ...missing(templates),
        ].join("\n"),
  );
  return 0;
}

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** A template as the component registers it. */
interface Planned {
  readonly description: string;
  readonly roleArn: string;
  readonly actions: readonly {
    readonly name: string;
    readonly actionId: string;
    readonly target: Pair;
    readonly parameters?: readonly Pair[];
  }[];
  readonly targets: readonly {
    readonly name: string;
    readonly resourceTags?: readonly Pair[];
    readonly [property: string]: unknown;
  }[];
  readonly stopConditions: Template["stopConditions"];
  readonly experimentOptions: object;
  readonly tags: Readonly<Record<string, string>>;
}

/** The templates of a plan. */
export function templatesOf(
  { resources }: Pick<Plan, "resources">,
  { region, accountId }: Pick<StackConfig, "region" | "accountId">,
): Template[] {
  const arns = new Arns({ partition: "aws", region, accountId });
  const paired = (list: readonly Pair[]) =>
    Object.fromEntries(list.map(({ key, value }) => [key, value]));
  return resources
    .filter(({ type }) => type === TEMPLATE)
    .map(({ inputs }) => {
      const { roleArn, targets, actions, ...rest } = inputs as unknown as Planned;
      return {
        ...rest,
        // The role's own ARN is not known before it exists; its name is.
        roleArn: roleArn === UNKNOWN ? arns.role(rest.tags["Name"]!) : roleArn,
        targets: Object.fromEntries(
          targets.map(({ name, resourceTags, ...target }) => [
            name,
            { ...target, ...(resourceTags && { resourceTags: paired(resourceTags) }) },
          ]),
        ),
        actions: Object.fromEntries(
          actions.map(({ name, actionId, target, parameters }) => [
            name,
            {
              actionId,
              ...(parameters && { parameters: paired(parameters) }),
              targets: { [target.key]: target.value },
            },
          ]),
        ),
      };
    });
}

function shown(template: Template, plan: Plan, { region }: Pick<StackConfig, "region">): string[] {
  const { description, actions, targets, stopConditions, tags } = template;
  const name = tags["Name"]!;
  const role = name.replace(/^.*-gameday-/, "");
  const policy = plan.resources.find(
    ({ type, inputs }) => type === POLICY && inputs["name"] === role,
  );
  const { Statement } = JSON.parse(String(policy?.inputs["policy"])) as {
    Statement: { Action: string | string[]; Resource: string | string[]; Condition?: object }[];
  };
  return [
    "",
    `${name}: ${description}`,
    ...Object.entries(actions).map(
      ([key, action]) => `  ${key}: ${JSON.stringify(action)} on ${JSON.stringify(targets[key])}`,
    ),
    ...(JSON.stringify(actions).includes('"aws:ecs:stop-task"')
      ? [
          `  at most ${STOPPED_TASKS.perExperiment} tasks at a time, a quota of AWS FIS; count the tasks before you start it`,
        ]
      : []),
    ...stopConditions.map(({ value }) => `  stopped by ${value}`),
    "  its role may",
    ...Statement.map(
      ({ Action, Resource, Condition }) =>
        `    ${[Action].flat().join(", ")} on ${[Resource].flat().join(", ")}${Condition === undefined ? "" : ` if ${JSON.stringify(Condition)}`}`,
    ),
    `  start it, once it is deployed, while an engineer watches:`,
    `    aws fis start-experiment --region ${region} --experiment-template-id "$(aws fis list-experiment-templates --region ${region} --query "experimentTemplates[?tags.Name=='${name}'].id | [0]" --output text)"`,
  ];
}

/** The experiments that the stack's settings leave out, with the reason. */
function missing(templates: readonly Template[]): string[] {
  const reasons = {
    "spot-interruption": "no service has tasks on Spot",
    "database-failover": "crm:database.multiAz is false: there is no standby",
    "redis-failover": "crm:cache.multiAz is false: no replica is in another zone",
  };
  return Object.entries(reasons)
    .filter(([key]) => !templates.some(({ tags }) => tags["Name"]!.endsWith(`-gameday-${key}`)))
    .map(([key, why]) => `\nleft out: ${key}, as ${why}`);
}
