export { CrmCache, type CrmCacheArgs } from "./cache";
