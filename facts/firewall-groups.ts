import type { Fact } from "./fact";

const GUIDE = "https://docs.aws.amazon.com/waf/latest/developerguide";
const asOf = "2026-11-27";

/** Where the groups' rules and labels stand. */
export const FIREWALL_GROUP_PAGES = {
  AWSManagedRulesSQLiRuleSet: { source: `${GUIDE}/aws-managed-rule-groups-use-case.html`, asOf },
  AWSManagedRulesCommonRuleSet: { source: `${GUIDE}/aws-managed-rule-groups-baseline.html`, asOf },
} as const satisfies Readonly<Record<string, Fact>>;

/**
 * Rules of AWS's managed groups that look at a request's body for what free text and files hold too, with the label
 * that each adds. Those for known exploits (Log4Shell and its like) are not among them: no upload has to look so.
 */
export const BODY_RULES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AWSManagedRulesSQLiRuleSet: {
    SQLi_BODY: "awswaf:managed:aws:sql-database:SQLi_Body",
    SQLiExtendedPatterns_BODY: "awswaf:managed:aws:sql-database:SQLiExtendedPatterns_Body",
  },
  AWSManagedRulesCommonRuleSet: {
    SizeRestrictions_BODY: "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body",
    EC2MetaDataSSRF_BODY: "awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_Body",
    GenericLFI_BODY: "awswaf:managed:aws:core-rule-set:GenericLFI_Body",
    GenericRFI_BODY: "awswaf:managed:aws:core-rule-set:GenericRFI_Body",
    CrossSiteScripting_BODY: "awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body",
  },
};
