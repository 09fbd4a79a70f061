/** Sections of the stack's dashboard, from the effect on customers to the cost. */
import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { CLOUDWATCH_LIMITS } from "../../facts/limits";
import { inParts } from "../../platform/parts";
import type { CustomMetricConfig } from "../../schema/observability";
import {
  cacheMetric,
  databaseMetric,
  distributionMetric,
  functionMetric,
  type Id,
  loadBalancerMetric,
  logGroupMetric,
  type Metric,
  type MetricSource,
  natGatewayMetric,
  queueMetric,
  serviceMetrics,
} from "../alarm";
import type { GraphPanel, Line, Section } from "./dashboard-layout";

/** Where the numbers come from. */
export interface DashboardSources {
  readonly title: string;
  /** Where the runbooks are. */
  readonly runbooks: string;
  readonly alarmArns: readonly string[];
  readonly loadBalancer: Id;
  /** Services by key, with what their metrics go by. */
  readonly services: Readonly<Record<string, MetricSource & { readonly logGroupName: string }>>;
  readonly distributions: Readonly<Record<string, Id>>;
  /** Database instances by word: `primary`, `replica`. */
  readonly databases: Readonly<Record<string, string>>;
  readonly cacheNodes: readonly string[];
  /** Queues' names by key. */
  readonly queues: Readonly<Record<string, string>>;
  readonly deadLetterQueues: readonly string[];
  /** Functions' names by key. */
  readonly functions: Readonly<Record<string, string>>;
  readonly natGateways: readonly Id[];
  readonly taskEvents: Readonly<Record<string, Metric>>;
  /** Start of the application's namespaces. */
  readonly metricNamespace: string;
  /** The application's metrics by name. */
  readonly customMetrics: Readonly<Record<string, CustomMetricConfig>>;
}

type More = Partial<Omit<GraphPanel, "kind" | "title" | "lines">>;

function graph(title: string, lines: readonly Line[], more: More = {}): GraphPanel {
  return { kind: "graph", title, lines, ...more };
}

function line(label: string, metric: Metric): Line {
  return { label, metric };
}

function each<T>(items: Readonly<Record<string, T>>, metric: (item: T) => Metric): Line[] {
  return Object.entries(items).map(([label, item]) => line(label, metric(item)));
}

/** The sections of the dashboard; one without panels is left out by the layout. */
export function dashboardSections(sources: DashboardSources): Section[] {
  return [
    {
      heading: `# ${sources.title}\nRunbooks: ${sources.runbooks}/alarms.md`,
      across: 1,
      panels: inParts(sources.alarmArns, CLOUDWATCH_LIMITS.alarmsPerWidget).map(
        (alarmArns, index) => ({
          kind: "alarms",
          title: index === 0 ? "Alarms" : `Alarms, part ${index + 1}`,
          alarmArns,
        }),
      ),
    },
    entrance(sources),
    ...Object.entries(sources.services).map(([label, source]) => service(label, source)),
    tasks(sources),
    databases(sources),
    ...(sources.cacheNodes.length === 0 ? [] : [cache(sources)]),
    queues(sources),
    functions(sources),
    business(sources),
    cost(sources),
  ];
}

function entrance({ loadBalancer, distributions }: DashboardSources): Section {
  const balancer = (name: string, stat: string) => loadBalancerMetric(name, stat, loadBalancer);
  const edge = Object.keys(distributions).length > 0;
  return {
    heading: "## Entrance",
    panels: [
      graph("Requests a minute", [line("load balancer", balancer("RequestCount", "Sum"))]),
      graph("Response time, s", [
        line("average", balancer("TargetResponseTime", "Average")),
        line("p95", balancer("TargetResponseTime", "p95")),
        line("p99", balancer("TargetResponseTime", "p99")),
      ]),
      graph(
        "Errors a minute",
        [
          line("services 5XX", balancer("HTTPCode_Target_5XX_Count", "Sum")),
          line("load balancer 5XX", balancer("HTTPCode_ELB_5XX_Count", "Sum")),
          line("services 4XX", balancer("HTTPCode_Target_4XX_Count", "Sum")),
          line("load balancer 4XX", balancer("HTTPCode_ELB_4XX_Count", "Sum")),
        ],
        { stacked: true },
      ),
      graph("Connections", [
        line("active", balancer("ActiveConnectionCount", "Sum")),
        line("rejected", balancer("RejectedConnectionCount", "Sum")),
      ]),
      ...(edge
        ? [
            graph(
              "CloudFront: requests",
              each(distributions, (id) => distributionMetric("Requests", "Sum", id)),
              { region: CLOUDFRONT_REGION, periodSeconds: 300 },
            ),
            graph(
              "CloudFront: 5XX, percent",
              each(distributions, (id) => distributionMetric("5xxErrorRate", "Average", id)),
              { region: CLOUDFRONT_REGION, periodSeconds: 300 },
            ),
            graph(
              "CloudFront: 4XX, percent",
              each(distributions, (id) => distributionMetric("4xxErrorRate", "Average", id)),
              { region: CLOUDFRONT_REGION, periodSeconds: 300 },
            ),
          ]
        : []),
    ],
  };
}

