/** What a deployment needs for services that a stack's extensions use and the platform does not: docs/extending.md. */
import { nearest } from "../facts/nearest";
import type { Statement } from "../platform/policy-documents";
import { UNNAMED_SERVICES } from "./rights";

/**
 * Services that an extension may use, by their prefix in IAM policies: they hold data or addresses, take no role, and neither grant
 * permissions nor record or guard what is done. Of the others a deployment could gain what its own policies do not allow, or stop what
 * would notice it; one is added here, by those who own the pipeline. tests/bootstrap/config.test.ts checks that none takes a role.
 */
export const OPEN_SERVICES = [
  "cassandra",
  "docdb-elastic",
  "dynamodb",
  "elasticfilesystem",
  "fsx",
  "geo",
  "kinesis",
  "memorydb",
  "mq",
  "servicediscovery",
  "timestream-influxdb",
] as const;

/** What is expected in place of a service that extensions may not use; undefined where they may. */
export function closedService(service: string): string | undefined {
  if ((OPEN_SERVICES as readonly string[]).includes(service)) return undefined;
  if ((UNNAMED_SERVICES as readonly string[]).includes(service)) {
    return `a service that the deployment role may not use yet: it has ${service}`;
  }
  const meant = /^[a-z]{3}/.test(service) ? nearest(service, [...OPEN_SERVICES]) : undefined;
  return meant ?? `one of ${OPEN_SERVICES.join(", ")}`;
}

/**
 * Opens services to a deployment, in the stack's regions. What carries another environment's tag stays denied (`NotOtherEnvironments`),
 * and no role is handed to them. The boundary of the stack's roles allows them already.
 */
export function extensionRights(
  services: readonly string[],
  regions: readonly string[],
): Statement[] {
  return [
    {
      sid: "ExtensionServices",
      actions: [...services].sort().map((service) => `${service}:*`),
      // AWS chooses the ids of most of what they make.
      resources: ["*"],
      conditions: { StringEquals: { "aws:RequestedRegion": regions } },
    },
  ];
}
