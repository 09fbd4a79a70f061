/**
 * What only AWS sets. The judges are the SDK's declarations (it makes no argument of what the provider only computes, but
 * lists it inside of an argument) and the examples that it ships.
 */
import assert from "node:assert/strict";

import { UNKNOWN } from "../../../analysis/plan/model";
import { refusalsOf } from "../../../analysis/refusals/refusals";
import { argumentsOf, type Shape } from "../../../facts/generate/sdk-shapes";
import { tokenMap } from "../../../facts/type-names";
import { resource, stackResource } from "../../tools/preview/support";

const SET_BY_AWS = "nothing: AWS sets it";

const setByAws = (type: string, inputs: Record<string, unknown>) =>
  refusalsOf([resource(type, "one", stackResource, { inputs })])
    .found.filter(({ expected }) => expected === SET_BY_AWS)
    .map(({ property, got }) => `${property} ${got}`);

/** Every input that is declared, with whether it may be left out; deeper ones than the table of names has are not asked. */
function declared(shapes: Record<string, Shape>, depth = 1): [path: string[], needed: boolean][] {
  return Object.entries(shapes).flatMap(([name, { required, properties }]) => {
    const inner = properties && depth < 4 ? declared(properties, depth + 1) : [];
    const nested = inner.map(([path, needed]): [string[], boolean] => [[name, ...path], needed]);
    return [[[name], depth === 1 || required] as [string[], boolean], ...nested];
  });
}

const placed = ([name, ...rest]: string[], value: unknown): Record<string, unknown> => ({
  [name!]: rest.length === 0 ? value : placed(rest, value),
});

describe("what AWS sets itself", () => {
  it("is no argument of a resource, and nothing that the SDK requires", () => {
    let asked = 0;
    const wrong: string[] = [];
    for (const token of Object.keys(tokenMap().types)) {
      for (const [path, needed] of declared(argumentsOf(token)!)) {
        if (!needed) continue;
        asked += 1;
        if (setByAws(token, placed(path, "x")).length > 0) wrong.push(`${token} ${path.join(".")}`);
      }
    }
    assert.ok(asked > 5000, `${asked} inputs`);
    assert.deepEqual(wrong, []);
  });

  // https://github.com/pulumi/pulumi-aws/issues/4558 and /2280: "Value for unconfigurable attribute".
  it("is what the provider refuses inside of an argument, known or not", () => {
    for (const [type, property] of [
      ["aws:eks/cluster:Cluster", "vpcConfig.vpcId"],
      ["aws:opensearch/domain:Domain", "vpcOptions.vpcId"],
    ] as const) {
      const inputs = (value: unknown) => placed(property.split("."), value);
      assert.deepEqual(setByAws(type, inputs("vpc-1")), [`${property} "vpc-1"`]);
      assert.equal(setByAws(type, inputs(UNKNOWN)).length, 1);
    }
  });
});
