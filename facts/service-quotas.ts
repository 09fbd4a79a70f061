/** Quotas of an account and region that the platform could run into. */

/** One quota of Service Quotas. */
export interface ServiceQuota {
  /** Codes of Service Quotas; they are the same in all regions. */
  readonly service: string;
  readonly code: string;
  /** What it counts. */
  readonly title: string;
  /** The least that AWS gives: what an account begins with in a region that it has not used yet. */
  readonly standard: number;
}

/**
 * Codes and standards as of 2026-11. Sources: AWS General Reference, endpoints and quotas of each service; VPC
 * User Guide, quotas; Lambda Developer Guide, quotas (an account that is new to Lambda begins with 10).
 */
export const SERVICE_QUOTAS = {
  fargateVcpus: {
    service: "fargate",
    code: "L-3032A538",
    title: "Fargate vCPUs on demand",
    standard: 6,
  },
  fargateSpotVcpus: {
    service: "fargate",
    code: "L-36FBB829",
    title: "Fargate vCPUs on Spot",
    standard: 6,
  },
  lambdaConcurrency: {
    service: "lambda",
    code: "L-B99A9384",
    title: "Lambda executions at a time",
    standard: 10,
  },
  vpcs: { service: "vpc", code: "L-F678F1CE", title: "VPCs", standard: 5 },
  elasticIps: { service: "ec2", code: "L-0263D0A3", title: "Elastic IP addresses", standard: 5 },
  natGatewaysPerZone: {
    service: "vpc",
    code: "L-FE5A380F",
    title: "NAT gateways in one zone",
    standard: 5,
  },
  interfaceEndpoints: {
    service: "vpc",
    code: "L-29B6F2EB",
    title: "interface endpoints of a VPC",
    standard: 50,
  },
  securityGroupRules: {
    service: "vpc",
    code: "L-0EA8095F",
    title: "inbound or outbound rules of a security group",
    standard: 60,
  },
  applicationLoadBalancers: {
    service: "elasticloadbalancing",
    code: "L-53DA6B97",
    title: "application load balancers",
    standard: 50,
  },
  networkLoadBalancers: {
    service: "elasticloadbalancing",
    code: "L-69A177A2",
    title: "network load balancers",
    standard: 50,
  },
  databaseInstances: {
    service: "rds",
    code: "L-7B6409FD",
    title: "database instances",
    standard: 40,
  },
  cacheNodes: { service: "elasticache", code: "L-DFE45DF3", title: "cache nodes", standard: 300 },
} as const satisfies Readonly<Record<string, ServiceQuota>>;

/** Name of a quota, as `crm:recovery.quotas` has it. */
export type QuotaName = keyof typeof SERVICE_QUOTAS;

/** All names, in the order of the table. */
export const QUOTA_NAMES = Object.keys(SERVICE_QUOTAS) as readonly QuotaName[];

/** Executions that Lambda keeps for functions without a reservation. Source: Lambda Developer Guide, concurrency. */
export const UNRESERVED_LAMBDA_CONCURRENCY = 100;

/** What CloudFront's prefix list counts in a security group. Source: CloudFront Developer Guide, managed prefix list. */
export const CLOUDFRONT_PREFIX_LIST_WEIGHT = 55;
