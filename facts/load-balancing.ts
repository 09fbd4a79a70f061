/** Words of Elastic Load Balancing. */
import { CFN_LINT_SCHEMAS, type Fact } from "./fact";

/** Protocols of listeners and target groups that a load balancer passes through unchanged. */
export const PACKET_PROTOCOLS = {
  names: ["TCP", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC", "GENEVE"] as readonly string[],
  source: `${CFN_LINT_SCHEMAS}/resources`,
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;
