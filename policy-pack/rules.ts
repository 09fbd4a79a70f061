/** All rules of the pack, by group. */
import type { Rule } from "./define";
import { analyticsRules } from "./rules/analytics";
import { apiRules } from "./rules/apis";
import { appServiceRules } from "./rules/app-services";
import { backupRules } from "./rules/backup";
import { brokerRules } from "./rules/brokers";
import { buildRules } from "./rules/builds";
import { capacityRules } from "./rules/capacity";
import { classicLoadBalancerRules } from "./rules/classic-load-balancers";
import { clusterDatabaseRules } from "./rules/cluster-databases";
import { containerRules } from "./rules/containers";
import { costRules } from "./rules/cost";
import { dataKeyRules } from "./rules/data-keys";
import { databaseRules } from "./rules/database";
import { deploymentRules } from "./rules/deployments";
import { dnsRules } from "./rules/dns";
import { edgeRules } from "./rules/edge";
import { encryptionRules } from "./rules/encryption";
import { encryptionInTransitRules } from "./rules/encryption-in-transit";
import { exemptionRules } from "./rules/exemptions";
import { experimentRules } from "./rules/experiments";
import { fileSystemRules } from "./rules/file-systems";
import { functionRules } from "./rules/functions";
import { iamRules } from "./rules/iam";
import { keyAndSecretRules } from "./rules/keys-and-secrets";
import { kubernetesRules } from "./rules/kubernetes";
import { loadBalancingRules } from "./rules/load-balancing";
import { logRules } from "./rules/logs";
import { machineLearningRules } from "./rules/machine-learning";
import { messagingRules } from "./rules/messaging";
import { migrationRules } from "./rules/migration";
import { moreKeyRules } from "./rules/more-keys";
import { moreServiceRules } from "./rules/more-services";
import { networkRules } from "./rules/network";
import { observabilityRules } from "./rules/observability";
import { providerRules } from "./rules/provider";
import { publicDatabaseRules } from "./rules/public-database";
import { reachRules } from "./rules/reach";
import { recorderRules } from "./rules/recorder";
import { recoveryRules } from "./rules/recovery";
import { resourcePolicyRules } from "./rules/resource-policies";
import { searchDomainRules } from "./rules/search-domains";
import { securityGroupRuleSet } from "./rules/security-groups";
import { serverGroupRules } from "./rules/server-groups";
import { storageRules } from "./rules/storage";
import { taggingRules } from "./rules/tagging";
import { trailRules } from "./rules/trails";
import { warehouseRules } from "./rules/warehouses";

/** The groups in the order of the documentation. Exemptions come last: they judge what the others used. */
export const RULE_GROUPS: Readonly<Record<string, readonly Rule[]>> = {
  tagging: taggingRules,
  encryption: encryptionRules,
  "encryption-in-transit": encryptionInTransitRules,
  "public-database": publicDatabaseRules,
  observability: observabilityRules,
  cost: costRules,
  provider: providerRules,
  network: networkRules,
  "security-groups": securityGroupRuleSet,
  reach: reachRules,
  "load-balancing": loadBalancingRules,
  "classic-load-balancers": classicLoadBalancerRules,
  containers: containerRules,
  deployments: deploymentRules,
  database: databaseRules,
  storage: storageRules,
  "keys-and-secrets": keyAndSecretRules,
  edge: edgeRules,
  dns: dnsRules,
  messaging: messagingRules,
  functions: functionRules,
  logs: logRules,
  backup: backupRules,
  iam: iamRules,
  "resource-policies": resourcePolicyRules,
  "more-services": moreServiceRules,
  warehouses: warehouseRules,
  "cluster-databases": clusterDatabaseRules,
  "file-systems": fileSystemRules,
  "search-domains": searchDomainRules,
  kubernetes: kubernetesRules,
  trails: trailRules,
  "server-groups": serverGroupRules,
  "data-keys": dataKeyRules,
  apis: apiRules,
  "app-services": appServiceRules,
  analytics: analyticsRules,
  builds: buildRules,
  brokers: brokerRules,
  "machine-learning": machineLearningRules,
  recorder: recorderRules,
  migration: migrationRules,
  "more-keys": moreKeyRules,
  capacity: capacityRules,
  recovery: recoveryRules,
  experiments: experimentRules,
  exemptions: exemptionRules,
};

/** Every rule of the pack. */
export const RULES: readonly Rule[] = Object.values(RULE_GROUPS).flat();
