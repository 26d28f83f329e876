import type { Command } from '../../cli/command';

/** The value of --from-inventory without a date. */
export const NEWEST = 'newest';

export const AUDIT: Command = {
  name: 'audit',
  summary: 'compare both buckets of each pair completely, version by version',
  help: `Lists every version and delete marker of both buckets, in parallel, and compares them key by key: what is
missing, extra, of another size or storage class. Asks S3 about each version that is missing: its status, and why
it was not replicated. A version that is PENDING and younger than --older-than is in flight. One as young that S3
calls COMPLETED is looked for again in the replica bucket, with one more HEAD request. ETags are not compared:
under KMS keys they say nothing. A version that is deleted while the audit runs is counted as deleted, and its
replica alone as missing. Delete markers that are not replicated, versions whose source was deleted since, and
another storage class, which a lifecycle rule may have chosen, are counted and are not wrong. Canaries of verify
do not take part. On an emulator, which gives replicas new version ids, versions of a key are matched by age.

--deep PERCENT asks both sides about so many of the versions that the listings show as alike or extra: whether
they are replicas, under the replica key, with the same checksum. It first shows how many requests that takes,
and asks; it needs ssm:GetParameter, and kms:Decrypt in both accounts for checksums. A version that S3 refuses to
describe is unknown. An SSE-C object is skipped: S3 describes it only to a caller that sends its key. Skipped
versions are counted and named. Ends with 1 when something is wrong, else with 3 for an unknown.

When it is interrupted, --resume with the same options goes on where it was; files of options are as seen from
cdk.json. Takes s3:ListBucketVersions, s3:ListBucket and s3:GetObjectVersion on both buckets, and on the source
bucket s3:GetReplicationConfiguration, s3:GetBucketOwnershipControls and s3:GetObjectVersionTagging.

--from-inventory compares the reports of S3 Inventory in place of listings, of a date if one follows. It needs
"inventory" in the configuration, and the backup account's credentials alone: s3:ListBucket and s3:GetObject on its
bucket of reports. Versions that are younger than the older of both reports are counted and not judged. No report
has KMS keys, tags or checksums. A report that is missing, stale or not as S3 wrote it ends the audit with 3.
docs/audit-inventory.md says what is compared, how much disk it takes, and which engine compares.

Examples:
  npx --no -- s3-replication audit
  npx --no -- s3-replication audit --pair documents --csv differences.csv --html audit.html
  npx --no -- s3-replication audit --deep 1 --rate 200 --yes
  npx --no -- s3-replication audit --resume
  npx --no -- s3-replication audit --from-inventory
  npx --no -- s3-replication audit --from-inventory 2026-11-27 --csv differences.csv
  npx --no -- s3-replication audit --from-inventory --engine athena`,
  options: {
    'older-than': { type: 'string', value: 'MINUTES', help: 'what is younger may be on its way; 0 for nothing, 15 without it' },
    deep: { type: 'string', value: 'PERCENT', help: 'ask more about so many of the versions; 100 for all' },
    rate: { type: 'string', value: 'REQUESTS', help: 'send at most so many requests a second to each side' },
    csv: { type: 'string', value: 'FILE', help: 'write every difference there' },
    html: { type: 'string', value: 'FILE', help: 'write the report there, as one page' },
    resume: { type: 'boolean', help: 'go on with the audit that was interrupted' },
    'from-inventory': {
      type: 'string',
      value: '[DATE]',
      alone: NEWEST,
      help: 'compare reports of S3 Inventory: the newest ones, or those of a date',
    },
    engine: { type: 'string', value: 'NAME', help: 'what compares the reports: duckdb on this machine, or athena' },
    checkpoint: {
      type: 'string',
      value: 'FILE',
      help: 'where an interrupted audit is kept; .s3-replication-audit.json without it',
    },
  },
  asks: true,
  load: () => (require('./audit') as typeof import('./audit')).audit,
};
