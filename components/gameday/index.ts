export { CrmGameDay, type CrmGameDayArgs } from "./gameday";
