/** `npm run logs -- <service>`: the last lines of a service's log, or all new ones. */
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";

import { shownValue } from "../facts/problem-text";
import { visible, visibleLines } from "../tools/visible";
import { runDayTwo, type World } from "./aws";
import { serviceOf, UsageError } from "./platform";

const USAGE = `Usage: npm run logs -- <service> [--stack <stack>] [--since 10m] [--filter <pattern>] [--follow]

--since   start of the period: 30s, 10m, 2h, 1d ago (default: 10m)
--filter  pattern of CloudWatch Logs, such as ERROR or '{ $.level = "error" }'
--follow  wait for new lines until Ctrl-C`;

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a time such as `10m`. @throws UsageError */
export function milliseconds(text: string): number {
  const match = /^(\d{1,4})([smhd])$/.exec(text);
  if (match === null) {
    throw new UsageError(
      `--since: expected a time such as 30s, 10m, 2h or 1d, got ${shownValue(text)}`,
    );
  }
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}

/** Pause between two looks at a followed log: FilterLogEvents takes 10 calls a second for an account. */
const PAUSE_MS = 2_000;

/** Lines usually arrive within this time: a line that is read twice is shown once. */
const OVERLAP_MS = 10_000;

/** The command; returns its exit code. */
export function main(args: readonly string[], world?: World): Promise<number> {
  return runDayTwo(
    {
      usage: USAGE,
      options: {
        since: { type: "string" },
        filter: { type: "string" },
        follow: { type: "boolean", short: "f" },
      },
      service: "required",
      act: async ({ platform, world: aws, key, values }) => {
        const { logGroupName } = serviceOf(platform, key!);
        const filterPattern = values["filter"] as string | undefined;
        let from =
          aws.now().getTime() - milliseconds((values["since"] as string | undefined) ?? "10m");
        let seen = new Set<string>();
        do {
          const shown = new Set<string>();
          let latest = from;
          let nextToken: string | undefined;
          do {
            const page = await aws.logs.send(
              new FilterLogEventsCommand({
                logGroupName,
                startTime: from,
                filterPattern,
                nextToken,
              }),
            );
            for (const { eventId, timestamp, message, logStreamName } of page.events ?? []) {
              shown.add(eventId!);
              latest = Math.max(latest, timestamp!);
              if (!seen.has(eventId!)) {
                const task = logStreamName?.split("/").at(-1)?.slice(0, 8) ?? "";
                const said = visibleLines(message?.trimEnd() ?? "", "    ");
                aws.print(`${new Date(timestamp!).toISOString()} ${visible(task)} ${said}`);
              }
            }
            nextToken = page.nextToken;
          } while (nextToken !== undefined);
          seen = shown;
          from = Math.max(from, latest - OVERLAP_MS);
          if (values["follow"]) {
            await aws.sleep(PAUSE_MS);
          }
        } while (values["follow"]);
        return 0;
      },
    },
    args,
    world,
  );
}
