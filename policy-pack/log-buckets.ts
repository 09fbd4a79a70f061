/** Buckets of logs: by what writes to them in the plan, or by what S3 and load balancers need to deliver to them. */
import type { Node, StackGraph } from "../analysis/graph";
import { isRecord, items, known, read, UNKNOWN } from "../analysis/properties";
import { SERVICE_PRINCIPALS } from "../facts/service-principals";
import { ACCESS_LOG_BUCKETS, LOG_BUCKETS } from "../facts/type-properties";
import { allowsAction, parseDocument, type Statement } from "./documents";
import { nameOf } from "./relations";

const BUCKET = "aws:s3/bucket:Bucket";
const ACL = "aws:s3/bucketAcl:BucketAcl";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";

/** The buckets that something writes its logs to. */
export const logBuckets = (graph: StackGraph): ReadonlySet<Node> =>
  bucketsOf(graph, Object.keys(LOG_BUCKETS.properties));

/** The buckets that S3 or a load balancer delivers its access logs to: they support S3 managed keys only. */
export const accessLogBuckets = (graph: StackGraph): ReadonlySet<Node> =>
  bucketsOf(graph, Object.keys(ACCESS_LOG_BUCKETS.properties));

/** The buckets that take access logs, and those that resources of these types write to. */
function bucketsOf(graph: StackGraph, types: readonly string[]): ReadonlySet<Node> {
  const found = new Set(graph.ofType(BUCKET).filter((bucket) => admitsAccessLogs(graph, bucket)));
  for (const type of types) {
    targetsOf(graph, type).forEach((bucket) => found.add(bucket));
  }
  return found;
}

/** The buckets that resources of a type write their logs to. */
function targetsOf(graph: StackGraph, type: string): Node[] {
  return graph.ofType(type).flatMap((node) => {
    // A bucket's older token has a list of one.
    const property = node.properties["loggings"] ? "loggings" : LOG_BUCKETS.properties[type]!;
    const value = [node.properties[property]].flat()[0];
    // The other texts beside it are prefixes and formats.
    const target = isRecord(value) ? (value["bucket"] ?? value["targetBucket"]) : value;
    const referred = graph.referred(node, property, BUCKET);
    const text = JSON.stringify(value ?? "");
    return [
      ...(referred === UNKNOWN ? [] : referred),
      ...graph.ofType(BUCKET).filter((bucket) => {
        const name = nameOf(bucket, "bucket");
        return target === name || text.includes(`"arn:aws:s3:::${name}"`);
      }),
    ];
  });
}

const DELIVERY: readonly string[] = [
  SERVICE_PRINCIPALS.s3Logs,
  SERVICE_PRINCIPALS.loadBalancerLogs,
];
const DELIVERY_GROUP = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/** Whether the bucket's ACL or policy lets S3 or load balancers deliver access logs, of what is elsewhere. */
function admitsAccessLogs(graph: StackGraph, bucket: Node): boolean {
  const acls = [bucket, ...graph.referring(bucket, ACL, "bucket")];
  const policies = [bucket, ...graph.referring(bucket, POLICY, "bucket")];
  return (
    acls.some(
      ({ properties }) =>
        read(properties, "acl") === "log-delivery-write" ||
        grantsDelivery(read(properties, "grants")) ||
        grantsDelivery(read(properties, "accessControlPolicy.grants")),
    ) ||
    policies.some(({ properties }) => {
      const document = parseDocument(read(properties, "policy"));
      return document !== undefined && document !== UNKNOWN && document.statements.some(delivers);
    })
  );
}

/** Whether a list of grants lets the log delivery group write; inline grants have the group's URI themselves. */
function grantsDelivery(list: unknown): boolean {
  const grants = items(list);
  return (grants === UNKNOWN ? [] : grants).some((grant) => {
    if (!isRecord(grant)) {
      return false;
    }
    const who = read(grant, "grantee.uri") ?? read(grant, "uri");
    const permissions = [read(grant, "permission"), known(grant["permissions"])].flat();
    return (
      who === DELIVERY_GROUP && permissions.some((one) => one === "WRITE" || one === "FULL_CONTROL")
    );
  });
}

function delivers(statement: Statement): boolean {
  return (
    allowsAction(statement, "s3:PutObject") &&
    statement.principals.some(
      ({ kind, value }) => kind === "Service" && DELIVERY.includes(String(value)),
    )
  );
}
