import type { Command } from '../../cli/command';

export const DRILL: Command = {
  name: 'drill',
  summary: 'restore a random sample into a scratch bucket, compare it, delete it, and report',
  help: `Proves that replicas can be restored, and measures how fast. Lists each replica bucket, chooses objects at random,
or all with --all, and restores them as "s3-replication restore" does into a bucket of the source account that it makes for the
purpose, encrypted as the source bucket is. Compares each with the source: checksums, or contents where S3 keeps no
comparable checksums, headers, metadata, tags, and the key. Then deletes what it made. The same --seed chooses the
same objects. Archived objects are counted and not restored.

Recovery time is measured, and extrapolated to the whole bucket where a sample was restored. Recovery point is
measured by comparing the listings of both buckets: the age of the oldest version that has no replica. Both are in
the reports for an auditor, drill-TIME-PAIR.json and .md, beside what the drill does not show.

It shows first what it makes, sends and deletes, and asks. --to takes an empty bucket in place of one that is made;
only what the drill wrote there is deleted. Interrupted, it cleans up; what it cannot, it names, and a later drill
offers to remove it. Takes what "s3-replication audit" and "s3-replication restore" take, and in the source account s3:ListAllMyBuckets,
s3:CreateBucket, s3:PutBucketTagging, s3:GetBucketTagging, s3:PutEncryptionConfiguration, s3:DeleteObjectVersion,
s3:GetObjectTagging, s3:ListBucketMultipartUploads, s3:DeleteBucket and ssm:GetParameter.

Ends with 1 when an object was not restored or is different, when a current version of the source has no replica and
S3 will make none, when a delete marker that this deployment does not write hides an object, or when something is
left. Ends with 3 when nothing was restored, something could not be compared, or the reason for a missing replica is
unknown.

Examples:
  npx --no -- s3-replication drill
  npx --no -- s3-replication drill --pair documents --sample 1000 --report audits/2026 --yes
  npx --no -- s3-replication drill --pair documents --all --prefix contracts/
  npx --no -- s3-replication drill --pair documents --as-of 2026-11-20T08:00:00Z --to drill-111111111111`,
  options: {
    sample: { type: 'string', value: 'OBJECTS', help: 'restore so many objects of each pair; 100 without it' },
    all: { type: 'boolean', help: 'restore every object' },
    seed: { type: 'string', value: 'TEXT', help: 'choose the same objects as the drill that printed it' },
    'as-of': {
      type: 'string',
      value: 'TIME',
      help: 'each key as it was then, such as 2026-11-20T08:00:00Z; the newest without it',
    },
    prefix: { type: 'string', value: 'PREFIX', help: 'only keys that begin so' },
    to: { type: 'string', value: 'BUCKET', help: 'an empty bucket of the source account; without it the drill makes one' },
    report: { type: 'string', value: 'FOLDER', help: 'write the reports there, as seen from cdk.json; drill-reports without it' },
    html: { type: 'string', value: 'FILE', help: 'write the reports of all pairs there too, as one page' },
    concurrency: { type: 'string', value: 'OBJECTS', help: 'restore so many at a time; 32 without it' },
    rate: { type: 'string', value: 'REQUESTS', help: 'send at most so many requests a second to each side' },
  },
  asks: true,
  load: () => (require('./drill') as typeof import('./drill')).drill,
};
