import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { layOut } from "./dashboard-layout";
import { dashboardSections, type DashboardSources } from "./dashboard-sections";

export interface DashboardArgs {
  readonly dashboardName: string;
  readonly region: string;
  readonly sources: DashboardSources;
}

/** The stack's dashboard; the first three of an account are free, each further one costs by the month. */
export function createDashboard(
  name: string,
  args: DashboardArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.Dashboard {
  const widgets = layOut(dashboardSections(args.sources), args.region);
  return new aws.cloudwatch.Dashboard(
    name,
    {
      dashboardName: args.dashboardName,
      dashboardBody: pulumi.jsonStringify({ start: "-PT6H", periodOverride: "inherit", widgets }),
    },
    opts,
  );
}
