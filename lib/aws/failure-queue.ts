import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ReplicationConfig } from '../config/replication-config';
import { monitoringNamesOf } from '../model/monitoring/names';

/** The failure queue as SQS describes it. */
export interface LiveQueue {
  readonly url: string;
  /** By name, such as `MessageRetentionPeriod`; every value is a string. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What SQS answers when there is no such queue: the second is its name in the older protocol. */
export const NO_QUEUE: readonly string[] = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];

/**
 * The failure queue of a deployment.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
export async function readFailureQueue(client: SQSClient, config: ReplicationConfig): Promise<LiveQueue> {
  const { name } = monitoringNamesOf(config).failureQueue;
  const { QueueUrl: url = '' } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
  const { Attributes: attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  return { url, attributes };
}
