import { lambdaLogOf } from "../../facts/lambda-logs";

/** A function, for alarms and queries. */
export interface WatchedFunction {
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly logGroupName: string;
}

/** A function whose log group has Lambda's own name. */
export function watchedFunction(name: string, timeoutSeconds: number): WatchedFunction {
  return { name, timeoutSeconds, logGroupName: lambdaLogOf(name) };
}
