/** Countries of phone numbers, and what a text message to each costs. */
import type { Fact } from "./fact";
import table from "./text-message-prices.json";

interface Country {
  /** First digits of its numbers, without the plus sign; the longest that fits decides. */
  readonly prefixes: readonly string[];
  /** USD for one part of a message: AWS's price and the carrier's fee. */
  readonly usd: number;
}

/**
 * By country (ISO 3166-1), AWS's list of prices. Where AWS has several, that of a toll-free number (United States), a long code
 * (Canada) and an international sender (India). Territories that share a country's code and have no digits of their own
 * here count as that country: Guernsey as the United Kingdom.
 */
export const TEXT_MESSAGES: Fact & {
  /** A second public page on which the figures were read. */
  readonly seen: string;
  readonly numbering: Fact;
  readonly countries: Readonly<Record<string, Country>>;
} = table;

/** The country of a number in E.164 form; undefined where AWS has no price for it. */
export function countryOfNumber(number: string): string | undefined {
  let longest = "";
  let country: string | undefined;
  for (const [code, { prefixes }] of Object.entries(TEXT_MESSAGES.countries)) {
    for (const prefix of prefixes) {
      if (prefix.length > longest.length && number.startsWith(`+${prefix}`)) {
        longest = prefix;
        country = code;
      }
    }
  }
  return country;
}
