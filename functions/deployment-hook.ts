/** What ECS and a hook of its deployments say to each other. Protocol: Amazon ECS Developer Guide, "Lambda hooks for Amazon ECS service deployments". */

/** What ECS sends; `hookDetails` is what the service's hook configuration says. */
export interface HookEvent {
  readonly lifecycleStage?: string;
  /** ARN of the service deployment. */
  readonly resourceArn?: string;
  readonly executionDetails?: { readonly serviceArn?: string };
  readonly hookDetails?: unknown;
}

/** What ECS takes as an answer. Anything else, an exception too, is a rollback without a reason. */
export interface HookResponse {
  readonly hookStatus: "SUCCEEDED" | "FAILED" | "IN_PROGRESS";
  /** Seconds until ECS calls again; with IN_PROGRESS only. */
  readonly callBackDelay?: number;
  /** Given back at the next call; on failure it holds the reason. */
  readonly hookDetails?: Readonly<Record<string, unknown>>;
}
