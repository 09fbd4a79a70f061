/** AWS's managed groups of firewall rules. */
import { entryOf } from "./entry-of";
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

/**
 * Where {@link ruleNames} comes from: the pages of this list's groups, which name the rules of the newest version of each.
 * `aws wafv2 describe-managed-rule-group` lists those of another version, and of the default one, which the edge uses.
 */
export const GROUP_RULES_FACT: Fact = {
  source: `${GUIDE}/aws-managed-rule-groups-list.html`,
  asOf: "2026-11-29",
};

/** Ends of the names of rules that look for one thing in several parts of a request. */
const rules = (start: string, ...ends: string[]) => ends.map((end) => `${start}_${end}`);

const GROUP_RULES: Readonly<Record<string, readonly string[]>> = {
  AWSManagedRulesCommonRuleSet: [
    ...["NoUserAgent_HEADER", "UserAgent_BadBots_HEADER"],
    ...rules("SizeRestrictions", "QUERYSTRING", "Cookie_HEADER"),
    ...rules("SizeRestrictions", "BODY", "URIPATH"),
    ...rules("EC2MetaDataSSRF", "BODY", "COOKIE", "URIPATH", "QUERYARGUMENTS"),
    ...rules("GenericLFI", "QUERYARGUMENTS", "URIPATH", "BODY"),
    ...rules("RestrictedExtensions", "URIPATH", "QUERYARGUMENTS"),
    ...rules("GenericRFI", "QUERYARGUMENTS", "BODY", "URIPATH"),
    ...rules("CrossSiteScripting", "COOKIE", "QUERYARGUMENTS", "BODY", "URIPATH"),
  ],
  AWSManagedRulesAdminProtectionRuleSet: ["AdminProtection_URIPATH"],
  AWSManagedRulesKnownBadInputsRuleSet: [
    ...rules("JavaDeserializationRCE", "HEADER", "BODY", "URIPATH", "QUERYSTRING"),
    ...["Host_localhost_HEADER", "PROPFIND_METHOD", "ExploitablePaths_URIPATH"],
    ...rules("Log4JRCE", "HEADER", "QUERYSTRING", "BODY", "URIPATH"),
    "ReactJSRCE_BODY",
  ],
  AWSManagedRulesSQLiRuleSet: [
    ...rules("SQLi", "QUERYARGUMENTS", "BODY", "COOKIE", "URIPATH"),
    ...rules("SQLiExtendedPatterns", "QUERYARGUMENTS", "BODY", "HEADER", "URIPATH"),
  ],
  AWSManagedRulesLinuxRuleSet: rules("LFI", "URIPATH", "QUERYSTRING", "HEADER"),
  AWSManagedRulesUnixRuleSet: [
    ...rules("UNIXShellCommandsVariables", "QUERYSTRING", "BODY", "HEADER"),
  ],
  AWSManagedRulesAmazonIpReputationList: [
    ...["AWSManagedIPReputationList", "AWSManagedReconnaissanceList", "AWSManagedIPDDoSList"],
  ],
  AWSManagedRulesAnonymousIpList: ["AnonymousIPList", "HostingProviderIPList"],
};

/** Names of the rules of a managed group; none of one that is not known here. WAF refuses an override of a rule that the group does not have. */
export function ruleNames(group: string): readonly string[] {
  return entryOf(GROUP_RULES, group) ?? [];
}
