import assert from "node:assert/strict";

import { countryOfNumber, TEXT_MESSAGES } from "../../facts/text-messages";

/** Example mobile numbers of libphonenumber 9.0.43 (`phonenumbers.example_number_for_type`), by country. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "+12015550123": "US",
  "+15062345678": "CA",
  "+17872345678": "PR",
  "+18092345678": "DO",
  "+12423591234": "BS",
  "+447400123456": "GB",
  "+4915123456789": "DE",
  "+33612345678": "FR",
  "+393123456789": "IT",
  "+819012345678": "JP",
  "+918123456789": "IN",
  "+79123456789": "RU",
  "+77710009998": "KZ",
  "+353850123456": "IE",
  "+37251234567": "EE",
};

describe("facts: text messages", () => {
  it("a number's country is that of its longest prefix", () => {
    for (const [number, country] of Object.entries(EXAMPLES)) {
      assert.equal(countryOfNumber(number), country, number);
    }
  });

  it("a number of a country that AWS has no price for has none", () => {
    for (const number of ["+5351234567", "+989123456789", "", "4915123456789"]) {
      assert.equal(countryOfNumber(number), undefined, number);
    }
  });

  it("no prefix belongs to two countries, and each country has one and a price", () => {
    const owners = new Map<string, string>();
    for (const [country, { prefixes, usd }] of Object.entries(TEXT_MESSAGES.countries)) {
      assert.match(country, /^[A-Z]{2}$/);
      assert.ok(prefixes.length > 0 && usd > 0 && usd < 1, country);
      for (const prefix of prefixes) {
        assert.match(prefix, /^[1-9]\d{0,3}$/, country);
        assert.equal(owners.get(prefix), undefined, `${prefix}: ${country}`);
        owners.set(prefix, country);
      }
    }
    assert.ok(owners.size > 200, `${owners.size} prefixes`);
  });

  it("has the price that a third page read off AWS's in May 2026", () => {
    // https://dev.classmethod.jp/articles/aws-end-user-messaging-sms-japanese-message-parts-pricing/
    assert.equal(TEXT_MESSAGES.countries["JP"]!.usd, 0.07451);
  });
});
