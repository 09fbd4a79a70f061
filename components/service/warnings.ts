/** What a service runs without, in words for the owner of its stack file. */
import * as pulumi from "@pulumi/pulumi";

import { integrationChecks } from "../../schema/integration-checks";
import type { ServiceConfig } from "../../schema/services";

/** Warns of a missing image, of a gate that has nothing to ask, and of an alarm that does not see what fails. */
export function warnOfWhatIsMissing(
  resource: pulumi.Resource,
  service: string,
  config: ServiceConfig,
  image: string | undefined,
): void {
  const key = `crm:services.${service}`;
  if (image === undefined) {
    void pulumi.log.warn(
      `${key}.image is not set: the ${service} service runs a bootstrap image that answers ` +
        "its health check and nothing else. Push an image to its repository and set its digest.",
      resource,
    );
  } else if (
    config.deployment.strategy !== "rolling" &&
    config.route?.protocol !== "grpc" &&
    integrationChecks(service, config).length === 0
  ) {
    void pulumi.log.warn(
      `${key}.deployment.checks has none: a new version that answers ${config.targetHealth.path} gets the traffic. ` +
        "Name what it must answer, or leave the setting out for a check of each route (docs/integration-checks.md).",
      resource,
    );
  }
  if (config.route?.protocol === "grpc" && config.deployment.rollbackAlarms.enabled) {
    void pulumi.log.warn(
      `${key}.route.protocol is grpc: a failed call has HTTP status 200, so the alarm on errors does not fire for it and rolls no version back. ` +
        "Publish a metric of failed calls, and set an alarm on it in crm:observability.alarms.",
      resource,
    );
  }
}
