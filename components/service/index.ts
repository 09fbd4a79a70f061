export { CrmService, type CrmServiceArgs } from "./service";
export { describeService } from "./service-summary";
export { ImageRepository } from "./image-repository";
export { imageReference, repositoryArn } from "./images";
export { executionRights } from "./service-policies";
export { ServiceRoles } from "./service-roles";
