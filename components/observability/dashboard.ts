import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { DASHBOARD_LIMITS } from "../../facts/limits";
import { layOut, type Widget } from "./dashboard-layout";
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
  refuseTooMany(args.dashboardName, widgets);
  return new aws.cloudwatch.Dashboard(
    name,
    {
      dashboardName: args.dashboardName,
      dashboardBody: pulumi.jsonStringify({ start: "-PT6H", periodOverride: "inherit", widgets }),
    },
    opts,
  );
}

/** The body holds ids that a first preview does not know: nothing else could count what is in it. */
function refuseTooMany(name: string, widgets: readonly Widget[]): void {
  const metrics = widgets.reduce((sum, { properties }) => {
    const list = properties["metrics"];
    return sum + (Array.isArray(list) ? list.length : 0);
  }, 0);
  const counts = { widgets: widgets.length, metrics };
  for (const what of ["widgets", "metrics"] as const) {
    const [most, count] = [DASHBOARD_LIMITS[what], counts[what]];
    if (count <= most) continue;
    const expected = `at most ${most} ${what}, which CloudWatch takes: fewer services in one stack`;
    throw new Error(`dashboard ${name}: expected ${expected}, got ${count}`);
  }
}
