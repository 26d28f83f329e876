import { templates } from '../../helpers/app';

/** A widget of a dashboard. */
export interface Widget {
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  readonly properties: {
    readonly title?: string;
    readonly view?: string;
    readonly region?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly (string | MetricOptions)[])[];
  };
}

/** What stands at the end of a metric. */
export interface MetricOptions {
  readonly label?: string;
  readonly expression?: string;
  readonly region?: string;
  readonly visible?: boolean;
}

/** The widgets of the source account's dashboard. */
export function widgetsOf(keys: Record<string, unknown>): Widget[] {
  const [dashboard] = Object.values(templates(keys).source.findResources('AWS::CloudWatch::Dashboard'));
  return (JSON.parse(dashboard?.['Properties'].DashboardBody as string) as { widgets: Widget[] }).widgets;
}

/** What stands at the end of a metric. */
export const optionsOf = (metric: readonly (string | MetricOptions)[]) => metric.at(-1) as MetricOptions;
