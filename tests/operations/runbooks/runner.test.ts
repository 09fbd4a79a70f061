import assert from "node:assert/strict";

import {
  runBook,
  Stopped,
  type Answer,
  type RunOptions,
} from "../../../operations/runbooks/runner";
import { commandLine, words, type Command, type Runbook } from "../../../operations/runbooks/step";
import { scene, type SceneOptions } from "./desk";

const command = (kind: Command["kind"], line: string, more: Partial<Command> = {}): Command => ({
  ...{ kind, why: line, argv: words(line) },
  ...more,
});

const book = (...commands: Command[]): Runbook => ({
  ...{ command: "try", stack: "production", page: "try.md" },
  before: [command("check", "aws who")],
  parts: [
    {
      ...{ id: "part", first: 1 },
      steps: [
        { id: "one", title: "One", says: "It does.", minutes: 1, commands, undo: "undo it" },
        {
          ...{ id: "two", title: "Two", says: "It looks.", minutes: 1, undo: "nothing" },
          commands: [command("prove", "aws end")],
        },
      ],
    },
  ],
  cases: { all: ["part"] },
  questions: {
    name: { asks: "Which", pattern: /^[a-z]+$/, expects: "letters" },
    more: { asks: "Which else", pattern: /^[a-z]+$/, expects: "letters", optional: true },
  },
});

const OPTIONS: RunOptions = { case: "all", yes: false, values: {} };
const failed = (stderr: string): Answer => ({ status: 254, stdout: "", stderr });

async function play(runbook: Runbook, given: SceneOptions, options: Partial<RunOptions> = {}) {
  const played = scene(given);
  let stopped: Error | undefined;
  try {
    await runBook(runbook, { ...OPTIONS, ...options }, played.desk);
  } catch (error) {
    assert.ok(error instanceof Stopped, String(error));
    stopped = error;
  }
  return { ...played, stopped, lines: played.ran.map(({ line }) => line) };
}

