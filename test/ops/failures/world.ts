import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import type { Context, Outcome } from '../../../lib/cli/command';
import { failures } from '../../../lib/ops/failures/failures';
import type { FailuresData } from '../../../lib/ops/failures/findings';
import { testContext } from '../../helpers/ops';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

export const PHOTOS = 'backups-photos-111111111111-ap-southeast-2-an';
export const TWO_PAIRS = { pairs: [{ id: 'documents' }, { id: 'photos' }] };
const QUEUE_URL = 'https://sqs.ap-southeast-2.amazonaws.com/111111111111/backups-replication-failures';

export const sqs = mockClient(SQSClient);

/** A message as the queue keeps it. The handle changes with every receipt. */
interface Kept {
  readonly id: string;
  readonly body: string;
  handle: string;
  hidden: boolean;
}

let kept: Kept[] = [];
let receipts = 0;

/** The ids of the messages that are still in the queue, and whether each is hidden. */
export function inQueue(): Record<string, 'visible' | 'hidden'> {
  return Object.fromEntries(kept.map(({ id, hidden }) => [id, hidden ? 'hidden' : 'visible']));
}

/** A queue with these bodies, in messages m0, m1 and so on. It hides, shows and removes messages as SQS does. */
export function queueOf(...bodies: readonly string[]): void {
  kept = bodies.map((text, index) => ({ id: `m${index}`, body: text, handle: '', hidden: false }));
  sqs.reset();
  sqs.on(GetQueueUrlCommand, { QueueName: 'backups-replication-failures' }).resolves({ QueueUrl: QUEUE_URL });
  sqs.on(GetQueueAttributesCommand, { QueueUrl: QUEUE_URL }).callsFake(() => ({
    Attributes: {
      ApproximateNumberOfMessages: String(kept.filter(({ hidden }) => !hidden).length),
      ApproximateNumberOfMessagesNotVisible: String(kept.filter(({ hidden }) => hidden).length),
    },
  }));
  sqs.on(ReceiveMessageCommand, { QueueUrl: QUEUE_URL }).callsFake(({ MaxNumberOfMessages }) => ({
    Messages: kept
      .filter(({ hidden }) => !hidden)
      .slice(0, MaxNumberOfMessages)
      .map((message) => {
        receipts += 1;
        Object.assign(message, { hidden: true, handle: `receipt ${receipts}` });
        return { MessageId: message.id, ReceiptHandle: message.handle, Body: message.body };
      }),
  }));
  sqs.on(ChangeMessageVisibilityBatchCommand, { QueueUrl: QUEUE_URL }).callsFake(({ Entries }: { Entries: BatchEntry[] }) => {
    for (const { ReceiptHandle, VisibilityTimeout } of Entries) {
      byHandle(ReceiptHandle).hidden = VisibilityTimeout !== 0;
    }
    return {};
  });
  sqs.on(DeleteMessageBatchCommand, { QueueUrl: QUEUE_URL }).callsFake(({ Entries }: { Entries: BatchEntry[] }) => {
    const removed = Entries.map(({ ReceiptHandle }) => byHandle(ReceiptHandle));
    kept = kept.filter((message) => !removed.includes(message));
    return {};
  });
}

interface BatchEntry {
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout?: number;
}

/** Another reader holds all messages. */
export function hideAll(): void {
  kept.forEach((message) => Object.assign(message, { hidden: true }));
}

function byHandle(handle: string): Kept {
  const message = kept.find((one) => one.handle === handle);
  if (message === undefined) {
    throw new Error(`no message has the handle ${handle}`);
  }
  return message;
}

/** Runs the command. */
export async function run(
  values: Record<string, string | boolean> = {},
  keys: Record<string, unknown> = {},
  more: Partial<Context> = {},
) {
  const { context, recorded } = testContext(keys, more);
  const outcome = await failures(context, { argument: undefined, values });
  return { ...summary(outcome), recorded };
}

export function summary(outcome: Outcome): { exitCode: number; text: string; data: FailuresData } {
  return { exitCode: outcome.exitCode, text: outcome.text, data: outcome.data as FailuresData };
}
