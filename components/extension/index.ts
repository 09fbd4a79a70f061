export type { Extension, Platform, PlatformParts } from "./extension";
export { additionProblems, Extensions } from "./extensions";
