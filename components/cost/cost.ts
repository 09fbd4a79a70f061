import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Names } from "../../platform/names";
import type { Environment, Tags } from "../../platform/tags";

export interface CrmCostArgs {
  /** Limit of the monthly budget, in USD. */
  readonly monthlyBudgetUsd: number;
  /** Shares of the budget, in percent, at which money spent is reported. */
  readonly actualAlertPercents: readonly number[];
  /** Shares of the budget, in percent, at which the forecast is reported. */
  readonly forecastAlertPercents: readonly number[];
  /** Mailboxes that are notified; AWS allows 10. */
  readonly subscribers: readonly string[];
  readonly anomalyDetection: {
    /** Whether unusual spending is reported. */
    readonly enabled: boolean;
    /** Monitor that exists already. @default one for the scope is made */
    readonly monitorArn?: string;
    /** `account`: every service of the account; `environment`: what carries the Environment tag. */
    readonly scope: "account" | "environment";
    /** Smallest daily impact, in USD, that is reported. */
    readonly minimumImpactUsd: number;
  };
  readonly costAllocationTags: {
    /** Whether the tags become part of the bill; only one stack of an account may do so. */
    readonly activate: boolean;
    readonly keys: readonly string[];
  };
  /** Value of the Environment tag that the stack's resources carry. */
  readonly environment: Environment;
  readonly names: Names;
  readonly tags: Tags;
}

/**
 * What the stack may cost: a monthly budget with alerts on spending and forecast, detection of unusual
 * spending, and the tags by which the bill is split. Budgets and monitors without actions are free.
 */
export class CrmCost extends pulumi.ComponentResource {
  public readonly budgetName: pulumi.Output<string>;
  /** None where unusual spending is not reported. */
  public readonly anomalyMonitorArn: pulumi.Output<string> | undefined;

  public constructor(name: string, args: CrmCostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmCost", name, {}, opts);

    const allocationTags = this.activateCostAllocationTags(name, args);
    this.budgetName = this.createBudget(name, args, allocationTags).name;
    if (args.anomalyDetection.enabled) {
      const { monitorArn } = args.anomalyDetection;
      this.anomalyMonitorArn =
        monitorArn === undefined
          ? this.createAnomalyMonitor(name, args, allocationTags).arn
          : pulumi.output(monitorArn);
      this.createAnomalySubscription(name, args, this.anomalyMonitorArn);
    }
    this.registerOutputs({
      budgetName: this.budgetName,
      anomalyMonitorArn: this.anomalyMonitorArn,
    });
  }

  private activateCostAllocationTags(name: string, args: CrmCostArgs): pulumi.Resource[] {
    if (!args.costAllocationTags.activate) {
      return [];
    }
    return args.costAllocationTags.keys.map(
      (key) =>
        new aws.costexplorer.CostAllocationTag(
          `${name}-allocation-${key.toLowerCase()}`,
          { tagKey: key, status: "Active" },
          { parent: this },
        ),
    );
  }

  private createBudget(
    name: string,
    args: CrmCostArgs,
    dependsOn: pulumi.Resource[],
  ): aws.budgets.Budget {
    const alert = (type: "ACTUAL" | "FORECASTED") => (percent: number) => ({
      notificationType: type,
      comparisonOperator: "GREATER_THAN",
      threshold: percent,
      thresholdType: "PERCENTAGE",
      subscriberEmailAddresses: [...args.subscribers],
    });
    return new aws.budgets.Budget(
      `${name}-monthly`,
      {
        name: args.names.environment("monthly"),
        budgetType: "COST",
        timeUnit: "MONTHLY",
        limitAmount: args.monthlyBudgetUsd.toFixed(2),
        limitUnit: "USD",
        // A cost allocation tag is written user:<key>$<value> in a budget's filter.
        costFilters: [{ name: "TagKeyValue", values: [`user:Environment$${args.environment}`] }],
        notifications: [
          ...args.actualAlertPercents.map(alert("ACTUAL")),
          ...args.forecastAlertPercents.map(alert("FORECASTED")),
        ],
        tags: args.tags,
      },
      { parent: this, dependsOn },
    );
  }

  private createAnomalyMonitor(
    name: string,
    args: CrmCostArgs,
    dependsOn: pulumi.Resource[],
  ): aws.costexplorer.AnomalyMonitor {
    const watched =
      args.anomalyDetection.scope === "account"
        ? { monitorType: "DIMENSIONAL", monitorDimension: "SERVICE" }
        : {
            monitorType: "CUSTOM",
            // As AWS returns it: the provider treats any other text as a change, and replaces the monitor.
            monitorSpecification: JSON.stringify({
              And: null,
              CostCategories: null,
              Dimensions: null,
              Not: null,
              Or: null,
              Tags: { Key: "Environment", MatchOptions: null, Values: [args.environment] },
            }),
          };
    return new aws.costexplorer.AnomalyMonitor(
      `${name}-anomalies`,
      { name: args.names.environment("anomalies"), ...watched, tags: args.tags },
      { parent: this, dependsOn },
    );
  }

  private createAnomalySubscription(
    name: string,
    args: CrmCostArgs,
    monitorArn: pulumi.Input<string>,
  ): void {
    new aws.costexplorer.AnomalySubscription(
      `${name}-anomalies`,
      {
        name: args.names.environment("anomalies"),
        frequency: "DAILY",
        monitorArnLists: [monitorArn],
        // Reports by mail are sent daily or weekly; immediate ones go to a topic only.
        subscribers: args.subscribers.map((address) => ({ type: "EMAIL", address })),
        thresholdExpression: {
          dimension: {
            key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            matchOptions: ["GREATER_THAN_OR_EQUAL"],
            values: [String(args.anomalyDetection.minimumImpactUsd)],
          },
        },
        tags: args.tags,
      },
      { parent: this },
    );
  }
}
