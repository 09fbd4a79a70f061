/** The instances, as alarms and dashboards see them. */
import type * as pulumi from "@pulumi/pulumi";

import type { CrmDatabaseArgs, WatchedDatabases } from "./database-args";
import { primaryIdentifierOf, replicaIdentifierOf } from "./database-names";

/** The primary first; a primary that stands by for another region's is a replica. */
export function watchedInstances(
  { names, instanceClass, allocatedStorage, standsBy, replica }: CrmDatabaseArgs,
  primary: pulumi.Resource,
  second: pulumi.Resource | undefined,
): WatchedDatabases["databases"] {
  const first = {
    ...{ identifier: primaryIdentifierOf(names), instanceClass, allocatedStorage },
    ...{ replica: standsBy === true, resource: primary },
  };
  if (second === undefined) return [first];
  const identifier = replicaIdentifierOf(names);
  return [
    first,
    {
      ...{ identifier, instanceClass: replica.instanceClass, allocatedStorage },
      ...{ replica: true, resource: second },
    },
  ];
}
