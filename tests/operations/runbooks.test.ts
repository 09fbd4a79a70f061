import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { DETECT, RESERVE, TAKE_OVER } from "../../analysis/recovery/steps";
import { documentOf } from "../../tools/commands/recovery";
import type { Plan } from "../../tools/preview/index";
import { planOf } from "../support/plans";
import {
  commandsOf,
  optionOf,
  readRunbook,
  ROOT,
  RUNBOOKS,
  spansOf,
  startingWith,
  stepsOf,
  wordsOf,
} from "../support/runbooks";
import { stackFileText, stackNames } from "../support/stack-files";

const commands = RUNBOOKS.flatMap(commandsOf);

/** Every text anywhere in a value. */
function textsIn(given: unknown): string[] {
  if (typeof given === "string") {
    return [given];
  }
  return typeof given === "object" && given !== null ? Object.values(given).flatMap(textsIn) : [];
}

/** A pattern of `--target` and its like: `**` is anything, `*` anything without a colon. */
function matches(pattern: string, urn: string): boolean {
  const source = pattern
    .split("**")
    .map((part) =>
      part
        .split("*")
        .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
        .join("[^:]*"),
    )
    .join(".*");
  return new RegExp(`^${source}$`).test(urn);
}

describe("runbooks of recovery", () => {
  const plans = new Map<string, Plan>();
  before(async () => {
    for (const stack of ["production", "recovery"]) {
      plans.set(stack, await planOf(stack));
    }
  });

  for (const name of RUNBOOKS) {
    it(`${name} has numbered steps, with the time that each takes`, () => {
      const text = readRunbook(name);
      const rows = text
        .split("\n")
        .filter((line) => /^\| .* \|$|^### \d/.test(line) && !/^\| step/.test(line));
      const steps = stepsOf(text);
      assert.ok(steps.length > 0);
      assert.equal(steps.length, rows.length, "a row is no step, or has no minutes");
      for (const [index, step] of steps.entries()) {
        const before = steps[index - 1];
        assert.ok(
          step.number === 1 || step.number === (before?.number ?? 0) + 1,
          `${step.section}: step ${step.number} after ${before?.number}`,
        );
        // A step that is another runbook has that runbook's time. How long a new service takes depends on the service.
        const isTimed = name !== "service-change.md";
        assert.ok(
          !isTimed || step.minutes !== undefined || /\]\([\w-]+\.md\)/.test(step.text),
          step.text,
        );
      }
      // A list with numbers would be steps without times.
      assert.doesNotMatch(text, /^\d+\. /m);
    });
  }

  it("have one command a block, so that each is run and read before the next", () => {
    for (const page of RUNBOOKS) {
      for (const [, block] of readRunbook(page).matchAll(/^```sh\n(.*?)^```/gms)) {
        const lines = block!.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
        const begun = lines.filter((_, index) => !lines[index - 1]?.endsWith("\\"));
        assert.equal(begun.length, 1, `${page}: ${begun.join("; ")}`);
      }
    }
  });

  it("give a lost region and a restored database the time that the derivation counts with", () => {
    const sum = (runbook: string, section: string, digits?: RegExp) => {
      const steps = stepsOf(readRunbook(runbook)).filter((step) => step.section === section);
      assert.ok(steps.length > 3, section);
      const total = steps.reduce((minutes, step) => minutes + step.minutes!, 0);
      assert.ok(digits === undefined || Number(digits.exec(readRunbook(runbook))![1]) === total);
      return total;
    };
    const { findings } = documentOf(plans.get("production")!);
    const finding = (scenario: string) =>
      findings.find((one) => one.store === "crm-production-primary" && one.scenario === scenario)!;
    const derived = (scenario: string) => finding(scenario).restoreMinutes;
    const text = readRunbook("region-loss.md");
    const { steps } = finding("region lost");
    const reserve = steps.find(({ name }) => name === RESERVE)!.minutes;
    assert.equal(Number(/a reserve of (\d+) minutes/.exec(text)![1]), reserve);
    const now = sum("region-loss.md", "Now", /The steps take (\d+) minutes/);
    const detect = steps.find(({ name }) => name === DETECT)!.minutes;
    assert.equal(Number(/fires (\d+) minutes after the loss/.exec(text)![1]), detect);
    assert.equal(Number(/adds the (\d+) minutes until the alarm fires/.exec(text)![1]), detect);
    assert.equal(detect + now + reserve, derived("region lost"));
    // The update alone: the same in the runbook and in the way back.
    const up = stepsOf(text).find((step) => step.section === "Now" && step.number === 5)!.minutes;
    assert.equal(up, steps.find(({ name }) => name === TAKE_OVER)!.minutes);
    const restored = sum(
      "database-restore.md",
      "Database restored",
      /with the previous steps: (\d+) minutes\./,
    );
    assert.equal(restored, derived("data deleted or corrupted"));
    sum("failback.md", "The pause", /## The pause\n[^#]*?Total: (\d+) minutes/);
  });

  it("say of what they name that it is there: stacks, settings, outputs, resources", () => {
    const keys = [
      ...fs
        .readFileSync(path.join(ROOT, "docs", "configuration.md"), "utf8")
        .matchAll(/^\| `(crm:[^`]+)` \| (settings by name)?/gm),
    ].map(([, key, byName]) => {
      const words = key!.split(/<[^>]+>|\[\]/).map((word) => word.replaceAll(".", "\\."));
      return new RegExp(`^${words.join("[^.]+")}${byName ? "(\\.[^.]+)?" : ""}$`);
    });
    const outputs = plans.get("production")!.outputs;
    for (const { line, words, runbook } of commands) {
      for (const stack of optionOf({ line, words, runbook }, "--stack")) {
        assert.ok(stackNames().includes(stack), `${line}: no stack ${stack}`);
      }
      if (words.join(" ").startsWith("pulumi stack output")) {
        assert.ok(Object.hasOwn(outputs, words[3]!), `${line}: no output ${words[3]}`);
      }
    }
    for (const name of RUNBOOKS) {
      for (const [key] of readRunbook(name).matchAll(/crm:[a-zA-Z]+(\.[\w-]+)+/g)) {
        // The values of crm:secrets have names of their own.
        const known = keys.some((pattern) => pattern.test(key)) || key.startsWith("crm:secrets.");
        assert.ok(known, `${name}: no setting ${key}`);
      }
    }
    for (const secret of commands.flatMap(
      ({ line }) => /crm:secrets\.([\w-]+)/.exec(line)?.[1] ?? [],
    )) {
      const text = stackFileText("production");
      const used = secret === "origin-header" || text.includes(`parameter: ${secret}`);
      assert.ok(used, `no service reads ${secret}`);
    }
  });

  it("call resources by the names that they have", async () => {
    const bootstrap = await planOf("bootstrap");
    const known = new Set<string>();
    for (const { resources } of [...plans.values(), bootstrap]) {
      for (const { name, inputs } of resources) {
        known.add(name);
        // A key's alias, a log group: the last part is the name.
        textsIn(inputs).forEach((text) => known.add(text).add(text.split("/").at(-1)!));
      }
    }
    // What the runbook itself makes.
    for (const command of commands) {
      for (const option of [
        "--target-db-instance-identifier",
        "--new-db-instance-identifier",
        "--final-db-snapshot-identifier",
        "--db-snapshot-identifier",
      ]) {
        optionOf(command, option).forEach((made) => known.add(made));
      }
    }
    for (const runbook of RUNBOOKS) {
      for (const span of spansOf(readRunbook(runbook))) {
        const filled = wordsOf(span).join(" ");
        for (const [name] of filled.matchAll(/(?<![\w@.-])crm-[a-z0-9-]*[a-z0-9]/g)) {
          assert.ok(known.has(name), `${runbook}: ${span}: nothing is called ${name}`);
        }
        for (const [group] of filled.matchAll(/\/aws\/rds\/[\w/-]+/g)) {
          assert.ok(known.has(group), `${runbook}: no log group ${group}`);
        }
        for (const [host] of filled.matchAll(/[a-z-]+\.crm-consulting\.com/g)) {
          assert.ok(known.has(host), `${runbook}: no host ${host}`);
        }
      }
    }
  });

  it("target what is in the stack", () => {
    const options = ["--target", "--exclude", "--target-replace"];
    const patterns = startingWith("pulumi").flatMap((command) =>
      options.flatMap((option) =>
        optionOf(command, option).map((pattern) => ({ pattern, command })),
      ),
    );
    assert.ok(patterns.length >= 5);
    for (const { pattern, command } of patterns) {
      const [stack] = optionOf(command, "--stack");
      const found = plans.get(stack!)!.resources.filter(({ urn }) => matches(pattern, urn));
      assert.ok(found.length > 0, `${command.line}: ${pattern} matches nothing`);
    }
    // The way back must not wait for what is made in us-east-1 only.
    const up = startingWith("pulumi", "up", "--stack", "recovery", "--policy-pack").find(
      (command) => optionOf(command, "--exclude").length > 0,
    );
    const excluded = optionOf(up!, "--exclude");
    const global = plans
      .get("recovery")!
      .resources.filter(({ type }) =>
        /^aws:(budgets|costexplorer|cloudfront|organizations)\//.test(type),
      );
    assert.ok(global.length > 0);
    for (const { urn } of global) {
      assert.ok(
        excluded.some((pattern) => matches(pattern, urn)),
        `${urn} is made in us-east-1`,
      );
    }
  });
});
