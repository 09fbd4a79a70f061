/** A network without NAT gateways: tasks and functions reach AWS services through endpoints only. */
import type { Report } from "./common";
import type { LinkConfig } from "./links";
import type { INTERFACE_ENDPOINTS } from "./network";
import type { StackConfig } from "./sections";

type Endpoint = (typeof INTERFACE_ENDPOINTS)[number];

/** An image that ECR holds for an account: by digest or tag of the service's repository, or by a full reference. */
const OWN_IMAGE = /^(sha256:|[A-Za-z0-9_][A-Za-z0-9_.-]*$|\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.)/;

/** Endpoints lead to their own region only. Source: Amazon ECR User Guide, "Interface VPC endpoints". */
function isReached(image: string, region: string | undefined): boolean {
  const found = OWN_IMAGE.exec(image);
  return found !== null && (found[2] === undefined || found[2] === region);
}

/**
 * The endpoints that the settings need. Sources: Amazon ECR User Guide, "Interface VPC endpoints" (images, with S3 for their
 * layers); Amazon ECS Developer Guide, "Interface VPC endpoints" (logs, parameters, ECS Exec).
 */
export function endpointsOf({
  services,
  eventing,
}: Pick<StackConfig, "services" | "eventing">): Set<Endpoint> {
  const tasks = Object.values(services);
  const functions = Object.values(eventing.functions).filter(({ vpc }) => vpc);
  const links = [...tasks, ...functions].flatMap((one): readonly LinkConfig[] => one.links);
  const wanted: readonly (readonly [Endpoint, boolean])[] = [
    // Each service may write metrics of its own.
    ...(["ecr.api", "ecr.dkr", "logs", "monitoring"] as const).map(
      (one) => [one, tasks.length > 0] as const,
    ),
    [
      "ssm",
      tasks.some(({ secrets }) => Object.keys(secrets).length > 0) ||
        functions.some(({ databaseUrl }) => databaseUrl !== undefined),
    ],
    ["ssmmessages", tasks.some(({ exec }) => exec)],
    // A session is encrypted with the cluster's key. Source: Systems Manager User Guide, "VPC endpoints for Systems Manager".
    ["kms", tasks.some(({ exec }) => exec)],
    ["xray", tasks.some(({ tracing }) => tracing)],
    ["sqs", links.some(({ queue }) => queue !== undefined)],
    ["sns", links.some(({ topic }) => topic !== undefined)],
  ];
  return new Set(wanted.flatMap(([one, isWanted]) => (isWanted ? [one] : [])));
}

/** Without NAT gateways the endpoints must be there, and no image may come from outside. */
export function closedNetworkRules(config: Partial<StackConfig>, report: Report): void {
  const { network, services, eventing, cluster, database } = config;
  if (network?.natGateways !== "none" || !services || !eventing || !cluster) return;
  const why = "without NAT gateways";
  if (!network.s3GatewayEndpoint) {
    report(["network", "s3GatewayEndpoint"], false, `true ${why}: images have their layers in S3`);
  }
  const given = network.interfaceEndpoints;
  const missing = [...endpointsOf({ services, eventing })].filter((one) => !given.includes(one));
  if (missing.length > 0) {
    report(["network", "interfaceEndpoints"], given, `${missing.join(", ")} too, ${why}`);
  }
  const taskImage = database?.task?.image;
  if (taskImage !== undefined && !isReached(taskImage, config.region)) {
    report(["database", "task", "image"], taskImage, `an image in ECR of the region ${why}`);
  }
  for (const [name, { image, tracing }] of Object.entries(services)) {
    if (image === undefined || !isReached(image, config.region)) {
      const expected = `an image in ECR of the region ${why}: the bootstrap image is in a public registry`;
      report(["services", name, "image"], image, expected);
    }
    if (tracing && cluster.collector?.image === undefined) {
      const expected = `false ${why}, or crm:cluster.collector.image: the collector is in a public registry`;
      report(["services", name, "tracing"], true, expected);
    }
  }
}
