import type { Command } from '../../cli/command';
import { NEWEST } from '../inventory/dates';

export const AUDIT: Command = {
  name: 'audit',
  summary: 'compare both buckets of each pair completely, version by version',
  help: `Lists every version and delete marker of both buckets, in parallel, and compares them key by key: missing, extra, another
size, another storage class. It asks S3 for the status of each missing version, and why it was not replicated.

A version that is PENDING and younger than --older-than is in flight. One as young that S3 calls COMPLETED is looked up
again in the replica bucket, with one more HEAD request. A version that is deleted during the audit is counted as
deleted, and its replica alone as missing.

Delete markers that are not replicated, versions whose source was deleted since, and another storage class are counted
and are not wrong: a lifecycle rule may have chosen the storage class. Canaries of verify are left out, and so are ETags,
which say nothing under KMS keys. An emulator gives replicas new version ids: there, versions of a key are matched by age.

--deep PERCENT asks both accounts about this percentage of the versions that the listings show as alike or extra. It checks
that each is a replica, under the replica key, with the same checksum. It first shows how many requests that takes, and
asks. It requires ssm:GetParameter, and kms:Decrypt in both accounts for checksums. A version that S3 refuses to describe
is unknown. An SSE-C object is skipped, and counted: S3 describes it only to a caller that sends its key.

Ends with 1 when something is wrong, otherwise with 3 when something is unknown.

After an interruption, --resume with the same options continues the audit. File paths are relative to the folder of
cdk.json. Requires s3:ListBucketVersions, s3:ListBucket and s3:GetObjectVersion on both buckets, and on the source
bucket s3:GetReplicationConfiguration, s3:GetBucketOwnershipControls and s3:GetObjectVersionTagging.

--from-inventory compares the newest reports of S3 Inventory in place of listings, or those of a date. It requires
"inventory" in the configuration, and only the credentials of the backup account: s3:ListBucket and s3:GetObject on its
bucket of reports. Versions that are younger than the older of both reports are counted and not judged. No report has
KMS keys, tags or checksums. A report that is missing, stale or not as S3 wrote it ends the audit with 3.
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
    'older-than': { type: 'string', value: 'MINUTES', help: 'treat younger versions as still on their way; default 15' },
    deep: { type: 'string', value: 'PERCENT', help: 'compare more properties of this percentage of the versions' },
    rate: { type: 'string', value: 'REQUESTS', help: 'maximum requests per second to each account' },
    csv: { type: 'string', value: 'FILE', help: 'write every difference into this file' },
    html: { type: 'string', value: 'FILE', help: 'write the report into this file, as one page' },
    resume: { type: 'boolean', help: 'continue the audit that was interrupted' },
    'from-inventory': {
      type: 'string',
      value: '[DATE]',
      alone: NEWEST,
      help: 'compare reports of S3 Inventory: the newest ones, or those of a date',
    },
    engine: { type: 'string', value: 'NAME', help: 'engine that compares the reports: duckdb on this machine, or athena' },
    checkpoint: {
      type: 'string',
      value: 'FILE',
      help: 'file for the progress of the audit; default .s3-replication-audit.json',
    },
  },
  asks: true,
  load: () => (require('./audit') as typeof import('./audit')).audit,
};
