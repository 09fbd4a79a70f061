/** The examples that the SDK ships with each type: AWS accepts what they set, but for placeholders and errors of theirs. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

import { refusalsOf } from "../../../analysis/refusals/refusals";
import { tokenMap } from "../../../facts/type-names";
import { resource, stackResource } from "../../tools/preview/support";

const SDK = path.dirname(require.resolve("@pulumi/aws/package.json"));

/** Type and property -> what is wrong with the example. */
const WRONG: Readonly<Record<string, string>> = {
  "aws:cloudfront/distribution:Distribution viewerMtlsConfig.mode":
    "ViewerMtlsMode of the API is required, optional or passthrough",
  "aws:lambda/eventSourceMapping:EventSourceMapping topics": "the API takes one topic",
  "aws:mq/broker:Broker users[0].password": "a placeholder",
  "aws:mq/broker:Broker users[1].password": "a placeholder",
  "aws:s3/accessPoint:AccessPoint name": "a placeholder: zoneId has a capital letter",
  "aws:sesv2/emailIdentity:EmailIdentity dkimSigningAttributes.domainSigningPrivateKey":
    "a placeholder: the key is cut off",
  "aws:synthetics/canary:Canary executionRoleArn": "a placeholder",
  "aws:transfer/connector:Connector as2Config.encryptionAlgorithm": "AES128_CBC, misspelled",
};

/** The value of a literal; undefined for what is computed, which is left out of its object, and its list with it. */
function valueOf(node: ts.Expression): unknown {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (ts.isArrayLiteralExpression(node)) {
    const items = node.elements.map(valueOf);
    return items.includes(undefined) ? undefined : items;
  }
  return ts.isObjectLiteralExpression(node) ? inputsOf(node) : undefined;
}

function inputsOf(node: ts.ObjectLiteralExpression): Record<string, unknown> {
  const set = node.properties.filter(ts.isPropertyAssignment);
  return Object.fromEntries(
    set.map(({ name, initializer }) => [(name as ts.Identifier).text, valueOf(initializer)]),
  );
}

/** `sqs.Queue` -> its token. */
const TOKENS = new Map(
  Object.keys(tokenMap().types).map((token) => {
    const [, module, name] = token.split(":") as [string, string, string];
    return [`aws.${module.split("/")[0]!}.${name}`, token];
  }),
);

/** Each resource that the examples of a type make, of any type that is known. */
function examplesOf(token: string): [token: string, inputs: Record<string, unknown>][] {
  const module = token.split(":")[1]!;
  const files = [module, module.toLowerCase()].map((one) => path.join(SDK, `${one}.d.ts`));
  const text = fs.readFileSync(
    files.find((one) => fs.existsSync(one))!,
    "utf8",
  );
  const found: [string, Record<string, unknown>][] = [];
  for (const [, block] of text.matchAll(/```typescript\n([\s\S]*?)```/g)) {
    const code = block!.replace(/^\s*\* ?/gm, "");
    const source = ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2022, true);
    const visit = (node: ts.Node): void => {
      ts.forEachChild(node, visit);
      if (!ts.isNewExpression(node)) return;
      const inputs = node.arguments?.[1];
      const made = TOKENS.get(node.expression.getText(source));
      if (made !== undefined && inputs && ts.isObjectLiteralExpression(inputs)) {
        found.push([made, inputsOf(inputs)]);
      }
    };
    visit(source);
  }
  return found;
}

describe("what AWS would refuse of the SDK's own examples", () => {
  it("is what is wrong with them", () => {
    const examples = Object.keys(tokenMap().types).flatMap(examplesOf);
    assert.ok(examples.length > 1500, `${examples.length} examples`);
    const found = new Map<string, string>();
    for (const [type, inputs] of examples) {
      for (const one of refusalsOf([resource(type, "one", stackResource, { inputs })]).found)
        found.set(`${type} ${one.property}`, `expected ${one.expected}, got ${one.got}`);
    }
    const unknown = [...found].filter(([place]) => !Object.hasOwn(WRONG, place));
    assert.deepEqual(unknown, []);
    assert.deepEqual([...found.keys()].sort(), Object.keys(WRONG).sort());
  });
});
