/**
 * What a plan says and a deployment does not do: the program tells Pulumi to ignore the property of a living resource, so
 * its preview shows nothing, and what runs differs from what the program says from then on.
 */
import { entryOf } from "../../facts/entry-of";
import type { ResourceChange } from "./model";

/** An ignored property whose change has a procedure of its own. */
export interface Unseen {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  readonly property: string;
  readonly old: unknown;
  readonly new: unknown;
  readonly says: string;
}

/** What this comparison refuses, by type: the ignored property, below which path it matters, and why. */
const REFUSED: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  "aws:ecs/service:Service": [
    [
      /^loadBalancers(\[containerName=.*\]$|\b.*containerName$)/,
      "ECS keeps the container's name that the service began with",
    ],
    [/^loadBalancers\b.*containerPort$/, "the port of a deployed service stays"],
    [/^loadBalancers\b.*advancedConfiguration/, "the strategy of a deployed service stays"],
    [/^loadBalancers(\[[^\]]*\])?$/, "the target groups of a deployed service stay"],
  ],
};

/** The changes that a deployment would not make and that have to be refused. */
export function unseenOf(changes: readonly ResourceChange[]): Unseen[] {
  return changes.flatMap(({ urn, name, type, ignored }) =>
    ignored.flatMap(({ path, old, new: now }) => {
      const row = (entryOf(REFUSED, type) ?? []).find(([pattern]) => pattern.test(path));
      return row === undefined
        ? []
        : [{ urn, name, type, property: path, old, new: now, says: row[1] }];
    }),
  );
}
