/** What the document requires of network, compute and load balancing. Form: model.ts. */
import { AWS, ofServices, section } from "./model";

const SUBNETS = ["public", "private", "db"].flatMap((tier, decade) =>
  ["a", "b", "c"]
    // The document has two database subnets; the third is the replica's.
    .filter((zone) => tier !== "db" || zone !== "c")
    .flatMap((zone, index) => {
      const name = `${tier}-${index + 1}`;
      return [
        `Subnet ${name}: range | ec2/subnet crm-${name} | cidrBlock | 10.0.${decade * 10 + index + 1}.0/24`,
        `Subnet ${name}: zone | ec2/subnet crm-${name} | availabilityZone | us-east-1${zone}`,
      ];
    }),
);

const BETWEEN = (rule: string, from: string, to: string, ports: string, way: string) => {
  const type = `vpc/securityGroup${way === "in" ? "Ingress" : "Egress"}Rule`;
  const [own, other] = way === "in" ? [to, from] : [from, to];
  const name = way === "in" ? `${to}-from-${from}` : `${from}-to-${to}`;
  const on = `${type} crm-${name}-${ports}`;
  return [
    `${rule}: ports | ${on} | fromPort-toPort | ${ports.includes("-") ? ports : `${ports}-${ports}`}`,
    `${rule}: protocol | ${on} | ipProtocol | tcp`,
    `${rule}: of | ${on} | @securityGroupId | crm-${own}`,
    `${rule}: ${way === "in" ? "from" : "to"} | ${on} | @referencedSecurityGroupId | crm-${other}`,
  ];
};

export const OVERVIEW = section(
  "Overview",
  "DNS by Route 53 | count route53/zone crm-dns | | at least 1",
  "CDN in front | route53/record crm-edge-app-a | @aliases | crm-edge-distributions-app",
  "TLS ends at CloudFront | cloudfront/distribution crm-edge-distributions-app | @viewerCertificate | crm-dns-viewer",
  "CDN before the load balancer | route53/record crm-edge-origin-primary | @aliases | crm-cluster",
  "Load balancer in three zones: public subnets, one in each | count ec2/subnet crm-public- | | 3",
  "Tasks in three zones: private subnets, one in each | count ec2/subnet crm-private- | | 3",
  "PostgreSQL in two zones | rds/instance crm-database-primary | multiAz | true",
  "Redis | elasticache/replicationGroup crm-cache | engine | redis",
);

export const NETWORK = section(
  "Network",
  "VPC: range | ec2/vpc crm | cidrBlock | 10.0.0.0/16",
  "VPC: DNS names | ec2/vpc crm | enableDnsHostnames | true",
  "VPC: DNS | ec2/vpc crm | enableDnsSupport | true",
  ...SUBNETS,
  `Database subnets: two | count ec2/subnet crm-db- | | 2 | A third database subnet | ${AWS}/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html | 3`,
);

const ALB_GROUPS = `${AWS}/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html`;

export const SECURITY_GROUPS = section(
  "Security groups",
  "Load balancer in: port 443 | vpc/securityGroupIngressRule crm-alb-from-*-443 | fromPort-toPort | 443-443",
  "Load balancer in: protocol | vpc/securityGroupIngressRule crm-alb-from-*-443 | ipProtocol | tcp",
  "Load balancer in: from everywhere | vpc/securityGroupIngressRule crm-alb-from-*-443 | cidrIpv4,prefixListId | 0.0.0.0/0 | Behind CloudFront the load balancer opens 443 only | crm:edge.restrictOrigin | pl-…",
  "Load balancer in: rules, for 443 and 80 | count vpc/securityGroupIngressRule crm-alb-from- | | 2 | Behind CloudFront the load balancer opens 443 only | crm:edge.restrictOrigin | 1",
  `Load balancer in: test listener | vpc/securityGroupIngressRule crm-cluster-gate-listener-in | fromPort-toPort | no such rule | The deployment gate goes through an internal Network Load Balancer | ${ALB_GROUPS} | 9443-9443`,
  ...BETWEEN("Load balancer out", "alb", "ecs", "8080", "out"),
  `Load balancer out: rules | count vpc/securityGroupEgressRule crm-alb-to- | | 1 | The load balancer reaches the services on their own ports | ${ALB_GROUPS} | 2`,
  ...BETWEEN("Tasks in", "alb", "ecs", "8080", "in"),
  ...BETWEEN("Tasks in, services", "alb", "ecs", "3000-3010", "in"),
  "Tasks in: rules | count vpc/securityGroupIngressRule crm-ecs-from- | | 2",
  ...BETWEEN("Tasks out, database", "ecs", "rds", "5432", "out"),
  ...BETWEEN("Tasks out, cache", "ecs", "elasticache", "6379", "out"),
  "Tasks out, HTTPS: ports | vpc/securityGroupEgressRule crm-ecs-to-anywhere-443 | fromPort-toPort | 443-443",
  "Tasks out, HTTPS: protocol | vpc/securityGroupEgressRule crm-ecs-to-anywhere-443 | ipProtocol | tcp",
  "Tasks out, HTTPS: to | vpc/securityGroupEgressRule crm-ecs-to-anywhere-443 | cidrIpv4 | 0.0.0.0/0",
  "Tasks out: rules | count vpc/securityGroupEgressRule crm-ecs-to- | | 3",
  ...BETWEEN("Database in", "ecs", "rds", "5432", "in"),
  "Database in: rules | count vpc/securityGroupIngressRule crm-rds-from- | | 1 | The functions reach the database as well | crm:network.securityGroups.rds.ingress | 2",
  "Database out: nothing | none vpc/securityGroupEgressRule crm-rds- | | 0",
);

