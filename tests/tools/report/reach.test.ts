/** Who reaches what, in few lines. */
import assert from "node:assert/strict";

import type { NetworkPath, Place } from "../../../analysis/reach/model";
import { reachSentence, reachTables } from "../../../tools/report/reach";

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
});
