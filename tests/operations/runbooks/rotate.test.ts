/** `npm run rotate`: what each case proves, in which order, and what it leaves behind. */
import assert from "node:assert/strict";

import { rotate } from "../../../operations/runbooks/rotate";
import { runBook } from "../../../operations/runbooks/runner";
import { commandLine, type Runbook } from "../../../operations/runbooks/step";
import { planOf } from "../../support/plans";
import { scene } from "./desk";
import { play, SAYS, WELL } from "./well";

describe("npm run rotate", () => {
  let book: Runbook;
  before(async () => {
    book = rotate(await planOf("production"));
  });

  it("end each rotation with a proof that the old value is refused, and leave none of it behind", async () => {
    assert.deepEqual(
      Object.keys(book.cases).filter((name) => !name.startsWith("leaked-")),
      ["database", "owner", "cache", "header", "secret"],
    );
    for (const name of Object.keys(book.cases)) {
      const { logged, lines, asked, ran, shown } = await play(book, name);
      const refused = [...logged, ...asked].findLastIndex((line) => /refused/.test(line));
      const all = [...logged, ...asked];
      assert.ok(refused > all.findLastIndex((line) => /pulumi up/.test(line)), name);
      assert.equal(ran.length, lines.length);
      // Old values are in files, and the files are gone at the end.
      const writes = lines.findLastIndex((line) =>
        /get-parameter-history|originHeaderValue/.test(line),
      );
      const gone = lines.findLastIndex((line) => /^rm -f old-value\.txt/.test(line));
      assert.ok(gone > writes || writes === -1, name);
      assert.ok(![...logged, ...shown].some((line) => line.includes("SECRET-VALUE")), name);
      if (name.startsWith("leaked-")) assert.match(lines[2]!, /cloudtrail lookup-events/);
    }
  });

  it("give the standby the new header before the old one is refused", async () => {
    const { lines } = await play(book, "header");
    const at = (pattern: RegExp) => lines.findIndex((line) => pattern.test(line));
    assert.ok(at(/^pulumi up --stack production/) < at(/config set .*origin-header --secret --stack recovery/)); // prettier-ignore
    assert.ok(at(/^pulumi up --stack recovery/) < at(/acceptPreviousOriginSecret false/));
    assert.match(lines[at(/describe-rules/)]!, /Port==\\`443\\`/);
  });

  it("rotate the login that is out of the URLs, and leave out what the owner's case does", async () => {
    const { lines } = await play(book, "database");
    const sets = lines.filter((line) => line.startsWith("pulumi config set"));
    assert.deepEqual(
      sets.map((line) => line.split(" ").slice(4, 6).join("=")),
      ["crm:database.logins.blueVersion=2", "crm:database.logins.active=blue", "crm:database.logins.greenVersion=2"], // prettier-ignore
    );
    const first = scene({
      answers: WELL,
      says: [[/until now|other login/, ""], ...SAYS],
    });
    await runBook(book, { case: "database", yes: false, values: {} }, first.desk);
    assert.ok(!first.ran.some(({ line }) => line.includes("greenVersion")));
  });

  it("names no other stack where none stands in another region", async () => {
    const staging = rotate(await planOf("staging"));
    const lines = staging.parts
      .flatMap(({ steps }) => steps.flatMap(({ commands }) => commands))
      .map((command) => commandLine(command));
    assert.ok(lines.some((line) => line.includes("--stack staging")));
    assert.ok(!lines.some((line) => /--stack (recovery|production)/.test(line)));
  });
});
