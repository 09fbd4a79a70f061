export { SecureBucket, type SecureBucketArgs } from "./bucket";
export { BucketReplication, type BucketReplicationArgs } from "./bucket-replication";
export { CrmStorage, type CrmStorageArgs } from "./storage";
