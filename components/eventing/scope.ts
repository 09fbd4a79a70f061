import type * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import type { AdoptedBucket } from "../../platform/link-resolver";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { EventingConfig } from "../../schema/eventing";
import type { EncryptionKey } from "../encryption-key";
import type { FunctionNetwork, NamedKey } from "../function";

export interface CrmEventingArgs {
  /** The section of the stack's configuration: `crm:eventing`. */
  readonly config: EventingConfig;
  /** Names of the buckets that call functions, by key in `crm:storage`; made before the functions. */
  readonly buckets: Readonly<Record<string, pulumi.Input<string>>>;
  /** Buckets' key by its alias, and the buckets, by key, that S3 encrypts with a key of its own. */
  readonly storage: {
    readonly keyAlias: string;
    readonly managedBuckets: readonly string[];
    /** Buckets that another stack made, by key. @default none */
    readonly adopted?: Readonly<Record<string, AdoptedBucket>>;
  };
  /** Private subnets and the functions' security group. */
  readonly network: FunctionNetwork;
  /** Key of the log groups. */
  readonly logsKey: NamedKey;
  /** Alias of the key that encrypts the parameters. */
  readonly secretsKeyAlias: string;
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
