import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Deployment } from '../model/deployment';

/** A queue as SQS describes it. */
export interface LiveQueue {
  readonly url: string;
  /** By name, such as `MessageRetentionPeriod`; every value is a string. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What SQS answers when there is no such queue: the second is its name in the older protocol. */
export const NO_QUEUE: readonly string[] = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];

/** The failure queue of a deployment. */
export function readFailureQueue(client: SQSClient, config: Deployment): Promise<LiveQueue> {
  return readQueue(client, config.names.monitoring.failureQueue.name);
}

/**
 * A queue by its name.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
export async function readQueue(client: SQSClient, name: string): Promise<LiveQueue> {
  const { QueueUrl: url = '' } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
  const { Attributes: attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  return { url, attributes };
}
