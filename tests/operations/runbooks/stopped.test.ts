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
});
