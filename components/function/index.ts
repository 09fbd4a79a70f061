export {
  CrmFunction,
  FUNCTION_ALIAS,
  type FunctionNetwork,
  type NamedKey,
  type CrmFunctionArgs,
} from "./function";
export { bundledFunction } from "./function-code";
export { createHookFunction } from "./hook-function";
export { networkInterfaces, parameterStatements, queueReaderStatements } from "./function-policy";
export { watchedFunction, type WatchedFunction } from "./watched";
