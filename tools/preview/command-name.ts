import * as path from "node:path";

/** Whether the tool runs as an installed package. */
export const INSTALLED = __dirname.split(path.sep).includes("node_modules");

/** How its user calls the preview: by npm's script in this repository, else by the package's program. */
export const COMMAND = INSTALLED ? "npx crm-preview" : "npm run preview --";
