/** What a task is to the function: what it is told of it, and what it asks of ECS. */

/** What runs, and where; `hookDetails` of the service's hook. */
export interface TaskDetails {
  /** Its name in the stack file, for messages. */
  readonly task: string;
  readonly cluster: string;
  /** By ARN, with its revision. */
  readonly taskDefinition: string;
  readonly platformVersion: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly timeoutSeconds: number;
  /** The running task, and the time by which it must have ended, in milliseconds since 1970; set by the first call. */
  readonly taskArn?: string;
  readonly deadline?: number;
}

/** What a task looks like. */
export interface TaskState {
  readonly stopped: boolean;
  /** One of each container; none of a container that never ran. */
  readonly exitCodes: readonly (number | undefined)[];
  readonly reason?: string;
}

/** ECS, as far as it is needed. */
export interface TaskRunner {
  /** One token starts one task, however often it is used. */
  start(
    details: TaskDetails,
    clientToken: string,
  ): Promise<{ readonly taskArn?: string; readonly why?: string }>;
  look(cluster: string, taskArn: string): Promise<TaskState | undefined>;
  stop(cluster: string, taskArn: string, reason: string): Promise<void>;
}
