/** The load balancer as the architecture document writes it, open to everybody: refused, unless the pack's configuration says why. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { objections, planWith } from "../../operations/example";
import { foundBy } from "../../operations/pages/conformance/model";
import { SECURITY_GROUPS } from "../../operations/pages/conformance/network";
import { packConfigFile, STACKS_PROJECT } from "../support/stack-files";

const RULE = "alb-sg-only-from-cloudfront";
/** Open paths are declared, also where another rule has an exemption. */
const PATHS = "network-paths";

describe("a public load balancer (crm:edge.restrictOrigin: false)", () => {
  const planned = (packConfig: string) =>
    planWith(
      { config: { "crm:edge": { restrictOrigin: false } } },
      { stack: "production", cwd: STACKS_PROJECT, packConfig },
    );

  it("is refused, and by no rule once an exemption has its reason and the path is declared", async () => {
    const file = packConfigFile("production");
    const against = objections(await planned(file));
    assert.deepEqual([...new Set(against.map((text) => text.split(": ")[0]))], [RULE, PATHS]);
    const config = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, any>; // any: JSON
    config[PATHS].allowed.push({
      ...{ from: "^(internet|crm-recovery-.*)$", to: "^crm-cluster$" },
      ...{ ports: ["80", "443"], optional: true },
    });
    const day = new Date(Date.now() + 30 * 24 * 3600 * 1000).toISOString().slice(0, 10);
    config[RULE] = {
      exemptions: [
        {
          urn: "urn:pulumi:production::crm::*",
          reason: "Partners call the load balancer itself, as the architecture document has it.",
          ...{ owner: "platform@crm-consulting.com", expires: day },
        },
      ],
    };
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "public-origin-"));
    try {
      const own = path.join(folder, "config.json");
      fs.writeFileSync(own, JSON.stringify(config));
      const plan = await planned(own);
      assert.deepEqual(objections(plan), []);
      const open = plan.resources.filter(({ name }) => /^crm-alb-from-anywhere-(443|80)$/.test(name));
      assert.deepEqual(open.map(({ inputs }) => inputs["cidrIpv4"]), ["0.0.0.0/0", "0.0.0.0/0"]);
      // As docs/conformance.md would have it: the document's own rules, and the test listener's beside them.
      const rows = SECURITY_GROUPS.rows.filter(({ words }) => words.startsWith("Load balancer in: "));
      const verdicts = rows.map((row) => foundBy(row, { production: plan, recovery: plan }).verdict);
      assert.deepEqual(verdicts, ["exact", "exact", "exact", "exact", "decided"]);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
}); // prettier-ignore
