/** The derivation of network paths against a simulation of single packets, on 10,000 topologies. */
import { judgeTopologies } from "../analysis/reach/judge";

describe("network paths: judged by packets", () => judgeTopologies(10_000));
