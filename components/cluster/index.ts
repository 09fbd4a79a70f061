export { CrmCluster, type ServicePlatform, type CrmClusterArgs } from "./cluster";
