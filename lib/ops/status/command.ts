import type { Command } from '../../cli/command';

export const STATUS: Command = {
  name: 'status',
  summary: 'show lag, backlog, failures, alarms and the last verification of each pair',
  help: `Shows one row for each pair: lag, pending operations and bytes, operations that failed in the last 24 hours, alarms, and
the time and result of the last "s3-replication verify". Below the rows are the composite alarms, the number of messages
in the failure queue, and what is wrong.

It asks the source account, and the destination account only about its alarms and its key. Lag and backlog are metrics
of the destination Region. No AWS page says which account gets them, so they are read in the source account, where their
alarms are; "s3-replication doctor" says where it sees data. "no data" is not 0: CloudWatch has no value of the last 30
minutes. The failure queue also has events from before the last 24 hours, and "s3-replication failures" reads them. It is
called empty only if all counts of SQS are 0 and a look at it shows nothing. "s3-replication doctor" checks rule,
versioning, policies and roles.

With --watch it refreshes in place on a terminal, and prints one result after another in a pipe. Each round costs four
CloudWatch metrics for each pair.

Ends with 1 when an alarm is on or missing, an operation failed in the last 24 hours, a key is not enabled, or the last
verification failed. Ends with 3 when something is unknown: a question without an answer, a metric or alarm without
data, a pair that was never verified.

Examples:
  npx --no -- s3-replication status
  npx --no -- s3-replication status --pair documents --json
  npx --no -- s3-replication status --watch 1
  npx --no -- s3-replication status --html status.html`,
  options: {
    watch: { type: 'string', value: 'MINUTES', help: 'refresh every MINUTES, until interrupted' },
    html: {
      type: 'string',
      value: 'FILE',
      help: 'also write the result into this file, as one page; each round of --watch replaces it',
    },
  },
  perGroup: true,
  load: () => (require('./status') as typeof import('./status')).status,
};
