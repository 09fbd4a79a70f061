/** `crm:cluster`: the ECS cluster, its load balancer and the gate of deployments. */
import type { z } from "zod";

import { FUNCTION_BOUNDS } from "../facts/eventing";
import { NAME_LENGTHS } from "../facts/name-lengths";
import { SPOT_WARNING } from "../facts/scaling-times";
import { CAPACITY_BASE, CAPACITY_WEIGHT, IDLE_SECONDS, PORTS } from "../facts/setting-bounds";
import { LISTENER_TLS } from "../facts/tls-policies";
import {
  arn,
  flag,
  group,
  integer,
  within,
  list,
  logRetentionDays,
  oneOf,
  region,
  text,
  type Report,
  type SectionRules,
} from "./common";
import { hoursSchema } from "./hours";
import { image, repositorySchema } from "./images";

const capacityProviderSchema = group({
  provider: oneOf(["FARGATE", "FARGATE_SPOT"]).describe(
    `Where tasks run: FARGATE, or FARGATE_SPOT, which costs less and may interrupt a task, with ${SPOT_WARNING.seconds} seconds' notice`,
  ),
  weight: within(CAPACITY_WEIGHT).describe(
    "Share of the tasks above the base, relative to the others",
  ),
  base: within(CAPACITY_BASE, "tasks")
    .default(0)
    .describe("Tasks of each service that run here before the shares apply"),
});

/** How tasks are spread; of a cluster, or of one service. */
export const capacityProvidersSchema = list(capacityProviderSchema, 1, 2, "capacity providers");

/** Rules of such a list at a path. Source: ECS API Reference, CapacityProviderStrategyItem. */
export function capacityRules(
  providers: z.infer<typeof capacityProvidersSchema>,
  path: readonly string[],
  report: Report,
): void {
  const names = providers.map((entry) => entry.provider);
  if (new Set(names).size < names.length) {
    report(path, names, "each provider once");
  }
  // Only one may have a base, and with weights of 0 only, ECS places no task.
  if (providers.filter((entry) => entry.base > 0).length > 1) {
    const bases = providers.map((entry) => entry.base);
    report(path, bases, "a base on one provider at most");
  }
  if (providers.every((entry) => entry.weight === 0)) {
    report(path, 0, "a weight above 0 on one provider at least");
  }
}

const loadBalancerSchema = group({
  ipAddressType: oneOf(["ipv4", "dualstack"])
    .default("ipv4")
    .describe(
      "Addresses the load balancer listens on; dualstack needs a VPC with IPv6, which crm:network does not create",
    ),
  sslPolicy: oneOf([...LISTENER_TLS.modern, ...LISTENER_TLS.older])
    .default(LISTENER_TLS.modern[0])
    .describe("TLS versions and ciphers of the HTTPS listeners"),
  certificateArn: arn("acm")
    .optional()
    .describe(
      "Issued certificate of the HTTPS listeners that exists, for the origin hosts of crm:edge.domain and, with route.hosts, for API and service hosts; without CloudFront for all hosts. By default the stack creates one",
    ),
  idleTimeoutSeconds: within(IDLE_SECONDS, "seconds")
    .default(60)
    .describe("Seconds after which an idle connection is closed"),
  deletionProtection: flag()
    .default(true)
    .describe("Whether AWS refuses to delete the load balancer"),
  zonalShift: flag()
    .default(true)
    .describe("Whether an operator can move traffic out of one availability zone"),
  accessLogsPrefix: text(
    /^[a-z0-9][a-z0-9/-]{0,62}$/,
    "a path of lower-case letters, digits and hyphens",
  )
    .default("load-balancer")
    .describe("Folder of the access logs in the bucket for access logs"),
});

/** The first port that a program may open without being root. */
const FIRST_PORT = 1024;

const gateSchema = group({
  testPort: integer(FIRST_PORT, PORTS.maximum)
    .default(9443)
    .describe("Port of the test listener, which only the deployment gate can reach"),
  // A minute less than a function's limit, so that it can still answer.
  totalSeconds: integer(10, FUNCTION_BOUNDS.timeoutSeconds.maximum - 60, "seconds")
    .default(240)
    .describe("Time in which a new version must pass all checks, in seconds"),
  requestTimeoutSeconds: integer(1, 60, "seconds")
    .default(5)
    .describe("Longest wait for one answer, in seconds"),
  retryDelaySeconds: integer(1, 60, "seconds")
    .default(5)
    .describe("Pause between two rounds of checks, in seconds"),
  passes: integer(1, 20, "rounds")
    .default(3)
    .describe(
      "Rounds in a row that must pass: in the first round, parts of the load balancer may not know the shift yet",
    ),
  logRetentionDays: logRetentionDays().default(30).describe("Days that the gate's log is kept"),
});

