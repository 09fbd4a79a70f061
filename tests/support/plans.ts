/** Plans of the shipped stacks, each previewed once for all the tests of a process. */
import * as path from "node:path";

import { previewStack, type Plan } from "../../preview/index";

const ROOT = path.join(__dirname, "..", "..");

const plans = new Map<string, Promise<Plan>>();

/** The plan of a stack without policies; a copy, for the tests that take something out of it. */
export async function planOf(stack: string): Promise<Plan> {
  let plan = plans.get(stack);
  if (plan === undefined) {
    plan = previewStack({ cwd: ROOT, stack, policyPacks: [] });
    plans.set(stack, plan);
  }
  return structuredClone(await plan);
}
