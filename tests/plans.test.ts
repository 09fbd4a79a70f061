/** What holds for every planned value of the tests' stacks. */
import assert from "node:assert/strict";

import { entryOf } from "../facts/entry-of";
import { HELD_ALONE } from "../facts/held-alone";
import { replacement } from "../facts/replacement";
import { planOf } from "./support/plans";

/** Paths of entries of lists that are nothing: a value that the program does not have there. */
function emptyEntries(value: unknown, at: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) =>
    Array.isArray(value) && (entry === null || entry === undefined)
      ? [`${at}[${key}]`]
      : emptyEntries(entry, Array.isArray(value) ? `${at}[${key}]` : `${at}.${key}`),
  );
}

describe("a planned list", () => {
  for (const stack of ["production", "staging", "recovery"]) {
    it(`has no empty entry in ${stack}`, async () => {
      const { resources } = await planOf(stack);
      assert.ok(resources.some(({ inputs }) => Object.values(inputs).some(Array.isArray)));
      assert.deepEqual(
        resources.flatMap(({ inputs, name }) => emptyEntries(inputs, name)),
        [],
      );
    });
  }
});

describe("a stack output", () => {
  it("is left out where the stack does not have it: the SDK warns of each undefined one", async () => {
    for (const stack of ["production", "staging", "recovery"]) {
      const { diagnostics } = await planOf(stack);
      assert.ok(diagnostics.length > 0);
      assert.deepEqual(diagnostics.map(({ message }) => message).filter((message) => message.startsWith("Undefined value")), []);
    }
  }); // prettier-ignore
});

describe("a planned setting that exists once for its parent", () => {
  for (const stack of ["production", "staging", "recovery", "bootstrap"]) {
    it(`is deleted first in ${stack}, where one of its values replaces it`, async () => {
      const { resources } = await planOf(stack);
      const late = resources.filter(({ type, inputs, deleteBeforeReplace }) => {
        const held = entryOf(HELD_ALONE, type)?.find(({ once }) => once)?.property;
        const replaces = Object.keys(inputs).filter(
          (one) => one !== "region" && replacement(type, one).verdict === "replaces",
        );
        return held !== undefined && replaces.some((one) => one !== held) && !deleteBeforeReplace;
      });
      assert.deepEqual(
        late.map(({ urn }) => urn),
        [],
      );
    });
  }
});