/** Traffic, latency, errors, saturation. Both colours, of which one has the traffic. */
function service(label: string, source: MetricSource): Section {
  const { cpu, memory, running, desired } = serviceMetrics(source);
  const colours = (metricName: string, stat: string, title = "") =>
    source.targetGroups.map((group, index) =>
      line(
        `${title}${index === 0 ? "blue" : "green"}`,
        loadBalancerMetric(metricName, stat, source.loadBalancer, group),
      ),
    );
  return {
    heading: `## Service ${label}`,
    panels: [
      ...(source.targetGroups.length === 0
        ? []
        : [
            graph("Traffic: requests a minute", colours("RequestCount", "Sum"), { stacked: true }),
            graph("Latency, s", [
              ...colours("TargetResponseTime", "p50", "p50 "),
              ...colours("TargetResponseTime", "p95", "p95 "),
            ]),
            graph("Errors a minute", [
              ...colours("HTTPCode_Target_5XX_Count", "Sum", "5XX "),
              ...colours("HTTPCode_Target_4XX_Count", "Sum", "4XX "),
              ...colours("UnHealthyHostCount", "Maximum", "unhealthy "),
            ]),
          ]),
      graph("Saturation: percent, tasks", [
        line("CPU", cpu),
        line("memory", memory),
        line("tasks", running),
        line("tasks wanted", desired),
      ]),
    ],
  };
}

/** A graph with a line for each gateway; none where there are none: CloudWatch refuses a graph without lines. */
function ofGateways(
  ids: readonly Id[],
  title: string,
  [metric, stat]: readonly [metric: string, stat: string],
  more?: More,
): GraphPanel[] {
  const lines = ids.map((id, index) =>
    line(`gateway ${index + 1}`, natGatewayMetric(metric, stat, id)),
  );
  return lines.length === 0 ? [] : [graph(title, lines, more)];
}

function tasks({ taskEvents, natGateways }: DashboardSources): Section {
  return {
    heading: "## Tasks and ways out",
    across: 3,
    panels: [
      graph(
        "Tasks lost",
        each(taskEvents, (metric) => metric),
        { periodSeconds: 300 },
      ),
      ...ofGateways(natGateways, "NAT: connections", ["ActiveConnectionCount", "Maximum"]),
      ...ofGateways(natGateways, "NAT: no port left", ["ErrorPortAllocation", "Sum"]),
    ],
  };
}

function databases({ databases: instances }: DashboardSources): Section {
  const metric = (name: string, stat: string) =>
    each(instances, (identifier) => databaseMetric(name, stat, identifier));
  const slow = { periodSeconds: 300 };
  const replica = instances["replica"];
  return {
    heading: "## Database",
    panels: [
      graph("CPU, percent", metric("CPUUtilization", "Average"), slow),
      graph("Connections", metric("DatabaseConnections", "Maximum"), slow),
      graph("Free storage, bytes", metric("FreeStorageSpace", "Minimum"), slow),
      graph("Free memory, bytes", metric("FreeableMemory", "Minimum"), slow),
      graph("Read latency, s", metric("ReadLatency", "Average"), slow),
      graph("Write latency, s", metric("WriteLatency", "Average"), slow),
      graph("Disk queue", metric("DiskQueueDepth", "Average"), slow),
      ...(replica === undefined
        ? []
        : [
            graph(
              "Replica lag, s",
              [line("replica", databaseMetric("ReplicaLag", "Maximum", replica))],
              slow,
            ),
          ]),
    ],
  };
}

