import { type DeployedPair, type Deployment, titleOf } from './deployment';
import { heartbeatAlarm, heartbeatMinutes } from './heartbeat';
import { ALARM_PLACES, type AlarmKind, type AlarmPlace, alarmSide, pairAlarmName } from './names';

/**
 * The metrics of a replication rule. Latency and what is pending are published in the destination region, what failed in the
 * source region. No AWS page says which account gets those of the destination region: this project takes the source account,
 * on whose bucket S3 shows them, and `s3-replication doctor` says where it sees data.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
export type ReplicationMetric =
  | 'ReplicationLatency'
  | 'OperationsPendingReplication'
  | 'BytesPendingReplication'
  | 'OperationsFailedReplication';

export const METRIC_NAMESPACE = 'AWS/S3';

/** Seconds between two values that are compared with a threshold. */
export const METRIC_PERIOD = 300;

/** The dimensions of every metric of a pair's rule. */
export function metricDimensions({ names: { sourceBucket, replicaBucket, ruleId } }: DeployedPair) {
  return { SourceBucket: sourceBucket.name, DestinationBucket: replicaBucket.name, RuleId: ruleId };
}

/** An alarm of one pair: plain data, of which the stacks make alarms and the operator commands know what to ask for. */
export interface PairAlarm {
  readonly kind: AlarmKind;
  readonly name: string;
  readonly arn: string;
  /** Where the alarm is: for a metric of S3, in the region in which S3 publishes it. */
  readonly place: AlarmPlace;
  readonly namespace: 'AWS/S3' | 'AWS/SQS';
  readonly metric: ReplicationMetric | 'NumberOfMessagesSent';
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Sum' | 'Maximum';
  /** In the unit of the metric: seconds, operations, bytes or messages. */
  readonly threshold: number;
  /** On which side of the threshold the alarm goes off. */
  readonly comparison: 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold';
  /** Seconds between two values that are compared. */
  readonly period: number;
  /** How many periods in a row have to be on that side. */
  readonly periods: number;
  /**
   * Without failures S3 publishes no count of them, so an alarm that kept its state would stay on for ever. For the other metrics of
   * replication S3 advises to ignore what is missing. A missing count of heartbeats is what its alarm is about.
   */
  readonly missingData: 'notBreaching' | 'ignore' | 'breaching';
  readonly description: string;
}

/**
 * Children of one composite alarm, at most.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html
 */
export const MOST_COMPOSITE_CHILDREN = 100;

/** Half an hour, in periods. */
const BACKLOG_PERIODS = (30 * 60) / METRIC_PERIOD;

/** What an alarm of a pair is, besides what follows from the pair, its place and its kind. */
type AlarmOptions = Omit<PairAlarm, 'kind' | 'name' | 'arn' | 'place' | 'description'> & {
  readonly meaning: string;
  readonly command: string;
};

/** The alarms on the metrics of replication have the rest in common. */
type ReplicationAlarm = Pick<AlarmOptions, 'statistic' | 'threshold' | 'periods' | 'missingData' | 'meaning' | 'command'> & {
  readonly metric: ReplicationMetric;
};

/** The alarms on the messages that a queue of the backup account gets have the rest in common. */
type QueueAlarm = Pick<AlarmOptions, 'comparison' | 'period' | 'periods' | 'missingData' | 'meaning' | 'command'> & {
  readonly queue: string;
};

/**
 * Every alarm of a pair.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
export function alarmsOf(config: Deployment, pair: DeployedPair): readonly PairAlarm[] {
  const { failedOperations, latencyMinutes, pendingOperations, pendingBytes } = config.monitoring;
  const alarm = (place: AlarmPlace, kind: AlarmKind, options: ReplicationAlarm): PairAlarm =>
    pairAlarm(config, pair, place, kind, {
      namespace: METRIC_NAMESPACE,
      dimensions: metricDimensions(pair),
      comparison: 'GreaterThanOrEqualToThreshold',
      period: METRIC_PERIOD,
      ...options,
    });
  return [
    alarm('source', 'operations-failed', {
      metric: 'OperationsFailedReplication',
      statistic: 'Sum',
      threshold: failedOperations,
      periods: 1,
      missingData: 'notBreaching',
      meaning: 'objects failed to replicate. S3 does not try them again.',
      command: 'failures',
    }),
    alarm('destination', 'latency', {
      metric: 'ReplicationLatency',
      statistic: 'Maximum',
      threshold: latencyMinutes * 60,
      periods: 3,
      missingData: 'ignore',
      meaning: `replicas are ${latencyMinutes} minutes behind or more.`,
      command: 'status',
    }),
    alarm('destination', 'operations-pending', {
      metric: 'OperationsPendingReplication',
      statistic: 'Maximum',
      threshold: pendingOperations,
      periods: BACKLOG_PERIODS,
      missingData: 'ignore',
      meaning: `${pendingOperations} operations or more have waited for half an hour.`,
      command: 'status',
    }),
    alarm('destination', 'bytes-pending', {
      metric: 'BytesPendingReplication',
      statistic: 'Maximum',
      threshold: pendingBytes,
      periods: BACKLOG_PERIODS,
      missingData: 'ignore',
      meaning: `${pendingBytes} bytes or more have waited for half an hour.`,
      command: 'status',
    }),
    ...heartbeatAlarms(config, pair),
    ...witnessAlarms(config, pair),
  ];
}

/** The dead man's switch: in the backup account, and on when nothing arrives. */
function heartbeatAlarms(config: Deployment, pair: DeployedPair): PairAlarm[] {
  const minutes = heartbeatMinutes(config, [pair]);
  if (minutes === undefined) {
    return [];
  }
  const { period, periods } = heartbeatAlarm(config, minutes);
  return [
    queueAlarm(config, pair, 'heartbeat', {
      queue: pair.names.heartbeatQueue.name,
      comparison: 'LessThanThreshold',
      period: period * 60,
      periods,
      missingData: 'breaching',
      meaning: `no heartbeat has arrived in the backup for ${period * periods} minutes. Replication may have stopped.`,
      command: 'doctor',
    }),
  ];
}

