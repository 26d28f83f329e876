import { Template } from 'aws-cdk-lib/assertions';
import { SIDES } from '../../lib/config/replication-config';
import { inAccountOf } from '../../lib/stacks/replication';
import { finishedStacks } from '../helpers/app';
import { validConfig } from '../helpers/config';
import type { Seen } from './ways';

/** An alarm that goes off. */
export interface Noticed {
  readonly alarm: string;
  readonly account: string;
  /** After which it is on at the latest, counted from the last heartbeat that arrived, or from the first object that failed or waits. */
  readonly minutes: number;
}

/** An alarm, as a template has it. */
interface DeployedAlarm {
  readonly AlarmName: string;
  readonly MetricName: string;
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly TreatMissingData: string;
}

const ACCOUNTS = { source: 'source account', destination: 'backup account' } as const;

/** Periods that are looked at: longer than any alarm needs. */
const MOST_PERIODS = 2500;

/**
 * Evaluates every alarm of a configuration's templates as CloudWatch does: each of so many periods in a row on the wrong side of the threshold, where
 * a period without a value counts as `TreatMissingData` says.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
 */
export function noticed(seen: Seen, keys: Record<string, unknown> = {}): Noticed[] {
  const [stacks] = finishedStacks(validConfig(keys)).groups;
  return SIDES.toReversed().flatMap((side) =>
    inAccountOf(stacks, side).flatMap((stack) => {
      const isGone = (side === 'source' ? seen.sourceAlarms : seen.backupAlarms) === 'gone';
      const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
      return isGone
        ? []
        : alarms.flatMap(({ Properties }) => {
            const alarm = Properties as DeployedAlarm;
            const minutes = minutesUntilOn(alarm, (seconds) => valueOf(alarm.MetricName, seen, seconds));
            return minutes === undefined ? [] : [{ alarm: alarm.AlarmName, account: ACCOUNTS[side], minutes }];
          });
    }),
  );
}

/** The value of a metric so many seconds after the event; undefined where there is none. */
function valueOf(metric: string, { heartbeat, failed, lag }: Seen, seconds: number): number | undefined {
  switch (metric) {
    case 'NumberOfMessagesSent':
      // For six hours SQS publishes 0, and then nothing.
      return heartbeat === 'arrives' ? 1 : seconds <= 6 * 3600 ? 0 : undefined;
    case 'OperationsFailedReplication':
      return failed === 'counted' ? 1 : undefined;
    case 'ReplicationLatency':
      return lag === 'grows' ? seconds : undefined;
    default:
      // How much waits depends on what is written.
      return undefined;
  }
}

function minutesUntilOn(alarm: DeployedAlarm, value: (seconds: number) => number | undefined): number | undefined {
  let row = 0;
  for (let period = 1; period <= MOST_PERIODS; period += 1) {
    row = isBreaching(alarm, value(period * alarm.Period)) ? row + 1 : 0;
    if (row === alarm.EvaluationPeriods) {
      // The event comes at any time of the period before.
      return ((period + 1) * alarm.Period) / 60;
    }
  }
  return undefined;
}

function isBreaching({ ComparisonOperator, Threshold, TreatMissingData }: DeployedAlarm, value: number | undefined): boolean {
  if (value === undefined) {
    return TreatMissingData === 'breaching';
  }
  return ComparisonOperator === 'LessThanThreshold' ? value < Threshold : value >= Threshold;
}
