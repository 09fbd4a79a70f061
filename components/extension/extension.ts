/** What a team's own module exports, and what it gets: docs/extending.md. */
import type * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { StackConfig } from "../../schema";
import type { CrmCache } from "../cache";
import type { CrmCluster } from "../cluster";
import type { CrmDatabase } from "../database";
import type { CrmEdge } from "../edge";
import type { PlatformKeys } from "../encryption-key";
import type { CrmEventing } from "../eventing";
import type { CrmNetwork } from "../network";
import type { CrmObservability } from "../observability";
import type { CrmRecovery } from "../recovery";
import type { CrmService, ServiceAddition } from "../service";
import type { CrmStorage } from "../storage";

/** The platform before its services. */
export interface PlatformParts {
  /** The stack's settings, valid and complete. */
  readonly config: StackConfig;
  /** Makes physical names with the stack's prefix: its deployment role changes no role, function, queue or topic without. */
  readonly names: Names;
  /** Builds ARNs from names, so that policy documents are known in the first preview. */
  readonly arns: Arns;
  /** Keys that several components use. */
  readonly keys: PlatformKeys;
  /** The six tags for a component of this name. */
  readonly tagsOf: (component: string) => Tags;
  /** For the extension's own component: the platform's provider. */
  readonly opts: pulumi.ComponentResourceOptions;
  readonly network: CrmNetwork;
  readonly storage: CrmStorage;
  readonly eventing: CrmEventing;
  readonly database: CrmDatabase;
  /** None where `crm:cache.enabled` is false. */
  readonly cache: CrmCache | undefined;
  readonly cluster: CrmCluster;
}

/** The whole platform. */
export interface Platform extends PlatformParts {
  /** By their keys in `crm:services`. */
  readonly services: Readonly<Record<string, CrmService>>;
  readonly edge: CrmEdge;
  readonly recovery: CrmRecovery;
  readonly observability: CrmObservability;
}

/** What a module that `crm:extensions` names exports by default. */
export interface Extension {
  /**
   * Creates what services need. Returns what it adds to each, by the service's key in `crm:services`.
   * @default nothing
   */
  readonly beforeServices?: (parts: PlatformParts) => Readonly<Record<string, ServiceAddition>>;
  /** Creates what refers to services, or to nothing. @default nothing */
  readonly extend?: (platform: Platform) => void;
}
