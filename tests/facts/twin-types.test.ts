import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { canonicalType, TWIN_TYPES, twinsOf } from "../../facts/twin-types";

const SDK = path.join(__dirname, "..", "..", "node_modules", "@pulumi", "aws");

/** `s3.BucketAcl`, and `aws.s3/bucketacl.BucketAcl`, as the token of the type. */
function tokenOf(written: string): string {
  const [, module = "", type = ""] = /^(?:aws\.)?(\w+)[./](?:\w+\.)?(\w+)$/.exec(written)!;
  return `aws:${module}/${type[0]!.toLowerCase()}${type.slice(1)}:${type}`;
}

const MESSAGE = /^ \* @deprecated (\S+) has been deprecated in favor of (\S+)$/m;

/** Types of the module alb with their namesakes in lb, and the aliases that the SDK gives both, as the token of lb. */
function loadBalancing(): (readonly [string, string])[] {
  const types = fs
    .readdirSync(path.join(SDK, "alb"))
    .flatMap((file) => /^(?!get[A-Z]|index)(\w+)\.js$/.exec(file)?.[1] ?? []);
  return types.flatMap((type) => {
    const now = tokenOf(`aws.lb/${type.toLowerCase()}.${type[0]!.toUpperCase()}${type.slice(1)}`);
    const aliases = ["alb", "lb"].flatMap((module) => {
      const text = fs.readFileSync(path.join(SDK, module, `${type}.js`), "utf8");
      return [...text.matchAll(/aliases: \[\{ type: "([^"]+)" \}\]/g)].map(([, alias]) => alias!);
    });
    return [now.replace(":lb/", ":alb/"), ...aliases].map((old) => [old, now] as const);
  });
}

describe("facts: types with a twin", () => {
  it("are those that the provider's SDK deprecates in favor of another one", () => {
    const found = fs
      .readdirSync(SDK, { recursive: true, encoding: "utf8" })
      .filter((file) => /^\w+\/(?!get[A-Z])\w+\.d\.ts$/.test(file))
      .flatMap((file) => {
        const [, old, now] = MESSAGE.exec(fs.readFileSync(path.join(SDK, file), "utf8")) ?? [];
        return old && now ? [[tokenOf(old), tokenOf(now)] as const] : [];
      });
    assert.ok(found.length > 10, `${found.length} found`);
    for (const [old, now] of found) assert.equal(canonicalType(old), now);
    const others = new Set([...found.map(([old]) => old), ...loadBalancing().map(([old]) => old)]);
    assert.deepEqual(Object.keys(TWIN_TYPES.tokens).sort(), [...others].sort());
  });

  it("are those of load balancers: the module alb, and the older names of both modules", () => {
    const twins = loadBalancing();
    assert.ok(twins.length >= 18, `${twins.length} found`);
    for (const [old, now] of twins) assert.equal(canonicalType(old), now);
  });

  it("are found from the type that stands for them", () => {
    assert.deepEqual(twinsOf("aws:lb/listener:Listener"), [
      "aws:lb/listener:Listener",
      "aws:alb/listener:Listener",
      "aws:applicationloadbalancing/listener:Listener",
      "aws:elasticloadbalancingv2/listener:Listener",
    ]);
    assert.deepEqual(twinsOf("aws:sqs/queue:Queue"), ["aws:sqs/queue:Queue"]);
  });
});