const SERVICE = (
  title: string,
  [name, container, port, cpu, memory]: readonly [string, string, number, number, number],
  ...rows: readonly string[]
) => {
  const task = `ecs/taskDefinition crm-${name}`;
  const own = `containerDefinitions[name=${container}]`;
  return section(
    title,
    `Name of the service | ecs/service crm-${name} | name | crm-${name}-service`,
    `Family | ${task} | family | crm-${name}`,
    `CPU | ${task} | cpu | ${cpu}`,
    `Memory | ${task} | memory | ${memory}`,
    `CPU of the container itself | ${task} | ${own}.cpu | ${cpu} | The collector has 32 CPU units of a task | crm:services.<name>.tracing | ${Number(cpu) - 32}`,
    `Memory that another container may take | ${task} | containerDefinitions[name=otel-collector].memory | 0 | The collector has 32 CPU units of a task | crm:services.<name>.tracing | 256`,
    `Container | ${task} | containerDefinitions.0.name | ${container}`,
    `Image | ${task} | ${own}.image | crm-${name}:latest | Images come from the services' own pipelines | crm:services.<name>.image | …@sha256:…`,
    `Repository of the image | ecr/repository crm-${name} | name | crm-${name}`,
    `Container's port | ${task} | ${own}.portMappings.*.containerPort | ${port}`,
    `NODE_ENV | ${task} | ${own}.environment[name=NODE_ENV].value | production`,
    ...rows,
  );
};
const SECRET = (service: string, container: string, variable: string, name: string) =>
  `${variable} | ecs/taskDefinition crm-${service} | containerDefinitions[name=${container}].secrets[name=${variable}].valueFrom:arn | parameter/crm/${service}/${name}`;
const SCALE = (service: string, desired: number, least: number, most: number) => [
  `Tasks wanted | ecs/service crm-${service} | desiredCount | ${desired}`,
  `Tasks at least | appautoscaling/target crm-${service} | minCapacity | ${least}${least < 2 ? " | At least two tasks | crm:services.<name>.minCapacity | 2" : ""}`,
  `Tasks at most | appautoscaling/target crm-${service} | maxCapacity | ${most}`,
];
const TRACKING = "targetTrackingScalingPolicyConfiguration";
const CPU = (service: string) => [
  `CPU target | appautoscaling/policy crm-${service}-cpu | ${TRACKING}.targetValue | 70`,
  `Out: cool-down | appautoscaling/policy crm-${service}-cpu | ${TRACKING}.scaleOutCooldown | 300`,
  `In: cool-down | appautoscaling/policy crm-${service}-in | stepScalingPolicyConfiguration.cooldown | 600`,
];

const SERVICES = ofServices();
/** All but auth, whose size the document has with the service. */
const OTHERS = SERVICES.replace("crm-auth,", "");

