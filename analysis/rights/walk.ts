/**
 * Whether roles may do what a plan needs: every resource is created, read, updated, replaced, rolled back and deleted,
 * and each call of it is put to the evaluator.
 */
import { entryOf } from "../../facts/entry-of";
import { iamAction } from "../../facts/iam-actions";
import { INLINE_POLICIES, RESOURCE_POLICIES } from "../../facts/type-properties";
import { type Decision, callerOf, compilePolicy, evaluate, keysOf, type Policy } from "../iam";
import type { Context } from "../iam";
import type { PlannedResource } from "../plan/model";
import { type Call, callsOf, type Step, unknownType } from "./calls";
import { contextOf, type Moment, usedBy } from "./context";
import { moduleOf, type PlanIndex } from "./plan-index";
import type { ActingRole } from "./roles";
import { type Target, targetsOf, wholeOf } from "./targets";

/** What needs a call: a step of a resource, or a command. */
export interface Need {
  readonly what: string;
  readonly step: string;
  readonly from: string;
}

/** A call to AWS with everything that decides about it; one for all that need the same. */
export interface Question {
  readonly action: string;
  readonly target: Target;
  readonly context: Context;
  readonly policy?: Policy;
  /** Of the VPC endpoint that the call passes. */
  readonly endpoint?: Policy;
  readonly needs: Need[];
}

/** A call that a role may not make, or of which it is not clear. */
export interface Finding {
  readonly role: string;
  readonly question: Question;
  readonly decision: Decision;
}

const KEY = "aws:kms/key:Key";
const ROLE = "aws:iam/role:Role";

/** Policies of a plan's resources, by URN. */
function resourcePolicies(index: PlanIndex): ReadonlyMap<string, Policy> {
  const found = new Map<string, Policy>();
  for (const one of index.managed) {
    if (one.type === KEY && one.inputs["policy"] !== undefined) {
      found.set(
        one.urn,
        compilePolicy(one.inputs["policy"], "key", `policy of the key ${one.name}`),
      );
    }
    const inline = entryOf(INLINE_POLICIES.properties, one.type);
    const property = inline ?? entryOf(RESOURCE_POLICIES.properties, one.type);
    const whole = property === undefined ? undefined : wholeOf(index, one);
    if (property !== undefined && one.inputs[property] !== undefined && whole) {
      const name = `policy of ${whole.name}`;
      found.set(whole.urn, compilePolicy(one.inputs[property], "resource", name));
    }
  }
  return found;
}

/** Every call that a plan's resources need in some steps, each once. */
export class Questions {
  readonly list: Question[] = [];
  /** Types whose calls are not documented. */
  readonly unknown = new Map<string, string>();
  /** Calls that nothing is asked about, as `action type`: the plan has nothing that they work on. */
  readonly unasked = new Set<string>();
  private readonly known = new Map<string, Question>();
  private readonly policies: ReadonlyMap<string, Policy>;

  /** With the policies of the plan's resources, and of those of other plans that calls go to. */
  constructor(
    private readonly index: PlanIndex,
    ...others: readonly PlanIndex[]
  ) {
    this.policies = new Map([index, ...others].flatMap((one) => [...resourcePolicies(one)]));
  }

  /** Adds the calls of every resource. */
  addPlan(steps: readonly Step[], moments: readonly Moment[]): void {
    for (const resource of this.index.managed) {
      const unknown = unknownType(resource.type);
      if (unknown !== undefined) {
        this.unknown.set(resource.type, unknown);
        continue;
      }
      for (const call of callsOf(this.index, resource)) {
        if (steps.includes(call.step)) this.addCall(resource, call, moments);
      }
    }
  }

  /** Adds a call that uses a resource that is there. */
  addUse(resource: PlannedResource, call: Call): void {
    this.addCall(resource, call, ["settled"]);
  }

  private addCall(resource: PlannedResource, call: Call, moments: readonly Moment[]): void {
    const targets = this.targets(resource, call.action);
    if (targets.length === 0) {
      this.unasked.add(`${call.action} ${moduleOf(resource.type)}`);
    }
    for (const target of targets) {
      for (const moment of moments) {
        const context = contextOf(this.index, resource, call, target, moment);
        const need = {
          what: `${resource.type} ${resource.name}`,
          step: call.step,
          from: call.from,
        };
        this.add(call.action, target, context, need);
      }
    }
  }

