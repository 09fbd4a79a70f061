/** What every component needs besides its own arguments, with production's values. */
import { Arns } from "../../platform/arns";
import { Names } from "../../platform/names";
import { componentTags, type Tags } from "../../platform/tags";

export const ACCOUNT_ID = "123456789012";

export const arns = new Arns({ partition: "aws", region: "us-east-1", accountId: ACCOUNT_ID });

export const names = new Names({
  application: "crm",
  environmentLabel: "production",
  bucketSuffix: "prod",
});

export const stagingNames = new Names({
  application: "crm",
  qualifier: "staging",
  environmentLabel: "staging",
  bucketSuffix: "staging",
});

export function tags(component: string): Tags {
  return componentTags(
    {
      project: "CRM-System",
      environment: "production",
      owner: "platform@crm-consulting.com",
      costCenter: "finance-consulting",
    },
    component,
  );
}

/** The six tags, for assertions on any resource. */
export const REQUIRED_TAGS = [
  "Project",
  "Environment",
  "Component",
  "Owner",
  "CostCenter",
  "ManagedBy",
] as const;
