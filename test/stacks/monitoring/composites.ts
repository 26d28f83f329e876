import type { Template } from 'aws-cdk-lib/assertions';

/** A configuration with so many pairs. */
export const many = (count: number) => ({ pairs: Array.from({ length: count }, (_, index) => ({ id: `p${index}` })) });

/** A composite alarm, as a template has it. */
export interface Composite {
  readonly AlarmName: string;
  readonly AlarmRule: string;
  readonly AlarmActions?: unknown[];
  readonly OKActions?: unknown[];
}

/** The composite alarms of a template. */
export function composites(template: Template): Composite[] {
  return Object.values(template.findResources('AWS::CloudWatch::CompositeAlarm')).map(
    ({ Properties }) => Properties as Composite,
  );
}

/** The alarms that a composite's rule names. */
export const childrenOf = ({ AlarmRule: rule }: Composite) =>
  [...rule.matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name]) => name ?? '');

/** The names of a template's own metric alarms. */
export const alarmNames = (template: Template) =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.AlarmName as string);
