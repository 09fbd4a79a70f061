export { CrmCluster } from "./cluster";
export type { ServicePlatform, CrmClusterArgs } from "./cluster-args";
