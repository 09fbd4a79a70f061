/**
 * The deployment gate's checks of a new version of a service, after its health check: those of the stack file or, without a
 * setting, one check for each of its routes, none of a gRPC service. docs/integration-checks.md describes what a service answers.
 */
import type { ServiceConfig } from "./services";

export type IntegrationCheck = NonNullable<ServiceConfig["deployment"]["checks"]>[number];

/** Last part of the path under each route on which a service reports that it can work: database and cache answer. */
export const READINESS = "ready";

/** The checks of a service. @param service its key in the stack file, which its answers name */
export function integrationChecks(service: string, config: ServiceConfig): IntegrationCheck[] {
  return config.deployment.checks ?? routeChecks(service, config);
}

/** A check for each pattern of the form `/auth/*`; the path of any other pattern is not known. */
function routeChecks(service: string, { route, deployment }: ServiceConfig): IntegrationCheck[] {
  if (route?.protocol === "grpc") return [];
  return (route?.paths ?? []).flatMap((pattern) => {
    const prefix = /^((?:\/[A-Za-z0-9_.~-]+)*)\/\*$/.exec(pattern)?.[1];
    return prefix === undefined
      ? []
      : [
          {
            path: `${prefix}/${READINESS}`,
            status: 200,
            // Another service's image answers with another name. The test listener finds the tasks by a header, so no route is tested.
            contains: `"service":"${service}"`,
            maxSeconds: deployment.rollbackAlarms.latencySeconds,
          },
        ];
  });
}
