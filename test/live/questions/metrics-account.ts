import { ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import type { SideName } from '../../../lib/config/replication-config';
import { METRIC_NAMESPACE, metricDimensions } from '../../../lib/model/alarms';
import { question } from '../question';

export const METRICS_ACCOUNT = question({
  name: 'metrics-account',
  unknown: 'Which account gets the replication metrics of the destination Region.',
  pages: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html'],
  settles: [
    {
      file: 'docs/configuration.md',
      words: 'No AWS page says which account gets the replication metrics of the destination region',
    },
    {
      file: 'docs/adr/0006-alarm-thresholds.md',
      words: 'No AWS page says which account gets the metrics of the destination region',
    },
    { file: 'docs/adr/0011-heartbeat.md', words: 'No AWS page says which account gets the metrics of the destination region' },
  ],
  how: 'Both accounts are asked for metrics of a rule in the destination Region until one has some, and once more ten minutes later.',
  answers: {
    'the source account': 'The alarms on lag and backlog are where the data is; the sentences that say "expected" can go.',
    'the backup account': 'The Monitoring stack has to move into the backup account.',
    both: 'The alarms stay; the backup account could have its own.',
  },
  notOnEmulator: 'an emulator publishes no replication metrics',
  minutes: 75,
  ask: async (asking) => {
    const { clients } = asking.access;
    const { region } = asking.config.destination;
    const dimensions = Object.entries(metricDimensions(asking.pair('plain'))).map(([Name, Value]) => ({ Name, Value }));
    const look = async (side: SideName) => {
      const cloudWatch = await clients.cloudWatch(side, region);
      const { Metrics: found = [] } = await cloudWatch.send(
        new ListMetricsCommand({ Namespace: METRIC_NAMESPACE, Dimensions: dimensions }),
      );
      return found.map(({ MetricName: name }) => name);
    };
    const lookTwice = async () => ({ source: await look('source'), backup: await look('destination') });
    const first = await asking.until(60, async () => {
      const { source, backup } = await lookTwice();
      return source.length + backup.length > 0 ? true : undefined;
    });
    if (first === undefined) {
      return { answer: null, seen: 'neither account had any in an hour' };
    }
    await asking.access.clock.sleep(10 * 60_000);
    const { source, backup } = await lookTwice();
    return {
      answer: backup.length === 0 ? 'the source account' : source.length === 0 ? 'the backup account' : 'both',
      seen: `source account: ${source.join(', ') || 'none'}; backup account: ${backup.join(', ') || 'none'}`,
    };
  },
});
