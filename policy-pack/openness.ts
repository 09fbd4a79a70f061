/** Whether a statement or a permission allows strangers, as reported by the rules about resource policies. */
import { whoCan } from "../analysis/iam";
import { known, type Properties, UNKNOWN } from "../analysis/properties";
import { type Judgement } from "./document-rules";
import { isPublicPrincipal, isUnknownPrincipal, type Statement } from "./documents";

/**
 * What is wrong with a statement that strangers can use: the evaluator tries strangers (analysis/iam/strangers.ts),
 * so that a condition that everyone meets does not count. `fix` completes the sentence.
 */
export function openToStrangers(statement: Statement, fix: string): Judgement {
  if (isPublicPrincipal(statement)) {
    return `it is public; ${fix}`;
  }
  const odd = wildcardInside(statement);
  if (odd !== undefined || !isUnknownPrincipal(statement)) {
    return odd;
  }
  const short = shortPattern(statement);
  return short === undefined
    ? UNKNOWN
    : `its condition compares with ${short}, which lacks parts of an ARN and does not restrict it to an account; ${fix}`;
}

/**
 * A pattern of a condition that ends in a wildcard before an ARN's six parts are complete. What it matches is not
 * documented, and only values without wildcards make a policy non-public. Sources: IAM User Guide, "ARN condition
 * operators"; Amazon S3 User Guide, "The meaning of public".
 */
function shortPattern({ conditions }: Statement): string | undefined {
  return conditions
    .filter(({ operator }) => /^((ForAllValues|ForAnyValue):)?Arn(Equals|Like)/i.test(operator))
    .flatMap(({ values }) => values)
    .find(
      (value): value is string =>
        typeof value === "string" && /^arn:.*\*$/.test(value) && value.split(":").length < 6,
    );
}

/**
 * A principal with a wildcard inside its name. AWS refuses such a policy; if AWS ever accepted it as a pattern,
 * strangers would match. Source: IAM User Guide, "AWS JSON policy elements: Principal": "You cannot use a wildcard
 * to match part of a principal name or ARN."
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
    : `its principal ${String(odd.value)} has a wildcard inside, which AWS refuses; ` +
        `name it in full, or use * with a condition on aws:PrincipalArn`;
}

/**
 * Whether a stranger, or a service on behalf of a stranger, may call a function by one of its permissions: Lambda
 * turns the properties into a statement. Source: AWS Lambda API reference, AddPermission.
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
