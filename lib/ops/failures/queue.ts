import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { faultInWords, isAwsError, unreachable } from '../../aws/aws-error';
import { NO_QUEUE } from '../../aws/failure-queue';
import { AppError } from '../../errors/errors';
import type { Deployment } from '../../model/deployment';
import { deployCommand } from '../../model/shell-commands';

/** A message that was received, and is hidden from other readers until it is given back. */
export interface QueueMessage {
  readonly id: string;
  /** SQS takes only the one of the latest receipt. */
  readonly receiptHandle: string;
  readonly body: string;
}

/** A message with which something could not be done. */
export interface Undone {
  readonly messageId: string;
  readonly why: string;
}

/** How many messages SQS thinks that a queue has. It can be a minute behind. */
export interface QueueCounts {
  readonly visible: number;
  /** Received by some reader, who has neither removed them nor given them back. */
  readonly held: number;
}

/** Seconds that a received message is hidden: a read takes less, and one that dies without giving back costs no more. */
const READ_SECONDS = 600;

/** SQS does not give back what it has given back itself. */
const ALREADY_SHOWN = /MessageNotInflight/;

/** Most messages of one request. */
const BATCH = 10;

/** Requests at a time: a queue with thousands of messages is read within a minute, also from another continent. */
const AT_A_TIME = 5;

/**
 * Reads a queue without losing messages: what was received is held until it is removed or given back.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export class QueueReader {
  private readonly held = new Map<string, QueueMessage>();

  private constructor(
    private readonly sqs: SQSClient,
    readonly name: string,
    private readonly url: string,
  ) {}

  /** @throws AppError when there is no such queue, or no answer */
  static async open(sqs: SQSClient, group: Deployment): Promise<QueueReader> {
    const { name } = group.names.monitoring.failureQueue;
    try {
      const { QueueUrl: url = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
      return new QueueReader(sqs, name, url);
    } catch (error) {
      if (isAwsError(error, ...NO_QUEUE)) {
        throw new AppError(
          'NoQueue',
          `there is no queue ${name}`,
          `the source stack makes it: ${deployCommand(group, 'source')}`,
        );
      }
      throw unreachable(`queue ${name}`, error);
    }
  }

  /** @throws UnreachableError when there is no answer */
  async counts(): Promise<QueueCounts> {
    try {
      const { Attributes: attributes = {} } = await this.sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: this.url,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return {
        visible: Number(attributes.ApproximateNumberOfMessages ?? 0),
        held: Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      };
    } catch (error) {
      throw unreachable(`queue ${this.name}`, error);
    }
  }

  /**
   * Receives until nothing new comes, or so many messages are held.
   *
   * @param each called between requests, with the number of messages so far; it may throw to stop
   * @throws UnreachableError when there is no answer
   */
  async receive(limit: number, each: (count: number) => void): Promise<readonly QueueMessage[]> {
    for (let before = -1; this.held.size > before && this.held.size < limit; ) {
      before = this.held.size;
      each(before);
      const sizes = Array.from({ length: AT_A_TIME }, (_, index) => Math.min(BATCH, limit - before - index * BATCH));
      const answers = await Promise.allSettled(sizes.filter((size) => size > 0).map((size) => this.receiveBatch(size)));
      const failed = answers.find((answer) => answer.status === 'rejected');
      if (failed !== undefined) {
        throw unreachable(`queue ${this.name}`, failed.reason);
      }
    }
    return [...this.held.values()];
  }

  /** Hides messages for so many seconds from now on. */
  hold(messages: readonly QueueMessage[], seconds: number): Promise<Undone[]> {
    return this.inBatches(messages, async (entries) => {
      const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: seconds }));
      return this.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.url, Entries }));
    });
  }

  /** Removes messages for good. */
  async remove(messages: readonly QueueMessage[]): Promise<Undone[]> {
    const undone = await this.inBatches(messages, (Entries) =>
      this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.url, Entries })),
    );
    const failed = new Set(undone.map(({ messageId }) => messageId));
    messages.filter(({ id }) => !failed.has(id)).forEach(({ id }) => this.held.delete(id));
    return undone;
  }

  /** Shows all that is held to other readers again. */
  async giveBack(): Promise<Undone[]> {
    const messages = [...this.held.values()];
    this.held.clear();
    const undone = await this.hold(messages, 0);
    return undone.filter(({ why }) => !ALREADY_SHOWN.test(why));
  }

  /** Waits a second for messages, so that SQS asks all of its servers: without it, an empty answer may be wrong. */
  private async receiveBatch(size: number): Promise<void> {
    const { Messages: messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: size,
        VisibilityTimeout: READ_SECONDS,
        WaitTimeSeconds: 1,
      }),
    );
    for (const { MessageId: id = '', ReceiptHandle: receiptHandle = '', Body: body = '' } of messages) {
      this.held.set(id, { id, receiptHandle, body });
    }
  }

  /** Does something with every message, and says of which it could not. Never throws. */
  private async inBatches(
    messages: readonly QueueMessage[],
    send: (entries: { Id: string; ReceiptHandle: string }[]) => Promise<{ Failed?: BatchResultErrorEntry[] }>,
  ): Promise<Undone[]> {
    const undone: Undone[] = [];
    const one = async (batch: readonly QueueMessage[]) => {
      try {
        const { Failed: failed = [] } = await send(
          batch.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle })),
        );
        for (const { Id, Code = 'no code', Message } of failed) {
          undone.push({ messageId: batch[Number(Id)]?.id ?? '', why: Message === undefined ? Code : `${Code}: ${Message}` });
        }
      } catch (error) {
        undone.push(...batch.map(({ id }) => ({ messageId: id, why: faultInWords(error) })));
      }
    };
    for (let start = 0; start < messages.length; start += BATCH * AT_A_TIME) {
      const starts = Array.from({ length: AT_A_TIME }, (_, index) => start + index * BATCH);
      const batches = starts.map((first) => messages.slice(first, first + BATCH)).filter(({ length }) => length > 0);
      await Promise.all(batches.map(one));
    }
    return undone;
  }
}
