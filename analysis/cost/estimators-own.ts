/** What a team often adds by itself costs: Aurora Serverless v2, EFS. */
import { number, record, string } from "./inputs";
import type { Estimator } from "./model";

const CLUSTER = "aws:rds/cluster:Cluster";

/** Storage and I/O; a cluster with its own class is not Aurora. */
const cluster: Estimator = ({ resource, usage }) => {
  if (!string(resource, "engine")?.startsWith("aurora")) {
    return "only Aurora's clusters have a price here";
  }
  if (resource.inputs["storageType"] === "aurora-iopt1") {
    return "Aurora I/O-Optimized has no price here";
  }
  return [
    { item: "Aurora storage", quantity: usage("auroraGB"), price: "aurora-gb" },
    { item: "Aurora I/O", quantity: usage("auroraIoMillion"), price: "aurora-io-million" },
  ];
};

/** The least capacity of its cluster: what it takes beyond depends on the load. */
const member: Estimator = ({ resource, ofType, usage }) => {
  if (string(resource, "instanceClass") !== "db.serverless") {
    return "only Aurora Serverless v2 has a price here";
  }
  const capacities = ofType(CLUSTER).map((one) =>
    number({ ...one, inputs: record(one, "serverlessv2ScalingConfiguration") }, "minCapacity"),
  );
  const [least] = capacities;
  if (least === undefined || new Set(capacities).size > 1) {
    return "its least capacity is not known";
  }
  return [{ item: `${least} ACU at least`, quantity: least * usage("hours"), price: "aurora-acu" }];
};

const fileSystem: Estimator = ({ resource, usage }) => {
  if (string(resource, "throughputMode") !== "elastic") {
    return "only elastic throughput has a price here";
  }
  if (resource.inputs["availabilityZoneName"] !== undefined) {
    return "a file system in one zone has no price here";
  }
  return [
    { item: "files", quantity: usage("filesGB"), price: "efs-gb" },
    { item: "reads of files", quantity: usage("filesReadGB"), price: "efs-read-gb" },
    { item: "writes of files", quantity: usage("filesWrittenGB"), price: "efs-write-gb" },
  ];
};

export const OWN: Readonly<Record<string, Estimator>> = {
  [CLUSTER]: cluster,
  "aws:rds/clusterInstance:ClusterInstance": member,
  "aws:efs/fileSystem:FileSystem": fileSystem,
};
