/**
 * How much of what AWS refuses is found: 200 wrong values in 200 properties of the types that the stacks plan, each just
 * outside of what the page of AWS's API reference that it names accepts. They were written down, drawn by lot from 320,
 * before the check was asked: it found 128 of them then.
 */
import assert from "node:assert/strict";

import { refusalsOf } from "../../../analysis/refusals/refusals";
import { namesOfProperty, plainPath } from "../../../facts/type-names";
import { resource, stackResource } from "../../tools/preview/support";
import rows from "./wrong-values.json";

interface Row {
  readonly type: string;
  /** `[]` after a list: the value is that of its only item. */
  readonly property: string;
  readonly value: string | number | readonly string[] | Repeated;
  /** The service, then the action or data type, then the parameter of the API reference. */
  readonly page: string;
  readonly accepts: string;
  /** Why the check does not find it. */
  readonly missed?: string;
}

interface Repeated {
  readonly repeat: string;
  readonly times: number;
}

const WRONG = rows as readonly Row[];

const isRepeated = (value: Row["value"]): value is Repeated =>
  typeof value === "object" && !Array.isArray(value);

const valueOf = ({ value }: Row): unknown =>
  isRepeated(value) ? value.repeat.repeat(value.times) : value;

function placed([name, ...rest]: string[], value: unknown): Record<string, unknown> {
  const inner = rest.length === 0 ? value : placed(rest, value);
  return name!.endsWith("[]") ? { [name!.slice(0, -2)]: [inner] } : { [name!]: inner };
}

const pathOf = ({ property }: Row) => property.replaceAll("[]", "");

/** Whether the check refuses the value, at its place. */
function isFound(row: Row): boolean {
  const inputs = placed(row.property.split("."), valueOf(row));
  const { found } = refusalsOf([resource(row.type, "one", stackResource, { inputs })]);
  return found.some(({ property }) => plainPath(property) === pathOf(row));
}

describe("200 values that AWS's API reference does not accept", () => {
  it("are in 200 properties, at most eight of a type", () => {
    assert.equal(new Set(WRONG.map((row) => `${row.type} ${row.property}`)).size, 200);
    const types = new Set(WRONG.map(({ type }) => type));
    assert.ok(types.size > 90, `${types.size} types`);
    for (const one of types) assert.ok(WRONG.filter(({ type }) => type === one).length <= 8, one);
    for (const row of WRONG) {
      assert.ok(namesOfProperty(row.type, pathOf(row)), `${row.type} ${row.property} is known`);
      assert.match(row.page, /^\S.* \S+$/);
    }
  });

  it("are found, but for those that say why not: nine in ten at least", () => {
    const found = WRONG.filter(isFound);
    const nameOf = ({ type, property }: Row) => `${type} ${property}`;
    assert.deepEqual(
      WRONG.filter((row) => !found.includes(row)).map(nameOf),
      WRONG.filter(({ missed }) => missed !== undefined).map(nameOf),
    );
    assert.ok(found.length / WRONG.length >= 0.9, `${found.length} of ${WRONG.length}`);
  });
});
