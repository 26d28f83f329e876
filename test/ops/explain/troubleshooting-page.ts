import type { Check } from '../../../lib/ops/doctor/check';
import type { FailureReason } from '../../../lib/ops/explain/reason';
import { FAILURE_REASONS, FAILURE_REASONS_PAGE } from '../../../lib/ops/explain/reasons';
import { afterwards, wordingOf } from '../../../lib/ops/explain/wording';
import { validConfig } from '../../helpers/config';
import { markdownTable } from '../../helpers/generated-parts';
import type { Pain } from '../doctor/pains';

/** What doctor knows, which has its part of the page. */
export interface DoctorKnowledge {
  readonly checks: readonly Check[];
  readonly pains: readonly Pain[];
}

const CONFIG = validConfig();
const WORDING = wordingOf(CONFIG, 'documents');
const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';

const DOCTOR = '`npx --no -- s3-replication doctor --pair documents`';
const EXPLAIN_SOURCE = "`npx --no -- s3-replication explain 's3://{sourceBucket}/KEY'`";
const EXPLAIN_REPLICA = "`npx --no -- s3-replication explain 's3://{replicaBucket}/KEY'`";

/** docs/protection.md says the same. */
export const LIFECYCLE_WAITS =
  `S3 Lifecycle does not act on a source version that is \`PENDING\`. AWS's pages disagree on one that is \`FAILED\`: [one](${S3}/lifecycle-and-other-bucket-config.html) says that ` +
  `Lifecycle waits for it too, [another](${S3}/replication-status.html) that it does not.`;

/** Symptom, how to see it, cause, command. */
const SYMPTOMS: readonly (readonly [symptom: string, see: string, cause: string, command: string])[] = [
  [
    'nothing is replicated any more',
    'every new object is `FAILED`',
    'a statement, a key, versioning or the rule was changed by hand; or the replica key is another one now',
    DOCTOR,
  ],
  [
    'one object has no replica',
    'its status is `FAILED`',
    '[a failure reason](#failure-reasons), of that object or of all',
    EXPLAIN_SOURCE,
  ],
  [
    'one object has no replica',
    'it has no status',
    'it is older than the rule, was tagged after its upload, is archived, or does not match the filter',
    EXPLAIN_SOURCE,
  ],
  [
    'one object has no replica',
    'its status is `COMPLETED`; the replica bucket lists no such version',
    'somebody deleted the replica by its version id; a lifecycle rule of the replica bucket did, where `explain` says that it expired',
    EXPLAIN_SOURCE,
  ],
  [
    'an object waits for its replica',
    'its status is `PENDING` for more than 15 minutes',
    'it is large, or a bucket or region is down: S3 keeps trying',
    EXPLAIN_SOURCE,
  ],
  [
    'only objects of one application fail',
    '`SrcGetObjectNotPermitted`; `explain` names another key than the source key',
    'the application encrypts with a key of its own, which the role may not use',
    EXPLAIN_SOURCE,
  ],
  [
    'objects fail since `pairs[].bucketKeys` was changed',
    '`DstPutObjectNotPermitted`',
    "a policy was edited by hand to admit only the bucket's ARN or only its objects' ARNs as encryption context",
    DOCTOR,
  ],
  [
    'objects fail since the backup account was set up anew',
    '`DstKmsKeyNotFound`',
    "the rule still has the old replica key's ARN, which is read when the source is deployed",
    DOCTOR,
  ],
  [
    'a replica lacks the tags of its object',
    '`aws s3api get-object-tagging` on both',
    '`s3:GetObjectVersionTagging` is missing from the role, or `s3:ReplicateTags` is denied',
    '`npx --no -- s3-replication explain SrcGetTaggingNotPermitted`',
  ],
  [
    'a replica is not under the replica key',
    "its encryption is `AES256`, as is the source object's",
    'the object was uploaded with SSE-S3 by explicit header, which its replica keeps',
    EXPLAIN_SOURCE,
  ],
  [
    'a replica cannot be read in the backup account',
    '`AccessDenied` that names `kms:Decrypt`',
    'who reads needs `kms:Decrypt` on the replica key in an IAM policy; its key policy leaves that to IAM of its account',
    '`aws kms describe-key --key-id {replicaKey} --region {destinationRegion}`',
  ],
  [
    'a deleted object is still in the replica bucket',
    'the source has a delete marker, the replica has none',
    'as it should be, unless `pairs[].replicateDeleteMarkers` is on; deletions of versions are never replicated',
    EXPLAIN_SOURCE,
  ],
  [
    'an object in the replica bucket is no replica',
    'its status is not `REPLICA`',
    'somebody wrote it there directly',
    EXPLAIN_REPLICA,
  ],
  ['a lifecycle rule of the source bucket does nothing', 'objects are `PENDING` or `FAILED`', LIFECYCLE_WAITS, EXPLAIN_SOURCE],
  [
    'the source stack cannot be synthesised',
    "an error says that the replica key's ARN is not recorded",
    'with `"keyExchange": "ssm"`, the ARN has to be recorded once',
    '`npx --no -- s3-replication exchange`',
  ],
  [
    '`cdk deploy` cannot delete a stack',
    '"cannot be deleted while TerminationProtection is enabled"',
    'the first deployment of the stack failed, and it is protected already',
    '`npx --no -- s3-replication deploy` prints the command that lifts the protection',
  ],
  [
    '`cdk deploy` has the wrong credentials',
    '"Need to perform AWS calls for account …, but the current credentials are for …"',
    'the two sides need credentials of two accounts',
    'set `source.profile` and `destination.profile`, then `npx --no -- s3-replication deploy`',
  ],
  [
    'a command ends with [exit code 3](results.md)',
    'it says what it could not read, or that there was nothing to look at',
    'no credentials, expired or of another account, or without permission to read; or no network; or no object',
    '`aws sts get-caller-identity --profile PROFILE`',
  ],
];