const imageLifecycleSchema = group({
  releasedPrefix: text(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    "the start of a tag: lower-case letters, digits, dots, hyphens",
  )
    .default("released-")
    .describe("Start of the tags of images that are never deleted; `npm run keep-images` gives it"),
  keptImages: integer(1, 10_000, "images")
    .default(50)
    .describe("Newest images of each service that are kept, released or not"),
  untaggedDays: integer(1, 3650, "days")
    .default(14)
    .describe("Days after which an image without a tag is deleted"),
});

export const clusterSchema = group({
  name: text(
    new RegExp(`^[A-Za-z][A-Za-z0-9_-]{0,${NAME_LENGTHS.cluster.maximum - 1}}$`),
    `1 to ${NAME_LENGTHS.cluster.maximum} letters, digits, hyphens or underscores`,
  )
    .optional()
    .describe(
      "Name of the ECS cluster; without it the stack's own, such as crm-production. A change replaces the cluster and its services",
    ),
  capacityProviders: capacityProvidersSchema
    .default([
      { provider: "FARGATE", weight: 70, base: 2 },
      { provider: "FARGATE_SPOT", weight: 30, base: 0 },
    ])
    .describe(
      "How the tasks of a service without its own setting are spread over on-demand and Spot capacity",
    ),
  hours: hoursSchema
    .optional()
    .describe(
      "When services run; at other times they have no tasks, and alarms about customers' requests are muted. Deploy only within the hours, and remove the setting only within them: a new version is checked through its tasks, and outside the hours there are none. Without it services always run",
    ),
  containerInsights: oneOf(["enabled", "enhanced"])
    .default("enabled")
    .describe("Detail of Container Insights metrics; scaling needs their task counts"),
  execLogRetentionDays: logRetentionDays()
    .default(365)
    .describe("Retention of the log of ECS Exec sessions, in days"),
  requireImageDigest: flag()
    .default(false)
    .describe("Whether every image a service names must be named by digest"),
  imageTags: oneOf(["IMMUTABLE", "MUTABLE"])
    .default("IMMUTABLE")
    .describe(
      "MUTABLE: a push may move a tag to another image, such as latest; the rule ecr-immutable-tags then needs an exemption. The earlier image has no tag then, and is deleted imageLifecycle.untaggedDays after its own push, even if tasks still run it: run `npm run keep-images` before each push that moves a tag. Repositories that replication created earlier keep their setting: `aws ecr put-image-tag-mutability --repository-name … --image-tag-mutability MUTABLE --region …` changes each",
    ),
  imageReplication: group({
    region: region().describe("Region to which images are copied"),
  })
    .optional()
    .describe(
      "Copies each pushed image to another region. The setting is the registry's: one stack of an account and region may have it",
    ),
  collector: group({
    image: image
      .optional()
      .describe(
        "Image of the collector that runs beside services with tracing: a digest or tag of the repository, or a full reference. Without it AWS's image, which each start of a task pulls from ECR Public",
      ),
    repository: repositorySchema.prefault({}).describe("Where the collector's image is"),
  })
    .optional()
    .describe(
      "A repository for the image of the telemetry collector, copied like the services' images: ECR Public exists in two regions only, and one may be lost",
    ),
  imageLifecycle: imageLifecycleSchema
    .prefault({})
    .describe("Which images of a service are kept, here and in the region of the copies"),
  loadBalancer: loadBalancerSchema.prefault({}).describe("The internet-facing load balancer"),
  gate: gateSchema
    .prefault({})
    .describe("Function that checks a new version before users reach it"),
});

export type ClusterConfig = z.infer<typeof clusterSchema>;

export const clusterRules: SectionRules<ClusterConfig> = (cluster, report) => {
  capacityRules(cluster.capacityProviders, ["capacityProviders"], report);
  if (cluster.loadBalancer.ipAddressType === "dualstack") {
    // ELB User Guide, "IP address types": the load balancer's subnets need IPv6 addresses.
    report(["loadBalancer", "ipAddressType"], "dualstack", "ipv4, while the VPC has no IPv6");
  }
  const image = cluster.collector?.image;
  if (cluster.requireImageDigest && image !== undefined && !image.includes("sha256:")) {
    report(["collector", "image"], image, "a digest, as crm:cluster.requireImageDigest is on");
  }
  const { gate } = cluster;
  const fastest = gate.passes * (gate.requestTimeoutSeconds + gate.retryDelaySeconds);
  if (fastest > gate.totalSeconds) {
    report(
      ["gate", "totalSeconds"],
      gate.totalSeconds,
      `at least ${fastest} seconds, which ${gate.passes} rounds may take`,
    );
  }
};
