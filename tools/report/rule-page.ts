/** Where a rule of this project's own pack is explained. */
import * as path from "node:path";
import { INSTALLED } from "../preview/command-name";

const FILE = "docs/policies.md";

/** The place of a rule's explanation in the repository; nothing for another pack, or where the tool is installed. */
export function rulePage(pack: string | undefined, policy: string): string | undefined {
  return pack === "crm-policy-pack" && !INSTALLED ? `${FILE}#${policy}` : undefined;
}

/**
 * Link to the repository from a page in a file: in a job of GitHub's to the commit, for the page goes elsewhere; else from
 * folder to folder.
 */
export function repositoryFrom(file: string, env: NodeJS.ProcessEnv = process.env): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: commit } = env;
  if (server !== undefined && repository !== undefined && commit !== undefined) {
    return `${server}/${repository}/blob/${commit}/`;
  }
  const root = path.join(__dirname, "..", "..");
  const steps = path.relative(path.dirname(path.resolve(file)), root).split(path.sep);
  return `${steps.map(encodeURIComponent).join("/") || "."}/`;
}
