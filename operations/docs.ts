/** `npm run docs`: writes the pages, and the figures in pages, that are made from the code. */
import * as fs from "node:fs";
import * as path from "node:path";

import { previewStack } from "../tools/preview/index";
import { configurationPage, PAGE } from "./pages/configuration";
import { currentFigurePages, FIGURE_STACKS, type Plans } from "./pages/figures";
import { REQUEST_WAYS_PAGE, requestWaysPage } from "./pages/request-ways";

const ROOT = path.join(__dirname, "..");

/** The command; returns its exit code. */
export async function main(): Promise<number> {
  const plans = await plansOfStacks();
  write(PAGE, configurationPage());
  write(REQUEST_WAYS_PAGE, requestWaysPage(plans.production));
  currentFigurePages(plans).forEach((text, file) => write(file, text));
  return 0;
}

async function plansOfStacks(): Promise<Plans> {
  const plans = await Promise.all(
    FIGURE_STACKS.map((stack) => previewStack({ cwd: ROOT, stack, policyPacks: [] })),
  );
  return Object.fromEntries(plans.map((plan) => [plan.stack, plan])) as Plans;
}

/** A page that is current stays untouched, for those who read it at the same time. */
function write(file: string, text: string): void {
  if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== text) {
    fs.writeFileSync(file, text);
  }
}
