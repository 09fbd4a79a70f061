/** The keys that several components use; every other key belongs to the component whose data it encrypts. */
import type * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import { EncryptionKey, type EncryptionKeyArgs, logServiceGrant } from "./encryption-key";

export interface PlatformKeysArgs {
  /** Days between a deletion and its effect, 7 to 30. */
  readonly deletionWindowDays: number;
  /** Whether Pulumi refuses to delete the keys. */
  readonly protect: boolean;
  /** Region of the copies of backups and secrets. @default no copies, no key */
  readonly copiesRegion?: string;
  readonly names: Names;
  readonly arns: Arns;
  /** Tags for the resources of a component. */
  readonly tags: (component: string) => Tags;
}

export interface PlatformKeys {
  /** Key of the log groups. */
  readonly logsKey: EncryptionKey;
  /** Key of secrets and parameters. */
  readonly secretsKey: EncryptionKey;
  /** Key, in the other region, of the copies that a recovery starts from. */
  readonly copiesKey?: { readonly region: string; readonly arn: pulumi.Output<string> };
}

/** Makes them; each costs by the month. */
export function platformKeys(
  args: PlatformKeysArgs,
  opts: pulumi.ComponentResourceOptions,
): PlatformKeys {
  const { names, arns, tags, deletionWindowDays, protect, copiesRegion } = args;
  const key = (
    name: string,
    component: string,
    rest: Pick<EncryptionKeyArgs, "description" | "services" | "region">,
  ) =>
    new EncryptionKey(
      `crm-${name}`,
      {
        alias: names.keyAlias(name),
        ...rest,
        deletionWindowDays,
        protect,
        arns: rest.region === undefined ? arns : arns.inRegion(rest.region),
        tags: tags(component),
      },
      opts,
    );
  return {
    logsKey: key("logs", "observability", {
      description: "Log groups",
      services: [logServiceGrant(arns)],
    }),
    secretsKey: key("secrets", "database", { description: "Secrets and parameters" }),
    copiesKey:
      copiesRegion === undefined
        ? undefined
        : {
            region: copiesRegion,
            arn: key("copies", "recovery", {
              description: "Copies of backups and secrets for the recovery of the platform",
              region: copiesRegion,
            }).arn,
          },
  };
}
