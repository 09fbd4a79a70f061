/** What the bootstrap program says of settings that it does not take: the key, what it takes, what there is. */
import assert from "node:assert/strict";

import { bootstrapSchema } from "../../bootstrap/config";
import { issueProblems } from "../../schema";

/** The messages of a document. */
function messages(given: unknown): string[] {
  const { error } = bootstrapSchema.safeParse(given);
  return error!.issues
    .flatMap((issue) => issueProblems("crm-bootstrap:", bootstrapSchema, given, issue))
    .map(({ message }) => message);
}

describe("settings of bootstrap", () => {
  it("are refused with the key, what is expected and what there is", () => {
    const found = messages({ accountId: "12", region: "us-east-1", tags: { Color: "red" } });
    const of = (key: string) =>
      found.find((message) => message.startsWith(`${key}:`)) ?? found.join();
    assert.match(of("crm-bootstrap:accountId"), /: expected .+, got "12"\.$/);
    assert.match(of("crm-bootstrap:stateBucket"), /: expected .+, got nothing\.$/);
    assert.match(found.join("\n"), /^crm-bootstrap:tags\.Color: there is no such key/m);
    for (const message of found)
      assert.match(message, /^crm-bootstrap:[\w.]+: (?:expected|there is no)/);
  });
});
