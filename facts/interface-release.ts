/** How long Lambda holds on to a security group. */
import type { Fact } from "./fact";

/** Lambda removes the interfaces of a deleted function late; a group cannot be deleted while one of them has it. */
export const INTERFACE_RELEASE = {
  /** The longest wait, as Pulumi's `customTimeouts` takes it. */
  timeout: "45m",
  source:
    "https://github.com/hashicorp/terraform-provider-aws/commit/a54c065635309ee6daca33a914c1b56ad855a396 (the time that Lambda's team confirmed)",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;
