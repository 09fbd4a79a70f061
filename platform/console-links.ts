/** Addresses of the AWS console for the first steps of an investigation; plain text from names. */

export interface ConsoleLinksArgs {
  readonly region: string;
  readonly clusterName: string;
  /** Key below `crm:services` to the service's names. */
  readonly services: Readonly<
    Record<string, { readonly serviceName: string; readonly logGroupName: string }>
  >;
  readonly dashboardName: string;
}

/** Links by what they show: `dashboard`, `alarms`, `cluster`, and for each service its page and its log. */
export interface ConsoleLinks {
  readonly dashboard: string;
  readonly alarms: string;
  readonly cluster: string;
  readonly services: Readonly<Record<string, { readonly service: string; readonly logs: string }>>;
}

/** The links of one stack. */
export function consoleLinks(args: ConsoleLinksArgs): ConsoleLinks {
  const { region } = args;
  const page = (path: string) => `https://${region}.console.aws.amazon.com/${path}`;
  const cloudWatch = (fragment: string) => page(`cloudwatch/home?region=${region}#${fragment}`);
  const cluster = `ecs/v2/clusters/${args.clusterName}`;
  return {
    dashboard: cloudWatch(`dashboards/dashboard/${args.dashboardName}`),
    alarms: cloudWatch("alarmsV2:?~(alarmStateFilter~'ALARM)"),
    cluster: page(`${cluster}/services?region=${region}`),
    services: Object.fromEntries(
      Object.entries(args.services).map(([key, { serviceName, logGroupName }]) => [
        key,
        {
          service: page(`${cluster}/services/${serviceName}/health?region=${region}`),
          logs: cloudWatch(`logsV2:log-groups/log-group/${consoleEncoded(logGroupName)}`),
        },
      ]),
    ),
  };
}

/** The console encodes a name in a fragment twice, with `$` for `%`: `/ecs/x` is `$252Fecs$252Fx`. */
function consoleEncoded(name: string): string {
  return encodeURIComponent(encodeURIComponent(name)).replaceAll("%", "$");
}
