/** A first setup of staging alone (README, "First deployment") leaves the other stacks the shipped account: CI asks about them too. */
import assert from "node:assert/strict";
import * as fs from "node:fs";

import { main as doctor } from "../../operations/doctor";
import { main as rights, notSetUp } from "../../operations/rights";
import { main as setup } from "../../operations/setup";
import { ANSWERS, deployment, surroundings } from "./doctor/world";

describe("a stack that is left out of setup", () => {
  let folder: string;
  let output: string[];
  const { log } = console;

  beforeEach(async () => {
    folder = deployment();
    output = [];
    console.log = (line: string) => output.push(line);
    assert.equal(await setup([...ANSWERS, "--stacks", "staging"], folder), 0);
    output = [];
  });
  afterEach(() => {
    console.log = log;
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const bootstrapOf = (stack: string) =>
    doctor(["--stack", stack, "--only", "bootstrap"], surroundings(folder));

  for (const stack of ["production", "recovery"]) {
    it(`is skipped by doctor, and no command would turn bootstrap to the example: ${stack}`, async () => {
      assert.equal(await bootstrapOf(stack), 0);
      const said = output.join("\n");
      assert.match(said, /^skipped bootstrap: not set up: /);
      assert.match(said, new RegExp(`\\n +> npm run setup -- --stacks ${stack}\\n`));
      assert.doesNotMatch(said, /config set/);
    });

    it(`is not asked about by rights, which says so: ${stack}`, async () => {
      assert.equal(await rights(["--stack", stack], folder), 0);
      const next = `Next: npm run setup -- --stacks ${stack}`;
      assert.ok(output.join("\n").startsWith(`${stack}: not set up, nothing is checked: `));
      assert.ok(output.join("\n").endsWith(next), output.join("\n"));
    });
  }

  it("is none that has an owner's account, nor any of a project that is not set up", async () => {
    assert.equal(await bootstrapOf("staging"), 0);
    assert.match(output.join("\n"), /^ok +bootstrap: /);
    assert.equal(notSetUp("staging", folder), undefined);
    assert.equal(notSetUp("bootstrap", folder), undefined);
    const fresh = deployment();
    try {
      assert.equal(notSetUp("production", fresh), undefined);
    } finally {
      fs.rmSync(fresh, { recursive: true, force: true });
    }
  });
});
