/** Where the control planes are that create and change resources: some of them are in another region than the resource. */
import type { Fact } from "./fact";

/** AWS's whitepaper "AWS Fault Isolation Boundaries". */
const WHITEPAPER = "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries";
const GLOBAL = { source: `${WHITEPAPER}/global-services.html`, asOf: "2026-11-28" };
const SINGLE_REGION = {
  source: `${WHITEPAPER}/appendix-c---single-region-services.html`,
  asOf: "2026-11-28",
};

/** A control plane that creations or changes in other regions depend on. */
export interface ControlPlane extends Fact {
  readonly region: string;
  /** What is asked of it, in a few words. */
  readonly needed: string;
}

/** By a name of ours. */
export const CONTROL_PLANES = {
  iam: { region: "us-east-1", needed: "IAM takes no changes", ...GLOBAL },
  records: { region: "us-east-1", needed: "Route 53 takes no changes", ...GLOBAL },
  endpointNames: {
    region: "us-east-1",
    needed: "Route 53 makes no name for its endpoint",
    ...GLOBAL,
  },
  buckets: {
    region: "us-east-1",
    needed: "S3 makes no bucket and takes no change of one's configuration",
    ...GLOBAL,
  },
  edge: {
    region: "us-east-1",
    needed: "CloudFront takes no changes, nor do its certificates and firewalls",
    ...GLOBAL,
  },
  billing: {
    region: "us-east-1",
    needed: "Budgets and Cost Explorer are in that region only",
    ...SINGLE_REGION,
  },
} as const satisfies Record<string, ControlPlane>;

export type ControlPlaneName = keyof typeof CONTROL_PLANES;

/**
 * Tag of a database and of services that wait for the loss of another region, or have served since: their own region. A
 * promoted replica has nothing else that says what it was.
 */
export const STANDS_IN_TAG = "StandsIn";

/** Tag of a database whose region has a pilot light elsewhere; its value is PILOT_LIGHT. */
export const RECOVERS_BY_TAG = "RecoversBy";

/** Word for a stack that stands in another region, with a replica of the database and without tasks. */
export const PILOT_LIGHT = "pilot-light";

/** Word for a stack that is created in another region after the loss, from copies. */
export const BACKUP_RESTORE = "backup-restore";

/** What is done to a resource. */
export type Operation = "create" | "change";

interface Row {
  /** Type token, or the beginning of several; the longest that fits counts. */
  readonly type: string;
  /** Control plane elsewhere; none: the resource's own region has all that it needs. */
  readonly plane?: ControlPlaneName;
  /** What needs it. @default creation and change */
  readonly operations?: readonly Operation[];
  /** Inputs by which the row applies, each with its value. */
  readonly when?: Readonly<Record<string, string>>;
}

/**
 * The whitepaper's list of services whose endpoints get names from Route 53 has load balancers, PrivateLink and
 * ElastiCache, and says that it is not complete; its list of mistakes names RDS instances beside load balancers.
 */
const ROWS: readonly Row[] = [
  { type: "aws:acm/" },
  { type: "aws:appautoscaling/" },
  { type: "aws:backup/" },
  { type: "aws:budgets/", plane: "billing" },
  { type: "aws:cloudfront/", plane: "edge" },
  { type: "aws:cloudwatch/" },
  { type: "aws:costexplorer/", plane: "billing" },
  { type: "aws:ec2/" },
  // A gateway endpoint is a route.
  {
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    plane: "endpointNames",
    when: { vpcEndpointType: "Interface" },
  },
  { type: "aws:ecr/" },
  { type: "aws:ecs/" },
  { type: "aws:elasticache/" },
  { type: "aws:elasticache/cluster:Cluster", plane: "endpointNames" },
  { type: "aws:elasticache/replicationGroup:ReplicationGroup", plane: "endpointNames" },
  { type: "aws:iam/", plane: "iam" },
  { type: "aws:kms/" },
  { type: "aws:lambda/" },
  { type: "aws:lambda/functionUrl:FunctionUrl", plane: "endpointNames" },
  { type: "aws:lb/" },
  { type: "aws:lb/loadBalancer:LoadBalancer", plane: "endpointNames" },
  { type: "aws:rds/" },
  // A replica that is promoted keeps its name.
  { type: "aws:rds/instance:Instance", plane: "endpointNames", operations: ["create"] },
  { type: "aws:route53/", plane: "records" },
  { type: "aws:s3/", plane: "buckets" },
  // Objects are data.
  { type: "aws:s3/bucketObject" },
  { type: "aws:scheduler/" },
  { type: "aws:secretsmanager/" },
  { type: "aws:servicequotas/" },
  { type: "aws:sns/" },
  { type: "aws:sqs/" },
  { type: "aws:ssm/" },
  { type: "aws:vpc/" },
  { type: "aws:wafv2/" },
  { type: "aws:xray/" },
  { type: "random:" },
];

/** The row of a type with these inputs; undefined for a type without a row. */
function rowOf(type: string, inputs: Readonly<Record<string, unknown>>): Row | undefined {
  return ROWS.filter(
    (row) =>
      type.startsWith(row.type) &&
      Object.entries(row.when ?? {}).every(([name, expected]) => inputs[name] === expected),
  ).sort((one, other) => other.type.length - one.type.length)[0];
}

/** Whether the table says where a type is created. */
export function isLocated(type: string): boolean {
  return ROWS.some((row) => type.startsWith(row.type));
}

/** The control plane in another region that creating or changing a resource needs; undefined where there is none. */
export function planeElsewhere(
  type: string,
  inputs: Readonly<Record<string, unknown>>,
  operation: Operation,
): (ControlPlane & { readonly name: ControlPlaneName }) | undefined {
  const row = rowOf(type, inputs);
  return row?.plane === undefined || !(row.operations ?? ["create", "change"]).includes(operation)
    ? undefined
    : { name: row.plane, ...CONTROL_PLANES[row.plane] };
}

/** Something besides resources that an update in another region, or a task that starts there, asks for. */
export interface Need extends Fact {
  readonly what: string;
  /** What gives it when us-east-1 is lost; <region> stands for the other region. */
  readonly answer: string;
}

/** What the update of a stack that takes over needs and no resource of it is. */
export const NEEDS: readonly Need[] = [
  {
    what: "Credentials",
    answer:
      "STS has an endpoint in each region: AWS_REGION=<region> with AWS_STS_REGIONAL_ENDPOINTS=regional asks that of <region>",
    ...GLOBAL,
  },
  {
    what: "Sign-in of a person",
    answer:
      "SAML has an endpoint in each region; a break-glass user is there for the case that the provider is not",
    ...GLOBAL,
  },
  {
    what: "State",
    answer: "objects are data of the bucket's own region: <region> has the state, or its copy",
    ...GLOBAL,
  },
  {
    what: "Images",
    answer:
      "copies in <region> of what is in repositories of the account; ECR Public has its endpoints in us-east-1 and us-west-2",
    source:
      "https://github.com/boto/botocore/blob/0e6e2404b85dc336dd2889814e089bde7d1a4c55/botocore/data/endpoints.json",
    asOf: "2026-11-29",
  },
  {
    what: "Names of customers",
    answer:
      "DNS answers and health checks go on everywhere; records take changes again in zones with accelerated recovery only",
    ...GLOBAL,
  },
];
