/** Whether a statement lets strangers in, as rules about policies of resources say it. */
import { UNKNOWN } from "../analysis/properties";
import { type Judgement } from "./document-rules";
import { isPublicPrincipal, isUnknownPrincipal, type Statement } from "./documents";

/**
 * What is wrong with a statement that strangers can use: the evaluator tries them (analysis/iam/strangers.ts), so that
 * a condition that fits everybody counts for nothing. `fix` completes the sentence.
 */
export function openToStrangers(statement: Statement, fix: string): Judgement {
  if (isPublicPrincipal(statement)) {
    return `it allows everybody; ${fix}`;
  }
  return wildcardInside(statement) ?? (isUnknownPrincipal(statement) ? UNKNOWN : undefined);
}

/**
 * A principal with a wildcard inside of its name. AWS takes it for no pattern and refuses the policy; should it ever
 * take it for one, others fit it. Source: IAM User Guide, "AWS JSON policy elements: Principal": "You cannot use a
 * wildcard to match part of a principal name or ARN."
 */
export function wildcardInside(statement: Statement): string | undefined {
  if (statement.effect === "Deny") {
    return undefined;
  }
  const odd = statement.principals.find(
    ({ value }) => typeof value === "string" && value !== "*" && /[*?]/.test(value),
  );
  return odd === undefined
    ? undefined
    : `its principal ${String(odd.value)} has a wildcard inside, which AWS takes for no pattern; ` +
        `name it in full, or use * with a condition on aws:PrincipalArn`;
}