const STATUSES: readonly (readonly [status: string, bucket: string, meaning: string])[] = [
  [
    '`PENDING`',
    'source',
    'S3 has not finished. Most objects need less than 15 minutes. It keeps trying while a bucket or region is down',
  ],
  ['`COMPLETED`', 'source', 'the replica is there'],
  ['`FAILED`', 'source', 'final: S3 does not try again. Upload the object again, or `npx --no -- s3-replication retry`'],
  ['`REPLICA`', 'replica', 'S3 made it. In a source bucket: it is the replica of another rule, and is not replicated again'],
  [
    'none',
    'source',
    'S3 never tried: no rule took the object when it was uploaded. `npx --no -- s3-replication backfill` calls it `NONE`',
  ],
  ['none', 'replica', 'no replica: somebody wrote it there'],
  ['none', 'both', 'a delete marker has no status that S3 shows; that of an SSE-C object is shown only to who has its key'],
];

const NOT_REPLICATED: readonly (readonly [what: string, instead: string, page: string])[] = [
  [
    'objects that are older than the rule',
    '`npx --no -- s3-replication backfill`, see [backfill.md](backfill.md)',
    's3-batch-replication-batch',
  ],
  ['objects whose replication `FAILED`', '`npx --no -- s3-replication retry`, or another upload', 'replication-status'],
  [
    'objects that do not match `pairs[].filter`',
    'change the filter, then `npx --no -- s3-replication backfill` for what is there',
    'replication-what-is-isnot-replicated',
  ],
  [
    'objects that got the tags of the filter after their upload',
    '`npx --no -- s3-replication backfill`',
    'replication-what-is-isnot-replicated',
  ],
  [
    'replicas that another rule made (no chains)',
    '`npx --no -- s3-replication backfill --status REPLICA`',
    'replication-what-is-isnot-replicated',
  ],
  ['delete markers', '`pairs[].replicateDeleteMarkers`, never with a tag filter', 'delete-marker-replication'],
  ['deletions of a version', 'nothing: this protects the replicas', 'replication-what-is-isnot-replicated'],
  [
    'what lifecycle rules do, delete markers of theirs included',
    'a lifecycle rule on each bucket',
    'replication-what-is-isnot-replicated',
  ],
  [
    'objects in S3 Glacier Flexible Retrieval, S3 Glacier Deep Archive or an archive tier of S3 Intelligent-Tiering',
    'restore them and copy them to another storage class',
    'replication-what-is-isnot-replicated',
  ],
  ['settings of the bucket', 'this project deploys both buckets', 'replication-what-is-isnot-replicated'],
  [
    'objects of another owner',
    'cannot be here: the source bucket is BucketOwnerEnforced. If that was changed, `explain` says so',
    'about-object-ownership',
  ],
  [
    'SSE-C objects are replicated',
    'but S3 buckets refuse SSE-C since April 2026 unless it is enabled, which has to be done on both buckets',
    'blocking-unblocking-s3-c-encryption-gpb',
  ],
];

