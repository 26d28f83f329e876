import type { Pair, ReplicationConfig, SideName } from '../../config/replication-config';
import { type NamedArn, ofGroup, pairNamesOf, partitionOf } from '../names';

/** The names of what watches a deployment. All of it is in the source account. */
export interface MonitoringNames {
  /** Stack with the alarms on metrics of the destination region. */
  readonly stackName: string;
  readonly dashboard: string;
  /** Queue that takes the failure events of every source bucket. */
  readonly failureQueue: NamedArn;
  /** What watches the metrics that S3 publishes in the region of a side. */
  readonly regions: Readonly<Record<SideName, RegionNames>>;
}

/** The names of what watches the metrics of one region. */
export interface RegionNames {
  /** Stack with the composite alarm. */
  readonly healthStackName: string;
  /** Composite alarm over every alarm of the region. */
  readonly composite: NamedArn;
  readonly topic: NamedArn;
  /** Key of the topic; starts with `alias/`. */
  readonly topicKeyAlias: string;
}

/** What an alarm of a pair watches. */
export type AlarmKind = 'operations-failed' | 'latency' | 'operations-pending' | 'bytes-pending';

/** Every name of the monitoring of a deployment, or of the group that its configuration is narrowed to. */
export function monitoringNamesOf(config: ReplicationConfig): MonitoringNames {
  const { deployment, source } = config;
  const name = ofGroup(config, `${deployment}-replication-failures`);
  return {
    stackName: ofGroup(config, `${deployment}-monitoring`),
    dashboard: ofGroup(config, `${deployment}-replication-${source.region}`),
    failureQueue: { name, arn: `arn:${partitionOf(source)}:sqs:${source.region}:${source.account}:${name}` },
    regions: { source: regionNames(config, 'source'), destination: regionNames(config, 'destination') },
  };
}

function regionNames(config: ReplicationConfig, side: SideName): RegionNames {
  const { deployment, source } = config;
  const topic = ofGroup(config, `${deployment}-${side}-notifications`);
  const health = ofGroup(config, `${deployment}-${side}-health`);
  return {
    healthStackName: health,
    composite: alarm(config, side, health),
    topic: { name: topic, arn: `arn:${partitionOf(source)}:sns:${config[side].region}:${source.account}:${topic}` },
    topicKeyAlias: `alias/${topic}`,
  };
}

/**
 * Composite alarms take 100 children; past that, one over this one and its siblings has the region's name. The number comes before the
 * group: a group's name may end in one.
 */
export function nestedCompositeName(config: ReplicationConfig, side: SideName, number: number): string {
  return ofGroup(config, `${config.deployment}-${side}-health-${number}`);
}

/** An alarm of one pair, in the region of the side. */
export function pairAlarmName(config: ReplicationConfig, pair: Pair, side: SideName, kind: AlarmKind): NamedArn {
  return alarm(config, side, `${pairNamesOf(config, pair).ruleId}-${kind}`);
}

/** SSM parameter of the source account in which `ops verify` keeps its last result for a pair. No stack has it. */
export function lastVerificationParameter({ deployment }: ReplicationConfig, { id }: Pair): string {
  return `/${deployment}/source/pairs/${id}/last-verification`;
}

function alarm(config: ReplicationConfig, side: SideName, name: string): NamedArn {
  const { source } = config;
  return { name, arn: `arn:${partitionOf(source)}:cloudwatch:${config[side].region}:${source.account}:alarm:${name}` };
}
