/** The controls of rules that judge every kind of store, by its type. */
import type { Controls } from "../define";

type ByType = Readonly<Record<string, Controls>>;

/** What `encrypted-at-rest` judges. CIS 2.3.1 is about EFS. */
export const AT_REST_CONTROLS: ByType = {
  "aws:rds/instance:Instance": {
    securityHub: ["RDS.3"],
    cis: ["2.2.1"],
    cdkNag: ["RDS2"],
    checkov: ["CKV_AWS_16"],
    trivy: ["AWS-0080"],
  },
  "aws:rds/cluster:Cluster": { cdkNag: ["RDS2"], trivy: ["AWS-0080"] },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    securityHub: ["ElastiCache.4"],
    cdkNag: ["AEC3"],
    checkov: ["CKV_AWS_29"],
    trivy: ["AWS-0045"],
  },
  "aws:docdb/cluster:Cluster": {
    securityHub: ["DocumentDB.1"],
    cdkNag: ["DOC1"],
    checkov: ["CKV_AWS_74"],
    trivy: ["AWS-0021"],
  },
  "aws:neptune/cluster:Cluster": {
    securityHub: ["Neptune.1"],
    cdkNag: ["N4"],
    checkov: ["CKV_AWS_44"],
    trivy: ["AWS-0076"],
  },
  "aws:redshift/cluster:Cluster": {
    securityHub: ["Redshift.10"],
    cdkNag: ["RS6"],
    checkov: ["CKV_AWS_64"],
  },
  "aws:efs/fileSystem:FileSystem": {
    securityHub: ["EFS.1", "EFS.8"],
    cis: ["2.3.1"],
    cdkNag: ["EFS1"],
    checkov: ["CKV_AWS_42"],
    trivy: ["AWS-0037"],
  },
  "aws:ebs/volume:Volume": {
    securityHub: ["EC2.3"],
    cdkNag: ["EC26"],
    checkov: ["CKV_AWS_3"],
    trivy: ["AWS-0026"],
  },
  "aws:opensearch/domain:Domain": {
    securityHub: ["Opensearch.1"],
    cdkNag: ["OS8"],
    checkov: ["CKV_AWS_5"],
    trivy: ["AWS-0048"],
  },
  "aws:elasticsearch/domain:Domain": {
    securityHub: ["ES.1"],
    cdkNag: ["OS8"],
    checkov: ["CKV_AWS_5"],
    trivy: ["AWS-0048"],
  },
};

/** What `rds-no-public-access` judges: stores and brokers with a public address. */
export const PUBLIC_CONTROLS: ByType = {
  "aws:rds/instance:Instance": {
    securityHub: ["RDS.2"],
    cis: ["2.2.3"],
    checkov: ["CKV_AWS_17"],
    trivy: ["AWS-0180"],
  },
  "aws:rds/clusterInstance:ClusterInstance": {
    checkov: ["CKV_AWS_17"],
    trivy: ["AWS-0180"],
  },
  "aws:redshift/cluster:Cluster": {
    securityHub: ["Redshift.1"],
    cdkNag: ["RS8"],
    checkov: ["CKV_AWS_87"],
  },
  "aws:redshiftserverless/workgroup:Workgroup": { securityHub: ["RedshiftServerless.3"] },
  "aws:neptune/clusterInstance:ClusterInstance": { checkov: ["CKV_AWS_102"] },
};
