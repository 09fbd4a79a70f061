/**
 * Policy documents as typed values. They hold plain strings only: what the policy pack judges is known
 * in a first preview, and two stacks' documents differ by their names alone.
 */
import { isDeepStrictEqual } from "node:util";

import type { Arns } from "./arns";

/** Operator -> condition key -> values. */
export type Conditions = Readonly<
  Record<string, Readonly<Record<string, string | readonly string[]>>>
>;

/** Who a resource policy speaks of. */
export type Principals =
  "*" | { readonly services: readonly string[] } | { readonly accounts: readonly string[] };

/** One statement of a policy document. */
export interface Statement {
  /** Says what the statement is for; letters and digits. */
  readonly sid: string;
  /** @default "Allow" */
  readonly effect?: "Allow" | "Deny";
  /** Only in resource and trust policies. */
  readonly principals?: Principals;
  readonly actions: readonly string[];
  /** Left out in trust policies. */
  readonly resources?: readonly string[];
  /** Instead of `resources`: everything but these. */
  readonly notResources?: readonly string[];
  readonly conditions?: Conditions;
}

/** The document as the JSON text that AWS takes. */
export function policyDocument(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements.map(rendered) });
}

/**
 * Each statement once. Of different ones with the same sid, later ones get a number: IAM takes a sid only once in a policy
 * (IAM User Guide, "IAM JSON policy elements: Sid"), and what one allows must not hide what another does.
 */
export function distinctStatements(statements: readonly Statement[]): Statement[] {
  const bySid = new Map<string, Statement>();
  for (const statement of statements) {
    for (let count = 1; ; count += 1) {
      const sid = count === 1 ? statement.sid : `${statement.sid}${count}`;
      const other = bySid.get(sid);
      const placed = { ...statement, sid };
      if (other !== undefined && !isDeepStrictEqual(other, placed)) continue;
      bySid.set(sid, placed);
      break;
    }
  }
  return [...bySid.values()];
}

function rendered(statement: Statement): Record<string, unknown> {
  return {
    Sid: statement.sid,
    Effect: statement.effect ?? "Allow",
    ...(statement.principals !== undefined && { Principal: principal(statement.principals) }),
    Action: single(statement.actions),
    ...(statement.resources !== undefined && { Resource: single(statement.resources) }),
    ...(statement.notResources !== undefined && { NotResource: single(statement.notResources) }),
    ...(statement.conditions !== undefined && { Condition: statement.conditions }),
  };
}

function principal(principals: Principals): unknown {
  if (principals === "*") {
    return "*";
  }
  return "services" in principals
    ? { Service: single(principals.services) }
    : { AWS: single(principals.accounts) };
}

/** AWS stores a list of one as the value itself; writing it so keeps the plan free of differences. */
function single(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? values[0]! : values;
}

/**
 * Trust policy for a service. The condition keeps other accounts' resources from using the role through
 * the service (confused deputy: IAM User Guide, "The confused deputy problem").
 */
export function serviceTrust(arns: Arns, service: string, sourceArn?: string): string {
  return policyDocument({
    sid: "AssumedByService",
    principals: { services: [service] },
    actions: ["sts:AssumeRole"],
    conditions: {
      StringEquals: { "aws:SourceAccount": arns.accountId },
      ...(sourceArn !== undefined && { ArnLike: { "aws:SourceArn": sourceArn } }),
    },
  });
}

/**
 * Use of a key that is named by its alias, because a key's id is unknown before it exists
 * (KMS Developer Guide, "Use aliases to control access to KMS keys").
 */
export function keyByAlias(
  arns: Arns,
  sid: string,
  alias: string | readonly string[],
  actions: readonly string[] = ["kms:Decrypt"],
): Statement {
  return {
    sid,
    actions,
    resources: [arns.anyKey()],
    conditions: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias } },
  };
}

/** Denies requests without TLS; for bucket, queue and topic policies. */
export function tlsOnly(resources: readonly string[], actions: readonly string[]): Statement {
  return {
    sid: "TlsOnly",
    effect: "Deny",
    principals: "*",
    actions,
    resources,
    conditions: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/** An AWS service that uses the key on its own behalf, not with a caller's IAM permissions. */
export interface KeyServiceGrant {
  /** For example `sns.amazonaws.com`. */
  readonly service: string;
  /** @default encrypt, decrypt, re-encrypt, generate data keys and describe */
  readonly actions?: readonly string[];
  /** Narrows the grant. @default the service may act for this account only (`aws:SourceAccount`) */
  readonly conditions?: Conditions;
}
