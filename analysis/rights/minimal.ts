/** Which statements of a role nothing needs, and what it may do that no call needs. */
import { expandActions } from "../../facts/iam-actions";
import type { Policy } from "../iam";
import { label } from "../iam/document";
import type { ActingRole } from "./roles";
import { ask, type Question } from "./walk";

/** A statement that could go: with it and without it, the same calls are allowed. */
export interface Superfluous {
  readonly policy: string;
  readonly statement: string;
}

const without = (policy: Policy, place: number): Policy => {
  const statements = policy.statements.filter(({ index }) => index !== place);
  const about = (action: string) =>
    policy.about(action).filter(({ statement }) => statement.index !== place);
  // What was remembered by place stays true for the others.
  return { ...policy, statements, about };
};

/** A role without one statement. */
export function roleWithout(role: ActingRole, policy: Policy, place: number): ActingRole {
  return {
    ...role,
    identity: role.identity.map((one) => (one === policy ? without(one, place) : one)),
  };
}

/** A role with one statement of one policy, and all its denials. */
function roleWithOnly(role: ActingRole, policy: Policy, place: number): ActingRole {
  const all = role.identity.flatMap((one) =>
    one.statements
      .filter(({ effect, index }) => effect === "Allow" && (one !== policy || index !== place))
      .map(({ index }) => [one, index] as const),
  );
  const left = new Map(role.identity.map((one) => [one, one]));
  for (const [one, index] of all) left.set(one, without(left.get(one)!, index));
  return { ...role, identity: [...left.values()] };
}

/**
 * The allowing statements that no call depends on. Policies that AWS wrote are taken as a whole.
 *
 * @param shared whether a call may be allowed by two statements, as by those of two links to one key: needless is then what
 *   allows no call alone
 */
export function superfluous(
  role: ActingRole,
  questions: readonly Question[],
  account: string,
  shared = false,
): Superfluous[] {
  const verdicts = new Map<Question, string>();
  const isAllowed = (question: Question) => {
    let verdict = verdicts.get(question);
    if (verdict === undefined) {
      verdicts.set(question, (verdict = ask(role, question, account).verdict));
    }
    return verdict === "allowed";
  };
  const own = role.identity.filter(({ name }) => !/^(ReadOnlyAccess|AWS|Amazon)/.test(name));
  const allowing = own.flatMap((policy) =>
    policy.statements.filter(({ effect }) => effect === "Allow").map((one) => ({ policy, one })),
  );
  return allowing.flatMap(({ policy, one }) => {
    const less = shared
      ? roleWithOnly(role, policy, one.index)
      : roleWithout(role, policy, one.index);
    const needed = questions.some(
      (question) =>
        policy.about(question.action).some(({ statement }) => statement === one) &&
        isAllowed(question) &&
        (ask(less, question, account).verdict === "allowed") === shared,
    );
    return needed ? [] : [{ policy: policy.name, statement: label(one.index, one.sid) }];
  });
}

/** Actions that a role's own statements allow somewhere and no call needs, by service. */
export function unneeded(
  role: ActingRole,
  questions: readonly Question[],
): ReadonlyMap<string, readonly string[]> {
  const needed = new Set(questions.map(({ action }) => action.toLowerCase()));
  const found = new Map<string, Set<string>>();
  for (const { statements } of role.identity) {
    for (const { effect, actions } of statements) {
      if (effect !== "Allow") continue;
      for (const action of (actions ?? []).flatMap(({ source }) => expandActions(source))) {
        if (needed.has(action.toLowerCase())) continue;
        const [service] = action.split(":") as [string];
        found.set(service, (found.get(service) ?? new Set()).add(action));
      }
    }
  }
  return new Map([...found].sort().map(([service, actions]) => [service, [...actions].sort()]));
}
