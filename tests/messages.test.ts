/** What a message says of a value that is not accepted: `KEY: expected WHAT, got VALUE`, in every room. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import ts from "typescript";

const ROOT = path.join(__dirname, "..");
const ROOMS = [
  ...["analysis", "bootstrap", "components", "facts", "functions", "operations"],
  ...["platform", "policy-pack", "runtime", "schema", "tools"],
];

/** Other orders of the same: `VALUE given; WHAT expected`, `expected WHAT; got VALUE`, `WHAT expected`. */
const OTHER_ORDERS = /\b(?:given|found|got); |; got |[^,:] expected(?:[.;,]|$)|\bis expected\b/;

/** Texts of a source, what is put into a template shown as `…`; several that are joined by + are one. */
function texts(file: string, source: string): string[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const textOf = (node: ts.Node): string | undefined => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
    if (ts.isTemplateExpression(node)) {
      return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
    }
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
      const [left, right] = [textOf(node.left), textOf(node.right)];
      return left === undefined && right === undefined
        ? undefined
        : `${left ?? "…"}${right ?? "…"}`;
    }
    return undefined;
  };
  const look = (node: ts.Node): void => {
    const text = textOf(node);
    if (text === undefined) ts.forEachChild(node, look);
    else found.push(text);
  };
  look(tree);
  return found;
}

const others = (file: string, source: string): string[] =>
  texts(file, source).filter((text) => text.includes("expected") && OTHER_ORDERS.test(text));

/** Whether the last sentence of a text is `expected WHAT, got VALUE` with a full stop: a value ends the line. */
function isStopped(text: string): boolean {
  const last = text.split(/\.\s+(?=[A-Z`])/).at(-1)!;
  return /(?:^|: )expected .*\bgot\b.*[^.]\.$/s.test(last);
}

const stopped = (file: string, source: string): string[] => texts(file, source).filter(isStopped);

/** What may follow `got ` in a template: a value that is quoted as JSON, a number, or a word of the program's own. */
const QUOTED = /^(?:JSON\.stringify|shown|shownValue)\(|^secret \? "another value" : shownValue/;
const NUMBER =
  /\.length$|\.status$|\.toFixed\(\d\)$|^Math\.|^rounded\(|^counted\(|^(?:count|size|rest|up - rest|vcpu)$/;
/** Names of the program's own or of AWS, by file: no text that a person wrote. */
const OWN_WORDS: Readonly<Record<string, readonly string[]>> = {
  // What Docker or an image's program answered, in a report of many lines.
  "operations/image-check.ts": [
    ...["built", 'held.join(", ")', 'words.join(" ") || "nothing"', "code", "got"],
    ...["got.body.slice(0, 200)", 'got.connection ?? "nothing"', "version.stderr.trim()"],
  ],
  "operations/load.ts": ['before.join("; ")'],
  "operations/nameservers.ts": ['found.join(" and ")'],
  // A name that stands in the stack file, and its region.
  "operations/setup/across.ts": ["value"],
  // The parser's own sentence.
  "operations/setup/files.ts": ["document.errors[0]!.message"],
  "schema/secrets.ts": ["got"],
  "tools/named-file.ts": ["REASONS[code] ?? code"],
  "tools/preview/awsx/arguments.ts": ['found.join(" and ")'],
  "tools/preview/awsx/containers.ts": ['container === undefined ? "neither" : "both"'],
  "tools/preview/awsx/vpc-args.ts": ["given"],
  "tools/preview/awsx/vpc-layout.ts": ["given", "listed"],
  // It is about what lacks quotes.
  "tools/preview/engine/unquoted.ts": ["text"],
  // What analysis/refusals has quoted.
  "tools/report/schemas.ts": ["got"],
  "facts/generate/managed-policies.ts": ['found?.Path ?? "nothing"'],
};

/** Values after `got ` that stand without quotes: an empty one, or one with spaces, would read badly. */
function unquoted(file: string, source: string): string[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node)) {
      node.templateSpans.forEach(({ expression }, index) => {
        const before = index === 0 ? node.head : node.templateSpans[index - 1]!.literal;
        const value = expression.getText(tree);
        const isFine = QUOTED.test(value) || NUMBER.test(value) || file.startsWith("functions/");
        if (/\bgot $/.test(before.text) && !isFine && !OWN_WORDS[file]?.includes(value)) {
          found.push(value);
        }
      });
    }
    ts.forEachChild(node, look);
  };
  look(tree);
  return found;
}

/** The messages of all rooms that `pick` has, with their files. */
function inRooms(pick: (file: string, source: string) => string[]): string[] {
  return ROOMS.flatMap((room) =>
    fs
      .readdirSync(path.join(ROOT, room), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.[cm]?[jt]s$/.test(file) && !file.includes("node_modules"))
      .map((file) => path.join(room, file))
      .map((file) => [file, fs.readFileSync(path.join(ROOT, file), "utf8")] as const)
      .filter(([, source]) => source.includes("expected"))
      .flatMap(([file, source]) => pick(file, source).map((text) => `${file}: ${text}`)),
  );
}

describe("messages", () => {
  it("are recognized in the other orders", () => {
    const wrong = [
      "`${key}: ${value} given; a number expected`",
      '"a list of checks expected"',
      "`${what}: ${count} found; one expected.`",
      '"an object is expected"',
      "`a: ${b} given; ` + `${c} expected`",
      "`a: expected ${b}; got ${c}`",
    ];
    for (const text of wrong) assert.equal(others("a.ts", `f(${text})`).length, 1, text);
    assert.deepEqual(others("a.ts", "f(`${key}: expected ${what}, got ${value}`)"), []);
  });

  it("report the expected value and then the actual one", () => {
    assert.deepEqual(inRooms(others), []);
  });

  it("are recognized where a full stop follows the value", () => {
    const wrong = ["`${key}: expected ${what}, got ${value}.`", '"Read it. a: expected b, got c."'];
    for (const text of wrong) assert.equal(stopped("a.ts", `f(${text})`).length, 1, text);
    const right = [
      "`${key}: expected ${what}, got ${value}`",
      "`${key}: expected ${what}, got ${value}. Set it with \\`x\\`.`",
      '"It is not expected that it got here."',
    ];
    for (const text of right) assert.deepEqual(stopped("a.ts", `f(${text})`), [], text);
  });

  it("are recognized where a value stands without quotes", () => {
    const at = (text: string) => unquoted("a.ts", `f(${text})`);
    assert.deepEqual(at("`--x: expected a, got ${given}`"), ["given"]);
    assert.deepEqual(at("`--x: expected ${a}, got ${visible(given)} beside ${b}`"), [
      "visible(given)",
    ]);
    assert.deepEqual(at("`--x: expected ${a}, got ${shownValue(given)}`"), []);
    assert.deepEqual(at("`x: expected one, got ${list.length}`"), []);
  });

  it("quote the value", () => {
    assert.deepEqual(inRooms(unquoted), []);
  });

  it("end with the value, without a full stop", () => {
    assert.deepEqual(inRooms(stopped), []);
  });
});
