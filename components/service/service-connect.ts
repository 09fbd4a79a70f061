/** How a service is called by others, and calls them: ECS Service Connect. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import type { ServiceConfig } from "../../schema/services";
import { logging } from "./container-definitions";

/** A service's part in the namespace of the services. */
export interface ServiceConnection {
  readonly namespaceArn: pulumi.Input<string>;
  /** Whether others call it. */
  readonly isCalled: boolean;
}

interface Connecting {
  readonly service: string;
  readonly config: ServiceConfig;
  readonly connection?: ServiceConnection | undefined;
}

/** Name and protocol of the port that others call; nothing where none does. Both belong to the task definition. */
export function calledPort({ service, config, connection }: Connecting) {
  return connection?.isCalled === true
    ? { name: service, appProtocol: config.route?.protocol ?? "http" }
    : {};
}

/**
 * `serviceConnectConfiguration` of an ECS service. A called one has its key as host name; while ECS shifts traffic to a
 * new version, callers follow, and requests with the header x-amzn-ecs-blue-green-test get the new one before.
 */
export function serviceConnect(
  { service, config, connection }: Connecting,
  log: Parameters<typeof logging>[0],
): aws.types.input.ecs.ServiceServiceConnectConfiguration | undefined {
  if (connection === undefined) return undefined;
  return {
    enabled: true,
    namespace: connection.namespaceArn,
    ...(connection.isCalled && {
      services: [
        {
          portName: service,
          discoveryName: service,
          clientAlias: [{ dnsName: service, port: config.port! }],
        },
      ],
    }),
    logConfiguration: logging(log, "service-connect"),
  };
}
