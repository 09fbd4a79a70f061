/** Where a rule of a program's pack is explained. */
import * as path from "node:path";
import type { Plan } from "../../analysis/plan/model";
import { entryOf } from "../../facts/entry-of";

/** The place of a rule's explanation in the program's repository; nothing for a pack of which the program says none. */
export function rulePage(
  { about }: Pick<Plan, "about">,
  pack: string | undefined,
  policy: string,
): string | undefined {
  const page = pack === undefined ? undefined : entryOf(about?.policies ?? {}, pack);
  return page === undefined ? undefined : `${page}#${policy}`;
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