/** On when somebody deleted a version of a replica, or changed what protects replicas. One mail, however many events there are. */
function witnessAlarms(config: Deployment, pair: DeployedPair): PairAlarm[] {
  return config.witness
    ? [
        queueAlarm(config, pair, 'witness', {
          queue: pair.names.witnessQueue.name,
          comparison: 'GreaterThanOrEqualToThreshold',
          period: METRIC_PERIOD,
          periods: 1,
          missingData: 'notBreaching',
          meaning: 'somebody deleted replicas, or changed the bucket, key or policies of the backup.',
          command: 'doctor',
        }),
      ]
    : [];
}

/** An alarm on the number of messages that a queue of the backup account gets: one is enough. */
function queueAlarm(config: Deployment, pair: DeployedPair, kind: AlarmKind, { queue, ...options }: QueueAlarm): PairAlarm {
  return pairAlarm(config, pair, 'backup', kind, {
    namespace: 'AWS/SQS',
    metric: 'NumberOfMessagesSent',
    dimensions: { QueueName: queue },
    statistic: 'Sum',
    threshold: 1,
    ...options,
  });
}

function pairAlarm(
  config: Deployment,
  pair: DeployedPair,
  place: AlarmPlace,
  kind: AlarmKind,
  { meaning, command, ...options }: AlarmOptions,
): PairAlarm {
  return {
    kind,
    ...pairAlarmName(config, pair.names, place, kind),
    place,
    ...options,
    description: alarmText(config, `${pair.id}: ${meaning}`, `${command} --pair ${pair.id}`, `<deployment>-<pair>-${kind}`),
  };
}

/**
 * The description of an alarm, as a mail or a phone shows it: what it means, the first command, and where to read on.
 *
 * @param meaning begins with the pair, or the deployment
 * @param command of `npx --no -- s3-replication`
 * @param heading of its section in docs/runbook.md
 */
export function alarmText({ monitoring: { runbookUrl } }: Deployment, meaning: string, command: string, heading: string): string {
  return `${meaning} First: npx --no -- s3-replication ${command}. Then: ${runbookUrl === undefined ? 'docs/runbook.md' : sectionUrl(runbookUrl, heading)}`;
}

/** The address of a section, unless the person's own address names one. */
function sectionUrl(url: string, heading: string): string {
  return url.includes('#') ? url : `${url}#${heading.replaceAll(/[<>]/g, '')}`;
}

/** The description of the composite alarm of a place. */
export function compositeText(config: Deployment, place: AlarmPlace): string {
  const where = place === 'backup' ? 'of the backup account' : `in ${config[place].region}`;
  return alarmText(config, `${titleOf(config)}: an alarm ${where} is on.`, 'status', `<deployment>-${place}-health`);
}

/**
 * The alarms that are in one place.
 *
 * @param pairs whose alarms. @default - every pair
 */
export function alarmsIn(
  config: Deployment,
  place: AlarmPlace,
  pairs: readonly DeployedPair[] = config.pairs,
): readonly PairAlarm[] {
  return pairs.flatMap((pair) => alarmsOf(config, pair)).filter((alarm) => alarm.place === place);
}

/** The places in which a deployment has alarms. The backup account has some only with `heartbeat` or `witness`. */
export function alarmPlaces(config: Deployment): readonly AlarmPlace[] {
  return ALARM_PLACES.filter((place) => place !== 'backup' || watchesBackup(config));
}

/** The existing topics that `monitoring.topicArns` names for a place: those of its account and region. */
export function topicsOf(config: Deployment, place: AlarmPlace): readonly string[] {
  const { account, region } = alarmSide(config, place);
  return config.monitoring.topicArns.filter((arn) => arn.split(':').slice(3, 5).join(':') === `${region}:${account}`);
}

/** Whether something is watched in the backup account. */
export function watchesBackup(config: Pick<Deployment, 'heartbeat' | 'witness' | 'pairs'>): boolean {
  return heartbeatMinutes(config) !== undefined || config.witness;
}
