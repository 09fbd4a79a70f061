/**
 * `npm run rights -- --stack <stack>`: whether the pipeline's roles may do what the stack's plan needs, and no more than
 * they need. Exit code 0: all is allowed and every statement needed, or the stack is not set up; 1: something is not; 2: wrong usage.
 */
import * as path from "node:path";
import { parseArgs } from "node:util";

import { counted } from "../analysis/counted";
import { callerOf, compilePolicy } from "../analysis/iam";
import { UNKNOWN } from "../analysis/plan/model";
import { homeAccount, homeRegion } from "../analysis/plan/regions";
import { type Step, STEPS } from "../analysis/rights/calls";
import { unneeded, superfluous } from "../analysis/rights/minimal";
import { PlanIndex } from "../analysis/rights/plan-index";
import { addState, addressOf, type Depth } from "../analysis/rights/pulumi";
import { recallOf } from "../analysis/rights/recall";
import { actingRole } from "../analysis/rights/roles";
import { type Finding, findingsOf, Questions } from "../analysis/rights/walk";
import { problemsText, shownValue } from "../facts/problem-text";
import { recordingSource } from "../facts/recording";
import { requiredText, wrongUsage } from "../tools/commands/options";
import { readNamedJson } from "../tools/named-file";
import { previewStack, type Plan } from "../tools/preview/index";
import { visible } from "../tools/visible";
import { setup } from "./doctor/check";
import type { Duty } from "./duty";
import { withOutsideKeys } from "./outside-keys";
import { stackConfigOf } from "./platform";
import { platformDuties } from "./platform-roles";
import { BOOTSTRAP_FILE, readTexts, stackFileOf } from "./setup/files";
import { bootstrapSettings, configsOf, isLeftOut } from "./setup/present";

const ROOT = path.join(__dirname, "..");

const USAGE = `Usage: npm run rights -- --stack <stack> [--role <name or ARN> --policy <file>...] [--unneeded]

Checks, for every resource of the stack's plan, whether the pipeline's roles may create, read, update, replace and delete
it, as a deployment, a preview and the drift check do; and whether the roles of the plan itself (tasks, functions, schedules,
copies) may call what they need. Offline, from the plans of the stack and of bootstrap.

  --stack     a stack, or bootstrap
  --role      check another role that deploys the stack; needs --policy
  --policy    all policies of that role, as files with JSON documents
  --unneeded  also show permissions that no resource needs`;

/**
 * The plan by its references; where it is made follows from its provider or its settings.
 *
 * @param ofRole the account of the role that is asked about, where the plan names none
 */
export function indexOf(
  plan: Pick<Plan, "stack" | "resources" | "region" | "account">,
  ofRole?: string,
): PlanIndex {
  const region = homeRegion(plan);
  const account = homeAccount(plan) ?? ofRole;
  const missing = [
    ...(region === undefined ? ["aws:region: expected the stack's region, got nothing"] : []),
    ...(account === undefined
      ? ["aws:allowedAccountIds: expected the stack's account, or --role with an ARN, got nothing"]
      : []),
  ];
  if (region === undefined || account === undefined) {
    throw new Error(problemsText(`stack ${plan.stack}`, missing));
  }
  return new PlanIndex(withOutsideKeys(plan.resources, account), {
    partition: "aws",
    account,
    region,
  });
}

