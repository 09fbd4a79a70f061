/** What the components of @pulumi/awsx register, by their types. */
export { expandDefaultVpc } from "./default-vpc";
export { expandRepository } from "./ecr";
export { expandFargateService, expandFargateTaskDefinition } from "./fargate";
export { expandApplicationLoadBalancer, expandNetworkLoadBalancer } from "./load-balancers";
export { expandTrail } from "./trail";
export { expandVpc } from "./vpc";
