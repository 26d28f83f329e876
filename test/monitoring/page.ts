import { markdownTable } from '../helpers/generated-parts';
import { noticed } from './evaluate';
import { WAYS } from './ways';

/** The text of docs/monitoring.md. */
export function monitoringPage(): string {
  return `# Monitoring

For people who rely on the alarms. Afterwards you know which alarm notices which cause, after how long, and what no alarm notices.

Made by \`npm run docs\` from the alarms of the templates and test/monitoring/ways.ts; a test fails when it is stale. Names and minutes are those of the default configuration.

A small object, the *heartbeat*, is written every hour into each source bucket that the deployment creates. S3 replicates it, and a queue of the backup account counts it. When none arrives, an alarm of the
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
  parties report both. If one does not hold, the alarm is on from the first hours on, and \`npx --no -- s3-replication doctor\` says which: \`heartbeat-errors\` for the first, and an object that \`verify\` sees arrive while the alarm stays on for the second.

Alarms on what is pending go off by what is written meanwhile, so they are in no row.

## Who is told

| place | alarms on | topic | mail |
| --- | --- | --- | --- |
| source account, source Region | failed operations | \`<deployment>-source-notifications\` | \`monitoring.email\` |
| source account, destination Region | lag and backlog | \`<deployment>-destination-notifications\` | \`monitoring.email\` |
| backup account | heartbeats, and with \`witness\` what happens to replicas | \`<deployment>-backup-notifications\` | \`monitoring.email\` |

\`monitoring.topicArns\` are existing topics that are told besides, each by the place of its own account and Region. PagerDuty, Opsgenie and Slack (Amazon Q Developer in chat applications) subscribe to such topics. The topic's policy
has to admit \`cloudwatch.amazonaws.com\`, and so does the key of an encrypted one ([AWS](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html)).

A composite alarm tells once for each place, however many pairs have one on. Its mail names the alarm that is on. Every description begins with the pair, and ends with the first command and the address of the runbook
(\`monitoring.runbookUrl\`).

## Witness

With \`"witness": true\`, the backup account also tells of what is done to replicas. Events go to one queue for each pair, \`<deployment>-<pair>-witness\`, which keeps them for 14 days; the alarm of the same name is on when there is one in five minutes. That is one mail,
however many events there are.

| event | how it comes | needs a trail |
| --- | --- | --- |
| a version of a replica is deleted permanently | \`s3:ObjectRemoved:Delete\` of the replica bucket | no |
| a delete marker that replication does not write | \`s3:ObjectRemoved:DeleteMarkerCreated\`; not with \`replicateDeleteMarkers\`, where no AWS page says how the two are told apart | no |
| policy, encryption, lifecycle, versioning, lock, notification or public access of the bucket changes, or it is deleted | CloudTrail management events, through EventBridge | yes |
| the replica key is scheduled for deletion or disabled, its policy changes, or somebody is granted its use | CloudTrail management events, through EventBridge | yes |

- EventBridge has management events only where [a trail of the account records them](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html). This project creates no trail: one that an organization creates cannot be switched off in the account.
- *CloudFormation is exempt from the second kind*: somebody has read the plan of a deployment. It cannot delete versions.
- *Lifecycle rules are exempt*: what they delete has [events of its own](https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html), and the configuration says what they do.
- \`verify\` leaves the replicas of its canaries to their lifecycle rule, as under a lockdown: deleting them would raise the alarm each day.
- Not seen: who reads replicas. That takes data events of a trail.

## What a heartbeat leaves

Heartbeats are canaries: \`audit\`, \`restore\` and \`drill\` do not see them, and \`failures\` shows all of a pair in one line. Lifecycle rules delete them within two days. Under Object Lock each one is kept for the retention: 24 a day, 720 at 30 days.
\`npx --no -- s3-replication cost\` has what they cost.
`;
}
