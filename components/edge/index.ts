export { CrmDns, type CrmDnsArgs } from "./dns";
export { CrmEdge, type CrmEdgeArgs } from "./edge";
export { CrmEdgeLogs, type CrmEdgeLogsArgs } from "./edge-logs";
export { CrmFirewall, type CrmFirewallArgs } from "./firewall";
export { appOrigin } from "./host-names";
