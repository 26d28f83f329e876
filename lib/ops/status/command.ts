import type { Command } from '../../cli/command';

export const STATUS: Command = {
  name: 'status',
  summary: 'show lag, what is pending, what failed, alarms and the last verification of each pair',
  help: `Shows one row for each pair: by how much its replicas are behind, operations and bytes that are pending,
operations that failed in the last 24 hours, how its alarms are, and how and when "s3-replication verify" last ended.
Below: the composite alarms, how many messages wait in the failure queue, and what is wrong.

Asks the source account, and of the destination account only its alarms and the state of its key. Lag and what is pending are metrics of the destination region; no AWS page says
which account gets them, so they are read where the alarms are, in the source account, and "s3-replication doctor" says
where it sees data. "no data" is not 0: CloudWatch has no value of the last 30 minutes. The failure queue tells
which objects failed, also before the last 24 hours; "s3-replication failures" reads it. It is called empty only where all
counts of SQS are 0 and a look at it shows nothing. Rule, versioning, policies and roles are not looked at:
"s3-replication doctor" checks them.

With --watch it refreshes in place on a terminal, and prints one result after another in a pipe; each round
costs four CloudWatch metrics for each pair. Ends with 1 when an alarm is on or missing, an operation failed
in the last 24 hours, a key is not enabled, or the last verification failed. Ends with 3 when something is unknown:
a question without an answer, a metric or alarm without data, a pair that was never verified.

Examples:
  npx --no -- s3-replication status
  npx --no -- s3-replication status --pair documents --json
  npx --no -- s3-replication status --watch 1
  npx --no -- s3-replication status --html status.html`,
  options: {
    watch: { type: 'string', value: 'MINUTES', help: 'refresh every so many minutes, until interrupted' },
    html: { type: 'string', value: 'FILE', help: 'write the result there, as one page; each round of --watch replaces it' },
  },
  perGroup: true,
  load: () => (require('./status') as typeof import('./status')).status,
};
