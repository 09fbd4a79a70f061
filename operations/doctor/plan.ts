/** What the stack's plan says: the policy pack, names that another stack has, the accepted resources, the quotas. */
import * as path from "node:path";

import { accountQuotas, requestCommand } from "../../analysis/account-quotas";
import { counted } from "../../analysis/counted";
import { kindOf } from "../../analysis/plan/model";
import type { StackConfig } from "../../schema";
import type { Plan } from "../../tools/preview/index";
import { OWN } from "../derived";
import { jobTime, settingsThatFit } from "../job-time";
import { acceptedUrns, urnsOf } from "../urns";
import { type Finding, judged, ok, skipped } from "./check";
import { sharedNames } from "./physical-names";

/**
 * Every check of the plan.
 *
 * @param plans those of all stacks that can be previewed, this one's among them
 * @param isJudged whether the policy pack judged it, by the stack's configuration
 */
export function planFindings(
  plan: Plan,
  config: StackConfig,
  plans: readonly Plan[],
  root: string,
  isJudged: boolean,
): Finding[] {
  return [
    isJudged ? policies(plan) : skipped("policies", "the pack has no configuration of the stack"),
    physicalNames(plan, plans),
    accepted(plan, root),
    jobFits(plan, config),
    ...quotas(plan, plans),
  ];
}

function policies({ stack, policies: verdict }: Plan): Finding {
  const mandatory = verdict.violations.filter((one) => kindOf(one) === "mandatory");
  const undecided = verdict.undecided.map(({ policy }) => `${policy} is undecided`);
  return judged(
    "policies",
    [...mandatory.map(({ policy, message }) => `${policy}: ${message}`), ...undecided],
    "no mandatory rule is violated, and none is undecided",
    `npm run policy -- --stack ${stack}`,
  );
}

function physicalNames({ stack }: Plan, plans: readonly Plan[]): Finding {
  const others = plans.filter((plan) => plan.stack !== stack).map((plan) => plan.stack);
  const shared = sharedNames(plans).filter(({ stacks }) => stacks.includes(stack));
  const said = shared.map(({ type, name, stacks }) => {
    const [other] = stacks.filter((one) => one !== stack);
    return `${type} ${name} is also in stack ${other}`;
  });
  return judged(
    "physical-names",
    said.length === 0 ? [] : [counted(said.length, "name"), ...said],
    `no name is shared with ${others.join(", ")}`,
    "npm run setup -- --environment <name> --from <stack>",
  );
}

function accepted({ stack, resources }: Plan, root: string): Finding {
  const before = acceptedUrns(stack, path.join(root, OWN.lists));
  const now = urnsOf(resources);
  const gone = before.filter((urn) => !now.includes(urn)).length;
  const come = now.filter((urn) => !before.includes(urn)).length;
  return judged(
    "accepted",
    gone + come === 0
      ? []
      : [
          `${counted(come, "resource is", "resources are")} not accepted yet, ${counted(gone, "accepted one is", "accepted ones are")} gone`,
        ],
    `${counted(now.length, "resource")}, as in ${OWN.lists}/${stack}.urns`,
    "npm run accept",
    "warn",
  );
}

/** A deployment ends before its job and its credentials do. */
function jobFits(plan: Plan, config: StackConfig): Finding {
  try {
    return ok("job-time", `a deployment takes ${jobTime(config, plan).minutes} minutes at most`);
  } catch (error) {
    const fits = settingsThatFit(config, plan)?.map(
      ([key, minutes]) => `pulumi config set --path ${key} ${minutes} --stack ${plan.stack}`,
    );
    // Where no setting is long, the plan is: the preview shows its critical path.
    const fix = fits?.join(" && ") ?? `npm run preview -- --stack ${plan.stack}`;
    return judged("job-time", [(error as Error).message], "", fix);
  }
}

/** What stacks of one account and region need together, against what a new account begins with. */
function quotas({ stack }: Plan, plans: readonly Plan[]): Finding[] {
  return accountQuotas(plans)
    .filter(({ stacks }) => stacks.includes(stack))
    .map((quota) => {
      const { name, title, region, toBegin, newAccount, newAccountBegins, stacks } = quota;
      return judged(
        `quota-${name}`,
        newAccountBegins
          ? []
          : [
              `${title} in ${region}: ${stacks.join(" and ")} ${stacks.length === 1 ? "needs" : "need"} ${toBegin} to begin, a new account has ${newAccount}`,
            ],
        `${title} in ${region}: ${toBegin} of ${newAccount} to begin`,
        requestCommand(quota, Math.max(toBegin, quota.needed)),
        "warn",
      );
    });
}
