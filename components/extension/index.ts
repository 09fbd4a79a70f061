export type { Extension, Platform, PlatformParts } from "./extension";
export { additionProblems } from "./addition-problems";
export { Extensions } from "./extensions";
