export { CrmCost, type CrmCostArgs } from "./cost";
