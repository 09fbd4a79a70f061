/** Everything that shows a plan, or why there is none. */
export { priced } from "./cost";
export { checked, readWhatAwsSays } from "./schemas";
export { renderJson, renderJsonError } from "./json";
export { renderSummary } from "./summary";
export { renderComponents, renderError, renderIncomplete, renderText } from "./text";
