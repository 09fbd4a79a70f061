/** Web ACLs: their rules, the actions of the rules, and their metrics and logs. */
import type { Node, StackGraph } from "../../analysis/graph";
import { regionOf } from "../../analysis/plan/regions";
import { isRecord, items, known, type Properties, read, UNKNOWN } from "../../analysis/properties";
import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { expect, isTrue, type Report, resourceRule, type Rule, stackRule } from "../define";
import { companions, inStacks } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const WAF = "https://docs.aws.amazon.com/waf/latest/developerguide";
const ACL = "aws:wafv2/webAcl:WebAcl";
/** The web ACLs of WAF Classic. */
const CLASSIC_ACLS = ["aws:waf/webAcl:WebAcl", "aws:wafregional/webAcl:WebAcl"];
const SEPARATE = [
  "aws:wafv2/webAclRule:WebAclRule",
  "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation",
];

/** One rule of a web ACL. */
interface AclRule {
  /** Its name, else its place. */
  readonly label: string;
  readonly properties: Properties;
}

/** The rules in a web ACL, of `rules` or `ruleJson`; nothing, with a report, when they are not known. */
function rulesOf(
  { properties }: { properties: Properties },
  report: Report,
): AclRule[] | undefined {
  const json = read(properties, "ruleJson");
  let given: unknown = read(properties, "rules");
  if (typeof json === "string" && json !== "") {
    try {
      given = camelCased(JSON.parse(json));
    } catch {
      report.violation("ruleJson is not valid JSON; fix it.");
      return undefined;
    }
  }
  const list = json === UNKNOWN ? UNKNOWN : items(given);
  if (list === UNKNOWN || list.includes(UNKNOWN)) {
    report.undecided(json === undefined ? "rules" : "ruleJson");
    return undefined;
  }
  return list.filter(isRecord).map((rule, index) => {
    const name = read(rule, "name");
    return { label: typeof name === "string" ? name : `${index + 1}`, properties: rule };
  });
}

/** The API's names as Pulumi's: `Statement` as `statement`. */
function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(camelCased);
  }
  if (!isRecord(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key[0]!.toLowerCase() + key.slice(1).replace(/^loudWatch/, "loudwatch"),
      camelCased(item),
    ]),
  );
}

/** A rule that sets nothing inspects nothing. */
const isEmpty = (rule: unknown) => isRecord(rule) && Object.keys(rule).length === 0;

const hasRules = stackRule({
  id: "waf-has-rules",
  description: "A web ACL has rules.",
  severity: "medium",
  controls: {
    securityHub: ["WAF.4", "WAF.8", "WAF.10"],
    checkov: ["CKV_AWS_175"],
  },
  remediation: "Set rules, or add WebAclRules.",
  url: `${GUIDE}/waf-controls.html#waf-10`,
  check(graph, reportOn) {
    for (const acl of graph.ofType(...CLASSIC_ACLS)) {
      const rules = items(acl.properties["rules"]);
      if (rules === UNKNOWN) {
        reportOn(acl).undecided("rules");
      } else if (rules.every(isEmpty)) {
        reportOn(acl).violation("rules is empty; add rules.");
      }
    }
    for (const acl of graph.ofType(ACL)) {
      const report = reportOn(acl);
      const inside = rulesOf(acl, report);
      const outside = SEPARATE.map((type) => companions(graph, acl, type, "webAclArn", report));
      if (
        inside?.every(({ properties }) => isEmpty(properties)) === true &&
        outside.every((found) => found?.length === 0)
      ) {
        report.violation("rules is empty; add the managed groups.");
      }
    }
  },
});

interface ActSetting {
  /** Regular expressions for the stacks in which at least one rule must do more than count. */
  readonly stacks: string[];
}

const rulesAct = resourceRule<ActSetting>({
  id: "waf-rules-act",
  description: "Each rule of a web ACL has an action, and at least one does more than count.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_342"] },
  remediation: "Set action, or overrideAction for a managed group.",
  url: `${WAF}/web-acl-rule-actions.html`,
  defaults: { stacks: ["."] },
  types: [ACL, "aws:wafv2/ruleGroup:RuleGroup", ...CLASSIC_ACLS],
  check(subject, report, { stacks }) {
    if (CLASSIC_ACLS.includes(subject.type)) {
      judgeClassic(subject, report);
      return;
    }
    const rules = rulesOf(subject, report) ?? [];
    for (const { label, properties } of rules) {
      if (known(properties["action"]) === undefined && !properties["overrideAction"]) {
        report.violation(`rule ${label} has no action; set action or overrideAction.`);
      }
    }
    if (rules.some(counts) && rules.every(passes) && inStacks(stacks)) {
      report.violation("all rules only count; let them block.");
    }
  },
});

