/** Customer-managed keys of warehouses, clusters of databases, search domains, streams, trails and disks. */
import type { Rule } from "../define";
import { RESTORED } from "./backup";
import { type Keyed, keyRule } from "./customer-managed-keys";

/** Inputs with which AWS uses the key of what the resource is made of. */
const COPIED = [...RESTORED, "snapshotArn"];

const KEYED: readonly Keyed[] = [
  {
    type: "aws:redshift/cluster:Cluster",
    property: "kmsKeyId",
    controls: { checkov: ["CKV_AWS_142"], trivy: ["AWS-0084"] },
    inherits: COPIED,
  },
  {
    type: "aws:redshiftserverless/namespace:Namespace",
    property: "kmsKeyId",
    controls: { securityHub: ["RedshiftServerless.4"], checkov: ["CKV_AWS_282"] },
  },
  {
    type: "aws:redshift/snapshotCopyGrant:SnapshotCopyGrant",
    property: "kmsKeyId",
    controls: { checkov: ["CKV_AWS_281"] },
  },
  {
    type: "aws:docdb/cluster:Cluster",
    property: "kmsKeyId",
    controls: { checkov: ["CKV_AWS_182"], trivy: ["AWS-0022"] },
    inherits: COPIED,
  },
  {
    type: "aws:neptune/cluster:Cluster",
    property: "kmsKeyArn",
    controls: { checkov: ["CKV_AWS_347"], trivy: ["AWS-0128"] },
    inherits: COPIED,
  },
  {
    type: "aws:opensearch/domain:Domain",
    property: "encryptAtRest.kmsKeyId",
    controls: { checkov: ["CKV_AWS_247"] },
  },
  {
    type: "aws:elasticsearch/domain:Domain",
    property: "encryptAtRest.kmsKeyId",
    controls: { checkov: ["CKV_AWS_247"] },
  },
  {
    type: "aws:memorydb/cluster:Cluster",
    property: "kmsKeyArn",
    controls: { checkov: ["CKV_AWS_201"] },
  },
  {
    type: "aws:memorydb/snapshot:Snapshot",
    property: "kmsKeyArn",
    controls: { checkov: ["CKV_AWS_278"] },
  },
  {
    type: "aws:dynamodb/tableReplica:TableReplica",
    property: "kmsKeyArn",
    controls: { checkov: ["CKV_AWS_271"] },
  },
  {
    type: "aws:kinesis/stream:Stream",
    property: "kmsKeyId",
    controls: { checkov: ["CKV_AWS_185"] },
  },
  {
    type: "aws:kinesis/videoStream:VideoStream",
    property: "kmsKeyId",
    controls: { checkov: ["CKV_AWS_177"] },
  },
  {
    type: "aws:cloudtrail/eventDataStore:EventDataStore",
    property: "kmsKeyId",
    controls: { securityHub: ["CloudTrail.10"], checkov: ["CKV_AWS_294"] },
  },
  {
    type: "aws:ebs/volume:Volume",
    property: "kmsKeyId",
    controls: { checkov: ["CKV_AWS_189"], trivy: ["AWS-0027"] },
    inherits: ["snapshotId"],
  },
  {
    type: "aws:ebs/snapshotCopy:SnapshotCopy",
    property: "kmsKeyId",
    controls: { checkov: ["CKV_AWS_183"] },
  },
  {
    type: "aws:ec2/amiCopy:AmiCopy",
    property: "kmsKeyId",
    controls: { checkov: ["CKV_AWS_236"] },
  },
];

const dataKeys = keyRule(
  "data-services-cmk",
  "What warehouses, clusters of databases, search domains, streams, event data stores, disks and their snapshots store is encrypted with a customer-managed key.",
  KEYED,
);

export const dataKeyRules: readonly Rule[] = [dataKeys];
