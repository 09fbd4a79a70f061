/** The price table and the assumptions of the repository. */
import prices from "../../facts/prices.json";
import type { PriceTable, UsageTable } from "./model";
import usage from "./usage.json";

export const PRICES = prices as PriceTable;
export const USAGE = usage as UsageTable;
