/** What a network of AWS does where the program says nothing. */
import type { Fact } from "./fact";

const GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide";
const asOf = "2026-11-29";

/**
 * Ports from which callers call, and to which answers go, by system. `managed`: load balancers, NAT gateways and
 * functions.
 */
export const EPHEMERAL_PORTS = {
  linux: [32_768, 61_000],
  windows: [49_152, 65_535],
  managed: [1024, 65_535],
  source: `${GUIDE}/nacl-ephemeral-ports.html`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** The default network ACL: its rules 100 and 101 allow all IPv4 and all IPv6 traffic, in and out. */
export const DEFAULT_ACL_RULES = {
  rules: [
    { number: 100, network: "0.0.0.0/0" },
    { number: 101, network: "::/0" },
  ],
  source: `${GUIDE}/default-network-acl.html`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** The network of a default VPC, whose subnets route to an internet gateway and assign public addresses. */
export const DEFAULT_VPC = {
  network: "172.31.0.0/16",
  source: `${GUIDE}/default-vpc-components.html`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Networks that no address of the internet is in: private, shared, own, link-local, and multicast ones. */
export const NOT_OF_THE_INTERNET = {
  networks: [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
  ],
  /** Of IPv6, the addresses that are routed at all. */
  routedV6: "2000::/3",
  source:
    "https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml",
  asOf,
  unverified: "the page was not opened; networks for documentation count as the internet",
} as const satisfies Fact & Record<string, unknown>;