export const COMPUTE = [
  section(
    "ECS cluster",
    "Name | ecs/cluster crm-cluster | name | crm-production",
    "Capacity providers | ecs/clusterCapacityProviders crm-cluster | capacityProviders | FARGATE, FARGATE_SPOT",
    ...[
      ["FARGATE", 70],
      ["FARGATE_SPOT", 30],
    ].map(
      ([provider, weight]) =>
        `Weight of ${provider} | ecs/clusterCapacityProviders crm-cluster | defaultCapacityProviderStrategies[capacityProvider=${provider}].weight | ${weight}`,
    ),
  ),
  section(
    "ECS service template",
    `Launch type | ecs/service ${SERVICES} | launchType,capacityProviderStrategies.*.capacityProvider | FARGATE | A strategy of capacity providers in place of a launch type | ${AWS}/AmazonECS/latest/developerguide/service_definition_parameters.html | FARGATE, FARGATE_SPOT`,
    `Processor | ecs/taskDefinition ${SERVICES} | runtimePlatform.cpuArchitecture | none named | Tasks and functions run on ARM64 | crm:services.<name>.architecture | ARM64`,
    "Services: three | count ecs/service crm- | | 3 | Analytics is a fourth service | crm:services.analytics | 4",
    `Network mode | ecs/taskDefinition ${SERVICES} | networkMode | awsvpc`,
    `Compatibility | ecs/taskDefinition ${SERVICES} | requiresCompatibilities | FARGATE`,
    `CPU, where the service names none | ecs/taskDefinition ${OTHERS} | cpu | 512`,
    `Memory, where the service names none | ecs/taskDefinition ${OTHERS} | memory | 1024`,
    `Security group of the tasks | ecs/service ${SERVICES} | @networkConfiguration~crm-ecs | crm-ecs`,
    "Private subnets | test tests/components/service-deployment.test.ts | runs in the private subnets without public addresses | all three",
    `Public address | ecs/service ${SERVICES} | networkConfiguration.assignPublicIp | false`,
  ),
  SERVICE(
    "Service auth",
    ["auth", "auth-service", 3001, 256, 512],
    "Protocol of the port | ecs/taskDefinition crm-auth | containerDefinitions[name=auth-service].portMappings.*.protocol | tcp",
    "PORT | ecs/taskDefinition crm-auth | containerDefinitions[name=auth-service].environment[name=PORT].value | 3001",
    SECRET("auth", "auth-service", "JWT_SECRET", "jwt-secret"),
    SECRET("auth", "auth-service", "DB_URL", "database-url"),
    "Health command | ecs/taskDefinition crm-auth | containerDefinitions[name=auth-service].healthCheck.command | CMD-SHELL, curl -f http://localhost:3001/health \\|\\| exit 1 | A bootstrap image checks itself with wget | crm:services.<name>.image | CMD-SHELL, wget -q -O /dev/null http://localhost:3001/health \\|\\| exit 1",
    "Health: interval | ecs/taskDefinition crm-auth | containerDefinitions[name=auth-service].healthCheck.interval | 30",
    "Health: time-out | ecs/taskDefinition crm-auth | containerDefinitions[name=auth-service].healthCheck.timeout | 5",
    "Health: retries | ecs/taskDefinition crm-auth | containerDefinitions[name=auth-service].healthCheck.retries | 3",
    ...SCALE("auth", 2, 2, 10),
    ...CPU("auth"),
    `Memory target | appautoscaling/policy crm-auth-memory | ${TRACKING}.targetValue | 80`,
    `Out by memory: cool-down | appautoscaling/policy crm-auth-memory | ${TRACKING}.scaleOutCooldown | 300`,
  ),
  SERVICE(
    "Service core",
    ["core", "crm-core", 3002, 512, 1024],
    "PORT | ecs/taskDefinition crm-core | containerDefinitions[name=crm-core].environment[name=PORT].value | 3002",
    SECRET("core", "crm-core", "DB_URL", "database-url"),
    SECRET("core", "crm-core", "REDIS_URL", "redis-url"),
    ...SCALE("core", 3, 2, 15),
    ...CPU("core"),
  ),
  SERVICE(
    "Service social",
    ["social", "social-service", 3003, 512, 1024],
    SECRET("social", "social-service", "TWITTER_API_KEY", "twitter-api-key"),
    SECRET("social", "social-service", "LINKEDIN_API_KEY", "linkedin-api-key"),
    ...SCALE("social", 2, 1, 8),
  ),
];

