/** The provider's SDK has every property that facts/type-properties.ts names. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { EXPIRATIONS } from "../../facts/expirations";
import { NETWORK_PLACES } from "../../facts/network-places";
import { namesOfProperty, tokenMap } from "../../facts/type-names";
import * as tables from "../../facts/type-properties";

const SDK = path.dirname(require.resolve("@pulumi/aws/package.json"));

/** Whether the SDK's arguments of a type have a property at the root. */
function isArgument(type: string, property: string): boolean {
  const [, module, name] = type.split(":");
  const text = fs.readFileSync(path.join(SDK, `${module!}.d.ts`), "utf8");
  const args = text.split(`export interface ${name!}Args {`)[1] ?? "";
  return new RegExp(`^    ${property}\\??: `, "m").test(args);
}

/** Whether a type has a path, in the map of the SDK's whole schema where it has the type. */
function isKnown(type: string, at: string): boolean {
  const inMap = tokenMap().types[type] === undefined || namesOfProperty(type, at) !== undefined;
  return inMap && isArgument(type, tables.outerProperty(at));
}

type Row = readonly [type: string, property: string];
type Table = Exclude<(typeof tables)[keyof typeof tables], (...given: never) => unknown>;

/** Types with a property of each: a rule of a security group names its group. */
function rowsOf(table: Table): Row[] {
  if ("types" in table) return Object.keys(table.types).map((type) => [type, "securityGroupId"]);
  if (!Array.isArray(table.properties)) return Object.entries(table.properties);
  return table.properties.map((row: Row | { type: string; property: string }): Row =>
    "type" in row ? [row.type, row.property] : [row[0], row[1]],
  );
}

describe("properties by type", () => {
  for (const [name, table] of Object.entries(tables)) {
    if (typeof table === "function") continue;
    it(`${name}: the provider has each of them`, () => {
      const missing = rowsOf(table).filter((row) => !isKnown(...row));
      assert.deepEqual(missing, []);
    });
  }

  it("EXPIRATIONS: the provider has each of them", () => {
    const rows = Object.entries(EXPIRATIONS).map(
      ([type, { property }]) => [type, property] as const,
    );
    assert.deepEqual(
      rows.filter((row) => !isKnown(...row)),
      [],
    );
  });

  it("NETWORK_PLACES: the provider has each of them, and SECURITY_GROUPS each type", () => {
    // The groups of these are those of a template, or stand where an instance has them.
    const started = [
      "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
      "aws:autoscaling/group:Group",
    ];
    const groupsOf = (type: string) =>
      tables.SECURITY_GROUPS.properties[type] ?? (started.includes(type) ? undefined : "");
    const rows = Object.entries(NETWORK_PLACES.types).flatMap(([type, place]) =>
      [groupsOf(type), place.subnets, place.public].flatMap((at): Row[] =>
        at === undefined ? [] : [[type, at]],
      ),
    );
    assert.deepEqual(
      rows.filter((row) => !isKnown(...row)),
      [],
    );
  });

  it("a property or path that the provider does not have is found", () => {
    assert.ok(!isKnown("aws:sqs/queue:Queue", "kmsKeyId"));
    assert.ok(!isKnown("aws:lambda/function:Function", "vpcConfig.securityGroups"));
  });
});
