import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { EXPOSURES } from "../../facts/public-exposure";
import { canonicalType } from "../../facts/twin-types";

const SDK = path.join(__dirname, "..", "..", "node_modules", "@pulumi", "aws");

/** Arguments of the SDK's resources with such a name, with what is written above each. */
function argumentsNamed(property: string): Map<string, string> {
  const argument = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s+${property}\\??: pulumi\\.Input<`);
  const found = fs
    .readdirSync(SDK, { recursive: true, encoding: "utf8" })
    .filter((file) => /^\w+\/(?!get[A-Z])\w+\.d\.ts$/.test(file) && !file.startsWith("types/"))
    .flatMap((file) => {
      const text = fs.readFileSync(path.join(SDK, file), "utf8");
      const [, args = ""] = text.split(/export interface \w+Args /);
      const words = argument.exec(args)?.[1];
      const name = path.basename(file, ".d.ts");
      const type = `aws:${path.dirname(file)}/${name}:${name[0]!.toUpperCase()}${name.slice(1)}`;
      return words === undefined ? [] : [[canonicalType(type), words] as const];
    });
  return new Map(found);
}

const rowsOf = (property: string) => EXPOSURES.filter((row) => row.property === property);

describe("facts: what opens a resource to the internet", () => {
  for (const property of [
    "publiclyAccessible",
    "associatePublicIpAddress",
    "mapPublicIpOnLaunch",
    "internal",
  ]) {
    it(`has every type whose ${property} the SDK documents`, () => {
      const types = rowsOf(property).map(({ type }) => type);
      assert.deepEqual(types.sort(), [...argumentsNamed(property).keys()].sort());
    });
  }

  it("has the defaults that the SDK documents", () => {
    const documented = [...new Set(EXPOSURES.map(({ property }) => property))]
      .filter((property) => !property.includes("."))
      .flatMap((property) =>
        [...argumentsNamed(property)].flatMap(([type, words]) => {
          const said = /Defaults? (?:is |to )?`(true|false)`/.exec(words)?.[1];
          const row = rowsOf(property).find((one) => one.type === type);
          return said && row ? [[type, property, said === "true", row.byDefault] as const] : [];
        }),
      );
    assert.ok(documented.length >= 14, `${documented.length} documented`);
    for (const [type, property, said, byDefault] of documented) {
      assert.equal(byDefault, said, `${type} ${property}`);
    }
  });

  it("has no type that has an older twin", () => {
    for (const { type } of EXPOSURES) assert.equal(canonicalType(type), type);
  });
});
