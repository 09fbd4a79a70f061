/** What all components of a stack share; made before them. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import { componentTags, stackTags, type Tags } from "../../platform/tags";
import { standing, type StackConfig } from "../../schema";
import { namesOf } from "../../schema/names-of";
import { type PlatformKeys, platformKeys } from "../encryption-key";
import { boundRoles } from "../permissions-boundary";

/** What every component is handed: names, ARNs, keys, the stack's place beside another, and the tags of its own. */
export interface Shared extends PlatformKeys, Omit<ReturnType<typeof standing>, "hasPilotLight"> {
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

export interface Foundation {
  readonly names: Names;
  readonly arns: Arns;
  /** Keys that several components use. */
  readonly keys: PlatformKeys;
  /** The six tags for a component of this name. */
  readonly tagsOf: (component: string) => Tags;
  /** Arguments of each component, by the name in its tag. */
  readonly shared: (component: string) => Shared;
  /** Arguments of components whose section has no such settings: how well their resources are kept. */
  readonly kept: { readonly protect: boolean; readonly keyDeletionWindowDays: number };
  /** Whether another stack is this one's pilot light. */
  readonly hasPilotLight: boolean;
  /** The provider of the stack's region and account, which refuses any other account. */
  readonly opts: pulumi.ComponentResourceOptions;
}

/** Makes the provider and the keys; from then on every role is bounded, if the stack names a boundary. */
export function foundation(config: StackConfig): Foundation {
  const { region, accountId, environment } = config;
  const names = namesOf(config);
  const existingKeys = Object.entries(config.keys.existing);
  const arns = new Arns({
    ...{ partition: "aws", region, accountId },
    keys: Object.fromEntries(existingKeys.map(([name, arn]) => [names.keyAlias(name), arn])),
  });
  const tagging = { ...config.tags, environment };
  const tagsOf = (component: string) => componentTags(tagging, component);

  boundRoles(arns, config.permissionsBoundary);

  const provider = new aws.Provider("aws", {
    region,
    allowedAccountIds: [accountId],
    defaultTags: { tags: stackTags(tagging) },
  });
  const opts = { providers: [provider] };

  const { protect, deletionWindowDays } = config.keys;
  const copiesRegion = config.recovery.region;
  const ofKeys = { protect, deletionWindowDays, copiesRegion, names, arns, tags: tagsOf };
  const keys = platformKeys(ofKeys, opts);

  const { hasPilotLight, ...place } = standing(config);
  return {
    ...{ names, arns, keys, tagsOf, hasPilotLight, opts },
    shared: (component) => ({ names, arns, ...keys, ...place, tags: tagsOf(component) }),
    kept: { protect, keyDeletionWindowDays: deletionWindowDays },
  };
}
