import type { Command } from '../../cli/command';

export const FAILURES: Command = {
  name: 'failures',
  summary: 'show the failure events that S3 sent, by reason, with cause, fix and keys',
  help: `Reads the queue that receives the failure events of every source bucket, and returns every message to it: you can read
them again. Groups the events by reason, explains each reason, and shows its objects. Events are history, kept for 14
days; "s3-replication explain s3://BUCKET/KEY" shows the present state of an object. Events of a rule or a destination
bucket outside this deployment are shown as somebody else's, without a repair.

--ack asks, and then removes the events that it has shown. With --pair it shows and removes only the events of that
pair, and leaves messages that are not S3 events.

The queue is in the source account. Requires sqs:GetQueueUrl, sqs:GetQueueAttributes, sqs:ReceiveMessage and
sqs:ChangeMessageVisibility; --ack also requires sqs:DeleteMessage. During a read, other readers do not see the messages
that it holds.

Ends with 1 when an event in the queue needs a look, also one of somebody else. Ends with 0 when the queue has no events,
or only events of objects that arrived late.

Examples:
  npx --no -- s3-replication failures
  npx --no -- s3-replication failures --pair documents --json
  npx --no -- s3-replication failures --watch 15
  npx --no -- s3-replication failures --ack`,
  options: {
    ack: { type: 'boolean', help: 'remove the shown events from the queue, permanently' },
    watch: { type: 'string', value: 'MINUTES', help: 'read again every MINUTES, until interrupted' },
    limit: { type: 'string', value: 'MESSAGES', help: 'maximum number of messages to read; default 10000' },
  },
  perGroup: true,
  asks: true,
  load: () => (require('./failures') as typeof import('./failures')).failures,
};
