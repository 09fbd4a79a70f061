export { CrmRecovery, type CrmRecoveryArgs } from "./recovery";
