/** A stack declares its budget. The preview, which has the prices, reports when a plan exceeds it. */
import type { Node } from "../../analysis/graph";
import { isRecord, items, read, UNKNOWN } from "../../analysis/properties";
import { type Rule, stackRule } from "../define";
import { rootOf } from "../relations";

const BUDGET = "aws:budgets/budget:Budget";

const budgetPresent = stackRule({
  id: "budget-present",
  description: "A stack has a monthly budget that notifies a receiver before it is spent.",
  severity: "medium",
  remediation:
    "Add a Budget with budgetType COST, timeUnit MONTHLY and a notification of type FORECASTED.",
  url: "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html",
  check(graph, reportOn) {
    if (!graph.nodes.some(({ type }) => type.startsWith("aws:"))) {
      return;
    }
    const budgets = graph.ofType(BUDGET);
    if (budgets.length === 0) {
      reportOn(rootOf(graph)!).violation("the stack has no Budget; add one.");
      return;
    }
    const answers = budgets.map(forecasts);
    if (answers.includes(true)) {
      return;
    }
    const [budget] = budgets;
    if (answers.includes(UNKNOWN)) {
      reportOn(budget!).undecided("notifications");
    } else {
      reportOn(budget!).violation(
        "notifications has no forecast of monthly cost with a receiver; add one of type FORECASTED.",
      );
    }
  },
});

/** Whether a budget notifies a receiver of a month that is forecast to exceed it. */
function forecasts({ properties }: Node): boolean | typeof UNKNOWN {
  const [budgetType, timeUnit] = [read(properties, "budgetType"), read(properties, "timeUnit")];
  if (
    ![UNKNOWN, "COST"].includes(budgetType as string) ||
    ![UNKNOWN, "MONTHLY"].includes(timeUnit as string)
  ) {
    return false;
  }
  const notifications = items(properties["notifications"]);
  const kinds = (notifications === UNKNOWN ? [UNKNOWN] : notifications).map((notification) =>
    isRecord(notification) && isReceived(notification)
      ? read(notification, "notificationType")
      : notification,
  );
  if (kinds.includes("FORECASTED")) {
    return budgetType === UNKNOWN || timeUnit === UNKNOWN ? UNKNOWN : true;
  }
  return kinds.includes(UNKNOWN) ? UNKNOWN : false;
}

/** Whether a notification has a receiver. */
function isReceived(notification: Record<string, unknown>): boolean {
  return ["subscriberEmailAddresses", "subscriberSnsTopicArns"].some((property) => {
    const receivers = items(notification[property]);
    return receivers === UNKNOWN || receivers.length > 0;
  });
}

export const costRules: readonly Rule[] = [budgetPresent];
