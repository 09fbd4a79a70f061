/** Prices of the table in a stack's own region. */
import { USUAL_REGION } from "../../facts/regions";
import { PRICES, USAGE } from "../cost/tables";
import type { RecoveryStack } from "../recovery/resources";

/** USD of one unit; undefined where the table has no price of the region. */
export function usdOf(stack: RecoveryStack, price: string): number | undefined {
  return PRICES.prices[price]?.usd[stack.region ?? USUAL_REGION];
}

/** Hours of a month, as its costs are counted. */
export const MONTH_HOURS = USAGE.assumptions["hours"]!.value;
