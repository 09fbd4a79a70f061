/** Shows what the component `awsx:cloudtrail:Trail` (@pulumi/awsx 3.9) would register, without its provider plugin. */
import { type RemoteExpander, type RemoteRequest, UNKNOWN } from "../../../analysis/plan/model";
import { isUnknown, scalarText } from "../../../analysis/plan/values";
import { Arguments, onlyOneOf, outputs } from "./arguments";
import { assignedOf, Family, literal, outputOf, type Sourced, unknownOf } from "./family";
import { addRole } from "./roles";
import { record } from "./vpc-args";

const TRUST = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "AllowAssumeRole",
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ],
};

/** The trail, its bucket with a policy, and a log group with a role where the program enables one. */
export const expandTrail: RemoteExpander = (request) => {
  const family = new Family();
  const given = new Arguments(request);
  const { urn, name, inputs } = request;
  const bucket = bucketOf(family, request, given, inputs.s3Bucket);
  const policy = family.add(
    urn,
    "aws:s3/bucketPolicy:BucketPolicy",
    name,
    { bucket: bucket.name, policy: bucketPolicy(bucket.arn) },
    bucket.urn === undefined ? [] : [bucket.urn],
  );
  const logs = logGroupOf(family, request, given, inputs.cloudWatchLogsGroup);
  const role = logs.urn === undefined ? undefined : logsRole(family, request, given, logs.urn);
  const trail = family.add(
    urn,
    "aws:cloudtrail/trail:Trail",
    name,
    {
      ...given.except(["s3Bucket", "cloudWatchLogsGroup"]),
      s3BucketName: bucket.name,
      ...(logs.arn && { cloudWatchLogsGroupArn: logs.arn }),
      ...(role && { cloudWatchLogsRoleArn: unknownOf(role) }),
    },
    [policy],
  );
  return outputs(family, { bucket: bucket.urn, logGroup: logs.urn, trail });
};

/** Its URN where it is made. */
interface Bucket {
  readonly urn?: string;
  readonly name: Sourced;
  readonly arn: Sourced;
}

function bucketOf(
  family: Family,
  request: RemoteRequest,
  given: Arguments,
  settings: unknown,
): Bucket {
  const choice = record(settings, "s3Bucket");
  onlyOneOf(choice, ["args", "existing"], "s3Bucket: ");
  const { existing, args } = choice;
  if (existing === undefined) {
    const own = record(args, "s3Bucket.args");
    const urn = family.add(request.urn, "aws:s3/bucket:Bucket", request.name, {
      forceDestroy: literal(true),
      ...given.parts("s3Bucket", own),
    });
    return {
      urn,
      name: outputOf(urn, own.bucket ?? UNKNOWN),
      arn: assignedOf(family, request, urn, "arn"),
    };
  }
  const { arn, name: bucketName } = record(existing, "s3Bucket.existing");
  const value = arn ?? bucketName;
  if (value === undefined) throw new Error("s3Bucket.existing: expected name or arn, got neither");
  if (isUnknown(value)) {
    return { name: given.part("s3Bucket", UNKNOWN), arn: given.part("s3Bucket", UNKNOWN) };
  }
  const text = scalarText(value);
  return arn === undefined
    ? // awsx leaves the service out of this ARN.
      { name: literal(text), arn: literal(`arn:aws:::${text}`) }
    : { name: literal(text.split(":")[5]), arn: literal(text) };
}

function bucketPolicy({ value: arn, from }: Sourced): Sourced {
  if (isUnknown(arn)) return { value: UNKNOWN, from };
  const Principal = { Service: "cloudtrail.amazonaws.com" };
  const value = {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AWSCloudTrailAclCheck",
        Effect: "Allow",
        Principal,
        Action: ["s3:GetBucketAcl"],
        Resource: [arn],
      },
      {
        Sid: "AWSCloudTrailWrite",
        Effect: "Allow",
        Principal,
        Action: ["s3:PutObject"],
        Resource: [`${String(arn)}/*`],
        Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } },
      },
    ],
  };
  return { value, from };
}

/** The log group that the program enables: made, or an existing one; its ARN with all streams. */
function logGroupOf(
  family: Family,
  request: RemoteRequest,
  given: Arguments,
  settings: unknown,
): { urn?: string; arn?: Sourced } {
  const { enable, existing, args } = record(settings, "cloudWatchLogsGroup");
  if (enable !== true) return {};
  if (existing !== undefined) {
    const { arn } = record(existing, "cloudWatchLogsGroup.existing");
    // By its name alone the ARN has the account, which only AWS knows.
    const value = arn === undefined || isUnknown(arn) ? UNKNOWN : `${scalarText(arn)}:*`;
    return { arn: given.part("cloudWatchLogsGroup", value) };
  }
  const urn = family.add(
    request.urn,
    "aws:cloudwatch/logGroup:LogGroup",
    request.name,
    given.parts("cloudWatchLogsGroup", args ?? {}),
  );
  return { urn, arn: unknownOf(urn) };
}

function logsRole(
  family: Family,
  request: RemoteRequest,
  given: Arguments,
  logGroup: string,
): string | undefined {
  const arn = assignedOf(family, request, logGroup, "arn").value;
  const policy = isUnknown(arn) ? UNKNOWN : streamPolicy(scalarText(arn));
  return addRole(family, request.urn, request.name, given, {
    argument: "cloudWatchLogsGroup",
    settings: {},
    trust: TRUST,
    policyArns: [],
    inputs: { inlinePolicies: { value: [{ policy }], from: [logGroup] } },
  }).role;
}

/** The streams have the account's number, which is the fifth part of the group's ARN. */
function streamPolicy(logGroup: string): string {
  const Resource = [`${logGroup}:log-stream:${logGroup.split(":")[4]!}_CloudTrail_*`];
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) => ({
      Effect: "Allow",
      Action: [action],
      Resource,
    })),
  });
}
