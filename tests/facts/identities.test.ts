/** Types whose id follows from the name: AWS's own formats of ARNs have nothing else in them. */
import assert from "node:assert/strict";

import { iamAction } from "../../facts/iam-actions";
import { FROM_THE_NAME } from "../../facts/identities";

/** An action on each type, IAM's name of the type, and what of its ARN each input is. */
const ARNS: Readonly<Record<string, readonly [string, string, readonly string[]]>> = {
  "aws:sns/topic:Topic": ["sns:Publish", "topic", ["TopicName"]],
  "aws:sqs/queue:Queue": ["sqs:SendMessage", "queue", ["QueueName"]],
  "aws:ecs/service:Service": ["ecs:UpdateService", "service", ["ServiceName", "ClusterName"]],
  "aws:iam/policy:Policy": ["iam:DeletePolicy", "policy", ["PolicyNameWithPath"]],
  "aws:budgets/budget:Budget": ["budgets:ModifyBudget", "budget", ["BudgetName"]],
  "aws:cloudwatch/eventRule:EventRule": [
    "events:PutRule",
    "rule-on-custom-event-bus",
    ["RuleName", "EventBusName"],
  ],
  "aws:scheduler/schedule:Schedule": [
    "scheduler:UpdateSchedule",
    "schedule",
    ["ScheduleName", "GroupName"],
  ],
};

describe("types whose id follows from the name", () => {
  for (const type of Object.keys(FROM_THE_NAME.types)) {
    it(`${type}: its ARN has nothing that AWS chooses`, () => {
      const [action, resource, names] = ARNS[type]!;
      const { arn } = iamAction(action)!.resources.find((one) => one.type === resource)!;
      const parts = [...arn.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!);
      const own = parts.filter((name) => !["Partition", "Region", "Account"].includes(name));
      assert.deepEqual(own.sort(), [...names].sort());
    });
  }
});
