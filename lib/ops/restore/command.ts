import type { Command } from '../../cli/command';
import { NEWEST } from '../inventory/dates';

export const RESTORE: Command = {
  name: 'restore',
  summary: 'copy objects back from the replica buckets, as they are now or were at a moment',
  help: `Copies, for each key of the replica bucket, its newest version, or the one that was current at --as-of, to the pair's
source bucket or to --to. Shows a plan first: how many objects and bytes, what that is charged for, how long it may
take, and what a replica bucket cannot tell about the moment. Then asks; with --dry-run it ends there.

Reads as the destination account and writes as the source account: neither needs a grant of the other. Contents,
metadata, headers and tags are kept, checksums are compared, and what is written is encrypted as the target's default
says. Nothing is deleted, and without --overwrite nothing that is current in the target is replaced: it is a conflict.

When it is interrupted, or something failed or is archived, --resume with the same options continues, and
copies nothing twice; files of options are as seen from cdk.json. Takes s3:ListBucketVersions, s3:GetObjectVersion,
s3:GetObjectVersionTagging and kms:Decrypt in the destination account (s3:RestoreObject for --request-archived), and
in the source account s3:ListBucket, s3:ListBucketVersions, s3:GetBucketVersioning, s3:GetReplicationConfiguration,
s3:GetObject, s3:PutObject, s3:PutObjectTagging, s3:AbortMultipartUpload, s3:ListMultipartUploadParts, kms:Decrypt
and kms:GenerateDataKey.

An object whose tags cannot be read fails, unless --without-tags restores it without them. Object Lock retention,
legal holds and ACLs are not restored.

A delete marker hides an object. Where neither the replication rule nor a lifecycle rule of the configuration writes
delete markers into the replica bucket, somebody deleted the object there: the plan and the result say how many, and
when. --ignore-foreign-markers restores the version below each. With replicateDeleteMarkers or
lifecycle.replicaExpireDays, S3 does not show who wrote a marker: its origin is unknown, and the object counts as deleted.

With --from-inventory, S3's newest inventory report about the replica bucket, or that of DATE, says which versions there
are, and DuckDB chooses from it: the replica bucket is not listed. Every file is verified first; a report that is
missing, stale, incomplete or altered ends the command with 3. What came after the report is unknown, and a later
--as-of is refused. --resume continues with the same report. Needs inventory in the configuration, and in the
destination account s3:ListBucket and s3:GetObject on the bucket of reports.

With --engine batch, S3 copies objects of up to 5 GB that are not archived, with a job of S3 Batch Operations for each
pair, and this process copies the others. A job checks no condition: the command is refused when the target has a
current version of one of the objects, unless --overwrite replaces it. With "recovery": { "batch": true } in the
configuration, each pair has a role and a bucket for its jobs. --batch-role and --batch-bucket name others; --dry-run
then prints the statements that the role, the replica bucket and the replica key need. Also takes s3:CreateJob,
s3:PutJobTagging, s3:DescribeJob, s3:ListJobs and iam:PassRole in the source account, s3:PutObject and s3:GetObject on
the bucket for lists and reports, and where it is allowed iam:GetRole, which says more in advance. After Ctrl-C the job
continues in AWS: --resume continues with everything, --watch JOB with the job alone, and --cancel JOB ends it
(s3:UpdateJobStatus).

Ends with 1 when something was not restored, is hidden by such a marker, or left the replica bucket after the plan.

Examples:
  npx --no -- s3-replication restore --dry-run
  npx --no -- s3-replication restore --pair documents --as-of 2026-11-20T08:00:00Z --to rescue-111111111111
  npx --no -- s3-replication restore --pair documents --prefix reports/ --overwrite --csv left.csv
  npx --no -- s3-replication restore --pair documents --ignore-foreign-markers
  npx --no -- s3-replication restore --from-inventory --to rescue-111111111111 --dry-run
  npx --no -- s3-replication restore --request-archived 7
  npx --no -- s3-replication restore --engine batch
  npx --no -- s3-replication restore --engine batch --batch-role arn:aws:iam::111111111111:role/recovery-batch --batch-bucket recovery-batch
  npx --no -- s3-replication restore --resume`,
  options: {
    'as-of': {
      type: 'string',
      value: 'TIME',
      help: 'each key as it was then, such as 2026-11-20T08:00:00Z; the newest without it',
    },
    prefix: { type: 'string', value: 'PREFIX', help: 'only keys that begin so' },
    to: { type: 'string', value: 'BUCKET', help: "another bucket of the source account; the pair's source bucket without it" },
    overwrite: { type: 'boolean', help: 'replace what is current in the target and is not the wanted version' },
    'from-inventory': {
      type: 'string',
      value: '[DATE]',
      alone: NEWEST,
      help: 'choose from the report of S3 Inventory about the replica bucket: the newest one, or that of a date',
    },
    'dry-run': { type: 'boolean', help: 'show the plan and end' },
    'storage-class': { type: 'string', value: 'CLASS', help: 'of what is restored; STANDARD without it' },
    'without-tags': { type: 'boolean', help: 'restore no tags, where they cannot be read; the result says of how many' },
    'ignore-foreign-markers': {
      type: 'boolean',
      help: 'restore the version below a delete marker that this deployment does not write',
    },
    'request-archived': {
      type: 'string',
      value: 'DAYS',
      help: 'request archived versions for so many days; --resume copies them',
    },
    concurrency: { type: 'string', value: 'OBJECTS', help: 'copy so many at a time; 32 without it' },
    rate: { type: 'string', value: 'REQUESTS', help: 'send at most so many requests a second to each side' },
    csv: { type: 'string', value: 'FILE', help: 'write everything there that was not restored' },
    engine: {
      type: 'string',
      value: 'ENGINE',
      help: 'stream: this process copies; batch: S3 Batch Operations copies what it can; stream without it',
    },
    'batch-role': {
      type: 'string',
      value: 'ARN',
      help: 'role of the source account that S3 Batch Operations assumes; the recovery role without it',
    },
    'batch-bucket': {
      type: 'string',
      value: 'BUCKET',
      help: 'takes lists of objects and reports; of the source account, in the Region of the target; with --batch-role',
    },
    watch: { type: 'string', value: 'JOB', help: 'only watch a job of --engine batch to its end; --to as it was' },
    cancel: { type: 'string', value: 'JOB', help: 'only end such a job; what it has restored stays' },
    resume: { type: 'boolean', help: 'continue the restore that was interrupted, or left something' },
    checkpoint: {
      type: 'string',
      value: 'FILE',
      help: 'where an unfinished restore is kept; .s3-replication-restore.json without it',
    },
  },
  asks: true,
  load: () => (require('./restore') as typeof import('./restore')).restore,
};