/** The pipeline's roles of a stack, and what each has to do there. */
export function dutiesOf(stack: string, plan: Plan, bootstrap: Plan): Duty[] {
  const index = indexOf(plan);
  const pipeline = indexOf(bootstrap);
  const roles = bootstrap.outputs["roles"] as Record<string, string>;
  const backend = addressOf(bootstrap.outputs["stateBackend"] as string);
  const provider = (bootstrap.outputs["secretsProviders"] as Record<string, string>)[stack];
  if (roles[stack] === undefined || provider === undefined) {
    throw new Error(
      `--stack: expected one of crm-bootstrap:stacks, ${Object.keys(roles).join(", ")}, got ${shownValue(stack)}`,
    );
  }
  const { name: alias, region } = addressOf(provider);
  const state = { bucket: backend.name, project: plan.project, stack, secrets: { alias, region } };
  const duty = (arn: string, steps: readonly Step[], depth: Depth): Duty => {
    const role = actingRole(pipeline, arn);
    if (role === undefined) throw new Error(`bootstrap creates no role ${arn}`);
    const questions = new Questions(index, pipeline);
    // A deployment meets keys whose alias does not count yet; read-only roles come later.
    questions.addPlan(steps, depth === "writes" ? ["fresh", "settled"] : ["settled"]);
    addState(questions, pipeline, state, depth);
    return { role, questions, minimal: true };
  };
  return [
    duty(roles[stack], STEPS, "writes"),
    duty(roles["preview"]!, [], "reads"),
    duty(roles["drift"]!, ["read"], "reads"),
    imagesDuty(index, pipeline, roles["images"]!),
  ];
}

/**
 * What a push and a look at the scan's findings call. Sources: Amazon ECR User Guide, "IAM permissions for pushing an image";
 * .github/scripts/image.sh.
 */
const PUSH = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:CompleteLayerUpload",
  "ecr:DescribeImageScanFindings",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
];

/** The role of the image workflow, with the stack's repositories. */
function imagesDuty(index: PlanIndex, pipeline: PlanIndex, arn: string): Duty {
  const role = actingRole(pipeline, arn);
  if (role === undefined) throw new Error(`bootstrap creates no role ${arn}`);
  const questions = new Questions(index, pipeline);
  const repositories = index.ofType("aws:ecr/repository:Repository");
  for (const repository of repositories) {
    for (const action of ["ecr:GetAuthorizationToken", ...PUSH]) {
      questions.addUse(repository, { action, step: "update", from: "image.yml" });
    }
  }
  return { role, questions, minimal: repositories.length > 0 };
}

/** A user's own role, with the calls that a deployment needs. */
export function ownDuty(
  plan: Plan,
  role: string,
  documents: readonly (readonly [string, unknown])[],
): Duty {
  const index = indexOf(
    plan,
    role.startsWith("arn:") ? role.split(":")[4] || undefined : undefined,
  );
  const arn = role.startsWith("arn:") ? role : `arn:aws:iam::${index.home.account}:role/${role}`;
  const questions = new Questions(index);
  questions.addPlan(STEPS, ["fresh", "settled"]);
  if (callerOf(arn) === undefined)
    throw new Error(`--role: expected a name or an ARN, got ${shownValue(role)}`);
  const identity = documents.map(([name, document]) => compilePolicy(document, "identity", name));
  return { role: { name: role, arn, identity }, questions, minimal: false };
}

/**
 * The person who deploys bootstrap, once, with AWS's AdministratorAccess: what is left to deny is in the resources' own policies,
 * and the name says so.
 */
export function administratorDuty(plan: Plan): Duty {
  const all = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  };
  const duty = ownDuty(plan, "administrator", [["AdministratorAccess", all]]);
  const name = "administrator, who may do everything (judged: the resources' own policies alone)";
  return { ...duty, role: { ...duty.role, name } };
}

