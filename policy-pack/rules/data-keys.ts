/** Customer-managed keys of warehouses, clusters of databases, search domains, streams, trails and disks. */
import type { Node } from "../../analysis/graph";
import { read } from "../../analysis/properties";
import { type Controls, type Rule, stackRule } from "../define";
import { isSet } from "../relations";
import { united } from "../table-rules";
import { requireKey } from "./customer-managed-keys";

/** The property that names the key, the controls that require it, and inputs with which AWS uses another resource's key. */
interface Keyed {
  readonly type: string;
  readonly property: string;
  readonly controls: Controls;
  /** Inputs of which one says that the data is encrypted as its source is. @default none */
  readonly inherits?: readonly string[];
}

const RESTORED = ["snapshotIdentifier", "snapshotArn", "restoreToPointInTime"];

const KEYED: readonly Keyed[] = [
  {
    type: "aws:redshift/cluster:Cluster",
    property: "kmsKeyId",
    controls: { checkov: ["CKV_AWS_142"], trivy: ["AWS-0084"] },
    inherits: RESTORED,
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
    inherits: RESTORED,
  },
  {
    type: "aws:neptune/cluster:Cluster",
    property: "kmsKeyArn",
    controls: { checkov: ["CKV_AWS_347"], trivy: ["AWS-0128"] },
    inherits: RESTORED,
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

/** Whether the key is that of what the resource is made of, which the plan does not show. */
const isInherited = ({ properties }: Node, inputs: readonly string[]): boolean =>
  inputs.some((input) => isSet(properties, input));

const dataKeys = stackRule({
  id: "data-services-cmk",
  description:
    "What warehouses, clusters of databases, search domains, streams, event data stores, disks and their snapshots store is encrypted with a customer-managed key.",
  severity: "low",
  controls: united(KEYED.map(({ controls }) => controls)),
  remediation:
    "Name a customer-managed key: its policy controls who may read the data, and CloudTrail logs its use.",
  url: "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#customer-cmk",
  check(graph, reportOn) {
    for (const { type, property, controls, inherits = [] } of KEYED) {
      for (const node of graph.ofType(type)) {
        if (read(node.properties, property) === undefined && isInherited(node, inherits)) {
          const because = "it is that of the snapshot";
          reportOn(node).undecided(property, because, controls);
        } else {
          requireKey(graph, node, property, reportOn(node), controls);
        }
      }
    }
  },
});

export const dataKeyRules: readonly Rule[] = [dataKeys];
