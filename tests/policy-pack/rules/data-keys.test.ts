import { dataKeyRules } from "../../../policy-pack/rules/data-keys";
import { UNKNOWN_TEXT } from "../support";
import { stackTable } from "../variants";

const KEY = "arn:aws:kms:eu-central-1:123456789012:key/0c6d1a0c-0000-4000-8000-000000000000";

/** Of each type: the properties with a key, and what the message says without one. */
const TYPES: readonly (readonly [string, (key?: string) => Record<string, unknown>, RegExp])[] = [
  ["aws:redshift/cluster:Cluster", (kmsKeyId) => ({ kmsKeyId }), /CKV_AWS_142, AWS-0084/],
  [
    "aws:redshiftserverless/namespace:Namespace",
    (kmsKeyId) => ({ kmsKeyId }),
    /RedshiftServerless\.4, CKV_AWS_282/,
  ],
  ["aws:redshift/snapshotCopyGrant:SnapshotCopyGrant", (kmsKeyId) => ({ kmsKeyId }), /_281/],
  ["aws:docdb/cluster:Cluster", (kmsKeyId) => ({ kmsKeyId }), /CKV_AWS_182, AWS-0022/],
  ["aws:neptune/cluster:Cluster", (kmsKeyArn) => ({ kmsKeyArn }), /CKV_AWS_347, AWS-0128/],
  [
    "aws:opensearch/domain:Domain",
    (kmsKeyId) => ({ encryptAtRest: { enabled: true, kmsKeyId } }),
    /encryptAtRest\.kmsKeyId is not set.*CKV_AWS_247/,
  ],
  [
    "aws:elasticsearch/domain:Domain",
    (kmsKeyId) => ({ encryptAtRest: { enabled: true, kmsKeyId } }),
    /CKV_AWS_247/,
  ],
  ["aws:memorydb/cluster:Cluster", (kmsKeyArn) => ({ kmsKeyArn }), /CKV_AWS_201/],
  ["aws:memorydb/snapshot:Snapshot", (kmsKeyArn) => ({ kmsKeyArn }), /CKV_AWS_278/],
  ["aws:dynamodb/tableReplica:TableReplica", (kmsKeyArn) => ({ kmsKeyArn }), /CKV_AWS_271/],
  ["aws:kinesis/stream:Stream", (kmsKeyId) => ({ kmsKeyId }), /CKV_AWS_185/],
  ["aws:kinesis/videoStream:VideoStream", (kmsKeyId) => ({ kmsKeyId }), /CKV_AWS_177/],
  [
    "aws:cloudtrail/eventDataStore:EventDataStore",
    (kmsKeyId) => ({ kmsKeyId }),
    /CloudTrail\.10, CKV_AWS_294/,
  ],
  ["aws:ebs/volume:Volume", (kmsKeyId) => ({ kmsKeyId }), /CKV_AWS_189, AWS-0027/],
  ["aws:ebs/snapshotCopy:SnapshotCopy", (kmsKeyId) => ({ kmsKeyId }), /CKV_AWS_183/],
  ["aws:ec2/amiCopy:AmiCopy", (kmsKeyId) => ({ kmsKeyId }), /CKV_AWS_236/],
];

const without = (properties: Record<string, unknown>) =>
  JSON.parse(JSON.stringify(properties)) as Record<string, unknown>;

describe("policy pack: keys of data services", () => {
  stackTable(dataKeyRules, "data-services-cmk", {
    good: { subject: { type: "aws:docdb/cluster:Cluster", props: { kmsKeyId: KEY } } },
    violating: {
      "AWS's key": [
        { subject: { props: { kmsKeyId: "alias/aws/rds" } } },
        /kmsKeyId is .*; name a customer-managed key\..*Required by CKV_AWS_182, AWS-0022\./,
      ],
    },
    unknown: {
      key: { subject: { props: { kmsKeyId: UNKNOWN_TEXT } } },
      "a snapshot's": {
        subject: { props: { kmsKeyId: undefined, snapshotIdentifier: "of-yesterday" } },
      },
    },
    rows: TYPES.flatMap(([type, props, says]) => [
      { compliant: `${type} with a key`, resources: [{ type, props: props(KEY) }] },
      { violating: `${type} without a key`, resources: [{ type, props: without(props()) }], says },
      { unknown: `key of ${type}`, resources: [{ type, props: props(UNKNOWN_TEXT) }] },
    ]),
  });
});
