/** docs/integration-checks.md: what the gate is told, a row for each check of each service. */
import assert from "node:assert/strict";

import { gateDetails } from "../../components/service/deployment-settings";
import { checksPage } from "../../operations/pages/integration-checks";
import { edgeConfig, planEdge, type Edge } from "../support/edge";
import { validated } from "../support/stack-files";

describe("docs/integration-checks.md", () => {
  const config = validated("production");
  const rowsOf = (page: string) => page.match(/^\| (?!service |---).*\|$/gm) ?? [];

  it("has a row for everything that the gate asks once a service has an image of its own", () => {
    const rows = rowsOf(checksPage("production", config));
    const asked = Object.entries(config.services).flatMap(([name, service]) =>
      gateDetails(name, service, { gate: config.cluster.gate, host: "" }, false).checks.map(
        ({ path, status }) => `| ${name} | \`${path}\` | ${status} |`,
      ),
    );
    assert.equal(rows.length, asked.length);
    asked.forEach((start, index) => assert.ok(rows[index]!.startsWith(start), rows[index]));
    for (const name of Object.keys(config.services)) {
      assert.ok(rows.some((row) => row.includes(`"service":"${name}"`)), name);
    }
  }); // prettier-ignore

  it("shows the stack's own checks and probes", () => {
    const services = structuredClone(config.services);
    services["auth"]!.deployment.checks = [{ path: "/version", status: 204, maxSeconds: 0.5 }];
    services["core"]!.deployment.checks = [];
    services["social"]!.deployment.strategy = "rolling";
    const edge = { ...config.edge, probePaths: ["/health", "/api/auth/ready"] };
    const page = checksPage("production", { ...config, services, edge });
    const rows = rowsOf(page);
    assert.equal(rows[1], "| auth | `/version` | 204 |  | 0.5 |");
    assert.equal(rows.filter((row) => /^\| (core|social) /.test(row)).length, 2);
    assert.match(page, /^- `https:\/\/api\.crm-consulting\.com\/api\/auth\/ready`$/m);
  });

  it("has no row for a service that no route leads to", () => {
    const services = structuredClone(config.services);
    services["social"]!.route = undefined;
    const rows = rowsOf(checksPage("production", { ...config, services }));
    assert.ok(rows.length > 0 && rows.every((row) => !row.startsWith("| social ")));
  });

  it("hands a deployment the addresses that it asks at its end", async () => {
    const urls = async (change: object) => {
      let made!: Edge;
      await planEdge(edgeConfig(change), { made: (edge) => (made = edge) });
      return made.dns!.probeUrls;
    };
    assert.deepEqual(await urls({}), ["https://api.crm-consulting.com/health"]);
    assert.deepEqual(await urls({ probePaths: ["/health", "/api/auth/ready"] }), [
      "https://api.crm-consulting.com/health",
      "https://api.crm-consulting.com/api/auth/ready",
    ]);
  });
});
