/** Where a fact about AWS stands, and when somebody looked. */
export interface Fact {
  /** Address of the page that says it, AWS's own where there is one. */
  readonly source: string;
  /** Day on which it was read, YYYY-MM-DD. */
  readonly asOf: string;
}
