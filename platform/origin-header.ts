import type { Input } from "@pulumi/pulumi";

/** Name, below `crm:secrets`, of an origin header's value that another stack made. */
export const ORIGIN_SECRET = "origin-header";

/** Header that the distributions send and the load balancer requires. */
export const ORIGIN_HEADER = "x-origin-verify";

/** The secret header between distributions and load balancer; who does not know its value gets no answer. */
export interface OriginHeader {
  /** Name of the header, such as `x-origin-verify`. */
  readonly name: string;
  /** What the distributions send; a secret. */
  readonly value: Input<string>;
  /**
   * What they sent before the last rotation, accepted until the rotation ends, for a distribution changes within
   * minutes; a secret. @default none
   */
  readonly previousValue?: Input<string>;
}
