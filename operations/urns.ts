/**
 * URNs of planned resources, and those that were accepted before: what was there and is not any more would be deleted
 * by the next update.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { parseUrn } from "../analysis/plan/urn";
import { STACK_TYPE, type PlannedResource } from "../tools/preview/index";

/** The list of a stack: every resource but the stack itself, sorted. */
export function urnsOf(resources: readonly Pick<PlannedResource, "urn" | "type">[]): string[] {
  return resources
    .filter(({ type }) => type !== STACK_TYPE)
    .map(({ urn }) => urn)
    .sort();
}

/** The list in a folder as it was accepted; empty when there is none. */
export function acceptedUrns(stack: string, directory: string): string[] {
  const file = path.join(directory, `${stack}.urns`);
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}

/** An accepted URN that the program does not register, and what to do about it. */
export interface LostUrn {
  readonly urn: string;
  readonly message: string;
}

/** Accepted URNs that neither a resource nor an alias has. */
export function lostUrns(
  accepted: readonly string[],
  resources: readonly Pick<PlannedResource, "urn" | "type" | "aliases">[],
): LostUrn[] {
  const present = new Set(resources.flatMap(({ urn, aliases }) => [urn, ...aliases]));
  const known = new Set(accepted);
  const added = resources.filter(({ urn }) => !known.has(urn));
  return accepted
    .filter((urn) => !present.has(urn))
    .map((urn) => ({ urn, message: advice(urn, added) }));
}

function advice(urn: string, added: readonly Pick<PlannedResource, "urn" | "type">[]): string {
  const candidate = nearest(
    urn,
    added.filter(({ type }) => type === parseUrn(urn).type).map((resource) => resource.urn),
  );
  if (candidate === undefined) {
    return `${urn} is gone: the next update deletes it. If that is right: npm run accept.`;
  }
  const renamed = parseUrn(candidate).qualifiedType === parseUrn(urn).qualifiedType;
  const alias = renamed ? `{ name: ${JSON.stringify(parseUrn(urn).name)} }` : JSON.stringify(urn);
  return `${urn} is gone. If ${candidate} is the same resource, give it \`aliases: [${alias}]\`; otherwise the next update deletes it: npm run accept.`;
}

/** The one that shares most of its beginning and end with the lost one. */
function nearest(urn: string, candidates: readonly string[]): string | undefined {
  const shared = (other: string): number => {
    let start = 0;
    while (start < Math.min(urn.length, other.length) && urn[start] === other[start]) {
      start++;
    }
    let end = 0;
    while (
      end < Math.min(urn.length, other.length) - start &&
      urn.at(-1 - end) === other.at(-1 - end)
    ) {
      end++;
    }
    return start + end;
  };
  return [...candidates].sort((one, other) => shared(other) - shared(one))[0];
}