/** What is wrong with a role, in lines; none where all is as it should be. */
export function problemsOf({ role, questions, minimal }: Duty, account: string): string[] {
  const lines = [...questions.unknown].map(([type, why]) => `undecided  ${type}: ${why}`);
  const groups = new Map<string, Finding[]>();
  for (const finding of findingsOf(role, questions.list, account)) {
    const key = `${finding.decision.verdict}|${finding.question.action}|${reason(finding)}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  for (const found of groups.values()) {
    const [{ decision, question }] = found as [Finding];
    const [need] = question.needs as [(typeof question.needs)[number]];
    const count = new Set(found.flatMap((one) => one.question.needs.map(({ what }) => what))).size;
    const more = count > 1 ? ` and ${count - 1} more` : "";
    lines.push(
      `${decision.verdict.padEnd(9)}  ${question.action} on ${question.target.arn.replaceAll(UNKNOWN, "<unknown>")}`,
      `           needed to ${need.step} ${need.what}${more} (${need.from}); ${reason(found[0]!)}`,
    );
  }
  if (minimal) {
    for (const one of superfluous(role, questions.list, account, minimal === "shared")) {
      lines.push(`needless   ${one.policy}, ${one.statement}: no step is denied without it`);
    }
  }
  return lines;
}

function reason({ decision }: Finding): string {
  const named = decision.statements.map(
    ({ policy, statement }) => `${policy.name}/${statement.sid ?? statement.index + 1}`,
  );
  const by = named.length > 0 ? ` (${named.join(", ")})` : "";
  return decision.verdict === "undecided"
    ? `it depends on${by || " what is not known"}`
    : decision.layer === "explicit deny"
      ? `denied${by}`
      : `no ${decision.layer} policy allows it${by}`;
}

/** Where the calls of a plan's types are known from; not good where a provider was seen to call what is not predicted. */
export function recallSaid({ resources }: Pick<Plan, "resources">): {
  readonly lines: readonly string[];
  readonly good: boolean;
} {
  const { recorded, calls, notPredicted, read, handlers } = recallOf(
    resources.filter(({ custom }) => custom).map(({ type }) => type),
  );
  const { provider, standIn, date } = recordingSource();
  const lines = [
    `${counted(recorded.length, "type")} recorded with the provider ${provider} (${standIn}, ${date}): ${notPredicted.length} of ${calls} calls not predicted; the table that predicts them was written from an earlier recording of the same provider`,
    ...notPredicted.map((one) => `  not predicted  ${one}`),
    `${counted(read.length, "type")} by facts/provider-calls.json, which names where each was read, ${handlers.length} by AWS's handlers`,
    ...(resources.some(({ type }) => type === "aws:kms/key:Key")
      ? [
          "assumed: the tags that a KMS key is created with count at once; if AccessDenied at kms:CreateAlias shows otherwise, run the update again (docs/decisions.md, Permissions)",
        ]
      : []),
  ];
  return { lines, good: notPredicted.length === 0 };
}

/** Why nothing is checked of a stack: it has no owner's values yet, and bootstrap has. */
export function notSetUp(stack: string, root: string): string | undefined {
  const texts = readTexts(root, [stackFileOf(stack), BOOTSTRAP_FILE]);
  const account = configsOf(texts, [stack]).get(stack)?.["crm:accountId"];
  const pipeline = bootstrapSettings(texts)["crm-bootstrap:accountId"];
  return isLeftOut(account, pipeline)
    ? `${stack}: not set up, nothing is checked: crm:accountId is AWS's example, the pipeline's account is ${pipeline}. Next: ${setup(stack)}`
    : undefined;
}

interface Options {
  readonly stack: string;
  readonly role: string | undefined;
  /** Policy documents, by file. */
  readonly policies: readonly [string, unknown][];
  readonly unneeded: boolean;
}

