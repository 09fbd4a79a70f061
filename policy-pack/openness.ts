/** Whether a statement or a permission lets strangers in, as rules about policies of resources say it. */
import { whoCan } from "../analysis/iam";
import { known, type Properties, UNKNOWN } from "../analysis/properties";
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

/**
 * Whether a service that a stranger makes call, or a stranger, gets in by a permission of a function: Lambda makes a
 * statement of its properties. Source: AWS Lambda API reference, AddPermission.
 */
export function permissionOpenTo(properties: Properties): "stranger" | "service" | undefined {
  const value = (name: string) => known(properties[name]);
  const principal = value("principal");
  if (typeof principal !== "string") {
    return undefined;
  }
  const isService = principal.endsWith(".amazonaws.com");
  const conditions: Record<string, Record<string, unknown>> = {};
  const add = (operator: string, key: string, name: string) => {
    if (value(name) !== undefined) {
      (conditions[operator] ??= {})[key] = properties[name];
    }
  };
  add("ArnLike", "aws:SourceArn", "sourceArn");
  add("StringEquals", "aws:SourceAccount", "sourceAccount");
  add("StringEquals", "aws:PrincipalOrgID", "principalOrgId");
  const statement = {
    Effect: "Allow",
    Principal: isService ? { Service: principal } : principal === "*" ? "*" : { AWS: principal },
    Action: "lambda:InvokeFunction",
    Resource: "arn:aws:lambda:us-east-1:000000000000:function:planned",
    ...(Object.keys(conditions).length > 0 && { Condition: conditions }),
  };
  const { openings } = whoCan({ Version: "2012-10-17", Statement: [statement] }, "resource");
  const open = openings.filter(({ verdict }) => verdict === "allowed");
  return open.length === 0 ? undefined : isService ? "service" : "stranger";
}