/** A rule of WAF Classic names its action, a group of rules overrides it. */
function judgeClassic(subject: Parameters<typeof expect>[0], report: Report): void {
  const rules = items(subject.properties["rules"]);
  if (rules === UNKNOWN) {
    report.undecided("rules");
    return;
  }
  for (const [index, rule] of rules.entries()) {
    const types = ["action.type", "overrideAction.type"].map((path) =>
      isRecord(rule) ? read(rule, path) : rule,
    );
    if (types.includes(UNKNOWN)) {
      report.undecided(`rules[${index}].action`);
    } else if (types.every((type) => type === undefined || type === "")) {
      report.violation(`rules[${index}] has no action; set action or overrideAction.`);
    }
  }
}

/** Whether a rule only counts. */
function counts({ properties }: AclRule): boolean {
  return ["action", "overrideAction"].some(
    (property) => read(properties, `${property}.count`) !== undefined,
  );
}

/** Whether a rule blocks nothing: it counts or allows. */
function passes(rule: AclRule): boolean {
  return counts(rule) || read(rule.properties, "action.allow") !== undefined;
}

const metrics = resourceRule({
  id: "waf-metrics",
  description: "A web ACL and each of its rules have metrics.",
  severity: "medium",
  controls: { securityHub: ["WAF.12"] },
  remediation: "Set visibilityConfig.cloudwatchMetricsEnabled: true in the ACL and its rules.",
  url: `${GUIDE}/waf-controls.html#waf-12`,
  types: [ACL, "aws:wafv2/ruleGroup:RuleGroup"],
  check(subject, report) {
    const path = "visibilityConfig.cloudwatchMetricsEnabled";
    expect(subject, report, path, isTrue, "set it to true");
    for (const { label, properties } of rulesOf(subject, report) ?? []) {
      const value = read(properties, path);
      if (value === UNKNOWN) {
        report.undecided(`${path} of rule ${label}`);
      } else if (value !== true) {
        report.violation(`${path} of rule ${label} is not true; set it to true.`);
      }
    }
  },
});

interface LoggingSetting {
  /** Headers with credentials, which must not be logged. */
  readonly redactedHeaders: string[];
  /**
   * Length from which a value counts as a secret: one that a rule compares a header with, or that a distribution
   * sends in a header. A value that is not known yet counts as a secret.
   */
  readonly secretLength: number;
}

const logging = stackRule<LoggingSetting>({
  id: "waf-logging",
  description:
    "A web ACL logs its decisions. The log redacts credentials and the secret headers that the stack's distributions, listeners and rules check.",
  severity: "medium",
  controls: { securityHub: ["WAF.11"], checkov: ["CKV2_AWS_31"] },
  remediation: "Add a WebAclLoggingConfiguration with redactedFields.",
  url: `${GUIDE}/waf-controls.html#waf-11`,
  defaults: { redactedHeaders: ["authorization", "cookie"], secretLength: 16 },
  check(graph, reportOn, { redactedHeaders, secretLength }) {
    const headers = [...new Set([...redactedHeaders, ...secretHeaders(graph, secretLength)])];
    const type = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration";
    for (const acl of graph.ofType(ACL)) {
      const report = reportOn(acl);
      const configurations = companions(graph, acl, type, "resourceArn", report);
      if (configurations?.length === 0) {
        report.violation("no WebAclLoggingConfiguration has it as its resourceArn; add one.");
      }
      for (const configuration of configurations ?? []) {
        judgeRedaction(configuration, headers, reportOn(configuration));
      }
    }
  },
});

/** Headers in which a browser names a host: they are public and prove nothing. */
const PUBLIC_HEADERS: ReadonlySet<string> = new Set(["host", "origin"]);

/** Headers by which the stack's own parts authenticate: a reader of the log could send them too. */
function secretHeaders(graph: StackGraph, secretLength: number): string[] {
  const isSecret = (value: unknown) =>
    value === UNKNOWN || (typeof value === "string" && value.length >= secretLength);
  const known = (name: unknown, values: readonly unknown[]) =>
    typeof name === "string" && !PUBLIC_HEADERS.has(name.toLowerCase()) && values.some(isSecret)
      ? [name.toLowerCase()]
      : [];
  const listOf = (value: unknown) => {
    const list = items(value);
    return list === UNKNOWN ? [] : list.filter(isRecord);
  };
  const sent = graph.ofType("aws:cloudfront/distribution:Distribution").flatMap((node) =>
    listOf(node.properties["origins"])
      .flatMap((origin) => listOf(origin["customHeaders"]))
      .flatMap((header) => known(read(header, "name"), [read(header, "value")])),
  );
  const asked = graph.ofType("aws:lb/listenerRule:ListenerRule").flatMap((node) =>
    listOf(node.properties["conditions"]).flatMap((condition) => {
      const values = items(read(condition, "httpHeader.values"));
      const name = read(condition, "httpHeader.httpHeaderName");
      return known(name, values === UNKNOWN ? [UNKNOWN] : values);
    }),
  );
  const compared = graph
    .ofType(ACL, "aws:wafv2/ruleGroup:RuleGroup")
    .flatMap((node) => comparisons(node.properties["rules"]))
    .flatMap((match) =>
      known(read(match, "fieldToMatch.singleHeader.name"), [read(match, "searchString")]),
    );
  return [...sent, ...asked, ...compared];
}