function cache({ cacheNodes }: DashboardSources): Section {
  const metric = (name: string, stat: string) =>
    cacheNodes.map((node) => line(node, cacheMetric(name, stat, node)));
  const slow = { periodSeconds: 300 };
  return {
    heading: "## Cache",
    panels: [
      graph("Memory, percent", metric("DatabaseMemoryUsagePercentage", "Maximum"), slow),
      graph("Redis CPU, percent", metric("EngineCPUUtilization", "Average"), slow),
      graph("Evictions", metric("Evictions", "Sum"), slow),
      graph("Replication lag, s", metric("ReplicationLag", "Maximum"), slow),
    ],
  };
}

function queues(sources: DashboardSources): Section {
  const metric = (name: string, stat: string) =>
    each(sources.queues, (queue) => queueMetric(name, stat, queue));
  return {
    heading: "## Queues",
    panels: [
      graph("Oldest message, s", metric("ApproximateAgeOfOldestMessage", "Maximum")),
      graph("Messages waiting", metric("ApproximateNumberOfMessagesVisible", "Maximum")),
      graph("Messages sent a minute", metric("NumberOfMessagesSent", "Sum")),
      graph(
        "Dead letters",
        sources.deadLetterQueues.map((queue) =>
          line(queue, queueMetric("ApproximateNumberOfMessagesVisible", "Maximum", queue)),
        ),
      ),
    ],
  };
}

function functions(sources: DashboardSources): Section {
  const metric = (name: string, stat: string) =>
    each(sources.functions, (fn) => functionMetric(name, stat, fn));
  return {
    heading: "## Functions",
    panels:
      Object.keys(sources.functions).length === 0
        ? []
        : [
            graph("Calls", metric("Invocations", "Sum"), { periodSeconds: 300 }),
            graph("Errors", metric("Errors", "Sum"), { periodSeconds: 300 }),
            graph("Duration, ms", metric("Duration", "Maximum"), { periodSeconds: 300 }),
            graph("Refused calls", metric("Throttles", "Sum"), { periodSeconds: 300 }),
          ],
  };
}

/** The application's metrics: their dimensions' values come with the log lines, so they are searched for. */
function business({ metricNamespace, customMetrics }: DashboardSources): Section {
  return {
    heading: "## Business",
    across: 3,
    panels: Object.entries(customMetrics).map(([name, { group, unit, dimensions, statistic }]) =>
      graph(`${name}, ${unit.toLowerCase()}`, [], {
        periodSeconds: 300,
        searches: [
          {
            label: "",
            expression:
              `SEARCH('{${[`${metricNamespace}/${group}`, ...Object.keys(dimensions)].join(",")}} ` +
              `MetricName="${name}"', '${statistic}', 300)`,
          },
        ],
      }),
    ),
  };
}

/** What the bill follows; the bill itself is the account's, once a day. */
function cost(sources: DashboardSources): Section {
  const hourly = { periodSeconds: 3600, stacked: true };
  return {
    heading: "## Cost: what the bill follows",
    panels: [
      graph(
        "Load balancer capacity units",
        [line("used", loadBalancerMetric("ConsumedLCUs", "Sum", sources.loadBalancer))],
        { periodSeconds: 3600 },
      ),
      ...ofGateways(
        sources.natGateways,
        "NAT: bytes out an hour",
        ["BytesOutToDestination", "Sum"],
        hourly,
      ),
      graph(
        "Services' logs: bytes an hour",
        each(sources.services, ({ logGroupName }) =>
          logGroupMetric("IncomingBytes", "Sum", logGroupName),
        ),
        hourly,
      ),
      graph(
        "Tasks running",
        each(sources.services, (source) => serviceMetrics(source).running),
        hourly,
      ),
      ...(Object.keys(sources.distributions).length > 0
        ? [
            graph(
              "CloudFront: bytes an hour",
              each(sources.distributions, (id) => distributionMetric("BytesDownloaded", "Sum", id)),
              { ...hourly, region: CLOUDFRONT_REGION },
            ),
          ]
        : []),
    ],
  };
}
