/** Quotas of an account and region that the platform could run into. */
import { CLUSTER_SIZE } from "./cache-engines";
import { apiModel, type Fact } from "./fact";

/** One quota of Service Quotas. */
export interface ServiceQuota extends Fact {
  /** Codes of Service Quotas; they are the same in all regions. */
  readonly service: string;
  readonly code: string;
  /** What it counts. */
  readonly title: string;
  /** What AWS gives as a rule. */
  readonly usual: number;
  /** The least that AWS gives: what an account begins with in a region that it has not used yet. */
  readonly newAccount: number;
}

const asOf = "2026-11-29";
/** Fargate's page has the 6; what it says of new accounts has no number. */
const begins =
  "the page says that a new account may begin with less than the 6, and not with how many";
const GENERAL = "https://docs.aws.amazon.com/general/latest/gr";
const VPC = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html";
const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";

export const SERVICE_QUOTAS = {
  fargateVcpus: {
    service: "fargate",
    code: "L-3032A538",
    title: "Fargate vCPUs on demand",
    usual: 6,
    newAccount: 6,
    source: `${GENERAL}/ecs-service.html`,
    asOf,
    unverified: begins,
  },
  fargateSpotVcpus: {
    service: "fargate",
    code: "L-36FBB829",
    title: "Fargate vCPUs on Spot",
    usual: 6,
    newAccount: 6,
    source: `${GENERAL}/ecs-service.html`,
    asOf,
    unverified: begins,
  },
  lambdaConcurrency: {
    service: "lambda",
    code: "L-B99A9384",
    title: "Lambda executions at a time",
    usual: 1000,
    newAccount: 10,
    source: LAMBDA,
    asOf,
    unverified:
      "the page says 1,000, and less for new accounts; the 10 is what Lambda's refusals name, `below its minimum value of [10]`",
  },
  vpcs: {
    service: "vpc",
    code: "L-F678F1CE",
    title: "VPCs",
    usual: 5,
    newAccount: 5,
    source: VPC,
    asOf,
  },
  elasticIps: {
    service: "ec2",
    code: "L-0263D0A3",
    title: "Elastic IP addresses",
    usual: 5,
    newAccount: 5,
    source: VPC,
    asOf,
  },
  natGatewaysPerZone: {
    service: "vpc",
    code: "L-FE5A380F",
    title: "NAT gateways in one zone",
    usual: 5,
    newAccount: 5,
    source: VPC,
    asOf,
  },
  interfaceEndpoints: {
    service: "vpc",
    code: "L-29B6F2EB",
    title: "interface endpoints of a VPC",
    usual: 50,
    newAccount: 50,
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html",
    asOf,
  },
  securityGroupRules: {
    service: "vpc",
    code: "L-0EA8095F",
    title: "inbound or outbound rules of a security group",
    usual: 60,
    newAccount: 60,
    source: VPC,
    asOf,
  },
  applicationLoadBalancers: {
    service: "elasticloadbalancing",
    code: "L-53DA6B97",
    title: "application load balancers",
    usual: 50,
    newAccount: 50,
    source: `${GENERAL}/elb.html`,
    asOf,
  },
  networkLoadBalancers: {
    service: "elasticloadbalancing",
    code: "L-69A177A2",
    title: "network load balancers",
    usual: 50,
    newAccount: 50,
    source: `${GENERAL}/elb.html`,
    asOf,
  },
  /** In Mumbai, ap-south-1, AWS gives 20. */
  databaseInstances: {
    service: "rds",
    code: "L-7B6409FD",
    title: "database instances",
    usual: 40,
    newAccount: 40,
    source: `${GENERAL}/rds-service.html`,
    asOf,
  },
  cacheNodes: {
    service: "elasticache",
    code: "L-DFE45DF3",
    title: "cache nodes",
    usual: 300,
    newAccount: 300,
    source: `${GENERAL}/elasticache-service.html`,
    asOf,
  },
  cacheNodesPerCluster: {
    service: "elasticache",
    code: "L-AF354865",
    title: "nodes of a cache cluster",
    usual: CLUSTER_SIZE.nodes.usual,
    newAccount: CLUSTER_SIZE.nodes.usual,
    source: `${GENERAL}/elasticache-service.html`,
    asOf,
  },
} as const satisfies Readonly<Record<string, ServiceQuota>>;

/** Name of a quota, as `crm:recovery.quotas` has it. */
export type QuotaName = keyof typeof SERVICE_QUOTAS;

/** All names, in the order of the table. */
export const QUOTA_NAMES = Object.keys(SERVICE_QUOTAS) as readonly QuotaName[];

/** Quotas of one thing each, a group, a network or a cluster: what stacks need of them does not add up. */
export const QUOTAS_OF_ONE: ReadonlySet<QuotaName> = new Set([
  "interfaceEndpoints",
  "securityGroupRules",
  "cacheNodesPerCluster",
] as const satisfies readonly QuotaName[]);

/**
 * Executions that Lambda keeps for functions without a reservation. An account that has 10 keeps all of them: nothing can be
 * reserved there.
 */
export const UNRESERVED_LAMBDA_CONCURRENCY = {
  executions: 100,
  source: apiModel("lambda", "2015-03-31"),
  asOf,
} as const satisfies Fact & Record<string, unknown>;
