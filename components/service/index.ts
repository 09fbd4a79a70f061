export { CrmService, type CrmServiceArgs } from "./service";
export { describeService } from "./service-summary";
