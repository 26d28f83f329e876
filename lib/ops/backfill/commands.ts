import type { Command } from '../../cli/command';

/** What chooses the objects of a job. */
const FILTER = {
  prefix: { type: 'string', value: 'PREFIX', help: 'only objects whose keys begin so' },
  'created-after': { type: 'string', value: 'TIME', help: 'only objects created after, in ISO 8601' },
  'created-before': { type: 'string', value: 'TIME', help: 'only objects created before, in ISO 8601' },
  'larger-than': { type: 'string', value: 'SIZE', help: 'only larger objects: bytes, or such as 5MB or 5GiB' },
  'smaller-than': { type: 'string', value: 'SIZE', help: 'only smaller objects' },
  'storage-class': { type: 'string', value: 'CLASS[,CLASS]', help: 'only objects in these storage classes of the source bucket' },
} as const;

const PERMISSIONS = `Needs "backfill": true in the configuration, deployed. In the source account it takes s3:CreateJob, s3:PutJobTagging,
s3:DescribeJob, s3:ListJobs, s3:UpdateJobStatus and iam:PassRole for the pair's backfill role;
s3:GetReplicationConfiguration on the source bucket, s3:GetObject on the report bucket, and where they are allowed
cloudwatch:GetMetricData, iam:GetRole and s3:ListBucket, which say more in advance.`;

/** Commands that replicate what live replication left behind. */
export const BACKFILL_COMMANDS: readonly Command[] = [
  {
    name: 'backfill',
    summary: 'replicate what is older than the rule, or failed, with S3 Batch Replication',
    help: `Makes a job of S3 Batch Replication for each pair, all at once: without --pair, one for every pair. S3 lists what
the options choose and the replication rule takes, and waits. The command then shows S3's count, the most bytes
that it can be, what the cost is made of and which quotas matter; asks once; runs the jobs; and watches them. It
ends with the report of each job: what failed, by reason, with cause and fix. A job fails by itself when more than
half of its objects do. Creating a job is billed even when you decline afterwards, so it asks before that, too.

After Ctrl-C the jobs continue in AWS, and "backfill watch JOB" comes back to them. The same command again continues
with the same job, as long as that is open, instead of making a second one.

--status chooses by replication status, NONE,FAILED without it. COMPLETED sends again what was replicated, to a new
replica bucket, but never a version whose replica was deleted by its version id; REPLICA sends what is itself the
replica of another bucket. Archived objects cannot be replicated. docs/backfill.md says when which is needed.

${PERMISSIONS}

Ends with 0 when everything is replicated or nothing was to do, with 1 when objects failed or the job did not
complete, and with 3 when it was interrupted or there was no answer.

Examples:
  npx --no -- s3-replication backfill --pair documents
  npx --no -- s3-replication backfill --pair documents --prefix invoices/ --created-before 2024-06-01 --smaller-than 5GiB
  npx --no -- s3-replication backfill watch 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c
  npx --no -- s3-replication backfill list --json
  npx --no -- s3-replication backfill cancel 00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c`,
    actions: {
      watch: { argument: 'JOB', help: 'continue with a job: ask, if it waits for that, and watch it to its end' },
      list: { help: 'list the jobs of the last 90 days, the newest first' },
      cancel: { argument: 'JOB', help: 'end a job; what it has replicated stays' },
    },
    options: {
      ...FILTER,
      status: { type: 'string', value: 'STATUS[,STATUS]', help: 'NONE, FAILED, COMPLETED, REPLICA; NONE,FAILED without it' },
    },
    asks: true,
    load: () => (require('./backfill') as typeof import('./backfill')).backfill,
  },
  {
    name: 'retry',
    summary: 'replicate again what failed: backfill with status FAILED',
    help: `S3 does not try again by itself what has FAILED. Repair the cause first: "s3-replication failures" and "s3-replication doctor" name it,
"s3-replication verify" shows that it is repaired. This then is "backfill --status FAILED", with the same questions, progress
and report; "backfill watch", "backfill list" and "backfill cancel" are for its jobs, too.

${PERMISSIONS}

Examples:
  npx --no -- s3-replication retry --pair documents
  npx --no -- s3-replication retry --created-after 2024-05-31T18:00:00Z --yes --json`,
    options: FILTER,
    asks: true,
    load: () => (require('./backfill') as typeof import('./backfill')).retry,
  },
];
