/** Where a fact about AWS stands, and when somebody looked. */
export interface Fact {
  /** Address of the page that says it, AWS's own where there is one. */
  readonly source: string;
  /** Day on which it was read there, YYYY-MM-DD; for what is unverified, the day on which it was written. */
  readonly asOf: string;
  /** Why nobody has seen it on that page yet. @default it was read there */
  readonly unverified?: string;
}

/** The release of cfn-lint that was read: it brings AWS's own schemas of resources, and what AWS's APIs told it. */
export const CFN_LINT_SCHEMAS =
  "https://github.com/aws-cloudformation/cfn-lint/tree/v1.58.0/src/cfnlint/data/schemas";
