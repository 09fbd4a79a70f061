/** No minutes of a runbook are its own: each comes from facts/durations.json or from the plan. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import * as ts from "typescript";

import { WINDOW_LEAD } from "../../../facts/duration-rows";
import { databaseWindows, nextOutside } from "../../../facts/time-windows";
import { ROOT } from "../../support/runbooks";
import { validated } from "../../support/stack-files";

const FOLDER = path.join(ROOT, "operations", "runbooks");
const isMinutes = (name: string) => /^minutes$|_MINUTES$|Minutes$/.test(name);

/** Numbers of an expression that are a length: not 0, which is no figure, and not what a length is divided by. */
function lengthsIn(node: ts.Node): string[] {
  if (ts.isNumericLiteral(node)) return Number(node.text) === 0 ? [] : [node.text];
  // What a function or a call is given has a meaning of its own.
  if (ts.isFunctionLike(node) || ts.isCallExpression(node)) return [];
  if (ts.isElementAccessExpression(node)) return lengthsIn(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.SlashToken) {
    return lengthsIn(node.left);
  }
  const found: string[] = [];
  node.forEachChild((child) => void found.push(...lengthsIn(child)));
  return found;
}

/** Where minutes are a number in a source: a property, a variable, or an argument of a parameter of that name. */
function literalMinutes(sources: ReadonlyMap<string, string>): string[] {
  const files = [...sources].map(([file, text]) =>
    ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true),
  );
  const visit = (node: ts.Node, look: (node: ts.Node) => void): void => {
    look(node);
    node.forEachChild((child) => visit(child, look));
  };
  /** Position of the parameter, by the name of the function. */
  const takes = new Map<string, number>();
  const found: string[] = [];
  const report = (node: ts.Node, given: ts.Node | undefined): void => {
    if (given === undefined || lengthsIn(given).length === 0) return;
    const file = node.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${file.fileName}:${line + 1}: ${node.getText().slice(0, 60)}`);
  };
  for (const file of files) {
    visit(file, (node) => {
      if (!ts.isFunctionDeclaration(node) || node.name === undefined) return;
      const index = node.parameters.findIndex(({ name }) => isMinutes(name.getText()));
      if (index >= 0) takes.set(node.name.text, index);
    });
  }
  for (const file of files) {
    visit(file, (node) => {
      if (ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) {
        if (isMinutes(node.name.getText())) report(node, node.initializer);
      }
      if (ts.isCallExpression(node)) {
        const index = takes.get(node.expression.getText());
        if (index !== undefined) report(node, node.arguments[index]);
      }
    });
  }
  return found;
}

describe("minutes of runbooks", () => {
  it("are no numbers in the program", () => {
    const files = fs.readdirSync(FOLDER).filter((file) => file.endsWith(".ts"));
    assert.ok(files.length > 10);
    const sources = files.map(
      (file) => [file, fs.readFileSync(path.join(FOLDER, file), "utf8")] as const,
    );
    assert.deepEqual(literalMinutes(new Map(sources)), []);
  });

  it("are found where they are", () => {
    const source = `
      function wait(why: string, minutes: number) { return minutes; }
      const PREVIEW_MINUTES = 2;
      const step = { minutes: 5 * count, other: 7 };
      wait("It is there", 20);
      wait("It is there", all - 5);
      const good = { minutes: minutesOf(stack, "rename") / 2 };
      const beside = { minutes: 0 };
      wait("It is there", minutesOf(stack, "rename"));`;
    assert.deepEqual(
      literalMinutes(new Map([["a.ts", source]])).map((one) => one.split(":")[1]),
      ["3", "4", "5", "6"],
    );
  });

  it("stand in the page of a lost region between comments only, but for what is done beforehand", () => {
    const page = fs.readFileSync(path.join(ROOT, "docs", "runbooks", "region-loss.md"), "utf8");
    const prose = page
      .replace(/^<!-- ([\w-]+) -->\n[\s\S]*?^<!-- end of \1 -->$/gm, "")
      .replace(/^\|.*$/gm, "");
    assert.deepEqual(prose.match(/\b\d+ (more|minutes?|hours?|min|h)\b/g) ?? [], []);
  });

  /** Lengths that hold for every stack. */
  const EVERYWHERE = ["24 hours", "20 minutes"];

  it("stand in the page of a bad deployment as settings, which each stack has its own values of", () => {
    const page = fs.readFileSync(path.join(ROOT, "docs", "runbooks", "bad-deployment.md"), "utf8");
    // The last cell of a row is what a person takes.
    const prose = page.replace(/\| \d+ \|$/gm, "|");
    const figures = prose.match(/\b\d+ (?:days|minutes?|hours?|requests|s)\b|\b\d\d:\d\d\b/g);
    assert.deepEqual(
      (figures ?? []).filter((figure) => !EVERYWHERE.includes(figure)),
      [],
    );
  });

  it("are the longest wait for a backup before a deployment: both windows in a row, and the time before them", () => {
    const windows = databaseWindows(validated("production").database);
    const week = Array.from({ length: 7 * 24 * 60 }, (_, minute) => {
      const instant = new Date(Date.UTC(2026, 0, 1) + minute * 60_000);
      const next = nextOutside(instant, windows, WINDOW_LEAD)!;
      return (next.getTime() - instant.getTime()) / 60_000;
    });
    const page = fs.readFileSync(path.join(ROOT, "docs", "runbooks", "bad-deployment.md"), "utf8");
    const row = page.split("\n").find((line) => line.includes("AWS starts no backup in"))!;
    assert.equal(/\| (\d+) \|$/.exec(row)?.[1], String(Math.max(...week)));
  });
});