const NOT_DEPLOYED = '`npx cdk deploy` fails, or asks for other credentials';
const PIPELINE_REFUSED = 'a run of the pipeline fails: it may not assume the role that deploys';
const GITHUB_REFUSED = 'a workflow gets no role, or somebody else gets one';
const NOT_FOUND_BY_OTHERS = 'none in replication; what reads the parameter gets an old ARN or none';
const READ = '`SrcGetObjectNotPermitted`, `SrcHeadObjectNotPermitted`, `SrcGetTaggingNotPermitted`, `SrcGetAclNotPermitted`';
const WRITE = '`DstPutObjectNotPermitted`, `DstPutTaggingNotPermitted`, `DstDelObjNotPermitted`';
const UNPROTECTED = 'none, until somebody deletes the stack';
const ALARMS = 'none in replication; no alarm goes off when it fails or is late';
const UNTOLD = 'an alarm is on, and nobody is told';
const EVENTS = 'objects are `FAILED`, and `npx --no -- s3-replication failures` shows none';
const HARDENING = 'none in replication; the bucket is less protected than the template says';

/** What an operator sees when a check of doctor fails, by the check's id. */
const SILENT = 'the alarm `<deployment>-<pair>-heartbeat` is on, though objects are replicated';

const NO_REPORTS = 'no new inventory report arrives, or one that lacks something; the backup account cannot compare both sides';

