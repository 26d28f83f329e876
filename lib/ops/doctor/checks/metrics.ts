import type { Pair } from '../../../config/model';
import { messageOf } from '../../../errors';
import { type Check, type Finding, notAnswered, notApplicable, pass, type Subject } from '../check';
import type { MetricPlace } from '../metric-facts';

/** Whether replication is seen to happen, and where. The rule's own switch for metrics is among the rule's checks. */
export const METRIC_CHECKS: readonly Check[] = [
  {
    id: 'metrics-data',
    title: 'CloudWatch has data of the replication rule',
    area: 'metrics',
    run: { each: 'pair', ask: data },
  },
  {
    id: 'failed-operations',
    title: 'no operation failed to replicate in the last 24 hours',
    area: 'metrics',
    run: { each: 'pair', ask: failures },
  },
];

/**
 * No AWS page says which account gets the metrics of the destination region, so every place is looked at.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
async function data({ context: { config }, facts }: Subject, pair: Pair): Promise<Finding> {
  const places: readonly MetricPlace[] = [
    { side: 'source', region: config.source.region },
    { side: 'source', region: config.destination.region },
    { side: 'destination', region: config.destination.region },
  ];
  const seen: string[] = [];
  const unknown: string[] = [];
  for (const place of places) {
    try {
      const names = await facts.metrics.seen(place, pair);
      if (names.length > 0) {
        seen.push(`${names.join(', ')} in the ${place.side} account, ${place.region}`);
      }
    } catch (error) {
      unknown.push(messageOf(error));
    }
  }
  if (seen.length > 0) {
    return pass([...seen, ...unknown].join('; '));
  }
  if (unknown.length > 0) {
    return notAnswered(unknown.join('; '));
  }
  return (await facts.isDeployed('source'))
    ? notApplicable(`no data yet: S3 publishes it after the first replication; npm run ops -- verify --pair ${pair.id} makes one`)
    : notApplicable(`not deployed yet: stack ${facts.names.source.stackName}`);
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html */
async function failures({ facts }: Subject, pair: Pair): Promise<Finding> {
  const count = await facts.metrics.failedOperations(pair);
  if (count === 0 && !(await facts.isDeployed('source'))) {
    return notApplicable(`not deployed yet: stack ${facts.names.source.stackName}`);
  }
  return count === 0
    ? pass('0')
    : {
        status: 'fail',
        found: `${count} failed`,
        expected: '0',
        fix: `repair what the other checks name, then npm run ops -- verify --pair ${pair.id}; FAILED objects need S3 Batch Replication, S3 does not try them again: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html`,
      };
}
