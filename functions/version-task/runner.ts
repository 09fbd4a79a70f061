/** A task as the function sees it: its details, and the calls to ECS. */

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
  /** Of the first call, in milliseconds since 1970, where it was not allowed to start the task yet. */
  readonly since?: number;
  /** The running task, and the time by which it must have ended, in milliseconds since 1970; set by the first call. */
  readonly taskArn?: string;
  readonly deadline?: number;
}

/** What a task looks like. */
export interface TaskState {
  readonly stopped: boolean;
  /** The task's own container has it once it has run; AWS may have put others beside it, such as GuardDuty's agent. */
  readonly exitCode?: number;
  readonly reason?: string;
}

/** ECS, as far as it is needed. */
export interface TaskRunner {
  /** One token starts one task, however often it is used. */
  start(
    details: TaskDetails,
    clientToken: string,
  ): Promise<{ readonly taskArn?: string; readonly why?: string }>;
  look(cluster: string, taskArn: string, container: string): Promise<TaskState | undefined>;
  stop(cluster: string, taskArn: string, reason: string): Promise<void>;
}
