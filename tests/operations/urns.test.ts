import assert from "node:assert/strict";
import * as path from "node:path";

import { acceptedUrns, lostUrns, urnsOf } from "../../operations/urns";
import { planOf } from "../support/plans";
import { stackNames } from "../support/stack-files";

const GOLDEN = path.join(__dirname, "..", "golden");

const T = "aws:rds/instance:Instance";
const urn = (name: string, path = `crm:aws:CrmDatabase$${T}`) =>
  `urn:pulumi:production::crm::${path}::${name}`;
const resource = (name: string, aliases: string[] = [], path?: string) => ({
  urn: urn(name, path),
  type: T,
  aliases,
});

describe("accepted URNs", () => {
  for (const stack of stackNames()) {
    it(`are all there in ${stack}`, async () => {
      const { resources } = await planOf(stack);
      const accepted = acceptedUrns(stack, GOLDEN);
      assert.ok(accepted.length > 100, `tests/golden/${stack}.urns: npm run accept -- --fixtures`);
      const lost = lostUrns(accepted, resources);
      assert.deepEqual(
        lost.map(({ message }) => message),
        [],
      );
      const added = urnsOf(resources).filter((one) => !accepted.includes(one));
      assert.deepEqual(added, [], "new resources: npm run accept -- --fixtures");
    });
  }

  it("name the alias that a renamed resource needs", () => {
    const [lost] = lostUrns([urn("crm-database-primary")], [resource("crm-database-main")]);
    assert.match(lost!.message, /aliases: \[\{ name: "crm-database-primary" \}\]/);
    assert.match(lost!.message, /If urn:.*crm-database-main is the same resource/);
  });

  it("name the whole URN for a resource that has moved to another parent", () => {
    const [lost] = lostUrns([urn("one")], [resource("one", [], `crm:aws:CrmStore$${T}`)]);
    assert.ok(lost!.message.includes(`aliases: [${JSON.stringify(urn("one"))}]`));
  });

  it("are content with an alias", () => {
    assert.deepEqual(lostUrns([urn("one")], [resource("two", [urn("one")])]), []);
  });

  it("say so when a resource is simply gone", () => {
    const [lost] = lostUrns([urn("one"), urn("two")], [resource("two")]);
    assert.match(lost!.message, /is gone: the next update deletes it/);
  });
});