/** The options, or the exit code where they end the command. */
function readOptions(args: readonly string[]): Options | number {
  let given;
  try {
    given = parseArgs({
      args: [...args],
      options: {
        stack: { type: "string" },
        role: { type: "string" },
        policy: { type: "string", multiple: true },
        unneeded: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
    if (given.help) {
      console.log(USAGE);
      return 0;
    }
    if (given.stack === undefined) throw new Error(requiredText(["--stack"]));
    if ((given.role === undefined) !== (given.policy === undefined)) {
      throw new Error(
        given.role === undefined
          ? "--role and --policy: expected both or neither, got --policy alone"
          : "--role and --policy: expected both or neither, got --role alone",
      );
    }
  } catch (error) {
    return wrongUsage((error as Error).message, USAGE);
  }
  const { stack, role, policy = [], unneeded = false } = given;
  try {
    const policies = policy.map((file): [string, unknown] => [
      file,
      readNamedJson(file, "a policy document of IAM"),
    ]);
    return { stack, role, policies, unneeded };
  } catch (error) {
    return wrongUsage(`--policy: ${(error as Error).message}`, USAGE);
  }
}

/** The command; returns its exit code. */
export async function main(args: readonly string[], root = ROOT): Promise<number> {
  const options = readOptions(args);
  if (typeof options === "number") return options;
  const { stack, role, policies } = options;
  const left = role === undefined ? notSetUp(stack, root) : undefined;
  if (left !== undefined) {
    console.log(visible(left));
    return 0;
  }
  const { plan, duties, platform, notAsked } = await dutiesFor(root, stack, role, policies);
  const judged = [
    ...duties.map((duty) => sayDuty(duty, options.unneeded)),
    ...(platform.length > 0 ? [sayPlatform(platform)] : []),
  ];
  for (const name of notAsked) {
    console.log(`  undecided  ${visible(name)}: nothing says what it calls`);
  }
  const { lines, good } = recallSaid(plan);
  lines.forEach((line) => console.log(visible(line)));
  return good && notAsked.length === 0 && judged.every(Boolean) ? 0 : 1;
}

const judge = (duty: Duty) => problemsOf(duty, duty.role.arn.split(":")[4]!);

function say(name: string, calls: number, good: boolean): void {
  console.log(
    `${visible(name)}: ${counted(calls, "call")} checked, ${good ? "all allowed" : "not all as it should be"}`,
  );
}

/** Prints what a role of the pipeline may not do; returns whether that is nothing. */
function sayDuty(duty: Duty, withUnneeded: boolean): boolean {
  const problems = judge(duty);
  say(duty.role.name, duty.questions.list.length, problems.length === 0);
  problems.forEach((line) => console.log(`  ${visible(line)}`));
  if (withUnneeded) {
    for (const [service, actions] of unneeded(duty.role, duty.questions.list)) {
      const shown = actions.slice(0, 5).join(", ");
      console.log(
        `  not needed  ${service}: ${counted(actions.length, "action")} (${shown}${actions.length > 5 ? ", ..." : ""})`,
      );
    }
  }
  return problems.length === 0;
}

/** Prints the same of all roles that the plan makes. */
function sayPlatform(platform: readonly Duty[]): boolean {
  const found = platform.map((duty) => [duty.role.name, judge(duty)] as const);
  const calls = platform.reduce((sum, { questions }) => sum + questions.list.length, 0);
  const good = found.every(([, problems]) => problems.length === 0);
  say(`${counted(platform.length, "role")} of the platform`, calls, good);
  for (const [name, problems] of found) {
    if (problems.length > 0) console.log(`  ${visible(name)}`);
    problems.forEach((line) => console.log(`    ${visible(line)}`));
  }
  return good;
}

/** Everything that is asked of a stack. */
interface Asked {
  readonly plan: Plan;
  /** Roles of the pipeline, or a user's own. */
  readonly duties: readonly Duty[];
  /** Roles that the plan makes. */
  readonly platform: readonly Duty[];
  /** Roles that the plan makes with policies of its own, of which nothing says what they call. */
  readonly notAsked: readonly string[];
}

async function dutiesFor(
  root: string,
  stack: string,
  role: string | undefined,
  documents: readonly (readonly [string, unknown])[],
): Promise<Asked> {
  const bootstrap = () =>
    previewStack({ cwd: path.join(root, "bootstrap"), stack: "bootstrap", policyPacks: [] });
  const plan =
    stack === "bootstrap"
      ? await bootstrap()
      : await previewStack({ cwd: root, stack, policyPacks: [] });
  const only = (duty: Duty): Asked => ({ plan, duties: [duty], platform: [], notAsked: [] });
  if (role !== undefined) {
    return only(ownDuty(plan, role, documents));
  }
  if (stack === "bootstrap") {
    return only(administratorDuty(plan));
  }
  const made = await bootstrap();
  const { duties: platform, notAsked } = platformDuties(
    indexOf(plan),
    indexOf(made),
    stackConfigOf(stack, root),
  );
  return { plan, duties: dutiesOf(stack, plan, made), platform, notAsked };
}
