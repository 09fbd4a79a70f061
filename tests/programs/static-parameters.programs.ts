/** The table of static parameters, against what a real PostgreSQL says of its own, where the machine has one. */
import assert from "node:assert/strict";

import { isStaticParameter } from "../../facts/database-engines";
import { spawnSync } from "../support/child";
import { installed } from "../support/runbooks";

(installed("postgres") ? describe : describe.skip)("static parameters, of PostgreSQL", () => {
  it("are all that it takes at its start only", () => {
    const { status, stdout } = spawnSync("postgres", ["--describe-config"], { encoding: "utf8" });
    assert.equal(status, 0);
    const rows = stdout.split("\n").map((line) => line.split("\t"));
    const atStart = rows.filter(([, context]) => context === "postmaster").map(([name]) => name!);
    assert.ok(atStart.length > 40);
    // Taken up by a reload since 14; RDS offers it to nobody.
    const missing = atStart.filter(
      (name) => !isStaticParameter(name) && name !== "restore_command",
    );
    assert.deepEqual(missing, []);
    assert.ok(!isStaticParameter("work_mem"));
  });
});
