import assert from "node:assert/strict";

import { ChangedStack } from "../support/changed-stack";
import { planOf } from "../support/plans";

const STRANGER = /still the shipped mailbox/;
const PHONE = /\+1234567890 is the example's phone number/;

describe("what an owner left of the shipped files", () => {
  let changed: ChangedStack;
  beforeEach(() => (changed = new ChangedStack()));
  afterEach(() => changed.remove());

  it("is warned of in an account of their own: each mailbox by its key, and the telephone", async () => {
    const said = await changed.preview((config) => {
      config["crm:accountId"] = "210987654321";
    });
    const [line = ""] = said.split("\n").filter((one) => STRANGER.test(one));
    for (const key of [
      "crm:tags.owner",
      "crm:cost.subscribers[0]",
      "crm:eventing.topics.alert-notifications.subscriptions[0].email",
      "crm:recovery.watch.mailboxes[0]",
    ]) {
      assert.ok(line.includes(key), `${key} in ${line}`);
    }
    assert.match(line, /npm run setup/);
    assert.match(said, PHONE);
  });

  it("is nothing where all is the owner's", async () => {
    const said = await changed.preview((config) => {
      const text = JSON.stringify(config)
        .replaceAll("123456789012", "210987654321")
        .replaceAll("crm-consulting.com", "acme-sales.com")
        .replaceAll("+1234567890", "+4915112345678");
      Object.assign(config, JSON.parse(text));
    });
    assert.doesNotMatch(said, STRANGER);
    assert.doesNotMatch(said, PHONE);
  });

  it("is not checked for AWS's example account, to which no user can deploy", async () => {
    const { diagnostics } = await planOf("production");
    assert.ok(!diagnostics.some(({ message }) => STRANGER.test(message)));
  });
});
