import { type CloudWatchClient, type CompositeAlarm, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { ListSubscriptionsByTopicCommand, type SNSClient, type Subscription } from '@aws-sdk/client-sns';
import { nextToken } from './listing/next-token';

/** Alarms that are there, by name. */
export interface LiveAlarms {
  readonly metric: ReadonlyMap<string, MetricAlarm>;
  readonly composite: ReadonlyMap<string, CompositeAlarm>;
}

/** Names that CloudWatch takes in one request. */
const BATCH = 100;

/**
 * Those of the named alarms that are there.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
export async function readAlarms(client: CloudWatchClient, names: readonly string[]): Promise<LiveAlarms> {
  const metric = new Map<string, MetricAlarm>();
  const composite = new Map<string, CompositeAlarm>();
  for (let first = 0; first < names.length; first += BATCH) {
    let token: string | undefined;
    do {
      const answer = await client.send(
        new DescribeAlarmsCommand({
          AlarmNames: names.slice(first, first + BATCH),
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
          MaxRecords: BATCH,
          NextToken: token,
        }),
      );
      answer.MetricAlarms?.forEach((alarm) => metric.set(alarm.AlarmName ?? '', alarm));
      answer.CompositeAlarms?.forEach((alarm) => composite.set(alarm.AlarmName ?? '', alarm));
      token = nextToken('alarms', token, answer.NextToken);
    } while (token !== undefined);
  }
  return { metric, composite };
}

/**
 * Every subscription of a topic, whatever became of it.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
 */
export async function readSubscriptions(client: SNSClient, topicArn: string): Promise<Subscription[]> {
  const found: Subscription[] = [];
  let token: string | undefined;
  do {
    const answer = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken: token }));
    found.push(...(answer.Subscriptions ?? []));
    token = nextToken(`subscriptions of ${topicArn}`, token, answer.NextToken);
  } while (token !== undefined);
  return found;
}