export const CHECK_SYMPTOMS: Readonly<Record<string, string>> = {
  'credentials-destination': NOT_DEPLOYED,
  'credentials-source': NOT_DEPLOYED,
  'region-destination': NOT_DEPLOYED,
  'region-source': NOT_DEPLOYED,
  'bootstrap-destination': NOT_DEPLOYED,
  'bootstrap-source': NOT_DEPLOYED,
  'region-monitoring': NOT_DEPLOYED,
  'bootstrap-pipeline': '`npx cdk deploy` of the pipeline fails, or its run cannot find its artifacts',
  'bootstrap-pipeline-trust-destination': PIPELINE_REFUSED,
  'bootstrap-pipeline-trust-source': PIPELINE_REFUSED,
  'github-destination': GITHUB_REFUSED,
  'github-source': GITHUB_REFUSED,
  'bootstrap-trust': '"Need to perform AWS calls for account …, but the current credentials are for …"',
  'stack-destination': 'every deployment fails; `DstBucketNotFound` when it was deleted',
  'stack-source': 'every deployment fails; nothing is replicated when it was deleted',
  configuration: 'what a change of the configuration asks for has not happened',
  'termination-protection-destination': UNPROTECTED,
  'termination-protection-source': UNPROTECTED,
  'stack-monitoring': ALARMS,
  'stack-heartbeat': 'the alarm `<deployment>-<pair>-heartbeat` of the backup account is on',
  'termination-protection-heartbeat': UNPROTECTED,
  'stack-backup-health': 'replication can stop, and the backup account tells nobody',
  'termination-protection-backup-health': UNPROTECTED,
  'termination-protection-monitoring': UNPROTECTED,
  'stack-source-health': UNTOLD,
  'termination-protection-source-health': UNPROTECTED,
  'stack-destination-health': UNTOLD,
  'termination-protection-destination-health': UNPROTECTED,
  'replica-key': '`DstKmsKeyInvalidState`; replicas cannot be read',
  'source-key': '`SrcKmsKeyInvalidState`; source objects cannot be read',
  'replica-key-rotation': 'none; the key is not rotated as often as configured',
  'source-key-rotation': 'none; the key is not rotated as often as configured',
  'replica-key-parameter': '`npx --no -- s3-replication exchange` finds no key ARN, or a wrong one',
  'source-key-parameter': NOT_FOUND_BY_OTHERS,
  'replica-parameters': NOT_FOUND_BY_OTHERS,
  'source-parameters': NOT_FOUND_BY_OTHERS,
  'exchange-record': 'the source stack cannot be synthesised, or `DstKmsKeyNotFound` after its next deployment',
  'exchange-output': 'the deployment of the source stack fails: the output is not there',
  'exchange-role': 'the deployment of the source stack fails: the exchange role cannot be assumed, or may not read',
  'source-inventory': NO_REPORTS,
  'replica-inventory': NO_REPORTS,
  'source-report-policy': NO_REPORTS,
  'replica-report-policy': NO_REPORTS,
  'source-report-key': NO_REPORTS,
  'replica-report-key': NO_REPORTS,
  'source-report': NO_REPORTS,
  'replica-report': NO_REPORTS,
  'source-bucket': '`SrcBucketNotFound`; uploads fail with `NoSuchBucket`',
  'replica-bucket': '`DstBucketNotFound`',
  'source-versioning': 'nothing is replicated',
  'replica-versioning': '`DstBucketUnversioned`',
  'source-public-access': HARDENING,
  'replica-public-access': HARDENING,
  'source-ownership': '`SrcGetAclNotPermitted` for objects that other accounts uploaded',
  'replica-ownership': 'replicas belong to the source account, and the backup account cannot read them',
  'replica-requester-pays': 'no object is replicated: S3 does not pay for requests of another account',
  'source-lifecycle': 'versions of the source vanish, or stay and are paid for',
  'replica-lifecycle': '`npx --no -- s3-replication audit` finds replicas `missing`: a lifecycle rule deletes them',
  'source-encryption': '`SrcGetObjectNotPermitted` for objects under another key; replicas under SSE-S3',
  'replica-encryption': 'none in replication, since the rule names the key; what is written otherwise is under another key',
  'source-bucket-keys': 'many more KMS requests, or `SrcGetObjectNotPermitted` where a policy admits one encryption context only',
  'replica-bucket-keys':
    'many more KMS requests, or `DstPutObjectNotPermitted` where a policy admits one encryption context only',
  'source-object-lock': '`DstBucketObjectLockConfigMissing`, `SrcGetRetentionNotPermitted`; or applications cannot lock objects',
  'replica-object-lock': '`DstBucketObjectLockConfigMissing`; or replicas can be deleted earlier than the configuration says',
  role: '`AssumeRoleNotPermitted`',
  'role-trust': '`AssumeRoleNotPermitted`, or others than S3 can use the role',
  'role-policy': `${READ}, ${WRITE}`,
  'role-other-policies': 'none in replication; or every code of the role, when the policy has a Deny',
  'role-boundary': `${READ}, ${WRITE}`,
  'source-tls': HARDENING,
  'replica-tls': HARDENING,
  'replica-bucket-policy': WRITE,
  'replica-key-grant': '`DstPutObjectNotPermitted`',
  'source-key-policy': '`SrcGetObjectNotPermitted`; or others can use the key',
  'replica-lockdown': 'an administrator of the backup account can delete replicas, or weaken what protects them',
  'replica-key-lockdown': 'an administrator of the backup account can delete the replica key, and with it every replica',
  'break-glass-role': 'in an emergency nobody can delete a version of a replica, or the key',
  'replica-key-policy': 'replicas cannot be read in the backup account; or others can use the key',
  'source-deny': READ,
  'source-key-deny': '`SrcGetObjectNotPermitted`',
  'source-key-grant': '`SrcGetObjectNotPermitted`',
  'replica-deny': WRITE,
  'replica-key-deny': '`DstPutObjectNotPermitted`',
  rule: 'new objects have no status; `SrcBucketReplicationConfigMissing`',
  'rule-role': '`AssumeRoleNotPermitted`, or the codes of a role without permissions',
  'rule-enabled': 'new objects have no status',
  'rule-priority': 'another rule takes the objects',
  'rule-filter': 'objects that should be replicated have no status, or others are replicated too',
  'rule-sse-kms': 'new objects under SSE-KMS have no status',
  'rule-delete-markers': 'deleted objects stay in the replica bucket, or vanish from it, against the configuration',
  'rule-destination': 'objects are `COMPLETED`, and the replica bucket has no replica',
  'rule-account': '`DstBucketNotFound`, or `DstPutObjectNotPermitted` for want of `s3:ObjectOwnerOverrideToBucketOwner`',
  'rule-storage-class': 'replicas cost more or less than expected',
  'rule-metrics': 'no metrics in CloudWatch, and no failure events',
  'rule-time-control': 'replicas need longer than 15 minutes, or cost more than expected',
  'rule-replica-key': '`DstKmsKeyNotFound`, `DstPutObjectNotPermitted`, or replicas under another key',
  'metrics-data': 'nothing was replicated lately, or the metrics are in another account than the alarms, which never go off',
  'failed-operations': 'objects are `FAILED`',
  'failure-events': EVENTS,
  'failure-queue': 'events are gone before somebody reads them, or never arrive',
  'failure-queue-policy': `${EVENTS}; or others can send to the queue or read it`,
  'heartbeat-schedule': SILENT,
  'heartbeat-errors': SILENT,
  'heartbeat-notification': SILENT,
  'heartbeat-queue': `${SILENT}; or others can send to the queue, and nobody misses a heartbeat`,
  'backup-alarms': 'replication can stop, and the backup account does not notice',
  'backup-health-alarm': 'an alarm of the backup account is on, and nobody hears of it',
  'notifications-backup': 'an alarm of the backup account is on, and nobody hears of it',
  'source-alarms': ALARMS,
  'destination-alarms': ALARMS,
  'source-health-alarm': UNTOLD,
  'destination-health-alarm': UNTOLD,
  'notifications-source': UNTOLD,
  'notifications-destination': UNTOLD,
};