/** The comparisons with a text, at any depth. */
function comparisons(value: unknown): Properties[] {
  if (Array.isArray(value)) {
    return value.flatMap(comparisons);
  }
  if (!isRecord(value)) {
    return [];
  }
  const own = value["byteMatchStatement"];
  return [
    ...(isRecord(own) ? [own as Properties] : []),
    ...Object.values(value).flatMap(comparisons),
  ];
}

function judgeRedaction(node: Node, headers: readonly string[], report: Report): void {
  const fields = items(node.properties["redactedFields"]);
  if (fields === UNKNOWN || fields.includes(UNKNOWN)) {
    report.undecided("redactedFields");
    return;
  }
  const redacted = fields
    .filter(isRecord)
    .map((field) => String(read(field, "singleHeader.name")).toLowerCase());
  for (const header of headers.filter((name) => !redacted.includes(name))) {
    report.violation(`redactedFields leave out the header ${header}; add it.`, {});
  }
}

/** The rule with a managed group, at any position. */
function managed(rules: readonly AclRule[], group: string): AclRule | undefined {
  return rules.find(
    ({ properties }) => read(properties, "statement.managedRuleGroupStatement.name") === group,
  );
}

interface GroupsSetting {
  /** Managed groups that must block. */
  readonly groups: string[];
}

const knownAttacks = resourceRule<GroupsSetting>({
  id: "waf-log4j-managed-rules",
  description:
    "A web ACL blocks known attacks, Log4Shell among them. The rule's setting can also require the list of anonymizing networks, which blocks users behind a VPN.",
  severity: "high",
  controls: {
    checkov: ["CKV_AWS_192", "CKV2_AWS_47", "CKV2_AWS_76", "CKV2_AWS_77", "CKV2_AWS_78"],
  },
  remediation: "Add AWSManagedRulesKnownBadInputsRuleSet with overrideAction none.",
  url: `${WAF}/aws-managed-rule-groups-baseline.html`,
  defaults: { groups: ["AWSManagedRulesKnownBadInputsRuleSet"] },
  types: [ACL],
  check(subject, report, { groups }) {
    const rules = rulesOf(subject, report);
    for (const group of rules === undefined ? [] : groups) {
      const rule = managed(rules!, group);
      const path = "statement.managedRuleGroupStatement.ruleActionOverrides";
      const overridden =
        rule && /"log4j/i.test(JSON.stringify(read(rule.properties, path) ?? []) ?? "");
      if (rule === undefined) {
        report.violation(`rules lack ${group}; add it.`);
      } else if (counts(rule) || overridden) {
        report.violation(`${group} only counts; set its overrideAction to none.`);
      }
    }
  },
});

interface BaselineSetting {
  /** Required managed groups; they may count until it is known what they would block. */
  readonly groups: string[];
}

const baseline = resourceRule<BaselineSetting>({
  id: "waf-baseline",
  description:
    "A web ACL has AWS's common rules and a rate limit; one for CloudFront is in the region that CloudFront requires.",
  severity: "medium",
  remediation: `Add AWSManagedRulesCommonRuleSet and a rateBasedStatement; an ACL of scope "CLOUDFRONT" belongs in ${CLOUDFRONT_REGION}.`,
  url: `${WAF}/aws-managed-rule-groups-baseline.html`,
  defaults: { groups: ["AWSManagedRulesCommonRuleSet"] },
  types: [ACL],
  check(subject, report, { groups }) {
    const rules = rulesOf(subject, report);
    for (const group of groups) {
      if (rules !== undefined && managed(rules, group) === undefined) {
        report.violation(`rules lack ${group}; add it.`);
      }
    }
    const limits = rules?.some(
      ({ properties }) => read(properties, "statement.rateBasedStatement") !== undefined,
    );
    if (limits === false) {
      report.violation("rules have no rateBasedStatement; add one.");
    }
    const region = regionOf(subject);
    if (read(subject.properties, "scope") !== "CLOUDFRONT" || region === undefined) {
      return;
    }
    if (region === UNKNOWN) {
      report.undecided("region");
    } else if (region !== CLOUDFRONT_REGION) {
      report.violation(`scope is "CLOUDFRONT" and region is not ${CLOUDFRONT_REGION}; set region.`);
    }
  },
});

export const firewallRules: readonly Rule[] = [
  hasRules,
  rulesAct,
  metrics,
  logging,
  knownAttacks,
  baseline,
];
