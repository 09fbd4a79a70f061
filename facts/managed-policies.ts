/**
 * AWS's own managed policies: iam/managed-policies.json, written by generate/managed-policies.ts. AWS changes them when
 * services come; the file says which version it has and from when.
 */
import facts from "./iam/managed-policies.json";

interface Row {
  readonly version: string;
  readonly date: string;
  readonly document: unknown;
}

const policies = facts.policies as Readonly<Record<string, Row>>;

/** A policy's document by its ARN; undefined for one that is not kept here. */
export function managedPolicy(arn: string): unknown {
  const name = /^arn:[\w-]+:iam::aws:policy\/(.+)$/.exec(arn)?.[1];
  return name === undefined ? undefined : policies[name]?.document;
}
