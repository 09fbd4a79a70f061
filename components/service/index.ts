export { ofThePlatform } from "./container-definitions";
export { CrmService } from "./service";
export type { CrmServiceArgs } from "./service-args";
export type { ServiceAddition, ServiceVolume } from "./service-addition";
export { createServices, type ServicesArgs } from "./create-services";
export { describeService } from "./service-summary";
export { executionRights } from "./service-policies";
export { ServiceRoles } from "./service-roles";
