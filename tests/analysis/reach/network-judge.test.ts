/** The derivation of network paths against a simulation of single packets: the first of the 10,000 topologies. */
import { judgeTopologies } from "./judge";

describe("network paths: judged by packets", () => judgeTopologies(2000));
