import type { Command } from '../../cli/command';

export const FAILURES: Command = {
  name: 'failures',
  summary: 'show the failure events that S3 sent, by reason, with cause, fix and keys',
  help: `Reads the queue that takes the failure events of every source bucket, and gives every message back: another
read shows the same. Groups them by reason, explains each, and shows which objects it concerns. Events are
history, kept for 14 days; "s3-replication explain s3://BUCKET/KEY" says how an object is now. Events of a rule or a
destination bucket that is not of this deployment are shown as somebody else's, without a repair.

--ack removes what it has shown, after asking. With --pair it shows and removes that pair's events alone, and
leaves messages that are no S3 event where they are.

The queue is the source account's. Reading takes sqs:GetQueueUrl, sqs:GetQueueAttributes, sqs:ReceiveMessage and
sqs:ChangeMessageVisibility; --ack takes sqs:DeleteMessage too. While a read runs, other readers do not see what
it holds.

Ends with 1 when an event in the queue needs a look, somebody else's too, and with 0 when there is none, or only of objects that were
late but arrived.

Examples:
  npx --no -- s3-replication failures
  npx --no -- s3-replication failures --pair documents --json
  npx --no -- s3-replication failures --watch 15
  npx --no -- s3-replication failures --ack`,
  options: {
    ack: { type: 'boolean', help: 'remove what is shown from the queue, for good' },
    watch: { type: 'string', value: 'MINUTES', help: 'read every so many minutes, until interrupted' },
    limit: { type: 'string', value: 'MESSAGES', help: 'read at most so many messages; 10000 without it' },
  },
  perGroup: true,
  asks: true,
  load: () => (require('./failures') as typeof import('./failures')).failures,
};
