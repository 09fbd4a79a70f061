import { PORTS } from "../../../facts/setting-bounds";
import { literal } from "./family";

const EVERYWHERE = { cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] };

/** The rules that awsx gives a security group where the program gives none: all traffic in, TCP out. */
export const OPEN_GROUP = {
  // A default of @pulumi/aws, not of awsx.
  description: literal("Managed by Pulumi"),
  ingress: literal([{ fromPort: 0, toPort: 0, protocol: "-1", ...EVERYWHERE }]),
  egress: literal([{ fromPort: 0, toPort: PORTS.maximum, protocol: "tcp", ...EVERYWHERE }]),
};
