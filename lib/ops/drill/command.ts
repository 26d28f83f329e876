import type { Command } from '../../cli/command';

export const DRILL: Command = {
  name: 'drill',
  summary: 'restore a random sample into a scratch bucket, compare it, delete it, and report',
  help: `Proves that replicas can be restored, and measures how fast. It chooses objects of each replica bucket at random, or all
of them with --all. It restores them, as "s3-replication restore" does, into a scratch bucket that it creates in the
source account, with the encryption of the source bucket. It then compares each object with the source: checksums (or
contents where S3 keeps no comparable checksums), headers, metadata, tags, and the key. At the end it deletes what it
created. The same --seed chooses the same objects. Archived objects are counted and not restored.

Recovery time is measured, and extrapolated to the whole bucket if only a sample was restored. Recovery point is the age
of the oldest version without a replica, from the listings of both buckets. The reports for an auditor,
drill-TIME-PAIR.json and .md, have both, and what the drill does not show.

It first shows what it creates, sends and deletes, and asks. With --to it deletes only what it wrote into that bucket.
After an interruption it cleans up. It names what it could not delete, and a later drill offers to delete it.

Requires the permissions of "s3-replication audit" and "s3-replication restore", and in the source account
s3:ListAllMyBuckets, s3:CreateBucket, s3:PutBucketTagging, s3:GetBucketTagging, s3:PutEncryptionConfiguration,
s3:DeleteObjectVersion, s3:GetObjectTagging, s3:ListBucketMultipartUploads, s3:DeleteBucket and ssm:GetParameter.

Ends with 1 when an object was not restored or is different, when a current version of the source has no replica and S3
will not make one, when a delete marker that this deployment does not write hides an object, or when something could
not be deleted. Ends with 3 when nothing was restored, something could not be compared, or the reason for a missing
replica is unknown.

Examples:
  npx --no -- s3-replication drill
  npx --no -- s3-replication drill --pair documents --sample 1000 --report audits/2026 --yes
  npx --no -- s3-replication drill --pair documents --all --prefix contracts/
  npx --no -- s3-replication drill --pair documents --as-of 2026-11-20T08:00:00Z --to drill-111111111111`,
  options: {
    sample: { type: 'string', value: 'OBJECTS', help: 'number of objects to restore of each pair; default 100' },
    all: { type: 'boolean', help: 'restore every object' },
    seed: { type: 'string', value: 'TEXT', help: 'choose the same objects as the drill that printed it' },
    'as-of': {
      type: 'string',
      value: 'TIME',
      help: 'restore each key as it was at this time, such as 2026-11-20T08:00:00Z; default: the newest version',
    },
    prefix: { type: 'string', value: 'PREFIX', help: 'only keys with this prefix' },
    to: {
      type: 'string',
      value: 'BUCKET',
      help: 'restore into this empty bucket of the source account; by default the drill creates one',
    },
    report: {
      type: 'string',
      value: 'FOLDER',
      help: 'write the reports into this folder, relative to that of cdk.json; default drill-reports',
    },
    html: { type: 'string', value: 'FILE', help: 'also write the reports of all pairs into this file, as one page' },
    concurrency: { type: 'string', value: 'OBJECTS', help: 'number of objects to restore at a time; default 32' },
    rate: { type: 'string', value: 'REQUESTS', help: 'maximum requests per second to each account' },
  },
  asks: true,
  load: () => (require('./drill') as typeof import('./drill')).drill,
};
