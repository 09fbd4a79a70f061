export { CrmNetwork, type CrmNetworkArgs } from "./network";
