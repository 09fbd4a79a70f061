/** Who waits for a function's answer: a failed event is returned to such a caller, and no dead-letter queue gets it. */
import type { Fact } from "./fact";

/** Services that call a function by its permission and wait, and resources through which it is called so. */
export const WAITING_CALLERS = {
  principals: ["apigateway.amazonaws.com", "elasticloadbalancing.amazonaws.com"],
  types: ["aws:lambda/eventSourceMapping:EventSourceMapping", "aws:lambda/functionUrl:FunctionUrl"],
  source:
    "https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html, services-alb.html, urls-invocation.html and invocation-eventsourcemapping.html",
  asOf: "2026-11-29",
  unverified: "not complete: other services that wait, such as Cognito and Lex, are left out",
} as const satisfies Fact & Record<string, unknown>;
