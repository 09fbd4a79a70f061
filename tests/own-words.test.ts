/**
 * facts/, analysis/, policy-pack/ and tools/ know no program. What they say of this one, its side hands in: about.json and
 * the pack's configuration. What is packed of them has no setting of a stack file, no page of docs/ and no name of the CRM.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import ts from "typescript";

import { WORKSPACES } from "../operations/pack";
import { stackFile } from "./support/stack-files";

const ROOT = path.join(__dirname, "..");

/** The platform's names of two words and more: of buckets, functions, queues and topics, from the tests' own stack. */
function ownNames(value: unknown): string[] {
  return typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([key, item]) => [
        ...(/^[a-z]+(-[a-z]+)+$/.test(key) ? [key] : []),
        ...ownNames(item),
      ]);
}

/** What is a word of the field as well. */
const COMMON = ["access-logs"];

const NAMES = ["crm:storage", "crm:eventing", "crm:services"]
  .flatMap((section) => ownNames(stackFile("production")[section]))
  .filter((name) => !COMMON.includes(name));

/** The names of the packages that these rooms are, and of their commands. */
const PACKAGES = /crm-(?:on-aws|policy-pack|preview|diff)/g;

const OWN: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a setting", /\bcrm(?:-bootstrap)?:[a-zA-Z]+/],
  ["a page of docs/", /(?<![\w/.-])docs\/[\w/-]*/],
  ["a name", new RegExp(`\\bcrm-\\w+\\b(?!:)|\\b(?:${NAMES.join("|")})\\b|\\b(?:DB|REDIS)_URL\\b`)],
];

/** What a source's texts and regular expressions have of this program; comments may have examples. */
function ownWords(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    const isText =
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddle(node) ||
      ts.isTemplateTail(node) ||
      ts.isRegularExpressionLiteral(node);
    if (isText) {
      const said = node.text.replace(PACKAGES, "");
      found.push(
        ...OWN.flatMap(([what, pattern]) => {
          const [word] = pattern.exec(said) ?? [];
          return word === undefined ? [] : [`${file}: ${what}: ${word}`];
        }),
      );
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

/** Every source that a workspace's package has. */
function packed(): [file: string, text: string][] {
  return Object.entries(WORKSPACES).flatMap(([room, { without }]) =>
    fs
      .readdirSync(path.join(ROOT, room), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.[jt]s$/.test(file) && !/(^|\/)(node_modules|dist)\//.test(file))
      .filter((file) => !without.includes(file.split(path.sep)[0]!))
      .map((file): [string, string] => {
        const at = path.join(room, file);
        return [at, fs.readFileSync(path.join(ROOT, at), "utf8")];
      }),
  );
}

describe("The rooms for any program", () => {
  it("have no word of this one", () => {
    const files = packed();
    assert.ok(files.length > 300, `${files.length} files`);
    assert.deepEqual(
      files.flatMap(([file, text]) => ownWords(file, text)),
      [],
    );
  });

  it("would have one in a text, a template or a pattern", () => {
    assert.ok(NAMES.includes("user-uploads") && NAMES.length > 5, NAMES.join(", "));
    const text = [
      'const a = "set crm:recovery.watch", b = `see docs/x.md${a} crm-core`;',
      "const c = /frontend-assets/, d = 'crm-bootstrap:stateRegion', e = `${a} reads REDIS_URL`;",
    ];
    assert.deepEqual(ownWords("a.ts", text.join("\n")), [
      "a.ts: a setting: crm:recovery",
      "a.ts: a page of docs/: docs/x",
      "a.ts: a name: crm-core",
      "a.ts: a name: frontend-assets",
      "a.ts: a setting: crm-bootstrap:stateRegion",
      "a.ts: a name: REDIS_URL",
    ]);
    const fine =
      '// crm:recovery\nconst a = "@crm-on-aws/facts", b = "https://example.com/docs/x";';
    assert.deepEqual(ownWords("a.ts", fine), []);
  });
});
