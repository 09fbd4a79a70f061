/** What `index.ts` hands a component in one piece: no section of the stack file replaces a part of it without a word. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import ts from "typescript";
import { z } from "zod";

import { SECTIONS } from "../schema/sections";

const ROOT = path.join(__dirname, "..");
const parsed = (file: string) =>
  ts.createSourceFile(
    file,
    fs.readFileSync(path.join(ROOT, file), "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );

/** Every node of a tree for which `pick` has something. */
function found<T>(node: ts.Node, pick: (one: ts.Node) => T | undefined): T[] {
  const own = pick(node);
  const inner: T[] = [];
  ts.forEachChild(node, (child) => {
    inner.push(...found(child, pick));
  });
  return own === undefined ? inner : [own, ...inner];
}

/** Names that an object literal writes itself, and what it spreads. */
function partsOf(literal: ts.ObjectLiteralExpression) {
  const spreads = literal.properties.filter(ts.isSpreadAssignment);
  const names = literal.properties.flatMap(({ name }) => (name ? [name.getText()] : []));
  return { names, spreads: spreads.map(({ expression }) => expression) };
}

/** The names of an interface of a file. */
const namesOf = (file: string, name: string) =>
  found(parsed(file), (node) =>
    ts.isInterfaceDeclaration(node) && node.name.text === name
      ? node.members.map((member) => member.name!.getText())
      : undefined,
  ).flat();

/** The names of the object that a function of a file returns. */
const returnedBy = (file: string, name: string) =>
  found(parsed(file), (node) =>
    ts.isFunctionDeclaration(node) && node.name?.text === name ? node : undefined,
  ).flatMap((fn) =>
    found(fn, (node) =>
      ts.isReturnStatement(node) &&
      node.expression !== undefined &&
      ts.isObjectLiteralExpression(node.expression)
        ? partsOf(node.expression).names
        : undefined,
    ).flat(),
  );

const INDEX = parsed("index.ts");

/** Names in a part of what `foundation` returns, what it spreads included. */
function handed(part: string): string[] {
  const known: Readonly<Record<string, readonly string[]>> = {
    keys: namesOf("components/encryption-key/platform-keys.ts", "PlatformKeys"),
    place: returnedBy("schema/standing-by.ts", "standing"),
  };
  return found(parsed("components/foundation/foundation.ts"), (node) =>
    ts.isPropertyAssignment(node) && node.name.getText() === part ? node.initializer : undefined,
  )
    .flatMap((initializer) =>
      found(initializer, (node) =>
        ts.isObjectLiteralExpression(node) ? partsOf(node) : undefined,
      ),
    )
    .flatMap(({ names, spreads }) => [
      ...names,
      ...spreads
        .filter((one) => !ts.isObjectLiteralExpression(one))
        .flatMap((one) => known[one.getText()] ?? assert.fail(`${one.getText()}: not known here`)),
    ]);
}

/** Keys of a section of the stack file. */
function settings(section: string): string[] {
  const { [section]: own } = SECTIONS as unknown as Record<string, { readonly schema: z.ZodType }>;
  let { schema } = own!;
  // An optional section, or one with defaults, is wrapped.
  while (!(schema instanceof z.ZodObject)) schema = (schema as z.ZodOptional<z.ZodType>).unwrap();
  return Object.keys(schema.shape);
}

/** Names that a section replaces of what is handed over beside it, in the literals of a source. */
function replaced(source: ts.Node): string[] {
  const ours: Readonly<Record<string, readonly string[]>> = {
    shared: handed("shared"),
    kept: handed("kept"),
  };
  return found(source, (node) => (ts.isObjectLiteralExpression(node) ? partsOf(node) : undefined))
    .map(({ spreads }) => spreads.map((one) => one.getText()))
    .flatMap((spreads) => {
      const own = spreads.flatMap((one) => ours[one.replace(/\(.*/s, "")] ?? []);
      return spreads
        .flatMap((one) => /^config\.(\w+)$/.exec(one)?.[1] ?? [])
        .flatMap((section) =>
          settings(section)
            .filter((name) => own.includes(name))
            .map((name) => `${section}.${name}`),
        );
    });
}

describe("what index.ts hands over in one piece", () => {
  it("is known here, with keys and flags", () => {
    const shared = handed("shared");
    for (const name of ["names", "arns", "logsKey", "standsIn", "tags"]) {
      assert.ok(shared.includes(name), name);
    }
    assert.deepEqual(handed("kept"), ["protect", "keyDeletionWindowDays"]);
  });

  it("is not replaced by a section of the stack file", () => {
    assert.deepEqual(replaced(INDEX), []);
  });

  it("is seen where a section would", () => {
    const text = "f({ ...shared('database'), ...kept, ...config.database });";
    assert.deepEqual(replaced(ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest, true)), [
      "database.protect",
      "database.keyDeletionWindowDays",
    ]);
  });
});
