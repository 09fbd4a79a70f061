/** What tasks, functions, load balancers and networks cost. */
import { FUNCTION_MEMORY } from "../../facts/limits";
import { INSIGHTS_METRICS } from "../../facts/metrics";
import { counted } from "../counted";
import { takesClients } from "../plan/direct-clients";
import type { PlannedResource } from "../plan/model";
import { scheduledShare } from "./estimators-schedules";
import { isArm, number, records, string } from "./inputs";
import type { Charge, Estimator, Scope } from "./model";
import { taskCharges, taskShares, taskSize } from "./tasks";

/** Tasks by the size of the task definition, shared out over Fargate and Spot by the service's strategy. */
const service: Estimator = (scope) => {
  const count = number(scope.resource, "desiredCount");
  const size = taskSize(scope, "taskDefinition");
  if (count === undefined || size === undefined) {
    return "its count or size is not known";
  }
  const shares = taskShares(count, records(scope.resource, "capacityProviderStrategies"));
  const share = scheduledShare(scope);
  return shares.flatMap(({ provider, tasks }) => {
    const spot = provider === "FARGATE_SPOT" ? { times: "fargate-spot-share" } : {};
    const hours = tasks * share * scope.usage("hours");
    const title = `${format(tasks)} ${tasks === 1 ? "task" : "tasks"} on ${provider}${share < 1 ? `, ${Math.round(share * 100)} percent of the time` : ""}`;
    return taskCharges(title, hours, size).map((charge) => ({ ...charge, ...spot }));
  });
};

function format(value: number): string {
  return String(Math.round(value * 100) / 100);
}

const lambda: Estimator = (scope) => {
  const gigabytes = (number(scope.resource, "memorySize") ?? FUNCTION_MEMORY.byItselfMiB) / 1024;
  const calls = scope.usage("functionCalls");
  return [
    { item: "calls", quantity: calls / 1e6, price: "lambda-million" },
    {
      item: "duration",
      quantity: calls * scope.usage("functionSeconds") * gigabytes,
      price: isArm(scope.resource) ? "lambda-gb-second" : "lambda-x86-gb-second",
    },
  ];
};

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";

/** Data to viewers, where no CloudFront sends it. */
const loadBalancer: Estimator = (scope) => {
  const hours = scope.usage("hours");
  const network = string(scope.resource, "loadBalancerType") === "network";
  const price = network ? "nlb" : "alb";
  const internal = scope.resource.inputs["internal"] === true;
  const answers = !internal && !network && takesClients(scope.ofType);
  const units = scope.usage(network ? "gateLcu" : "loadBalancerLcu");
  return [
    { item: "hours", quantity: hours, price: `${price}-hour` },
    { item: "capacity units", quantity: units * hours, price: `${price}-lcu` },
    ...(internal
      ? []
      : [
          {
            item: "public addresses",
            quantity: scope.usage("loadBalancerZones") * hours,
            price: "ipv4-hour",
          },
        ]),
    ...(answers
      ? [
          {
            item: "data out to the internet",
            quantity: scope.usage("viewerGB") / scope.ofType(BALANCER).filter(isPublic).length,
            price: "internet-gb",
          },
        ]
      : []),
  ];
};

/** Whether clients on the internet may call a load balancer by HTTP. */
function isPublic({ inputs }: PlannedResource): boolean {
  return inputs["internal"] !== true && inputs["loadBalancerType"] !== "network";
}

const natGateway: Estimator = (scope) => [
  { item: "hours", quantity: scope.usage("hours"), price: "nat-hour" },
  {
    item: "data",
    quantity: scope.usage("natGB") / scope.ofType("aws:ec2/natGateway:NatGateway").length,
    price: "nat-gb",
  },
  {
    item: "data out to the internet",
    quantity: scope.usage("natEgressGB") / scope.ofType("aws:ec2/natGateway:NatGateway").length,
    price: "internet-gb",
  },
];

const SERVICE = "aws:ecs/service:Service";

/** Container Insights by the cluster's services and tasks, and what its tasks exchange with other zones. */
const cluster: Estimator = (scope) => {
  const { urn } = scope.resource;
  const services = scope
    .ofType(SERVICE)
    .filter(({ propertyDependencies }) => propertyDependencies["cluster"]?.includes(urn));
  const tasks = services.reduce((sum, one) => sum + (number(one, "desiredCount") ?? 0), 0);
  const zones = { item: "data between zones", quantity: scope.usage("zoneGB"), price: "zone-gb" };
  const level = records(scope.resource, "settings").find(
    ({ name }) => name === "containerInsights",
  )?.["value"];
  if (level !== "enabled" && level !== "enhanced") return [zones];
  const { cluster: ofCluster, service, family } = INSIGHTS_METRICS;
  const metrics = ofCluster + services.length * (service + family);
  return [
    zones,
    level === "enabled"
      ? { item: "Container Insights", quantity: metrics, price: "custom-metric" }
      : {
          item: `Container Insights of ${counted(tasks, "task")}`,
          quantity: metrics + tasks * scope.usage("insightsTaskMetrics"),
          price: "insights-metric",
        },
  ];
};

const address: Estimator = (scope) => [
  { item: "public address", quantity: scope.usage("hours"), price: "ipv4-hour" },
];

const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";

/** An interface endpoint has an address in every private subnet; a gateway endpoint is free. */
const endpoint: Estimator = (scope) => {
  if (!isInterface(scope.resource)) {
    return [];
  }
  const listed = scope.resource.inputs["subnetIds"];
  const zones = Array.isArray(listed) ? listed.length : zonesOf(scope);
  return [
    {
      item: counted(zones, "zone"),
      quantity: zones * scope.usage("hours"),
      price: "endpoint-hour",
    },
    {
      item: "data",
      quantity: scope.usage("endpointGB") / scope.ofType(ENDPOINT).filter(isInterface).length,
      price: "endpoint-gb",
    },
  ];
};

function isInterface(resource: PlannedResource): boolean {
  return string(resource, "vpcEndpointType") === "Interface";
}

/** Zones of the network, where the endpoint's own subnets are not known yet. */
function zonesOf(scope: Scope): number {
  const zones = scope
    .ofType("aws:ec2/subnet:Subnet")
    .map((subnet) => string(subnet, "availabilityZone"))
    .filter((zone) => zone !== undefined);
  return Math.max(1, new Set(zones).size);
}

const repository: Estimator = (scope) => [
  { item: "images", quantity: scope.usage("imagesGB"), price: "ecr-gb" },
];

/** A charge that is nothing but a number of something. */
export function fixed(item: string, price: string, quantity = 1): Estimator {
  const charge: Charge = { item, quantity, price };
  return () => [charge];
}

export const COMPUTE: Readonly<Record<string, Estimator>> = {
  [SERVICE]: service,
  "aws:ecs/cluster:Cluster": cluster,
  "aws:lambda/function:Function": lambda,
  [BALANCER]: loadBalancer,
  "aws:ec2/natGateway:NatGateway": natGateway,
  "aws:ec2/eip:Eip": address,
  [ENDPOINT]: endpoint,
  "aws:ecr/repository:Repository": repository,
};
