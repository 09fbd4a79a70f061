/** Who reaches what, in few lines. */
import assert from "node:assert/strict";

import { reachPlaces } from "../../../analysis/reach/dependency";
import { graphOfPlan } from "../../../analysis/reach/graph-of-plan";
import type { NetworkPath, Place } from "../../../analysis/reach/model";
import { openPaths } from "../../../analysis/reach/open-paths";
import { reachSentence, reachTables } from "../../../tools/report/reach";
import { placeNamed } from "../../../tools/report/reach-names";
import { planOf } from "../../support/plans";

const place = (kind: Place["kind"], label: string, type: string): Place => ({
  ...{ id: `${type}::${label}`, label, kind, ports: [] },
  resource: { urn: `${type}::${label}`, name: label, type },
});
const GATE = place("compute", "gate", "aws:lambda/function:Function");
const BALANCER = place("balancer", "gate", "aws:lb/loadBalancer:LoadBalancer");
const SERVER = place("compute", "server", "aws:ec2/instance:Instance");
const path = (
  from: Place,
  to: Place,
  verdict: NetworkPath["verdict"] = "reachable",
): NetworkPath => ({ from, to, verdict, protocol: "tcp", ports: [443, 443], settings: [] });

describe("report: who reaches what", () => {
  it("counts one path and several", () => {
    const one = path(GATE, BALANCER);
    const sentence = (network: NetworkPath[]) => reachSentence({ network, access: [] });
    assert.equal(sentence([one]), "1 path is open through the network and 0 by policies.");
    assert.equal(
      sentence([one, path(SERVER, GATE)]),
      "2 paths are open through the network and 0 by policies.",
    );
    assert.equal(
      sentence([path(GATE, BALANCER, "undecided")]),
      "0 paths are open through the network and 0 by policies; 1 is undecided (?).",
    );
  });

  it("tells apart two places with one name, and leaves other names as they are", () => {
    const network = [path(GATE, BALANCER), path(BALANCER, SERVER)];
    const rows = reachTables({ network, access: [] }).flatMap((table) => table.rows);
    assert.deepEqual(rows, [
      { from: ["gate (LoadBalancer)"], to: ["server"], by: "tcp 443" },
      { from: ["gate (Function)"], to: ["gate (LoadBalancer)"], by: "tcp 443" },
    ]);
  });

  it("says of an undecided path which setting decides", () => {
    const unknown = (property: string) => ({ effect: "unknown", resource: SERVER.resource!, property, says: "" }) as const; // prettier-ignore
    const by = (...properties: string[]) =>
      reachTables({
        network: [{ ...path(GATE, SERVER, "undecided"), settings: properties.map(unknown) }],
        access: [],
      }).flatMap(({ rows }) => rows.map((row) => row.by));
    assert.deepEqual(by("vpcConfig.subnetIds", "subnets"), ["tcp 443? (subnets)"]);
    assert.deepEqual(by("ingress", "subnetId"), ["tcp 443? (ingress, subnets)"]);
    assert.deepEqual(by(), ["tcp 443?"]);
  });

  it("prints names that a question can give, each for one place", async () => {
    for (const stack of ["production", "staging", "recovery"] as const) {
      const plan = await planOf(stack);
      const places = reachPlaces(graphOfPlan(plan));
      const rows = reachTables(openPaths(plan)).flatMap((table) => table.rows);
      for (const end of ["from", "to"] as const) {
        const names = new Set(rows.flatMap((row) => row[end]));
        for (const name of names)
          assert.equal(typeof placeNamed(places, end, name), "object", `${end} ${name}`);
      }
      const callers = rows.flatMap(({ from }) => from);
      assert.ok(
        ["crm-cluster-gate (Function)", "crm-core (start)"].every((one) => callers.includes(one)),
      );
    }
  });

  it("of an unknown name says the nearest known one, of one that several have says all", () => {
    const places = [GATE, BALANCER, SERVER];
    assert.equal(
      placeNamed(places, "to", "gate (Functon)"),
      '--to: expected the name of a place of the plan, got "gate (Functon)"; did you mean gate (Function)?',
    );
    assert.equal(
      placeNamed(places, "from", "gate"),
      '--from: expected one of gate (Function), gate (LoadBalancer), got "gate"',
    );
    assert.deepEqual(placeNamed(places, "to", "gate"), { place: BALANCER });
    assert.deepEqual(placeNamed(places, "to", SERVER.id), { place: SERVER });
    assert.deepEqual(placeNamed(places, "to", "server (start)"), {
      place: SERVER,
      purpose: "start",
    });
  });
});
