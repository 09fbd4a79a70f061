/** The network of the planned production stack. */
import assert from "node:assert/strict";

import { StackGraph } from "../../../analysis/graph";
import { accessPaths } from "../../../analysis/reach/access";
import type { NetworkPath } from "../../../analysis/reach/model";
import { networkPaths } from "../../../analysis/reach/network-paths";
import { plannedResources } from "../../policy-pack/planned";
import { planOf } from "../../support/plans";

describe("network paths: the production stack", () => {
  let graph: StackGraph;
  let paths: readonly NetworkPath[];
  let milliseconds: number;
  before(async () => {
    graph = StackGraph.of(plannedResources(await planOf("production")));
    const start = process.cpuUsage().user;
    paths = networkPaths(graph);
    accessPaths(graph);
    milliseconds = (process.cpuUsage().user - start) / 1000;
  });

  const rows = (from: string, to: string) =>
    paths
      .filter((path) => path.from.label === from && path.to.label === to)
      .map(({ protocol, ports, verdict }) => `${protocol} ${ports[0]} ${verdict}`);
  const blocking = (from: string, to: string) =>
    paths
      .filter((path) => path.from.label === from && path.to.label === to)
      .map(({ settings }) =>
        settings.filter(({ effect }) => effect === "blocks").map(({ says }) => says),
      );

  it("the internet reaches the distributions and nothing else", () => {
    const open = paths.filter(
      ({ from, verdict }) => from.id === "internet" && verdict !== "blocked",
    );
    assert.deepEqual(
      open.map(({ to, ports }) => `${to.label} ${ports[0]}`),
      [
        "crm-edge-distributions-api 80",
        "crm-edge-distributions-api 443",
        "crm-edge-distributions-app 80",
        "crm-edge-distributions-app 443",
      ],
    );
  });

  it("the load balancer takes CloudFront's connections on 443, once its subnets are known", () => {
    const [path] = paths.filter(
      ({ from, to }) => from.kind === "distribution" && to.label === "crm-cluster",
    );
    assert.equal(path?.ports[0], 443);
    assert.equal(path?.verdict, "undecided");
    assert.deepEqual(blocking("internet", "crm-cluster"), [
      ["crm-alb accepts no tcp 80 from the internet"],
      ["crm-alb accepts no tcp 443 from the internet"],
      ["crm-alb accepts no tcp 9443 from the internet"],
    ]);
  });

  it("the database is closed to the internet by its group and its address", () => {
    for (const name of ["crm-database-primary", "crm-database-replica"]) {
      assert.deepEqual(blocking("internet", name), [
        ["crm-rds accepts no tcp 5432 from the internet", `${name} has no public address`],
      ]);
    }
  });

  it("services reach the databases, the cache and the endpoints; functions no cache", () => {
    for (const service of ["crm-auth", "crm-core", "crm-social", "crm-analytics"]) {
      assert.deepEqual(rows(service, "crm-database-primary"), ["tcp 5432 reachable"]);
      assert.deepEqual(rows(service, "crm-database-replica"), ["tcp 5432 reachable"]);
      assert.deepEqual(rows(service, "crm-cache"), ["tcp 6379 reachable"]);
      assert.deepEqual(rows(service, "crm-sqs"), ["tcp 443 reachable"]);
      assert.deepEqual(rows(service, "com.amazonaws.us-east-1.s3"), ["tcp 443 reachable"]);
    }
    assert.deepEqual(rows("crm-eventing-report-generator", "crm-cache"), ["tcp 6379 blocked"]);
    assert.deepEqual(blocking("crm-eventing-report-generator", "crm-cache"), [
      [
        "crm-functions lets no tcp 6379 out to crm-cache",
        "crm-elasticache accepts no tcp 6379 from crm-eventing-report-generator",
      ],
    ]);
  });

  it("the load balancer reaches each service on its port", () => {
    const ports = { "crm-auth": 3001, "crm-core": 3002, "crm-social": 3003, "crm-analytics": 3004 };
    for (const [service, port] of Object.entries(ports)) {
      assert.deepEqual(rows("crm-cluster", service), [`tcp ${port} reachable`]);
    }
  });

  it("takes less than 0.4 seconds of work for the whole plan, with the paths by policies", () => {
    assert.ok(milliseconds < 400, `${milliseconds} ms`);
  });
});
