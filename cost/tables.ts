/** The price table and the assumptions of the repository. */
import type { PriceTable, UsageTable } from "./model";
import prices from "./prices.json";
import usage from "./usage.json";

export const PRICES = prices as PriceTable;
export const USAGE = usage as UsageTable;
