/** `npm run exec -- <service> [-- <command>]`: a shell, or a command, in a running task (ECS Exec). */
import { ExecuteCommandCommand } from "@aws-sdk/client-ecs";

import { execTarget, pluginArguments, runDayTwo, type World } from "./aws";
import { serviceOf } from "./platform";

const USAGE = `Usage: npm run exec -- <service> [--stack <stack>] [-- <command> ...]

Opens a shell (/bin/sh) in the newest running task of the service, or runs the command there.
The session is logged. Needs AWS credentials and the session-manager-plugin.`;

/** The command; returns the session's exit code. */
export function main(args: readonly string[], world?: World): Promise<number> {
  return runDayTwo(
    {
      usage: USAGE,
      options: {},
      service: "required",
      act: async ({ platform, world: aws, key, rest }) => {
        const service = serviceOf(platform, key!);
        const { taskArn, target } = await execTarget(aws, platform, service);
        const { session } = await aws.ecs.send(
          new ExecuteCommandCommand({
            cluster: platform.clusterName,
            task: taskArn,
            container: service.containerName,
            // ECS Exec supports interactive sessions only (API reference, ExecuteCommand).
            interactive: true,
            command: rest.length === 0 ? "/bin/sh" : rest.map(quoted).join(" "),
          }),
        );
        const plugin = {
          SessionId: session!.sessionId,
          StreamUrl: session!.streamUrl,
          TokenValue: session!.tokenValue,
        };
        return aws.run(
          "session-manager-plugin",
          pluginArguments(plugin, platform.region, { Target: target }),
        );
      },
    },
    args,
    world,
  );
}

/** A word, quoted for the shell in the container. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
