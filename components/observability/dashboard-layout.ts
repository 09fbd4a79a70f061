/** Places a dashboard's panels on CloudWatch's grid. */
import type { Input } from "@pulumi/pulumi";

import { DASHBOARD_GRID } from "../../facts/limits";
import type { Metric } from "../alarm";

/** A line of a graph. */
export interface Line {
  readonly label: string;
  readonly metric: Metric;
}

/** A graph, or numbers in place of one. */
export interface GraphPanel {
  readonly kind: "graph";
  readonly title: string;
  readonly lines: readonly Line[];
  /** CloudWatch's search expressions, for metrics whose dimensions are not known in advance. @default none */
  readonly searches?: readonly { readonly label: string; readonly expression: string }[];
  /** @default timeSeries */
  readonly view?: "timeSeries" | "singleValue";
  readonly stacked?: boolean;
  readonly periodSeconds?: number;
  /** A line across the graph: an alarm's threshold. @default none */
  readonly limit?: { readonly label: string; readonly value: number };
  /** Region of the metrics; all of a panel's are in one. @default the stack's */
  readonly region?: string;
}

/** State of alarms. */
export interface AlarmPanel {
  readonly kind: "alarms";
  readonly title: string;
  readonly alarmArns: readonly string[];
}

/** Panels under a heading, side by side and then below each other. */
export interface Section {
  /** Markdown. */
  readonly heading: string;
  readonly panels: readonly (GraphPanel | AlarmPanel)[];
  /** Number of panels in a row, a divisor of 24. @default 4 */
  readonly across?: 1 | 2 | 3 | 4 | 6;
}

/** A widget in CloudWatch's format. */
export interface Widget {
  readonly type: "metric" | "text" | "alarm";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

const HEIGHT = { heading: 1, graph: 6, numbers: 3, alarms: 4 } as const;

/** The widgets of all sections, from top to bottom. `region` is the stack's. */
export function layOut(sections: readonly Section[], region: string): Widget[] {
  const widgets: Widget[] = [];
  let y = 0;
  for (const section of sections.filter(({ panels }) => panels.length > 0)) {
    widgets.push({
      type: "text",
      ...{ x: 0, y, width: DASHBOARD_GRID.columns, height: HEIGHT.heading },
      properties: { markdown: section.heading },
    });
    y += HEIGHT.heading;
    const across = section.across ?? 4;
    const width = DASHBOARD_GRID.columns / across;
    for (let first = 0; first < section.panels.length; first += across) {
      const row = section.panels.slice(first, first + across);
      const height = Math.max(...row.map(heightOf));
      row.forEach((panel, index) =>
        widgets.push({ ...widget(panel, region), x: index * width, y, width, height }),
      );
      y += height;
    }
  }
  return widgets;
}

function heightOf(panel: GraphPanel | AlarmPanel): number {
  if (panel.kind === "alarms") {
    return HEIGHT.alarms;
  }
  return panel.view === "singleValue" ? HEIGHT.numbers : HEIGHT.graph;
}

function widget(
  panel: GraphPanel | AlarmPanel,
  region: string,
): Pick<Widget, "type" | "properties"> {
  if (panel.kind === "alarms") {
    return { type: "alarm", properties: { title: panel.title, alarms: panel.alarmArns } };
  }
  return {
    type: "metric",
    properties: {
      title: panel.title,
      region: panel.region ?? region,
      view: panel.view ?? "timeSeries",
      stacked: panel.stacked ?? false,
      period: panel.periodSeconds ?? 60,
      metrics: [
        ...panel.lines.map(({ label, metric }) => graphed(label, metric)),
        ...(panel.searches ?? []).map((search) => [search]),
      ],
      ...(panel.limit !== undefined && { annotations: { horizontal: [panel.limit] } }),
      ...(panel.view !== "singleValue" && { yAxis: { left: { min: 0 } } }),
    },
  };
}

/** A metric as a dashboard writes it: namespace, name, dimensions in turn, options. */
function graphed(label: string, metric: Metric): (Input<string> | Record<string, string>)[] {
  return [
    metric.namespace,
    metric.metricName,
    ...Object.entries(metric.dimensions).flat(),
    { stat: metric.stat, label },
  ];
}
