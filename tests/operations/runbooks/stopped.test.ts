/** What runbooks stop, by their own command lines with a stand-in for AWS's. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { BOOKS } from "../../../operations/runbooks/books";
import { filled } from "../../../operations/runbooks/step";
import { spawnSync } from "../../support/child";
import { planOf } from "../../support/plans";
import { BOOTSTRAP_PROJECT } from "../../support/stack-files";
import { play } from "./well";

describe("runbooks that stop what writes", () => {
  it("stop a function in its peak hours, when it has environments ready", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "peak-"));
    const plans = [await planOf("production"), await planOf("recovery")];
    const stops = ["failback", "restore-database", "restore-objects"]
      .map((name) => BOOKS.get(name)!.make(plans, { bootstrap: BOOTSTRAP_PROJECT }))
      .flatMap(({ parts }) => parts.flatMap(({ steps }) => steps))
      .flatMap(({ commands }) => commands)
      .filter(({ argv }) => /put-function-concurrency/.test(argv.join(" ")));
    assert.equal(stops.length, 8);
    // Lambda: "You can't set reserved concurrency below the provisioned concurrency that is requested for this function."
    const script = `#!/bin/sh
case "$2" in
  list-*) cat ready 2> /dev/null;;
  delete-*) [ -e stuck ] && exit 254; echo "$@" >> deleted; rm ready;;
  put-*) if [ -e ready ]; then echo InvalidParameterValueException >&2; exit 254; fi; echo 0;;
esac
true
`;
    const file = (name: string) => path.join(folder, name);
    fs.writeFileSync(file("aws"), script, { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env["PATH"]}` };
    const run = (argv: readonly string[]) => {
      const [program, ...args] = filled(argv, { "function name": "f" });
      return spawnSync(program!, args, { cwd: folder, env, encoding: "utf8" });
    };
    try {
      for (const { argv, pending } of stops) {
        fs.writeFileSync(file("ready"), "arn:aws:lambda:us-east-1:1:function:f:live\n");
        const peak = run(argv);
        assert.deepEqual([peak.status, peak.stdout], [0, "0\n"], argv.join(" "));
        assert.match(fs.readFileSync(file("deleted"), "utf8"), /--qualifier live\n$/);
        const outside = run(argv);
        assert.deepEqual([outside.status, outside.stdout], [0, "0\n"]);
        assert.match("An error occurred (InvalidParameterValueException)", pending!);
      }
      fs.writeFileSync(file("ready"), "arn:aws:lambda:us-east-1:1:function:f:live\n");
      fs.writeFileSync(file("stuck"), "");
      assert.equal(run(stops[0]!.argv).status, 1);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("start again with the failback: a function that was stopped for the pause runs in the next failover", async () => {
    const plans = [await planOf("production"), await planOf("recovery")];
    const book = (name: string) => BOOKS.get(name)!.make(plans, { bootstrap: BOOTSTRAP_PROJECT });
    const planned = new Map(
      plans.flatMap(({ stack, resources }) =>
        resources
          .filter(({ urn }) => /CrmEventing\$.*aws:lambda\/function:Function::/.test(urn))
          .map(({ inputs }) => [
            `${stack} ${String(inputs["name"])}`,
            String(inputs["reservedConcurrentExecutions"]),
          ]),
      ),
    );
    assert.equal(planned.size, 6);
    /** What AWS has, and what Pulumi's state has: an update changes only what differs between its state and the plan. */
    const [real, state] = [new Map(planned), new Map(planned)];
    const world = (_: number, line: string) => {
      const answer = (stdout = "") => ({ status: 0, stdout, stderr: "" });
      const [, name] = /function-concurrency.* --function-name (crm-[\w-]+)/.exec(line) ?? [];
      if (name !== undefined) {
        const key = `${name.startsWith("crm-recovery-") ? "recovery" : "production"} ${name}`;
        assert.ok(real.has(key), key);
        if (line.includes("put-function-concurrency")) real.set(key, "0");
        return answer(real.get(key));
      }
      const [, stack, options = ""] = /^pulumi up --stack (\w+)(.*)/.exec(line) ?? [];
      if (stack === undefined || options.includes("--target")) return undefined;
      for (const [key, value] of planned) {
        if (!key.startsWith(`${stack} `)) continue;
        if (options.includes("--refresh")) state.set(key, real.get(key)!);
        if (state.get(key) !== value) real.set(key, value);
        state.set(key, value);
      }
      return answer();
    };
    const off = () => [...real].flatMap(([key, value]) => (value === "0" ? [key] : []));
    for (const [command, name, stopped] of [
      ["failback", "ahead", 3],
      ["failback", "pause", 3],
      ["failback", "later", 0],
      ["failover", "lost", 0],
    ] as const) {
      const run = await play(book(command), name, world);
      assert.equal(run.stopped?.message, undefined, `${command} ${name}`);
      assert.equal(off().length, stopped, `${command} ${name}: ${off().join(", ")}`);
    }
    assert.deepEqual(real, planned);
    // An update that does not start them is no end of the step.
    for (const [name, region] of [
      ["pause", "us-east-1"],
      ["later", "us-west-2"],
      ["replica", "us-west-2"],
    ] as const) {
      const { stopped } = await play(book("failback"), name, (_, line) =>
        line.includes(`get-function-concurrency --region ${region}`)
          ? { status: 0, stdout: "0", stderr: "" }
          : undefined,
      );
      assert.match(stopped?.message ?? "", /report-generator|aggregator|processor/, name);
    }
  });
});
