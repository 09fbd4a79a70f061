/** The rules of a web ACL, in the order of their evaluation. */
import type * as aws from "@pulumi/aws";

import { countedBodies, type FirewallConfig } from "../../schema/edge";

type Rule = aws.types.input.wafv2.WebAclRule;
type Statement = aws.types.input.wafv2.WebAclRuleStatement;

/** Where a rate limit finds the address it counts. */
export type CountBy = "address" | "viewer";

/** Countries that are served, and the path that answers for all of them. */
export interface Countries {
  readonly allowed: readonly string[];
  readonly healthCheckPath: string;
}

/** Inputs of a web ACL's rules besides the configuration. */
export interface AclSurroundings {
  readonly countBy: CountBy;
  /** @default all are served */
  readonly countries?: Countries;
  /** Origin whose preflights the function behind the web ACL answers. @default none */
  readonly preflightsOf?: string;
}

/**
 * Preflights, countries, AWS's groups, what their body rules found off the upload paths, sign-in, all requests. A group's
 * match adds a label, which a later rule reads. Source: AWS WAF Developer Guide, "Label match rule statement".
 */
export function aclRules(
  config: FirewallConfig,
  { countBy, countries, preflightsOf }: AclSurroundings,
): Rule[] {
  const bodies = countedBodies(config);
  const { signIn } = config;
  const rules: Omit<Rule, "priority">[] = [
    ...(preflightsOf === undefined ? [] : [preflightRule(preflightsOf)]),
    ...(countries === undefined || countries.allowed.length === 0 ? [] : [countryRule(countries)]),
    ...config.groups.map((group) =>
      managedRule(group, [
        ...group.countedRules,
        ...bodies.filter((one) => one.group === group.name).map(({ rule }) => rule),
      ]),
    ),
    ...(bodies.length === 0
      ? []
      : [
          bodyRule(
            bodies.map(({ label }) => label),
            config.uploadPaths,
          ),
        ]),
    ...(signIn.paths.length === 0
      ? []
      : [
          rateRule("sign-in", countBy, {
            limit: signIn.limit,
            windowSeconds: signIn.windowSeconds,
            action: signIn.action,
            only: anyOf(signIn.paths.map((path) => uriPath("STARTS_WITH", path))),
          }),
        ]),
    rateRule("rate-limit", countBy, {
      limit: config.rateLimit,
      windowSeconds: config.rateWindowSeconds,
      action: config.rateAction,
    }),
  ];
  return rules.map((rule, priority) => ({ ...rule, priority }));
}

/**
 * Exactly what functions/edge/viewer-address.js answers itself. A browser whose preflight is refused never sees the 403 of
 * the request itself: the application would call it a network error. Source: Fetch Standard, "CORS-preflight fetch" (an ok
 * status); CloudFront Developer Guide, "How Lambda@Edge works with requests and responses" (WAF comes before functions).
 */
function preflightRule(origin: string): Omit<Rule, "priority"> {
  const header = (name: string) => ({ singleHeader: { name } });
  const asItIs = [{ priority: 0, type: "NONE" }];
  const exactly = (
    fieldToMatch: aws.types.input.wafv2.WebAclRuleStatementByteMatchStatementFieldToMatch,
    searchString: string,
  ): Statement => ({
    byteMatchStatement: {
      fieldToMatch,
      positionalConstraint: "EXACTLY",
      searchString,
      textTransformations: asItIs,
    },
  });
  return {
    name: "preflights",
    action: { allow: {} },
    statement: {
      andStatement: {
        statements: [
          exactly({ method: {} }, "OPTIONS"),
          exactly(header("origin"), origin),
          {
            sizeConstraintStatement: {
              fieldToMatch: header("access-control-request-method"),
              comparisonOperator: "GT",
              size: 0,
              textTransformations: asItIs,
            },
          },
        ],
      },
    },
    visibilityConfig: visibility("preflights"),
  };
}

/**
 * Not CloudFront's own restriction, which has no exceptions: Route 53's checkers send requests from eight regions, Sao Paulo
 * and Singapore among them. Source: Route 53 API Reference, HealthCheckConfig, Regions.
 */
function countryRule({ allowed, healthCheckPath }: Countries): Omit<Rule, "priority"> {
  return {
    name: "countries",
    action: { block: {} },
    statement: {
      andStatement: {
        statements: [
          not({ geoMatchStatement: { countryCodes: [...allowed] } }),
          not(uriPath("EXACTLY", healthCheckPath)),
        ],
      },
    },
    visibilityConfig: visibility("countries"),
  };
}

function managedRule(
  group: FirewallConfig["groups"][number],
  countedRules: readonly string[],
): Omit<Rule, "priority"> {
  return {
    name: group.name,
    overrideAction: group.action === "block" ? { none: {} } : { count: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name: group.name,
        ...(countedRules.length > 0 && {
          ruleActionOverrides: countedRules.map((rule) => ({
            name: rule,
            actionToUse: { count: {} },
          })),
        }),
      },
    },
    visibilityConfig: visibility(group.name),
  };
}

/** Blocks the body rules' matches, except on the paths that accept any body. */
function bodyRule(
  labels: readonly string[],
  uploadPaths: readonly string[],
): Omit<Rule, "priority"> {
  return {
    name: "bodies",
    action: { block: {} },
    statement: {
      andStatement: {
        statements: [
          anyOf(labels.map((key) => ({ labelMatchStatement: { scope: "LABEL", key } }))),
          ...uploadPaths.map((path) => not(uriPath("STARTS_WITH", path))),
        ],
      },
    },
    visibilityConfig: visibility("bodies"),
  };
}

interface Rate {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly action: "block" | "count";
  /** What is counted. @default every request */
  readonly only?: Statement;
}

function rateRule(name: string, countBy: CountBy, rate: Rate): Omit<Rule, "priority"> {
  return {
    name,
    action: rate.action === "block" ? { block: {} } : { count: {} },
    statement: {
      rateBasedStatement: {
        limit: rate.limit,
        evaluationWindowSec: rate.windowSeconds,
        ...(rate.only !== undefined && { scopeDownStatement: rate.only }),
        ...(countBy === "address"
          ? { aggregateKeyType: "IP" }
          : {
              aggregateKeyType: "FORWARDED_IP",
              // Only the distributions come this far: each of their requests has the header, and an address in it.
              forwardedIpConfig: { headerName: "x-viewer-address", fallbackBehavior: "NO_MATCH" },
            }),
      },
    },
    visibilityConfig: visibility(name),
  };
}

/** The path as the services read it: `%6c` is an l. */
function uriPath(positionalConstraint: "EXACTLY" | "STARTS_WITH", searchString: string): Statement {
  return {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint,
      searchString,
      textTransformations: [{ priority: 0, type: "URL_DECODE" }],
    },
  };
}

function not(statement: Statement): Statement {
  return { notStatement: { statement } };
}

/** WAF requires two statements in an OR. */
function anyOf(statements: readonly Statement[]): Statement {
  return statements.length === 1
    ? statements[0]!
    : { orStatement: { statements: [...statements] } };
}

export function visibility(metricName: string): aws.types.input.wafv2.WebAclVisibilityConfig {
  return { cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}
