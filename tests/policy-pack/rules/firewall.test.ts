import { firewallRules } from "../../../policy-pack/rules/firewall";
import { companionRows, ruleOf } from "../rows";
import { ruleTable, UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const type = "aws:wafv2/webAcl:WebAcl";
const LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration";
const rule = (id: string) => ruleOf(firewallRules, id);
const otherType = { otherType: "a set of addresses", type: "aws:wafv2/ipSet:IpSet" };

const seen = { visibilityConfig: { cloudwatchMetricsEnabled: true } };
const group = (name: string, override: string) => ({
  name,
  overrideAction: { [override]: {} },
  statement: { managedRuleGroupStatement: { name, vendorName: "AWS" } },
  ...seen,
});
const inputs = group("AWSManagedRulesKnownBadInputsRuleSet", "none");
const common = group("AWSManagedRulesCommonRuleSet", "count");
const limit = {
  name: "limit",
  action: { block: {} },
  statement: { rateBasedStatement: { limit: 2000 } },
  ...seen,
};
const all = { rules: [inputs, common, limit], ...seen };

const logged = (redactedFields: unknown) => [
  { type, name: "acl" },
  {
    type: LOGGING,
    props: { resourceArn: UNKNOWN_TEXT, redactedFields },
    references: { resourceArn: ["acl"] },
  },
];
const SECRET_HEADERS = {
  "a distribution sends": {
    type: "aws:cloudfront/distribution:Distribution",
    props: { origins: [{ customHeaders: [{ name: "X-Proof", value: UNKNOWN_TEXT }] }] },
  },
  "a listener asks for": {
    type: "aws:lb/listenerRule:ListenerRule",
    props: {
      conditions: [
        { pathPattern: { values: ["/*"] } },
        { httpHeader: { httpHeaderName: "x-proof", values: ["0123456789abcdef0123"] } },
      ],
    },
  },
  "a rule of a web ACL compares": {
    type: "aws:wafv2/ruleGroup:RuleGroup",
    props: {
      rules: [
        {
          name: "proof",
          statement: {
            notStatement: {
              statement: {
                byteMatchStatement: {
                  fieldToMatch: { singleHeader: { name: "x-proof" } },
                  searchString: UNKNOWN_TEXT,
                },
              },
            },
          },
        },
      ],
    },
  },
};

describe("policy pack: firewall", () => {
  const classic = (rules: unknown, type = "aws:waf/webAcl:WebAcl") => ({ type, props: { rules } });
  ruleTable(rule("waf-has-rules"), [
    { compliant: "of WAF Classic", resources: [classic([{ action: { type: "BLOCK" } }])] },
    {
      violating: "a regional one of WAF Classic, empty",
      resources: [classic([], "aws:wafregional/webAcl:WebAcl")],
      says: /rules is empty; add rules/,
    },
    {
      violating: "a rule of WAF Classic that sets nothing",
      resources: [classic([{}])],
      says: /rules is empty; add rules/,
    },
    {
      violating: "a rule that sets nothing",
      resources: [{ type, props: { rules: [{}] } }],
      says: /rules is empty; add the managed groups/,
    },
    { unknown: "those of WAF Classic", resources: [classic(UNKNOWN_LIST)] },
    { compliant: "rules", resources: [{ type, props: all }] },
    {
      compliant: "as JSON",
      resources: [{ type, props: { ruleJson: JSON.stringify([{ Name: "x" }]) } }],
    },
    {
      compliant: "separate ones",
      resources: [
        { type, name: "acl" },
        {
          type: "aws:wafv2/webAclRule:WebAclRule",
          props: { webAclArn: UNKNOWN_TEXT },
          references: { webAclArn: ["acl"] },
        },
      ],
    },
    { violating: "none", resources: [{ type }], says: /rules is empty/ },
    {
      violating: "no JSON",
      resources: [{ type, props: { ruleJson: "[" } }],
      says: /is not valid JSON/,
    },
    { unknown: "rules", resources: [{ type, props: { rules: UNKNOWN_LIST } }] },
    { otherType: "a set", resources: [{ type: otherType.type }] },
  ]);

  ruleTable(rule("waf-rules-act"), [
    { compliant: "of WAF Classic", ...classic([{ overrideAction: { type: "NONE" } }]) },
    {
      violating: "of WAF Classic",
      ...classic([{ priority: 1 }]),
      says: /rules\[0\] has no action/,
    },
    { unknown: "of WAF Classic", ...classic([{ action: { type: UNKNOWN_TEXT } }]) },
    { compliant: "one counts", type, props: all },
    { violating: "all count", type, props: { rules: [common] }, says: /all rules only count/ },
    {
      violating: "one lets through, the other counts",
      type,
      props: { rules: [{ ...common, action: { allow: {} }, overrideAction: undefined }, common] },
      says: /all rules only count/,
    },
    {
      compliant: "all count on trial",
      stack: "trial",
      config: { stacks: ["production"] },
      type,
      props: { rules: [common] },
    },
    {
      violating: "one without",
      type,
      props: { rules: [inputs, { name: "idle" }] },
      says: /rule idle has no action/,
    },
    { unknown: "rules", type, props: { rules: UNKNOWN_LIST } },
    otherType,
  ]);

  ruleTable(rule("waf-metrics"), [
    { compliant: "all", type, props: all },
    {
      violating: "a rule without",
      type,
      props: { ...seen, rules: [{ ...inputs, visibilityConfig: {} }] },
      says: /of rule AWSManagedRulesKnownBadInputsRuleSet is not true/,
    },
    {
      violating: "the ACL",
      type,
      props: { rules: [inputs] },
      says: /cloudwatchMetricsEnabled is not set/,
    },
    {
      unknown: "switch",
      type,
      props: { ...all, visibilityConfig: { cloudwatchMetricsEnabled: UNKNOWN_FLAG } },
    },
    otherType,
  ]);

  const redactedFields = [
    { singleHeader: { name: "authorization" } },
    { singleHeader: { name: "Cookie" } },
  ];
  ruleTable(rule("waf-logging"), [
    ...companionRows({ type }, LOGGING, "resourceArn", { redactedFields }),
    {
      violating: "with cookies",
      resources: [
        { type, name: "acl" },
        {
          type: LOGGING,
          props: { resourceArn: UNKNOWN_TEXT, redactedFields: redactedFields.slice(0, 1) },
          references: { resourceArn: ["acl"] },
        },
      ],
      says: /leave out the header cookie; add it/,
    },
    ...Object.entries(SECRET_HEADERS).flatMap(([how, resource]) => [
      {
        violating: `without the header that ${how}`,
        resources: [resource, ...logged(redactedFields)],
        says: /leave out the header x-proof; add it/,
      },
      {
        compliant: `with the header that ${how}`,
        resources: [
          resource,
          ...logged([...redactedFields, { singleHeader: { name: "x-proof" } }]),
        ],
      },
    ]),
    {
      compliant: "with the application's origin, which every browser sends",
      resources: [
        {
          type: "aws:wafv2/ruleGroup:RuleGroup",
          props: {
            rules: [
              {
                statement: {
                  byteMatchStatement: {
                    fieldToMatch: { singleHeader: { name: "Origin" } },
                    searchString: "https://app.crm-consulting.com",
                  },
                },
              },
            ],
          },
        },
        ...logged(redactedFields),
      ],
    },
    {
      compliant: "with a header that only says where to",
      resources: [
        {
          type: "aws:lb/listenerRule:ListenerRule",
          props: {
            conditions: [{ httpHeader: { httpHeaderName: "x-crm-service", values: ["auth"] } }],
          },
        },
        ...logged(redactedFields),
      ],
    },
  ]);

  ruleTable(rule("waf-log4j-managed-rules"), [
    { compliant: "it blocks", type, props: all },
    {
      compliant: "as JSON",
      type,
      props: {
        ruleJson: JSON.stringify([
          {
            Name: "inputs",
            OverrideAction: { None: {} },
            Statement: {
              ManagedRuleGroupStatement: { Name: "AWSManagedRulesKnownBadInputsRuleSet" },
            },
          },
        ]),
      },
    },
    {
      violating: "absent",
      type,
      props: { rules: [common] },
      says: /rules lack AWSManagedRulesKnown/,
    },
    {
      violating: "it counts",
      type,
      props: { rules: [group("AWSManagedRulesKnownBadInputsRuleSet", "count")] },
      says: /only counts; set its overrideAction to none/,
    },
    {
      violating: "its rule for Log4j counts",
      type,
      props: {
        rules: [
          {
            ...inputs,
            statement: {
              managedRuleGroupStatement: {
                ...inputs.statement.managedRuleGroupStatement,
                ruleActionOverrides: [{ name: "Log4JRCE_HEADER", actionToUse: { count: {} } }],
              },
            },
          },
        ],
      },
      says: /only counts/,
    },
    { unknown: "rules", type, props: { rules: UNKNOWN_LIST } },
    otherType,
  ]);

  const edge = { ...all, scope: "CLOUDFRONT" };
  ruleTable(rule("waf-baseline"), [
    { compliant: "of a region", type, props: { ...all, scope: "REGIONAL", region: "us-west-2" } },
    { compliant: "of the edge", type, props: { ...edge, region: "us-east-1" } },
    {
      violating: "of the edge, elsewhere by its provider",
      type,
      props: edge,
      provider: { region: "us-west-2" },
      says: /region is not us-east-1/,
    },
    { violating: "no limit", type, props: { rules: [common] }, says: /no rateBasedStatement/ },
    {
      violating: "no common rules",
      type,
      props: { rules: [limit] },
      says: /AWSManagedRulesCommon/,
    },
    { unknown: "region", type, props: { ...edge, region: UNKNOWN_TEXT } },
    otherType,
  ]);
});
