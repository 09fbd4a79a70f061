/** What `npm run failover` looks at before it takes over. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { BOOKS } from "../../../operations/runbooks/books";
import { planOf } from "../../support/plans";
import { BOOTSTRAP_PROJECT } from "../../support/stack-files";
import { play } from "./well";

describe("the failover", () => {
  it("stops before the failover if a public image cannot be pulled, but not if Docker is missing", async () => {
    const book = BOOKS.get("failover")!.make(
      [await planOf("production"), await planOf("recovery")],
      { bootstrap: BOOTSTRAP_PROJECT },
    );
    const answer = (stderr: string) => (_: number, line: string) =>
      /docker manifest inspect .*otel-collector/.test(line)
        ? { status: 1, stdout: "", stderr }
        : undefined;
    const refused = await play(book, "lost", answer("manifest unknown"));
    assert.match(
      refused.stopped?.message ?? "",
      /The public image of otel-collector can be pulled/,
    );
    const missing = await play(book, "lost", answer("sh: 1: docker: not found"));
    assert.equal(missing.stopped, undefined);
  });

  it("waits for the replica's backup before its promotion", async () => {
    const book = BOOKS.get("failover")!.make(
      [await planOf("production"), await planOf("recovery")],
      { bootstrap: BOOTSTRAP_PROJECT },
    );
    const states = ["backing-up", "backing-up"];
    const status = /recovery-primary .*DBInstanceStatus/;
    const { lines, stopped } = await play(book, "lost", (_, line) =>
      status.test(line) && states.length > 0
        ? { status: 0, stdout: states.shift()!, stderr: "" }
        : undefined,
    );
    assert.equal(stopped, undefined);
    assert.equal(lines.filter((line) => status.test(line)).length, 3);
  });

  it("sets the second zone in the stack file, once the database has its first backup, and waits for it", async () => {
    const book = BOOKS.get("failover")!.make(
      [await planOf("production"), await planOf("recovery")],
      { bootstrap: BOOTSTRAP_PROJECT },
    );
    const { lines, stopped } = await play(book, "afterwards");
    assert.equal(stopped, undefined);
    const at = (pattern: RegExp) => lines.findIndex((line) => pattern.test(line));
    const set = at(/^pulumi config set --path crm:database\.multiAz true --stack recovery$/);
    const update = at(/^pulumi up --stack recovery .*--exclude \*\*aws:budgets/);
    assert.ok(at(/LatestRestorableTime/) >= 0 && at(/LatestRestorableTime/) < set);
    assert.ok(set < update && update < at(/DBInstances\[0\]\.MultiAZ/));
    // Tasks wait for the whole update of the instance: it has no second zone in the update that takes over.
    assert.ok(!(await play(book, "lost")).lines.some((line) => line.includes("multiAz")));
  });

  it("verifies the platform without Route 53's changes, and waits for those while us-east-1 is lost", async () => {
    const plans = [await planOf("production"), await planOf("recovery")];
    const book = BOOKS.get("failover")!.make(plans, { bootstrap: BOOTSTRAP_PROJECT });
    // AWS CLI: an error of the service, no connection, no answer.
    const errors = [
      "An error occurred (ServiceUnavailable) when calling the ListResourceRecordSets operation (reached max retries: 2)",
      'Could not connect to the endpoint URL: "https://route53.amazonaws.com/2013-04-01/hostedzone/Z/rrset"',
      'Read timeout on endpoint URL: "https://route53.amazonaws.com/2013-04-01/hostedzone/Z/rrset"',
    ];
    for (const [operation, length] of [
      ["list-resource-record-sets", 40],
      ["change-resource-record-sets", 40],
      ["get-change", 3],
    ] as const) {
      const left = Array.from({ length }, (_, number) => errors[number % errors.length]!);
      const { lines, stopped } = await play(book, "lost", (_, line) =>
        line.startsWith(`aws route53 ${operation}`) && left.length > 0
          ? { status: 254, stdout: "", stderr: left.pop()! }
          : undefined,
      );
      assert.equal(stopped?.message, undefined, operation);
      const looked = lines.findIndex((line) => line.includes("http_code"));
      assert.ok(looked >= 0 && looked < lines.findIndex((line) => line.startsWith("aws route53")));
    }
    const denied = await play(book, "lost", (_, line) =>
      line.startsWith("aws route53")
        ? { status: 254, stdout: "", stderr: "An error occurred (AccessDenied) when calling" }
        : undefined,
    );
    assert.match(denied.stopped?.message ?? "", /AccessDenied/);
  });

  it("makes a change again that Route 53 has accepted and lost", async () => {
    const plans = [await planOf("production"), await planOf("recovery")];
    const book = BOOKS.get("failover")!.make(plans, { bootstrap: BOOTSTRAP_PROJECT });
    const lost = await play(book, "lost", (_, line) =>
      line.startsWith("aws route53 get-change")
        ? { status: 254, stdout: "", stderr: "An error occurred (NoSuchChange) when calling" }
        : undefined,
    );
    assert.match(lost.stopped?.message ?? "", /NoSuchChange.*final/);
    const again = await play(book, "lost", undefined, lost.kept());
    assert.equal(again.stopped, undefined);
    const changes = again.lines.filter((line) => line.includes("change-resource-record-sets"));
    assert.equal(changes.length, 1);
  });

  it("checks how old the serving database's newest restorable moment is, as nothing watches it there", async () => {
    const book = BOOKS.get("failover")!.make(
      [await planOf("production"), await planOf("recovery")],
      { bootstrap: BOOTSTRAP_PROJECT },
    );
    const restorable = (minutes: number) => (_: number, line: string) =>
      line.includes("LatestRestorableTime")
        ? { status: 0, stdout: new Date(Date.now() - minutes * 60_000).toISOString(), stderr: "" }
        : undefined;
    const young = await play(book, "afterwards", restorable(4));
    assert.equal(young.stopped, undefined);
    assert.ok(
      young.lines.some((line) => /us-west-2 .*crm-recovery-primary .*LatestRest/.test(line)),
    );
    const old = await play(book, "afterwards", restorable(30));
    assert.match(old.stopped?.message ?? "", /a time at most 5 minutes ago/);
  });

  it("has the number by which pages and other steps name its step that holds users, as failback's end of the pause has", async () => {
    const plans = [await planOf("production"), await planOf("recovery")];
    const [failover, failback] = ["failover", "failback"].map((name) =>
      BOOKS.get(name)!.make(plans, { bootstrap: BOOTSTRAP_PROJECT }),
    );
    const text = (...parts: string[]) =>
      fs.readFileSync(path.join(__dirname, "../../../docs", ...parts), "utf8");
    const told = (book: typeof failover) =>
      book!.parts.flatMap(({ steps }) => steps.map(({ says, undo }) => `${says} ${undo}`)).join();
    const hold = failover!.parts.find(({ id }) => id === "hold")!.first;
    const pause = failback!.parts.find(({ id }) => id === "pause")!;
    const letGo = pause.first + pause.steps.findIndex(({ id }) => id === "let-go");
    for (const [where, pattern, number] of [
      [text("runbooks", "failback.md"), /held there since step (\d+) of/, hold],
      [text("runbooks", "failback.md"), /Until step (\d+), you can abandon/, letGo],
      [text("runbooks", "region-loss.md"), /only step (\d+) depends/, hold],
      [text("runbooks", "region-loss.md"), /Until step (\d+) is done/, hold],
      [text("decisions.md"), /replace step (\d+) of the failover/, hold],
      [told(failover), /--case hold` in a second terminal \(step (\d+)\)/, hold],
      [told(failover), /Step (\d+) commits the settings/, hold],
      [told(failback), /with step (\d+) of the region-loss runbook/, hold],
    ] as const) {
      assert.equal(pattern.exec(where)?.[1], String(number), String(pattern));
    }
  });
});
