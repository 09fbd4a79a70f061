/** Everything that shows a plan, or why there is none. */
export { priced } from "./cost";
export { renderJson, renderJsonError } from "./render-json";
export { renderError, renderText } from "./render-text";
