/**
 * `npm run tunnel -- <service>`: a local port that leads to the private database, through a running task of
 * the service (ECS Exec and Session Manager): no bastion, no open port, and the service's own way to the
 * database. `--to cache` leads to Redis.
 */
import { StartSessionCommand } from "@aws-sdk/client-ssm";

import { shownValue } from "../facts/problem-text";
import { PORTS } from "../facts/setting-bounds";
import { execTarget, pluginArguments, runDayTwo, type World } from "./aws";
import { serviceOf, UsageError } from "./platform";

const USAGE = `Usage: npm run tunnel -- <service> [--stack <stack>] [--to database|cache] [--port <local port>] [--host <address>]

Forwards a local port (default: 15432 for the database, 16379 for the cache) through a running task of the
service until Ctrl-C. The address comes from the stack's outputs, or from --host, for example of a
read replica. Needs AWS credentials and the session-manager-plugin.`;

const LOCAL_PORTS = { database: "15432", cache: "16379" } as const;

/** The command; returns the session's exit code. */
export function main(args: readonly string[], world?: World): Promise<number> {
  return runDayTwo(
    {
      usage: USAGE,
      options: { to: { type: "string" }, port: { type: "string" }, host: { type: "string" } },
      service: "required",
      act: async ({ platform, world: aws, key, values }) => {
        const to = values["to"] ?? "database";
        if (to !== "database" && to !== "cache") {
          throw new UsageError(`--to: expected database or cache, got ${shownValue(to)}`);
        }
        const port = (values["port"] as string | undefined) ?? LOCAL_PORTS[to];
        if (!/^\d{4,5}$/.test(port) || Number(port) > PORTS.maximum) {
          throw new UsageError(
            `--port: expected a port from 1000 to ${PORTS.maximum}, got ${shownValue(port)}`,
          );
        }
        const service = serviceOf(platform, key!);
        // Checks AWS first, so that its error comes before that of Pulumi's backend.
        const { target } = await execTarget(aws, platform, service);
        const host =
          (values["host"] as string | undefined) ??
          aws.stackOutput(platform.stack, to === "database" ? "databaseAddress" : "cacheAddress");
        const request = {
          Target: target,
          DocumentName: "AWS-StartPortForwardingSessionToRemoteHost",
          Parameters: {
            host: [host],
            portNumber: [String(platform.ports[to])],
            localPortNumber: [port],
          },
        };
        const { SessionId, StreamUrl, TokenValue } = await aws.ssm.send(
          new StartSessionCommand(request),
        );
        aws.print(`${to} of ${platform.stack} at 127.0.0.1:${port}, until Ctrl-C. ${ADVICE[to]}`);
        return aws.run(
          "session-manager-plugin",
          pluginArguments({ SessionId, StreamUrl, TokenValue }, platform.region, request),
        );
      },
    },
    args,
    world,
  );
}

const ADVICE = {
  database: "TLS is required; the certificate names the database: psql with sslmode=verify-ca.",
  cache: "TLS is required: redis-cli --tls --insecure, and AUTH with the token.",
} as const;