  /** One call, and what needs it. */
  add(
    action: string,
    target: Target,
    context: Context,
    need: Need,
    { endpoint, policy: given }: { readonly endpoint?: Policy; readonly policy?: Policy } = {},
  ): void {
    const key = `${action}|${target.arn}|${target.resource?.urn ?? ""}|${endpoint?.name ?? ""}|${JSON.stringify(
      context,
      (_, value: unknown) => (typeof value === "symbol" ? "?" : (value ?? null)),
    )}`;
    let question = this.known.get(key);
    if (question === undefined) {
      const policy = given ?? (target.resource && this.policies.get(target.resource.urn));
      question = {
        action,
        target,
        context,
        ...(policy && { policy }),
        ...(endpoint && { endpoint }),
        needs: [],
      };
      this.known.set(key, question);
      this.list.push(question);
    }
    question.needs.push(need);
  }

  /** The ARN of a resource in the form that an action requires. */
  targetsOf(resource: PlannedResource, action: string): readonly Target[] {
    return targetsOf(this.index, resource, action);
  }

  private targets(resource: PlannedResource, action: string): readonly Target[] {
    const service = action.split(":")[0];
    const type =
      service === "kms"
        ? KEY
        : action === "iam:PassRole" || action === "iam:GetRole"
          ? ROLE
          : undefined;
    if (type === undefined || moduleOf(resource.type).startsWith(`${service}/`)) {
      return targetsOf(this.index, resource, action);
    }
    return usedBy(this.index, resource, type).flatMap((used) =>
      targetsOf(this.index, used, action).filter((one) => one.resource === used || one.arn === "*"),
    );
  }
}

/** Makes what the policies ask for absent where the action cannot have it, and unknown otherwise. */
export function completed(
  question: Pick<Question, "action" | "context">,
  asked: ReadonlySet<string>,
): Context {
  const own = new Set(
    (iamAction(question.action)?.conditionKeys ?? []).map((key) => key.toLowerCase()),
  );
  const given = new Set(Object.keys(question.context).map((key) => key.toLowerCase()));
  const absent = [...asked].filter(
    (key) =>
      !given.has(key) &&
      !own.has(key) &&
      (!key.startsWith("aws:") ||
        /^aws:(resource|request)tag\//.test(key) ||
        key === "aws:tagkeys"),
  );
  return { ...question.context, ...Object.fromEntries(absent.map((key) => [key, undefined])) };
}

const keysByPolicy = new WeakMap<Policy, readonly string[]>();

/** The keys of which a policy's conditions and variables speak. */
export function askedKeys(policy: Policy): readonly string[] {
  let keys = keysByPolicy.get(policy);
  if (keys === undefined) keysByPolicy.set(policy, (keys = keysOf(policy)));
  return keys;
}

/** Puts one question about one role. */
export function ask(role: ActingRole, question: Question, account: string): Decision {
  const policies = [
    ...role.identity,
    ...(role.boundary ? [role.boundary] : []),
    ...(question.policy ? [question.policy] : []),
    ...(question.endpoint ? [question.endpoint] : []),
  ];
  const asked = new Set(policies.flatMap(askedKeys));
  return evaluate(
    {
      caller: callerOf(role.arn)!,
      action: question.action,
      resource: question.target.arn,
      resourceAccount: account,
      context: completed(question, asked),
      openContext: true,
    },
    {
      identity: role.identity,
      ...(role.boundary && { boundary: role.boundary }),
      ...(question.policy && { resource: question.policy }),
      ...(question.endpoint && { endpoint: question.endpoint }),
    },
  );
}

/** What a role may not do of what is needed. */
export function findingsOf(
  role: ActingRole,
  questions: readonly Question[],
  account: string,
): Finding[] {
  return questions.flatMap((question) => {
    const decision = ask(role, question, account);
    return decision.verdict === "allowed" ? [] : [{ role: role.name, question, decision }];
  });
}
