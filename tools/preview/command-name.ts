import * as path from "node:path";

/** Whether the tool runs as an installed package. */
export const INSTALLED = __dirname.split(path.sep).includes("node_modules");

/** How a user starts the preview: with the npm script in this repository, else with the package's program. */
export const COMMAND = INSTALLED ? "npx crm-preview" : "npm run preview --";
