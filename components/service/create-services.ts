import type * as pulumi from "@pulumi/pulumi";

import { resolveLinks, type LinkKeys } from "../../platform/link-resolver";
import type { Link } from "../../platform/links";
import { mapped } from "../../platform/records";
import type { ServicesConfig } from "../../schema/services";
import type { Foundation, Shared } from "../foundation";
import { connectedServices } from "./connected-services";
import { CrmService } from "./service";
import type { ServiceAddition } from "./service-addition";
import type { CrmServiceArgs } from "./service-args";

/** What is of one service alone. */
type OfOne =
  | "service"
  | "config"
  | "databasePool"
  | "addition"
  | "links"
  | "connection"
  | "secretVersions"
  | "startAfter";

/** A store that writes URLs for services. */
interface UrlStore {
  /** The URLs' parameters, by service. */
  readonly parameters: Readonly<Record<string, pulumi.Resource>>;
}

export interface ServicesArgs {
  readonly configs: ServicesConfig;
  /** Arguments of each component, by the name in its tag; a service's is its key in the stack file. */
  readonly shared: Foundation["shared"];
  /** The other arguments that all services have. */
  readonly all: Omit<CrmServiceArgs, OfOne | keyof Shared>;
  /** Connections to the database that a task may open, by service. @default none */
  readonly databasePools: Readonly<Record<string, number>>;
  /** What the stack's extensions add, by service. @default nothing */
  readonly additions: Readonly<Record<string, ServiceAddition>>;
  /** Keys of what links lead to, except for services. */
  readonly linkKeys: Omit<LinkKeys, "ports">;
  /** Links that every service has beside its own. */
  readonly links: readonly Link[];
  /** Name of the services' namespace, where one calls another. */
  readonly namespaceName: string;
  readonly database: UrlStore & { readonly urlVersions: Readonly<Record<string, number>> };
  /** @default none */
  readonly cache: UrlStore | undefined;
  /** Version of the cache's token. */
  readonly cacheTokenVersion: number;
}

/** Makes all services of a stack; each after those that it calls, and after what its tasks read at their start. */
export function createServices(
  args: ServicesArgs,
  opts: pulumi.ComponentResourceOptions,
): Record<string, CrmService> {
  const { configs, shared, database, cache } = args;
  const { names, arns, tags } = shared("network");
  const linkKeys = { ...args.linkKeys, ports: mapped(configs, ({ port }) => port) };
  return connectedServices(
    configs,
    { namespaceName: args.namespaceName, tags },
    opts,
    (config, service, { connection, callsAfter }) => {
      const urlVersion = database.urlVersions[service];
      return new CrmService(
        `crm-${service}`,
        {
          ...shared(service),
          ...args.all,
          ...{ service, config, connection },
          databasePool: args.databasePools[service],
          addition: args.additions[service],
          links: [...resolveLinks(arns, names, linkKeys, config.links), ...args.links],
          secretVersions: {
            ...(urlVersion !== undefined && { DB_URL: urlVersion }),
            REDIS_URL: args.cacheTokenVersion,
          },
          // Its own only: who does not read from the replica need not wait for it.
          startAfter: [
            ...[database, cache].flatMap((store) => store?.parameters[service] ?? []),
            ...callsAfter,
          ],
        },
        opts,
      );
    },
  );
}
