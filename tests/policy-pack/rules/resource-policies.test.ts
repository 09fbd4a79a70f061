import { resourcePolicyRules } from "../../../policy-pack/rules/resource-policies";
import { documentOf, ruleOf } from "../rows";
import { ruleTable, UNKNOWN_TEXT } from "../support";

const VAULT_POLICY = "aws:backup/vaultPolicy:VaultPolicy";
const LAYER = "aws:lambda/layerVersionPermission:LayerVersionPermission";
const DOMAIN = "aws:opensearch/domain:Domain";
const everybody = {
  Effect: "Allow",
  Principal: "*",
  Action: "backup:CopyIntoBackupVault",
  Resource: "*",
};
const search = { ...everybody, Action: "es:*" };

describe("policy pack: policies of resources", () => {
  ruleTable(ruleOf(resourcePolicyRules, "resource-policy-not-public"), [
    {
      compliant: "an account that is named",
      type: VAULT_POLICY,
      props: {
        policy: documentOf({ ...everybody, Principal: { AWS: "arn:aws:iam::123456789012:root" } }),
      },
    },
    {
      compliant: "an organization",
      type: VAULT_POLICY,
      props: {
        policy: documentOf({
          ...everybody,
          Condition: { StringEquals: { "aws:PrincipalOrgID": "o-ours" } },
        }),
      },
    },
    { compliant: "a layer for an account", type: LAYER, props: { principal: "123456789012" } },
    {
      compliant: "a layer for an organization",
      type: LAYER,
      props: { principal: "*", organizationId: "o-ours" },
    },
    {
      compliant: "a domain inside of a VPC",
      type: DOMAIN,
      props: { accessPolicies: documentOf(search), vpcOptions: { subnetIds: [UNKNOWN_TEXT] } },
    },
    {
      violating: "everybody",
      type: VAULT_POLICY,
      props: { policy: documentOf(everybody) },
      says: /statement 1: it is public/,
    },
    {
      violating: "a domain on the internet",
      type: DOMAIN,
      props: { accessPolicies: documentOf(search) },
      says: /accessPolicies, statement 1: it is public/,
    },
    {
      violating: "a layer for everybody",
      type: LAYER,
      props: { principal: "*" },
      says: /principal is "\*"; name the account/,
    },
    {
      violating: "no document",
      type: VAULT_POLICY,
      props: { policy: "{" },
      says: /cannot be read/,
    },
    { unknown: "the document", type: VAULT_POLICY, props: { policy: UNKNOWN_TEXT } },
    { unknown: "whom a layer is for", type: LAYER, props: { principal: UNKNOWN_TEXT } },
    {
      unknown: "whether a domain is inside of a VPC",
      type: DOMAIN,
      props: { accessPolicies: documentOf(search), vpcOptions: UNKNOWN_TEXT },
    },
    { otherType: "a role", type: "aws:iam/role:Role" },
  ]);
});