const GROUP = (service: string, port: number) => [
  `Targets of ${service}: port | lb/targetGroup crm-${service}-blue | port | ${port}`,
  `Targets of ${service}: protocol | lb/targetGroup crm-${service}-blue | protocol | HTTP`,
  `Targets of ${service}: by address | lb/targetGroup crm-${service}-blue | targetType | ip`,
  `Health of ${service}: path | lb/targetGroup crm-${service}-blue | healthCheck.path | /health`,
  `Health of ${service}: interval | lb/targetGroup crm-${service}-blue | healthCheck.interval | 30`,
];
const RULE = (service: string, priority: number, path: string, doubled: boolean) => [
  `Rule of ${service}: priority | lb/listenerRule crm-${service}-production | priority | ${priority}`,
  `Rule of ${service}: paths | lb/listenerRule crm-${service}-production | conditions.*.pathPattern.values | ${path}${doubled ? ` | Paths under /api as well | crm:services.<name>.route.paths | ${path}, /api${path}` : ""}`,
  `Rule of ${service}: conditions | lb/listenerRule crm-${service}-production | conditions.*:keys | pathPattern | Behind CloudFront the load balancer opens 443 only | crm:edge.restrictOrigin | pathPattern, httpHeader`,
  `Rule of ${service}: forwards to | lb/listenerRule crm-${service}-production | @actions~crm-${service}-blue | crm-${service}-blue`,
  `Rule of ${service}: action | lb/listenerRule crm-${service}-production | actions.*.type | forward`,
];

const IN_PAIRS = `Target groups come in pairs | ${AWS}/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html`;

export const BALANCING = section(
  "Load balancing",
  "Name | lb/loadBalancer crm-cluster | name | crm-production-alb",
  "Internal | lb/loadBalancer crm-cluster | internal | false",
  "Type | lb/loadBalancer crm-cluster | loadBalancerType | application",
  "Addresses | lb/loadBalancer crm-cluster | ipAddressType | ipv4",
  "Public subnets | test tests/components/cluster.test.ts | is crm-production-alb, internet-facing in the three public subnets | all three",
  "Security group | lb/loadBalancer crm-cluster | @securityGroups | crm-alb",
  "HTTPS: port | lb/listener crm-cluster-https | port | 443",
  "HTTPS: protocol | lb/listener crm-cluster-https | protocol | HTTPS",
  "HTTPS: TLS policy | lb/listener crm-cluster-https | sslPolicy | ELBSecurityPolicy-TLS-1-2-2017-01 | TLS 1.3 and 1.2 at the load balancer | crm:cluster.loadBalancer.sslPolicy | ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
  "HTTPS: certificate | lb/listener crm-cluster-https | @certificateArn | crm-dns-load-balancer",
  `HTTPS: default action | lb/listener crm-cluster-https | defaultActions.*.type | forward | The listener's default action is 404 | ${AWS}/AmazonECS/latest/APIReference/API_AdvancedConfiguration.html | fixed-response`,
  "HTTP: port | lb/listener crm-cluster-http | port | 80",
  "HTTP: protocol | lb/listener crm-cluster-http | protocol | HTTP",
  "HTTP: action | lb/listener crm-cluster-http | defaultActions.*.type | redirect",
  "HTTP: redirect's protocol | lb/listener crm-cluster-http | defaultActions.*.redirect.protocol | HTTPS",
  "HTTP: redirect's port | lb/listener crm-cluster-http | defaultActions.*.redirect.port | 443",
  "HTTP: redirect's status | lb/listener crm-cluster-http | defaultActions.*.redirect.statusCode | HTTP_301",
  `Targets of core: name | lb/targetGroup crm-core-blue | name | crm-core-targets | ${IN_PAIRS} | not set`,
  ...GROUP("core", 3002),
  "Health of core: on | lb/targetGroup crm-core-blue | healthCheck.enabled | true",
  "Health of core: protocol | lb/targetGroup crm-core-blue | healthCheck.protocol | HTTP",
  "Health of core: time-out | lb/targetGroup crm-core-blue | healthCheck.timeout | 5",
  "Health of core: healthy after | lb/targetGroup crm-core-blue | healthCheck.healthyThreshold | 2",
  "Health of core: unhealthy after | lb/targetGroup crm-core-blue | healthCheck.unhealthyThreshold | 3",
  `Targets of auth: name | lb/targetGroup crm-auth-blue | name | crm-auth-targets | ${IN_PAIRS} | not set`,
  ...GROUP("auth", 3001),
  ...RULE("auth", 100, "/auth/*", true),
  ...RULE("social", 200, "/social/*", true),
  ...RULE("analytics", 300, "/analytics/*", true),
  ...RULE("core", 1000, "/*", false),
);
