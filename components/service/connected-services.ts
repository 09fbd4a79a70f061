/** The services of a stack, with what those that call each other have in common. */
import type * as pulumi from "@pulumi/pulumi";

import { mapped } from "../../platform/records";
import { calledBy, serviceCalls } from "../../schema/service-calls";
import type { ServiceConfig, ServicesConfig } from "../../schema/services";
import type { CrmService } from "./service";
import type { ServiceConnection } from "./service-connect";
import { ServiceNamespace, type ServiceNamespaceArgs } from "./service-namespace";

/** What a service has of the others. */
export interface Connected {
  /** Its part in the namespace. @default none */
  readonly connection?: ServiceConnection | undefined;
  /** The services that it calls: its tasks know only names that were registered before. */
  readonly callsAfter: readonly pulumi.Resource[];
}

/**
 * Makes each service after those that it calls, and their namespace if one is called. Source: Amazon ECS Developer Guide, "Service
 * Connect components", which asks for this order.
 */
export function connectedServices(
  configs: ServicesConfig,
  args: ServiceNamespaceArgs,
  opts: pulumi.ComponentResourceOptions,
  make: (config: ServiceConfig, key: string, connected: Connected) => CrmService,
): Record<string, CrmService> {
  const { called, callers, order } = serviceCalls(configs);
  const namespace =
    called.length === 0 ? undefined : new ServiceNamespace("crm-services", args, opts);
  const made: Record<string, CrmService> = {};
  for (const key of order) {
    const isCalled = called.includes(key);
    made[key] = make(configs[key]!, key, {
      connection:
        namespace && (isCalled || callers.includes(key))
          ? { namespaceArn: namespace.arn, isCalled }
          : undefined,
      callsAfter: calledBy(configs, key).map((one) => made[one]!.ecsService),
    });
  }
  return mapped(configs, (_, key) => made[key]!);
}
