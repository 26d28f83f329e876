import { markdownTable } from '../helpers/generated-parts';
import { noticed } from './evaluate';
import { WAYS } from './ways';

/** The text of docs/monitoring.md. */
export function monitoringPage(): string {
  return `# Monitoring

Made by \`npm run docs\` from the alarms of the templates and test/monitoring/ways.ts; a test fails when it is stale. Names and minutes are those of the default configuration.

A small object, the *heartbeat*, is written into each source bucket every hour. S3 replicates it, and a queue of the backup account counts it. When none arrives, an alarm of the
backup account goes off, whatever the reason. [ADR 11](adr/0011-heartbeat.md) argues how; [runbook.md](runbook.md) says what to do for each alarm.

## What notices what

*Minutes* are the most that pass until the alarm is on, from the last heartbeat that arrived, or from the first object that fails or waits. CloudWatch adds a few until the metric is there. Change them
with \`heartbeat.minutes\` and \`monitoring.latencyMinutes\`.

${markdownTable(
  ['how replication, or what watches it, stops', 'alarm', 'in', 'minutes', 'how it is known', 'because'],
  WAYS.map((way) => {
    const alarms = noticed(way.seen);
    const each = (text: (one: (typeof alarms)[number]) => string) => alarms.map(text).join('<br>') || 'none';
    return [
      way.what,
      each(({ alarm }) => `\`${alarm.replace(/^backups-documents/, '<deployment>-<pair>')}\``),
      each(({ account }) => account),
      each(({ minutes }) => String(minutes)),
      way.evidence,
      `${way.because} ([AWS](${way.page}))`,
    ];
  }),
)}

- *Proven*: a test evaluates the alarms of the templates, or the policies, and nothing else is needed.
- *Documented*: the same, and an AWS page says what S3 does.
- *To be settled live*, and so for every row with \`<deployment>-<pair>-heartbeat\`: that EventBridge Scheduler takes \`s3:putObject\` as a universal target, and that a replica raises \`s3:ObjectCreated:*\`. No AWS page says either; third
  parties report both. If one does not hold, the alarm is on from the first hours on, and \`npm run ops -- doctor\` says which: \`heartbeat-errors\` for the first, and an object that \`verify\` sees arrive while the alarm stays on for the second.

Alarms on what is pending go off by what is written meanwhile, so they are in no row.

## Who is told

| place | alarms on | topic | mail |
| --- | --- | --- | --- |
| source account, source Region | failed operations | \`<deployment>-source-notifications\` | \`monitoring.email\` |
| source account, destination Region | lag and backlog | \`<deployment>-destination-notifications\` | \`monitoring.email\` |
| backup account | heartbeats | \`<deployment>-backup-notifications\` | \`monitoring.email\` |

\`monitoring.topicArns\` are existing topics that are told besides, each by the place of its own account and Region. PagerDuty, Opsgenie and Slack (Amazon Q Developer in chat applications) subscribe to such topics. The topic's policy
has to admit \`cloudwatch.amazonaws.com\`, and so does the key of an encrypted one ([AWS](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html)).

A composite alarm tells once for each place, however many pairs have one on. Its mail names the alarm that is on. Every description begins with the pair, and ends with the first command and the address of the runbook
(\`monitoring.runbookUrl\`).

## What a heartbeat leaves

Heartbeats are canaries: \`audit\`, \`restore\` and \`drill\` do not see them, and \`failures\` shows all of a pair in one line. Lifecycle rules delete them within two days. Under Object Lock each one is kept for the retention: 24 a day, 720 at 30 days.
\`npm run ops -- cost\` has what they cost.
`;
}
