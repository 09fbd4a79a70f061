export { ofThePlatform } from "./container-definitions";
export { CrmService, type CrmServiceArgs } from "./service";
export type { ServiceAddition, ServiceVolume } from "./service-addition";
export { connectedServices } from "./connected-services";
export { catchAll, describeService } from "./service-summary";
export { executionRights } from "./service-policies";
export { ServiceRoles } from "./service-roles";
