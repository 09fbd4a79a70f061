/** Short forms for the tests of the evaluator. */
import {
  callerOf,
  compilePolicy,
  type Context,
  type Decision,
  evaluate,
  explain,
  type Policies,
  type Policy,
  type PolicyKind,
  type Request,
} from "../../../analysis/iam";

export const HERE = "111122223333";

/** A document of version 2012-10-17 with the statements. */
export function document(...statements: readonly object[]): object {
  return { Version: "2012-10-17", Statement: statements };
}

/** A policy of an identity. */
export function identity(...statements: readonly object[]): Policy {
  return compilePolicy(document(...statements), "identity");
}

/** A policy of another kind. */
export function policy(kind: PolicyKind, ...statements: readonly object[]): Policy {
  return compilePolicy(document(...statements), kind);
}

/** What a test asks: texts for the caller, and the rest of a request. */
export interface Question extends Partial<Omit<Request, "caller">> {
  readonly who?: string | Request["caller"];
}

function request({ who = ALICE, ...rest }: Question): Request {
  const caller = typeof who === "string" ? callerOf(who)! : who;
  // The ARNs of S3 name no account.
  const defaults = { action: "s3:GetObject", resource: "*", resourceAccount: HERE };
  return { caller, ...defaults, ...rest };
}

/** The decision. */
export function decide(question: Question, policies: Policies): Decision {
  return evaluate(request(question), policies);
}

/** The verdict alone. */
export function verdict(question: Question, policies: Policies): Decision["verdict"] {
  return decide(question, policies).verdict;
}

/** The decision in words. */
export function why(question: Question, policies: Policies): ReturnType<typeof explain> {
  return explain(request(question), policies);
}

/** Whether a statement's conditions hold in a context: allowed or denied, or undecided. */
export function holds(condition: object, context: Context, who?: Question["who"]): string {
  const only = identity({ Effect: "Allow", Action: "*", Resource: "*", Condition: condition });
  return verdict({ context, who }, { identity: [only] });
}

export const THERE = "444455556666";
export const ALICE = `arn:aws:iam::${HERE}:user/alice`;
export const ROLE = `arn:aws:iam::${HERE}:role/app`;
export const SESSION = `arn:aws:sts::${HERE}:assumed-role/app/session1`;
export const EVERYTHING = { Effect: "Allow", Action: "*", Resource: "*" };
