import { costRules } from "../../../policy-pack/rules/cost";
import { ruleTable, type Sample, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const [budgetPresent] = costRules;

const bucket: Sample = { type: "aws:s3/bucket:Bucket" };
const budget = (props: Record<string, unknown>): Sample => ({
  type: "aws:budgets/budget:Budget",
  props: { budgetType: "COST", timeUnit: "MONTHLY", ...props },
});
const notification = (notificationType: string, subscriberEmailAddresses = ["a@example.com"]) => ({
  notifications: [{ notificationType, subscriberEmailAddresses }],
});

describe("policy pack: cost", () => {
  ruleTable(budgetPresent!, [
    { compliant: "a forecast by mail", resources: [bucket, budget(notification("FORECASTED"))] },
    { violating: "no budget", resources: [bucket], says: /the stack has no Budget; add one/ },
    {
      violating: "only what is spent",
      resources: [bucket, budget(notification("ACTUAL"))],
      says: /notifications has no forecast/,
    },
    {
      violating: "a forecast that nobody gets",
      resources: [budget(notification("FORECASTED", []))],
      says: /notifications/,
    },
    {
      violating: "a budget of a year",
      resources: [budget({ timeUnit: "ANNUALLY", ...notification("FORECASTED") })],
      says: /monthly/,
    },
    { unknown: "the notifications", resources: [budget({ notifications: UNKNOWN_LIST })] },
    { unknown: "a notification's kind", resources: [budget(notification(UNKNOWN_TEXT))] },
    {
      unknown: "the time unit",
      resources: [budget({ timeUnit: UNKNOWN_TEXT, ...notification("FORECASTED") })],
    },
    {
      otherType: "a stack without anything of AWS",
      resources: [{ type: "random:index/randomId:RandomId" }],
    },
  ]);
});
