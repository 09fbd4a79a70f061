/**
 * Quotas that stacks need of their accounts where they run, counted from their plans: what a new account refuses is
 * asked for before the first `up`, which would fail in the middle.
 */
import {
  QUOTA_NAMES,
  QUOTAS_OF_ONE,
  SERVICE_QUOTAS,
  UNRESERVED_LAMBDA_CONCURRENCY,
  type QuotaName,
  type ServiceQuota,
} from "../facts/service-quotas";
import type { Plan } from "./plan/model";
import { homeAccount, homeRegion } from "./plan/regions";
import { recoveryStackOf } from "./recovery/of-plan";
import { needsOf } from "./recovery/quotas";
import { number, type RecoveryResource, type RecoveryStack } from "./recovery/resources";

/** What is read of a plan. */
export type PlanOfQuotas = Pick<Plan, "stack" | "resources" | "measured" | "region" | "account">;

/** A quota of an account in a region, with what the stacks there need of it together. */
export interface AccountQuota extends ServiceQuota {
  readonly name: QuotaName;
  /** Absent where a stack names neither: they are those of the person who runs Pulumi. */
  readonly account?: string;
  readonly region?: string;
  /** Stacks that need something of it. */
  readonly stacks: readonly string[];
  /** What the first `up` and a blue-green release of all services need: as many tasks as are asked for, twice. */
  readonly toBegin: number;
  /** What is needed with every service at its largest, in a release. */
  readonly needed: number;
  /** Whether what an account begins with is enough to begin. */
  readonly newAccountBegins: boolean;
  /** Whether a stack's need is not known before the first update: what is counted is the least. */
  readonly atLeast: boolean;
}

/**
 * The quotas that stacks need, by account and region; stacks that share both share the quotas. What a stack keeps in
 * another region is not counted: `quotaNeeds` of recovery/quotas.ts counts what that region has to take.
 */
export function accountQuotas(plans: readonly PlanOfQuotas[]): AccountQuota[] {
  const places = new Map<string, { account?: string; region?: string; plans: PlanOfQuotas[] }>();
  for (const plan of plans) {
    const { account, region } = placeOf(plan);
    const key = `${account}/${region}`;
    places.set(key, {
      account,
      region,
      plans: [...(places.get(key)?.plans ?? []), plan],
    });
  }
  return [...places.values()].flatMap(({ account, region, plans: here }) => {
    const stacks = here.map((plan) => ({ name: plan.stack, stack: recoveryStackOf(plan) }));
    return QUOTA_NAMES.flatMap((name) => {
      const counted = stacks
        .map((one) => ({ stack: one.name, ...countsOf(one.stack, name) }))
        .filter(({ needed, atLeast }) => needed > 0 || atLeast);
      if (counted.length === 0) return [];
      const quota = SERVICE_QUOTAS[name];
      const toBegin = together(name, counted.map((one) => one.toBegin)); // prettier-ignore
      return {
        name,
        ...quota,
        account,
        region,
        stacks: counted.map(({ stack }) => stack),
        toBegin,
        needed: together(name, counted.map((one) => one.needed)), // prettier-ignore
        newAccountBegins: toBegin <= quota.newAccount,
        atLeast: counted.some(({ atLeast }) => atLeast),
      };
    });
  });
}

/** The command that asks AWS for a quota; free of charge, answered in minutes to days. */
export function requestCommand(quota: AccountQuota, value = quota.needed): string {
  return [
    "aws service-quotas request-service-quota-increase",
    `--service-code ${quota.service}`,
    `--quota-code ${quota.code}`,
    `--desired-value ${value}`,
  ]
    .concat(quota.region === undefined ? [] : `--region ${quota.region}`)
    .join(" ");
}

/**
 * The command that says what an account has of a quota. Before its first increase, GetServiceQuota answers
 * NoSuchResourceException, and AWS's default holds (hashicorp/terraform-provider-aws#19745).
 */
export function showCommand({
  service,
  code,
  region,
}: Pick<AccountQuota, "service" | "code" | "region">): string {
  const where = region === undefined ? "" : ` --region ${region}`;
  const of = `--service-code ${service} --quota-code ${code}${where} --query Quota.Value --output text`;
  return ["get-service-quota", "get-aws-default-service-quota"]
    .map((command) => `aws service-quotas ${command} ${of}`)
    .join(" || ");
}

interface Counts {
  readonly toBegin: number;
  readonly needed: number;
  readonly atLeast: boolean;
}

function countsOf(stack: RecoveryStack, name: QuotaName): Counts {
  const asked = (_: RecoveryStack, service: RecoveryResource) =>
    number(service, "desiredCount") ?? 1;
  const begin = stack.noting(needsOf(stack, asked)[name]);
  const most = stack.noting(needsOf(stack)[name]);
  // Functions without a reservation share what the account has: Lambda keeps nothing for them.
  const floor = name === "lambdaConcurrency" && !reserves(stack);
  return {
    toBegin: floor ? 1 : begin.result[0],
    needed: floor ? 1 : most.result[0],
    atLeast: most.unknown.length > 0,
  };
}

const reserves = (stack: RecoveryStack) =>
  stack
    .ofType("aws:lambda/function:Function")
    .some((one) => (number(one, "reservedConcurrentExecutions") ?? 0) > 0);

function together(name: QuotaName, needs: readonly number[]): number {
  if (QUOTAS_OF_ONE.has(name)) return Math.max(...needs);
  const sum = needs.reduce((all, one) => all + one, 0);
  // Each stack that reserves counts what Lambda keeps back for all.
  const reserving = needs.filter((one) => one > UNRESERVED_LAMBDA_CONCURRENCY.executions).length;
  return name === "lambdaConcurrency" && reserving > 1
    ? sum - (reserving - 1) * UNRESERVED_LAMBDA_CONCURRENCY.executions
    : sum;
}

/** Region and account of a stack; stacks that name none are in the same, as far as a plan says. */
function placeOf(plan: PlanOfQuotas): { account?: string; region?: string } {
  return { account: homeAccount(plan), region: homeRegion(plan) };
}
