/** How a service is called by others, and calls them: ECS Service Connect. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { SERVICE_CONNECT } from "../../facts/service-connect";
import { callProtocol } from "../../schema/service-calls";
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
  return connection?.isCalled === true ? { name: service, appProtocol: callProtocol(config) } : {};
}

/**
 * Seconds in which an answer is complete. 0, no limit, for gRPC, whose streams stay open, and with a route: the load balancer's
 * requests pass the proxy too, and have its timeout and CloudFront's. Source: Amazon ECS Developer Guide, "Service Connect
 * components" (Considerations).
 */
function callTimeout(config: ServiceConfig): number {
  const isOpen = config.route !== undefined || callProtocol(config) === "grpc";
  return config.callTimeoutSeconds ?? (isOpen ? 0 : SERVICE_CONNECT.requestSeconds);
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
          timeout: {
            // The provider sends 0, which is no limit, for one that is not set beside the other.
            idleTimeoutSeconds: SERVICE_CONNECT.idleSeconds,
            perRequestTimeoutSeconds: callTimeout(config),
          },
        },
      ],
    }),
    logConfiguration: logging(log, "service-connect"),
  };
}
