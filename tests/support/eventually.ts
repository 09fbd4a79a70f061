/** Assertions about a page, which draws a moment after a click, a search or an address. */
import assert from "node:assert/strict";

import type { Locator } from "playwright-core";

const MOST_MILLISECONDS = 10_000;

/** Asserts until it holds; what fails for ten seconds fails. */
export async function eventually(holds: () => Promise<void>): Promise<void> {
  for (const end = Date.now() + MOST_MILLISECONDS; ;) {
    try {
      return await holds();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Asserts how many elements there are. */
export function counts(of: Locator, expected: number, message?: string): Promise<void> {
  return eventually(async () => assert.equal(await of.count(), expected, message));
}

export function atLeast(of: Locator, fewest: number): Promise<void> {
  return eventually(async () => {
    const count = await of.count();
    assert.ok(count >= fewest, `${count}`);
  });
}

/** Asserts an element's text, or what it contains. */
export function reads(of: Locator, expected: string | RegExp): Promise<void> {
  return eventually(async () => {
    const text = (await of.textContent()) ?? "";
    if (typeof expected === "string") assert.equal(text, expected);
    else assert.match(text, expected);
  });
}
