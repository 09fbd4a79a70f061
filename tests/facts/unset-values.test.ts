/** What the provider's SDK says of an input that is not set, in its own words. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { ENCRYPTION_SWITCHES } from "../../facts/type-properties";
import { UNSET_VALUES, unsetValue } from "../../facts/unset-values";

const SDK = path.dirname(require.resolve("@pulumi/aws/package.json"));

/** The comment above an argument in the SDK. */
function commentOn(type: string, property: string): string {
  const [, module, name] = type.split(":");
  const text = fs.readFileSync(path.join(SDK, `${module!}.d.ts`), "utf8");
  const args = text.split(`export interface ${name!}Args {`)[1]!;
  const before = args.slice(0, args.search(new RegExp(`^    ${property}\\??: `, "m")));
  return before.slice(before.lastIndexOf("/**"));
}

describe("inputs that are not set", () => {
  it("have the value that the SDK's comment states", () => {
    const rows = Object.entries(UNSET_VALUES.values).flatMap(([type, list]) =>
      list.map((row) => ({ type, ...row })),
    );
    for (const { type, property, value, where } of rows) {
      const words = [...Object.values(where ?? {}).map((given) => `\`${given}\``), "default"];
      const said = commentOn(type, property).split("\n");
      const states = said.some(
        (line) =>
          line.includes(`\`${value}\``) && words.every((word) => line.toLowerCase().includes(word)),
      );
      assert.ok(states, `${type} ${property}: ${said.join("\n")}`);
    }
  });

  it("are encryption switches that are on in each type whose comment says so", () => {
    for (const [type, property] of Object.entries(ENCRYPTION_SWITCHES.properties)) {
      if (property.includes(".")) continue;
      const isOn = /defaults? (is|to) `true`|`true` for/i.test(commentOn(type, property));
      assert.equal(
        UNSET_VALUES.values[type]?.some((row) => row.property === property) ?? false,
        isOn,
        type,
      );
    }
  });

  it("depend on others where the comment says so", () => {
    const group = "aws:elasticache/replicationGroup:ReplicationGroup";
    assert.equal(unsetValue(group, "atRestEncryptionEnabled", { engine: "valkey" }), true);
    assert.equal(unsetValue(group, "atRestEncryptionEnabled", { engine: "redis" }), undefined);
    assert.equal(unsetValue(group, "atRestEncryptionEnabled", {}), undefined);
    assert.equal(unsetValue("aws:redshift/cluster:Cluster", "encrypted", {}), true);
    const cluster = "aws:rds/cluster:Cluster";
    const engine = "aurora-postgresql";
    assert.equal(unsetValue(cluster, "storageEncrypted", { engine }), true);
    const replica = { engine, replicationSourceIdentifier: "crm" };
    assert.equal(unsetValue(cluster, "storageEncrypted", replica), undefined);
    assert.equal(unsetValue(cluster, "storageEncrypted", { engine: "mysql" }), undefined);
    assert.equal(unsetValue("aws:sqs/queue:Queue", "constructor", {}), undefined);
  });
});
