/**
 * Which callers of a function wait. The verdicts are AWS's: Lambda Developer Guide, "Services that can invoke Lambda functions",
 * and the pages that it links to.
 */
import { functionRules } from "../../../policy-pack/rules/functions";
import { ruleOf } from "../rows";
import { ruleTable, type Sample, UNKNOWN_TEXT } from "../support";

const FUNCTION: Sample = { type: "aws:lambda/function:Function", name: "f" };
const SAYS = /deadLetterConfig is not set/;

const named = (type: string, property: string, props: Record<string, unknown> = {}): Sample => ({
  type,
  name: "user",
  props: { [property]: UNKNOWN_TEXT, ...props },
  references: { [property]: ["f"] },
});
const permission = (service: string) =>
  named("aws:lambda/permission:Permission", "function", { principal: `${service}.amazonaws.com` });
const waiting = (compliant: string, ...users: Sample[]) => ({
  compliant,
  resources: [FUNCTION, ...users],
});
const event = (violating: string, ...users: Sample[]) => ({
  violating,
  resources: [FUNCTION, ...users],
  says: SAYS,
});

describe("policy pack: callers of functions", () => {
  const rule = ruleOf(functionRules, "lambda-dlq");
  const source = named("aws:appsync/dataSource:DataSource", "lambdaConfig", { name: "source" });
  const resolver = (code: string): Sample => ({
    type: "aws:appsync/resolver:Resolver",
    name: "resolver",
    props: { dataSource: "source", code },
    references: { dataSource: ["user"] },
  });
  const pool = (lambdaConfig: object) =>
    named("aws:cognito/userPool:UserPool", "lambdaConfig", { lambdaConfig });

  ruleTable(rule, [
    ...[
      "apigateway",
      "cognito-idp",
      "connect",
      "elasticloadbalancing",
      "firehose",
      "lex",
      "lexv2",
      "vpc-lattice",
    ].map((service) => waiting(`a permission of ${service}`, permission(service))),
    ...[
      "codecommit",
      "config",
      "events",
      "iot",
      "lambda",
      "logs",
      "s3",
      "scheduler",
      "secretsmanager",
      "ses",
      "sns",
    ].map((service) => event(`a permission of ${service}`, permission(service))),
    waiting(
      "a flow of Connect",
      named("aws:connect/lambdaFunctionAssociation:LambdaFunctionAssociation", "functionArn"),
    ),
    waiting(
      "a target group of VPC Lattice",
      named("aws:vpclattice/targetGroupAttachment:TargetGroupAttachment", "target"),
    ),
    waiting("an intent of Lex", named("aws:lex/intent:Intent", "fulfillmentActivity")),
    waiting("a user pool", pool({ preSignUp: UNKNOWN_TEXT })),
    // Cognito Developer Guide, Customizing user pool workflows with Lambda triggers.
    event("a user pool's sender of mails", pool({ customEmailSender: UNKNOWN_TEXT })),
    event("a user pool's sender of messages", pool({ customSmsSender: UNKNOWN_TEXT })),
    // AppSync Developer Guide, JavaScript resolver function reference for Lambda: invocationType.
    waiting("a data source of AppSync", source, resolver("{ operation: 'Invoke', payload }")),
    event(
      "a resolver of AppSync that does not wait",
      source,
      resolver("{ operation: 'Invoke', invocationType: 'Event', payload }"),
    ),
    event("a state machine", named("aws:sfn/stateMachine:StateMachine", "definition")),
    {
      unknown: "who may call it",
      resources: [
        FUNCTION,
        named("aws:lambda/permission:Permission", "function", { principal: UNKNOWN_TEXT }),
      ],
    },
    { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] },
  ]);
});
