/** `crm:cost`: the stack's budget, and the mailboxes that are notified. */
import { type z } from "zod";

import { BUDGET_LIMITS, TAG_LENGTHS } from "../facts/limits";

import {
  decimal,
  flag,
  group,
  integer,
  list,
  mailboxes,
  oneOf,
  text,
  type SectionRules,
} from "./common";

export const costSchema = group({
  monthlyBudgetUsd: decimal(1, 10_000_000, "USD").describe(
    "Budget for a calendar month in USD, for resources with this stack's Environment tag",
  ),
  actualAlertPercents: list(integer(1, 1000, "percent of the budget"), 1, 5, "percentages")
    .default([80, 100])
    .describe("Shares of the budget, in percent, at which actual spending is reported"),
  forecastAlertPercents: list(integer(1, 1000, "percent of the budget"), 1, 5, "percentages")
    .default([100])
    .describe("Shares of the budget, in percent, at which the month's forecast is reported"),
  subscribers: mailboxes(1, BUDGET_LIMITS.mailboxes).describe(
    "Mailboxes that budget alerts and anomaly reports go to",
  ),
  anomalyDetection: group({
    enabled: flag()
      .default(true)
      .describe(
        "Whether unusual spending is reported. An account of an organization has no monitor by tag: only the management account does",
      ),
    monitorArn: text(
      /^arn:[\w-]+:ce::\d{12}:anomalymonitor\/[\w-]+$/,
      "an anomaly monitor's ARN such as arn:aws:ce::123456789012:anomalymonitor/0123abcd-...",
    )
      .optional()
      .describe(
        "Existing monitor, such as AWS's own Default-Services-Monitor; without it the stack creates one for the scope",
      ),
    scope: oneOf(["account", "environment"])
      .default("environment")
      .describe(
        "Scope of the monitor: every service of the account (AWS allows one such monitor in an account) or resources with this stack's Environment tag",
      ),
    minimumImpactUsd: decimal(1, 1_000_000, "USD")
      .default(100)
      .describe("Smallest daily impact in USD that is reported"),
  }).describe("AWS's detection of unusual spending"),
  costAllocationTags: group({
    activate: flag()
      .default(false)
      .describe(
        "Whether this stack activates the tags in the account's bills. Only one stack of an account may; AWS accepts a tag about 24 hours after a resource first carried it",
      ),
    keys: list(
      text(new RegExp(`^[\\w .:/=+@-]{1,${TAG_LENGTHS.key}}$`), "a tag's key"),
      1,
      20,
      "tag keys",
    )
      .default(["Environment", "Component", "CostCenter"])
      .describe("Tags by which the bill can be split"),
  })
    .prefault({})
    .describe("Tags by which AWS splits the account's bill"),
});

export type CostConfig = z.infer<typeof costSchema>;

export const costRules: SectionRules<CostConfig> = (cost, report) => {
  const alerts = cost.actualAlertPercents.length + cost.forecastAlertPercents.length;
  const { most } = BUDGET_LIMITS.notifications;
  if (alerts > most) {
    report(["actualAlertPercents"], cost.actualAlertPercents, `at most ${most} alerts together`);
  }
};
