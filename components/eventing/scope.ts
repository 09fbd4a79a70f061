import type * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import type { BucketKeys } from "../../platform/link-resolver";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { EventingConfig } from "../../schema/eventing";
import type { ServiceRepositories } from "../../schema/images";
import type { EncryptionKey } from "../encryption-key";
import type { FunctionNetwork, NamedKey } from "../function";

export interface CrmEventingArgs {
  /** The section of the stack's configuration: `crm:eventing`. */
  readonly config: EventingConfig;
  /** Whether nothing calls the functions: the stack waits for the loss of another region. @default no */
  readonly standsBy?: boolean;
  /** Run before a function is updated or created, such as a backup. @default none */
  readonly hooks?: pulumi.ResourceHookBinding;
  /** By function: a text that changes with the login in its database URL and the passwords. */
  readonly databaseUrlVersions: Readonly<Record<string, string>>;
  /** Parameters with the URLs of the database, by function: each function is changed after its own, and reads the new one. */
  readonly databaseParameters: Readonly<Record<string, pulumi.Resource>>;
  /** Names of the buckets that call functions, by key in `crm:storage`; made before the functions. */
  readonly buckets: Readonly<Record<string, pulumi.Input<string>>>;
  /** The buckets' keys, for the functions' links. */
  readonly storage: BucketKeys;
  /** Image repositories of the services, by service, and whether this stack creates them: functions may have images there. */
  readonly imageRepositories: ServiceRepositories;
  /** Private subnets and the functions' security group. */
  readonly network: FunctionNetwork;
  /** Key of the log groups. */
  readonly logsKey: NamedKey;
  /** Key of the parameters. */
  readonly secretsKey: NamedKey;
  readonly names: Names;
  readonly arns: Arns;
  /** Tags of the component; queues, topics and functions name their own Component. */
  readonly tags: Tags;
}

/** What every part of the component needs. */
export interface Scope {
  readonly parent: pulumi.ComponentResource;
  readonly name: string;
  readonly args: CrmEventingArgs;
  readonly key: EncryptionKey;
}

export function tagsOf(args: CrmEventingArgs, of: { readonly component: string }): Tags {
  return { ...args.tags, Component: of.component };
}
