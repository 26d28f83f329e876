import type { Pair, ReplicationConfig } from '../../config/replication-config';
import { alarmsOf } from '../../model/monitoring/alarms';
import type { GroupStacks } from '../replication';
import { type Acknowledgement, awsSolutions, because, resourceAt } from './acknowledgement';

/** The findings about what watches replication. */
export function monitoringAcknowledgements({ config, source, monitoring }: GroupStacks): readonly Acknowledgement[] {
  return [
    ...because(
      'This queue is where failures end up: people read it with `ops failures`, nothing consumes it, and no message is received so ' +
        'often that it would be moved to a dead-letter queue.',
      resourceAt(source, 'FailureQueue'),
      [awsSolutions('SQS3')],
    ),
    ...config.pairs.flatMap((pair) => alarms(config, pair, { source, destination: monitoring })),
  ];
}

function alarms(
  config: ReplicationConfig,
  pair: Pair,
  stacks: Readonly<Record<'source' | 'destination', GroupStacks['source' | 'monitoring']>>,
): Acknowledgement[] {
  return alarmsOf(config, pair).flatMap(({ region, kind }) =>
    because(
      "The composite alarm of the region has this alarm as a child and notifies the region's topic. An action here as well would tell " +
        'the same thing twice, and once per pair and metric when a whole region is slow.',
      resourceAt(stacks[region], 'Alarms', pair.id, kind),
      ['HIPAA.Security', 'NIST.800.53.R5'].map((pack) => `${pack}::${pack}-CloudWatchAlarmAction`),
    ),
  );
}