describe("the runner of runbooks", () => {
  it("checks, asks, acts, waits and proves, in this order", async () => {
    const steps = book(
      command("act", "aws change"),
      command("check", "aws may"),
      command("wait", "aws state", {
        minutes: 1,
        good: { says: "up", holds: (state) => state === "up" },
      }),
      command("prove", "aws proof"),
    );
    let turn = 0;
    const { lines, asked, stopped, logged, kept } = await play(steps, {
      answers: [[/state/, "up"]],
      instead: (_, line) =>
        line === "aws state" && turn++ < 2
          ? { status: 0, stdout: "coming", stderr: "" }
          : undefined,
    });
    assert.equal(stopped, undefined);
    assert.deepEqual(lines, [
      ...["aws who", "aws may", "aws change", "aws state", "aws state", "aws state"],
      ...["aws proof", "aws end"],
    ]);
    assert.equal(asked.length, 1);
    assert.ok(logged.some((line) => /aws change/.test(line)));
    assert.equal(kept(), undefined);
  });

  it("shows the exit code of a command that failed, and how to sign in where that was missing", async () => {
    const failing = async (stderr: string) => {
      const instead = () => ({ status: 255, stdout: "", stderr });
      return (await play(book(), { answers: [], instead })).stopped!.message;
    };
    assert.match(
      await failing("Unable to locate credentials. You can configure credentials by ..."),
      / failed \(exit code 255\): Unable to locate credentials[^\n]*\n {3}Sign in with `aws sso login`/,
    );
    assert.match(await failing("(ExpiredToken) when calling"), /\n {3}Sign in with/);
    assert.doesNotMatch(await failing("(AccessDenied) when calling"), /Sign in/);
  });

  it("changes nothing without a yes, and leaves a step out on request", async () => {
    const steps = book(command("act", "aws change"));
    const no = await play(steps, { answers: [], says: [[/Run this step/, ""]] });
    assert.match(no.stopped!.message, /as you said[\s\S]*Rollback: undo it[\s\S]*npm run try/);
    assert.deepEqual(no.lines, ["aws who"]);
    const skipped = await play(steps, { answers: [], says: [[/Run this step/, "s"]] });
    assert.deepEqual(skipped.lines, ["aws who", "aws end"]);
  });

  it("asks nothing where there is no terminal", async () => {
    const steps = book(command("act", "aws change --name <name>"));
    const alone = { answers: [], attended: false };
    const unnamed = await play(steps, alone, { yes: true });
    assert.match(unnamed.stopped!.message, /name: expected --with 'name=\.\.\.' \(letters\)/);
    const unasked = await play(steps, alone, { values: { name: "a" } });
    assert.match(unasked.stopped!.message, /expected a terminal or --yes/);
    const wrong = await play(steps, alone, { yes: true, values: { name: "A1" } });
    assert.match(wrong.stopped!.message, /name: expected letters, got "A1"/);
    const told = await play(steps, alone, { yes: true, values: { name: "a" } });
    assert.deepEqual(told.lines, ["aws who", "aws change --name a", "aws end"]);
    assert.deepEqual(
      [unnamed, unasked, wrong].flatMap(({ asked }) => asked),
      [],
    );
  });

  it("leaves out what is optional and not there", async () => {
    const steps = book(command("act", "aws stop <more>"), command("act", "aws change"));
    const { lines } = await play(steps, { answers: [], says: [[/Which else/, ""]] });
    assert.deepEqual(lines, ["aws who", "aws change", "aws end"]);
  });

  it("fills in an earlier command's output, and refuses an answer that lacks a value", async () => {
    const steps = book(
      command("check", "aws place", { keeps: ["subnets", "group"] }),
      command("act", "aws change <subnets> <group>"),
    );
    const { lines } = await play(steps, { answers: [[/place/, "a\tb"]] });
    assert.equal(lines[2], "aws change a b");
    for (const answer of ["a", "a None"]) {
      const { stopped } = await play(steps, {
        answers: [[/place/, answer]],
        says: [[/Continue anyway/, ""]],
      });
      assert.match(stopped!.message, /aws place: expected subnets, group, got "a/);
    }
  });

  it("judges an answer with what the person chose from it", async () => {
    const steps = book(
      command("check", "aws list", {
        asks: ["name"],
        good: { says: "a list with it", holds: (list, { name }) => list.includes(name!) },
      }),
      command("act", "aws change <name>"),
    );
    const there = await play(steps, { answers: [[/list/, "x y"]], says: [[/Which/, "x"]] });
    assert.equal(there.lines[2], "aws change x");
    const not = await play(steps, {
      answers: [[/list/, "x y"]],
      says: [
        [/Which/, "z"],
        [/Continue anyway/, ""],
      ],
    });
    assert.match(not.stopped!.message, /expected a list with it, got "x y"/);
  });

  it("stops a wait after twice the usual time, and at once if it cannot succeed", async () => {
    const steps = book(
      command("wait", "aws state", {
        minutes: 10,
        bad: /^failed$/,
        pending: /NotFound/,
        good: { says: "up", holds: (state) => state === "up" },
      }),
    );
    const slow = await play(steps, { answers: [[/state/, "coming"]] });
    assert.match(slow.stopped!.message, /expected up within 20 minutes, got "coming"/);
    assert.equal(slow.lines.length, 2 + 20 * 4);
    const broken = await play(steps, { answers: [[/state/, "failed"]] });
    assert.match(broken.stopped!.message, /expected up, got "failed"/);
    assert.equal(broken.lines.length, 2);
    const unknown = await play(steps, {
      answers: [[/state/, "up"]],
      instead: (number) => (number === 1 ? failed("DBInstanceNotFound") : undefined),
    });
    assert.equal(unknown.stopped, undefined);
    const refused = await play(steps, { answers: [], instead: () => failed("AccessDenied") });
    assert.match(refused.stopped!.message, /AccessDenied/);
  });

  it("repeats a failed job when it continues, and no longer asks for the old one", async () => {
    const steps = book(
      command("act", "aws prepare"),
      command("act", "aws start", { keeps: ["job"] }),
      command("wait", "aws state --job <job>", {
        ...{ minutes: 10, bad: /^FAILED$/, redo: true },
        good: { says: "COMPLETED", holds: (state) => state === "COMPLETED" },
      }),
    );
    const first = await play(steps, {
      answers: [
        [/start/, "job-1"],
        [/state/, "FAILED"],
      ],
    });
    assert.match(first.stopped!.message, /expected COMPLETED, got "FAILED"/);
    const second = await play(steps, {
      ...{ kept: first.kept() },
      answers: [
        [/start/, "job-2"],
        [/state.*job-2/, "COMPLETED"],
        [/state/, "FAILED"],
      ],
    });
    assert.equal(second.stopped, undefined);
    assert.deepEqual(second.lines, ["aws who", "aws start", "aws state --job job-2", "aws end"]);
  });

  it("continues where it was stopped: repeats no action and checks no half-finished step", async () => {
    const steps = book(
      command("check", "aws may"),
      command("act", "aws first"),
      command("act", "aws second", { already: /Exists/ }),
      command("prove", "aws proof"),
    );
    const cut = (number: number) => (number === 3 ? failed("Connection lost") : undefined);
    const first = await play(steps, { answers: [], instead: cut });
    assert.match(first.stopped!.message, /Connection lost/);
    // The request had arrived.
    const again = await play(steps, {
      answers: [],
      kept: first.kept(),
      instead: (_, line) => (line === "aws second" ? failed("Exists") : undefined),
    });
    assert.equal(again.stopped, undefined);
    assert.deepEqual(again.lines, ["aws who", "aws second", "aws proof", "aws end"]);
  });

  it("never treats resources that existed before as its own", async () => {
    const steps = book(command("act", "aws make", { already: /Exists/ }));
    const taken = {
      answers: [],
      instead: (number: number) => (number === 1 ? failed("Exists") : undefined),
    };
    const first = await play(steps, taken);
    assert.match(first.stopped!.message, /Exists/);
    const again = await play(steps, { ...taken, kept: first.kept() });
    assert.match(again.stopped!.message, /Exists/);
  });

  it("gives the terminal to a command with its own prompt, and passes the person's consent on", async () => {
    const steps = book(command("act", "pulumi up --stack production", { terminal: true }));
    const { ran } = await play(steps, { answers: [] });
    assert.deepEqual(ran[1], { line: "pulumi up --stack production", terminal: true });
    const consented = await play(steps, { answers: [], attended: false }, { yes: true });
    assert.equal(consented.lines[1], "pulumi up --stack production --yes");
  });

  it("writes no secret into the log, and others' control characters as text", async () => {
    const steps = book(
      command("prove", "aws secret", { secret: true }),
      command("prove", "aws others"),
    );
    const { logged, shown } = await play(steps, {
      answers: [
        [/secret/, "hunter2"],
        [/others/, "\u001b[2Jx"],
      ],
    });
    assert.doesNotMatch([...logged, ...shown].join("\n"), /hunter2|\u001b/);
    assert.match(shown.join("\n"), /\\u001b\[2Jx/);
  });

  it("asks whether to go on where a check fails, and passes over what need not answer", async () => {
    const steps = book(
      command("check", "aws may", { passes: /SubscriptionRequired/ }),
      command("act", "aws change"),
    );
    const refused = (error: string) => ({
      answers: [],
      instead: (number: number) => (number === 1 ? failed(error) : undefined),
    });
    const all = ["aws who", "aws may", "aws change", "aws end"];
    const passed = await play(steps, refused("SubscriptionRequiredException"));
    assert.deepEqual(passed.lines, all);
    assert.ok(!passed.asked.some((question) => /Continue anyway/.test(question)));
    const known = await play(steps, refused("AccessDenied"));
    assert.deepEqual(known.lines, all);
    const unknown = await play(steps, {
      ...refused("AccessDenied"),
      says: [[/Continue anyway/, ""]],
    });
    assert.match(unknown.stopped!.message, /AccessDenied/);
    const consented = await play(steps, refused("AccessDenied"), { yes: true });
    assert.match(consented.stopped!.message, /AccessDenied/);
  });

  it("prints a command line that a shell takes apart into the same words", () => {
    const argv = words("jq '(.a | .b) = $x' --n <new id> file");
    assert.deepEqual(argv, ["jq", "(.a | .b) = $x", "--n", "<new id>", "file"]);
    assert.equal(
      commandLine({ argv, into: "out" }, { "new id": "it's" }),
      `jq '(.a | .b) = $x' --n 'it'\\''s' file > out`,
    );
  });
});
