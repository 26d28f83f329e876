import { ListSubscriptionsByTopicCommand, type SNSClient, type Subscription } from '@aws-sdk/client-sns';

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
    token = answer.NextToken;
  } while (token !== undefined);
  return found;
}
