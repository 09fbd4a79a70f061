/** The price table and the assumptions of the repository. */
import prices from "../../facts/prices.json";
import { TEXT_MESSAGES } from "../../facts/text-messages";
import { PRICED_REGIONS, type Price, type PriceTable, type UsageTable } from "./model";
import usage from "./usage.json";

/** Rows of text messages by country; the price depends on the receiver's country, not on the sending region. */
function textMessagePrices(): Readonly<Record<string, Price>> {
  const { source, seen, asOf, countries } = TEXT_MESSAGES;
  const everywhere = <Value>(value: Value) =>
    Object.fromEntries(PRICED_REGIONS.map((region) => [region, value]));
  return Object.fromEntries(
    Object.entries(countries).map(([country, { usd }]) => [
      `text-message-${country}`,
      { usd: everywhere(usd), unit: "part of a message", source, seen: everywhere(seen), asOf },
    ]),
  );
}

export const PRICES: PriceTable = {
  ...prices,
  prices: { ...(prices as PriceTable).prices, ...textMessagePrices() },
};
export const USAGE = usage as UsageTable;