/** The text of docs/troubleshooting.md. */
export function troubleshootingPage(doctor: DoctorKnowledge): string {
  return `# Troubleshooting

For operators who see a symptom, a failure reason or a failed check. Afterwards you know its cause, and the command that repairs it.

Made by \`npm run docs\` from the failure reasons (\`lib/ops/explain\`), the checks of \`doctor\` and test/ops/explain/troubleshooting-page.ts; a
test fails when it is stale. Names are those of the default configuration. Every command reads another one with \`-c config=FILE\`.

## Symptoms

${markdownTable(
  ['symptom', 'how to see it', 'cause', 'command'],
  SYMPTOMS.map((row) => row.map((cell) => WORDING.fill(cell))),
)}

## What a replication status means

\`npx --no -- s3-replication explain 's3://BUCKET/KEY'\` shows it for every version, with the rule and what to do; so does \`aws s3api head-object\`
([AWS](${S3}/replication-status.html)).

${markdownTable(['status', 'in a bucket', 'means'], STATUSES)}

## What is not replicated

\`npx --no -- s3-replication backfill\` and \`npx --no -- s3-replication retry\` require \`"backfill": true\` in the configuration, and a deployment of the source with it.

${markdownTable(
  ['what', 'instead', 'AWS'],
  NOT_REPLICATED.map(([what, instead, page]) => [what, instead, `[${page}](${S3}/${page}.html)`]),
)}

${doctorPart(doctor)}## Failure reasons

S3 tells why an object is \`FAILED\` by one of these codes, as \`failureReason\` of the \`s3:Replication:OperationFailedReplication\` event of the source
bucket and in the completion report of S3 Batch Replication ([AWS](${FAILURE_REASONS_PAGE})).
\`npx --no -- s3-replication explain CODE\` shows the same with the names of your deployment.

${afterwards(CONFIG)}.

${FAILURE_REASONS.map(reasonPart).join('\n')}`;
}

/** The checks of doctor and what they are for. */
function doctorPart({ checks, pains }: DoctorKnowledge): string {
  return `## Checks of doctor

\`npx --no -- s3-replication doctor\` asks AWS each of these questions, and says for each that fails what it found, what it
expected, and what repairs it. A repair changes one resource, for every check that fails on it, and keeps what others wrote:
statements, rules, notifications. It removes only what stops or endangers replication, and says so before the command. A passing
check lists under \`others\` what it keeps. \`--revert-drift\` takes back every change by hand in a stack, those of others too: doctor prints
it only for resources that somebody deleted.

${markdownTable(
  ['check', 'symptom when it fails', 'passes when', 'asked', 'command'],
  checks.map(({ id, title, run }) => [
    `\`${id}\``,
    CHECK_SYMPTOMS[id] ?? '',
    title,
    run.each === 'pair' ? 'for each pair' : 'once',
    run.each === 'pair' ? DOCTOR : '`npx --no -- s3-replication doctor`',
  ]),
)}

## What operators suffer elsewhere

Each of these is prevented by the app, or found by the checks that stand beside it.

${markdownTable(
  ['fault', 'here', 'by'],
  pains.map(({ pain, answer, by }) => [
    pain,
    answer,
    by.map((what) => (what in CHECK_SYMPTOMS ? `\`${what}\`` : what)).join(', '),
  ]),
)}

`;
}

function reasonPart({ code, cause, concerns, fix, commands, page }: FailureReason): string {
  const lines = commands.map((command) => WORDING.command(command));
  return `### ${code}

- How to see it: \`FAILED\`, with this code
- Cause: ${WORDING.fill(cause)}
- Concerns: ${concerns.map((concern) => WORDING.concern(concern)).join('; ')}
- Fix: ${WORDING.fill(fix)} ([AWS](${page}))
${lines.length === 0 ? '' : `\n\`\`\`\n${lines.join('\n')}\n\`\`\`\n`}`;
}
