/** The tests' own assumptions on use: those of `analysis/cost/usage.json` belong to the owner of a deployment. */
import type { UsageTable } from "../../analysis/cost/model";
import usage from "../fixtures/cost/usage.json";

export const USAGE: UsageTable = usage;
