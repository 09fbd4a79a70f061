/** The proxy that ECS Service Connect runs in each task of a service that calls others or is called. */
import type { Fact } from "./fact";

export const SERVICE_CONNECT = {
  /** CPU units that AWS recommends for the proxy, up to 500 requests a second; it gets what containers leave. */
  proxyCpu: 256,
  /** Seconds in which an answer is complete, unless a service says otherwise. */
  requestSeconds: 15,
  /** Seconds after which a connection without traffic closes, also one with a request that may take longer. */
  idleSeconds: 300,
  source:
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;
