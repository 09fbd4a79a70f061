/** Customer-managed keys: which resources need one, and whether a property names one. */
import type { Node, StackGraph } from "../../analysis/graph";
import { regionOf } from "../../analysis/plan/regions";
import { type Properties, read, shown, UNKNOWN } from "../../analysis/properties";
import { ENCRYPTION_KEYS } from "../../facts/type-properties";
import { type Controls, type Report, type Rule, stackRule } from "../define";
import { isSet, isText } from "../relations";
import { united } from "../table-rules";

/** Whether a database is a replica of one in its own region, which is named by identifier and not by ARN. */
export function isLocalReplica({ properties }: { properties: Properties }): boolean {
  const source = read(properties, "replicateSourceDb");
  return (
    source !== undefined &&
    read(properties, "kmsKeyId") === undefined &&
    !(typeof source === "string" && source.startsWith("arn:"))
  );
}

/**
 * Whether a replica uses the key of its source, an instance of the stack that is judged itself: in one region RDS
 * accepts no other. Source: RDS API Reference, CreateDBInstanceReadReplica, KmsKeyId.
 */
function inheritsKey(graph: StackGraph, replica: Node): boolean {
  if (read(replica.properties, "kmsKeyId") !== undefined) {
    return false;
  }
  const sources = graph.referred(replica, "replicateSourceDb", "aws:rds/instance:Instance");
  const region = regionOf(replica);
  return (
    sources !== UNKNOWN &&
    sources.length > 0 &&
    region !== UNKNOWN &&
    sources.every((source) => regionOf(source) === region)
  );
}

const REASON = {
  remediation:
    "Name a customer-managed key: its policy controls who may read the data, and CloudTrail logs its use.",
  url: "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#customer-cmk",
};

export const customerManagedKey = stackRule({
  id: "customer-managed-key",
  description: "A resource that stores data or secrets is encrypted with a customer-managed key.",
  severity: "medium",
  controls: {
    securityHub: ["Backup.1", "SNS.1"],
    checkov: [
      "CKV_AWS_149",
      "CKV_AWS_158",
      "CKV_AWS_166",
      "CKV_AWS_191",
      "CKV_AWS_26",
      "CKV2_AWS_73",
      "CKV_AWS_245",
      "CKV_AWS_184",
    ],
    trivy: ["AWS-0017", "AWS-0095", "AWS-0098", "AWS-0135", "AWS-0136"],
  },
  ...REASON,
  check(graph, reportOn) {
    for (const [type, property] of Object.entries(ENCRYPTION_KEYS.properties)) {
      for (const node of graph.ofType(type)) {
        if (!isLocalReplica(node) && !inheritsKey(graph, node)) {
          const breaks = keyControls(type, read(node.properties, property));
          requireKey(graph, node, property, reportOn(node), breaks);
        }
      }
    }
  },
});

/** The controls that require a customer-managed key of one type of resource. */
function keyControls(type: string, key: unknown): Controls {
  if (type === "aws:sqs/queue:Queue") {
    // SQS encrypts a queue without a key, which CKV2_AWS_73 accepts; sqs-encrypted judges that.
    const checkov = { checkov: ["CKV2_AWS_73"] };
    return { trivy: ["AWS-0135"], ...(isText(key) && checkov) };
  }
  if (type === "aws:sns/topic:Topic" && isText(key)) {
    // The others accept AWS's own key.
    return { trivy: ["AWS-0136"] };
  }
  return KEY_CONTROLS[type] ?? {};
}

const KEY_CONTROLS: Readonly<Record<string, Controls>> = {
  "aws:secretsmanager/secret:Secret": { checkov: ["CKV_AWS_149"], trivy: ["AWS-0098"] },
  "aws:cloudwatch/logGroup:LogGroup": { checkov: ["CKV_AWS_158"], trivy: ["AWS-0017"] },
  "aws:backup/vault:Vault": { securityHub: ["Backup.1"], checkov: ["CKV_AWS_166"] },
  "aws:elasticache/replicationGroup:ReplicationGroup": { checkov: ["CKV_AWS_191"] },
  "aws:sns/topic:Topic": {
    securityHub: ["SNS.1"],
    checkov: ["CKV_AWS_26"],
    trivy: ["AWS-0095", "AWS-0136"],
  },
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": {
    checkov: ["CKV_AWS_245"],
  },
  "aws:efs/fileSystem:FileSystem": { checkov: ["CKV_AWS_184"] },
};

/** What is, or stands for, a key of the stack. */
export const KEYS = [
  "aws:kms/key:Key",
  "aws:kms/alias:Alias",
  "aws:kms/replicaKey:ReplicaKey",
  "aws:kms/externalKey:ExternalKey",
];

/** Whether a property refers to a resource of a type. */
export function isReferred(graph: StackGraph, node: Node, property: string, type: string): boolean {
  const referred = graph.referred(node, property, type);
  return referred !== UNKNOWN && referred.length > 0;
}

/** A key by reference, or by a name that is not that of an AWS managed key. */
export function requireKey(
  graph: StackGraph,
  node: Node,
  property: string,
  report: Report,
  breaks?: Controls,
): void {
  const top = property.split(/[.[]/)[0]!;
  if (KEYS.some((type) => isReferred(graph, node, top, type))) {
    return;
  }
  judgeKey(read(node.properties, property), property, report, breaks);
}

/** A key by its name: known, set, and not an AWS managed key. */
export function judgeKey(
  value: unknown,
  property: string,
  report: Report,
  breaks?: Controls,
): void {
  if (value === UNKNOWN) {
    report.undecided(property);
  } else if (typeof value !== "string" || value === "" || /(^|:)alias\/aws\//.test(value)) {
    report.violation(
      `${property} is ${shown(value, property)}; name a customer-managed key.`,
      breaks,
    );
  }
}

/** What of a type a key encrypts. */
export interface Keyed {
  readonly type: string;
  /** The input that names the key. */
  readonly property: string;
  /** The controls that require it. */
  readonly controls: Controls;
  /** Whether there is something to encrypt, and AWS takes a key for it. UNKNOWN counts as no. @default always */
  readonly where?: (node: Node) => boolean | typeof UNKNOWN;
  /** Inputs of which one says that the data is encrypted as its source is. @default none */
  readonly inherits?: readonly string[];
}

/** A rule that several types name a customer-managed key. */
export function keyRule(id: string, description: string, rows: readonly Keyed[]): Rule {
  return stackRule({
    ...{ id, description, severity: "low", ...REASON },
    controls: united(rows.map(({ controls }) => controls)),
    check(graph, reportOn) {
      for (const { type, property, controls, where, inherits = [] } of rows) {
        for (const node of graph.ofType(type)) {
          const { properties } = node;
          const applies = where?.(node) ?? true;
          if (applies === UNKNOWN && !isSet(properties, property)) {
            reportOn(node).undecided(property, "what the key would encrypt is not known yet");
          } else if (
            read(properties, property) === undefined &&
            inherits.some((input) => isSet(properties, input))
          ) {
            reportOn(node).undecided(property, "it is that of the snapshot", controls);
          } else if (applies === true) {
            requireKey(graph, node, property, reportOn(node), controls);
          }
        }
      }
    },
  });
}
