/** Plans of the tests' own stacks, each previewed once for all the tests of a run. */
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";

import { previewStack, type Plan, type PreviewOptions } from "../../tools/preview/index";
import { BOOTSTRAP_PROJECT, packConfigFile, STACKS_PROJECT } from "./stack-files";

const PACK = path.join(__dirname, "..", "..", "policy-pack");

const plans = new Map<string, Promise<Plan>>();

/**
 * The plan of a stack, without policies but for bootstrap; a copy, for the tests that take something out of it.
 */
export async function planOf(stack: string): Promise<Plan> {
  let plan = plans.get(stack);
  if (plan === undefined) {
    plan = sharedPlan(stack);
    plans.set(stack, plan);
  }
  return structuredClone(await plan);
}

/** The plan that another worker of this run has made or is making, else one that is made for both. */
async function sharedPlan(stack: string): Promise<Plan> {
  const make = () => previewStack(optionsOf(stack));
  const directory = process.env["TEST_RUN_DIRECTORY"];
  if (directory === undefined) return make();
  const file = path.join(directory, `${stack}.json`);
  try {
    fs.mkdirSync(`${file}.making`);
  } catch {
    while (!fs.existsSync(file)) {
      // Who makes it has failed: the failure shows here as well.
      if (!fs.existsSync(`${file}.making`)) return make();
      await setTimeout(50);
    }
    return JSON.parse(fs.readFileSync(file, "utf8")) as Plan;
  }
  try {
    const plan = await make();
    fs.writeFileSync(`${file}.part`, JSON.stringify(plan));
    fs.renameSync(`${file}.part`, file);
    return plan;
  } catch (error) {
    fs.rmdirSync(`${file}.making`);
    throw error;
  }
}

function optionsOf(stack: string): PreviewOptions {
  return stack === "bootstrap"
    ? {
        ...{ cwd: BOOTSTRAP_PROJECT, stack, policyPacks: [PACK] },
        policyPackConfigs: [packConfigFile(stack)],
      }
    : { cwd: STACKS_PROJECT, stack, policyPacks: [] };
}
