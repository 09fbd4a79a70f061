import assert from "node:assert/strict";

import { main, milliseconds } from "../../operations/logs";
import { errorsOf, stage } from "./world";

const event = (eventId: string, timestamp: number, message: string) => ({
  eventId,
  timestamp,
  message,
  logStreamName: "ecs/crm-core/0123abcdef",
});

describe("npm run logs", () => {
  it("shows the service's lines of the last ten minutes, over all pages", async () => {
    const { world, lines, asked } = stage({
      FilterLogEvents: [
        { events: [event("1", 0, "one\n")], nextToken: "more" },
        { events: [event("2", 1000, "two")] },
      ],
    });
    assert.equal(await main(["core", "--filter", "ERROR"], world), 0);
    assert.deepEqual(lines, [
      "1970-01-01T00:00:00.000Z 0123abcd one",
      "1970-01-01T00:00:01.000Z 0123abcd two",
    ]);
    assert.deepEqual(asked[0]!.input, {
      logGroupName: "/ecs/crm-core-service",
      startTime: Date.parse("2026-11-23T11:50:00Z"),
      filterPattern: "ERROR",
      nextToken: undefined,
    });
    assert.equal(asked[1]!.input.nextToken, "more");
  });

  it("shows what a visitor put into a line, and does not obey it or take it for one of ours", async () => {
    const message =
      "GET /\u001b]52;c;Y3VybA==\u0007\n1970-01-01T00:00:00.000Z 0123abcd forged\u202e";
    const { world, lines } = stage({ FilterLogEvents: { events: [event("1", 0, message)] } });
    assert.equal(await main(["core"], world), 0);
    assert.deepEqual(lines, [
      "1970-01-01T00:00:00.000Z 0123abcd GET /\\u001b]52;c;Y3VybA==\\u0007\n" +
        "    1970-01-01T00:00:00.000Z 0123abcd forged\\u202e",
    ]);
  });

  it("shows a line once while it follows", async () => {
    const answers = [
      { events: [event("1", 0, "one")] },
      { events: [event("1", 0, "one"), event("2", 5, "two")] },
    ];
    const { world, lines } = stage({ FilterLogEvents: answers });
    let looks = 0;
    const following = {
      ...world,
      sleep: () => (++looks < 2 ? Promise.resolve() : Promise.reject(new Error("interrupted"))),
    };
    await errorsOf(() => main(["core", "--follow"], following));
    assert.deepEqual(
      lines.map((line) => line.split(" ").at(-1)),
      ["one", "two"],
    );
  });

  it("takes times in seconds, minutes, hours and days", async () => {
    assert.deepEqual(
      ["30s", "10m", "2h", "1d"].map(milliseconds),
      [30_000, 600_000, 7_200_000, 86_400_000],
    );
    const { code, text } = await errorsOf(() => main(["core", "--since", "soon"], stage({}).world));
    assert.equal(code, 2);
    assert.match(text, /--since: expected .*, got "soon"/);
  });
});
