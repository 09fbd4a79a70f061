/** What the database is made of, and what others get of it. */
import type * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import type { DatabaseUrl } from "../../platform/function-database";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { DatabaseConfig } from "../../schema/database";
import type { CopiesKey } from "./database-login";

export interface CrmDatabaseArgs extends Omit<DatabaseConfig, "urls"> {
  /** Services and functions that get `/crm/<service>/database-url`, each once. */
  readonly urls: readonly DatabaseUrl[];
  /** Subnets without a route to the internet, in the order of `subnetZones`. */
  readonly databaseSubnetIds: pulumi.Input<string[]>;
  /** Zones of the subnets; those of primary and replica are among them. */
  readonly subnetZones: readonly string[];
  readonly securityGroupId: pulumi.Input<string>;
  /** Whether the primary is still a replica of `standbyOf`. @default no */
  readonly standsBy?: boolean;
  /** Its region, if the primary is a pilot light's, before and after its promotion. @default none */
  readonly standsIn?: string;
  /** Whether a pilot light waits in another region, with a replica of the primary. @default no */
  readonly hasPilotLight?: boolean;
  /** Key that encrypts log groups. */
  readonly logsKey: { readonly arn: pulumi.Input<string> };
  /** Key that encrypts the URLs and the password. */
  readonly secretsKey: { readonly arn: pulumi.Input<string> };
  /** Region, and key there, of a copy of the owner's login. @default no copy */
  readonly copiesKey?: CopiesKey;
  /** Topic that RDS reports events to; pass an output, so that the topic exists first. */
  readonly systemTopicArn: pulumi.Input<string>;
  /** Hooks that run before the primary is updated, such as a backup. @default none */
  readonly beforeUpdate?: readonly pulumi.ResourceHook[];
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

export interface WatchedDatabases {
  /** The primary first. */
  readonly databases: readonly {
    readonly identifier: string;
    readonly instanceClass: string;
    /** GiB. */
    readonly allocatedStorage: number;
    readonly replica: boolean;
    readonly resource: pulumi.Resource;
  }[];
  readonly databaseLogGroupNames: readonly string[];
}

export interface BackedUpDatabase {
  /** The primary, known before it exists. */
  readonly databaseArn: string;
  readonly database: readonly pulumi.Resource[];
  /** Whether it has automated backups. */
  readonly keepsBackups: boolean;
  /** Subnet group for restore tests of the database. */
  readonly databaseSubnetGroup: pulumi.Output<string>;
}
