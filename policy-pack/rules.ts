/** All rules of the pack, by group. */
import type { Rule } from "./define";
import { containerRules } from "./rules/containers";
import { costRules } from "./rules/cost";
import { databaseRules } from "./rules/database";
import { deploymentRules } from "./rules/deployments";
import { encryptionRules } from "./rules/encryption";
import { encryptionInTransitRules } from "./rules/encryption-in-transit";
import { exemptionRules } from "./rules/exemptions";
import { loadBalancingRules } from "./rules/load-balancing";
import { networkRules } from "./rules/network";
import { observabilityRules } from "./rules/observability";
import { providerRules } from "./rules/provider";
import { publicDatabaseRules } from "./rules/public-database";
import { securityGroupRuleSet } from "./rules/security-groups";
import { taggingRules } from "./rules/tagging";

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
  "load-balancing": loadBalancingRules,
  containers: containerRules,
  deployments: deploymentRules,
  database: databaseRules,
  exemptions: exemptionRules,
};

/** Every rule of the pack. */
export const RULES: readonly Rule[] = Object.values(RULE_GROUPS).flat();
