/** What the edge, DNS, logs, metrics and traces cost. */
import { takesClients } from "../plan/direct-clients";
import type { PlannedResource } from "../plan/model";
import { fixed } from "./estimators-compute";
import { number, record, records, string } from "./inputs";
import type { Estimator, Scope } from "./model";

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";

/** Requests and data of viewers, shared out evenly over the distributions. */
const distribution: Estimator = (scope) => {
  const share = 1 / scope.ofType(DISTRIBUTION).length;
  const million = scope.usage("viewerRequestsMillion") * share;
  const behavior = record(scope.resource, "defaultCacheBehavior");
  const functions = behavior["functionAssociations"];
  return [
    { item: "data to viewers", quantity: scope.usage("viewerGB") * share, price: "cloudfront-gb" },
    { item: "requests", quantity: million * 100, price: "cloudfront-10k" },
    ...(Array.isArray(functions) && functions.length > 0
      ? [{ item: "calls of functions", quantity: million, price: "cloudfront-functions-million" }]
      : []),
  ];
};

const webAcl: Estimator = (scope) => {
  const regional = string(scope.resource, "scope") === "REGIONAL";
  const share = regional && !takesClients(scope.ofType) ? scope.usage("apiShare") : 1;
  return [
    { item: "web ACL", quantity: 1, price: "waf-acl" },
    { item: "rules", quantity: records(scope.resource, "rules").length, price: "waf-rule" },
    {
      item: "requests",
      quantity: scope.usage("viewerRequestsMillion") * share,
      price: "waf-million",
    },
  ];
};

const zone: Estimator = (scope) => [
  { item: "zone", quantity: 1, price: "zone" },
  { item: "queries", quantity: scope.usage("dnsQueriesMillion"), price: "dns-million" },
];

const healthCheck: Estimator = ({ resource }) => {
  const type = string(resource, "type") ?? "";
  const features = [
    type.startsWith("HTTPS"),
    type.endsWith("STR_MATCH"),
    number(resource, "requestInterval") === 10,
    resource.inputs["measureLatency"] === true,
  ].filter(Boolean).length;
  return [
    { item: "check", quantity: 1, price: "health-check" },
    ...(features === 0
      ? []
      : [{ item: "optional features", quantity: features, price: "health-check-feature" }]),
  ];
};

/** Ingested data, and stored data for the group's retention. */
const logGroup: Estimator = (scope) => {
  const gigabytes = takenIn(scope);
  const days = number(scope.resource, "retentionInDays") ?? 0;
  const months = days === 0 ? 12 : days / 30;
  return [
    { item: "ingested", quantity: gigabytes, price: "logs-gb" },
    {
      item: "stored",
      quantity: gigabytes * months * scope.usage("logCompression"),
      price: "logs-stored-gb",
    },
  ];
};

function takenIn(scope: Scope): number {
  const name = string(scope.resource, "name") ?? "";
  if (/^\/ecs\/(?!exec\/)/.test(name)) {
    return scope.usage("serviceLogGB");
  }
  return scope.usage(name.startsWith("/vpc/") ? "flowLogGB" : "otherLogGB");
}

/** An alarm costs by the metrics that it looks at. */
const alarm: Estimator = ({ resource }) => {
  const queries = records(resource, "metricQueries");
  const metrics = queries.filter((query) => query["metric"] !== undefined).length;
  return [{ item: "metrics watched", quantity: Math.max(1, metrics), price: "alarm-metric" }];
};

const METRIC_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter";

/** Filters that feed one metric share its price, unless a dimension distinguishes the services. */
const metricFilter: Estimator = (scope) => {
  const { dimensions } = record(scope.resource, "metricTransformation");
  const series = dimensions === undefined ? 1 : scope.usage("seriesPerFilter");
  const perService = Object.values(dimensions ?? {}).includes("$.service");
  const sharing = scope
    .ofType(METRIC_FILTER)
    .filter((other) => metricOf(other) === metricOf(scope.resource)).length;
  const quantity = perService ? series : series / sharing;
  return [{ item: "metrics", quantity, price: "custom-metric" }];
};

function metricOf(filter: PlannedResource): string {
  const { namespace, name } = record(filter, "metricTransformation");
  return `${String(namespace)} ${String(name)}`;
}

/**
 * A policy that tracks a target has an alarm in each direction, which cost by their metrics; the alarms of
 * the other policies are resources of their own. Source: Application Auto Scaling User Guide, "Target
 * tracking scaling policies".
 */
const scalingPolicy: Estimator = ({ resource }) => {
  const tracking = record(resource, "targetTrackingScalingPolicyConfiguration");
  if (Object.keys(tracking).length === 0) {
    return [];
  }
  const custom = tracking["customizedMetricSpecification"] as { metrics?: object[] } | undefined;
  const queries = custom?.metrics?.filter((query) => "metricStat" in query).length ?? 1;
  const alarms = tracking["disableScaleIn"] === true ? 1 : 2;
  return [{ item: "metrics watched", quantity: alarms * queries, price: "alarm-metric" }];
};

const SAMPLING_RULE = "aws:xray/samplingRule:SamplingRule";

const samplingRule: Estimator = (scope) => [
  {
    item: "traces",
    quantity: scope.usage("tracesMillion") / scope.ofType(SAMPLING_RULE).length,
    price: "xray-million",
  },
];

export const EDGE: Readonly<Record<string, Estimator>> = {
  [DISTRIBUTION]: distribution,
  "aws:wafv2/webAcl:WebAcl": webAcl,
  "aws:route53/zone:Zone": zone,
  "aws:route53/healthCheck:HealthCheck": healthCheck,
  "aws:cloudwatch/logGroup:LogGroup": logGroup,
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": fixed("alarm", "composite-alarm"),
  "aws:cloudwatch/dashboard:Dashboard": fixed("dashboard", "dashboard"),
  [METRIC_FILTER]: metricFilter,
  "aws:appautoscaling/policy:Policy": scalingPolicy,
  [SAMPLING_RULE]: samplingRule,
};
