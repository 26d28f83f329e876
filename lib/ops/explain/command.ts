import type { Command } from '../../cli/command';

export const EXPLAIN: Command = {
  name: 'explain',
  summary: 'explain a failure reason of S3, or what became of one object',
  help: `CODE is a failure reason that AWS documents, in upper or lower case. Shows its cause, the statement or setting of this
project behind it, and the fix. Asks AWS nothing.

OBJECT is an object of a source or replica bucket: s3://BUCKET/KEY, its ARN, or its https address. Write the key as it
is; only an https address is URL-encoded. Shows for each version its replication status, which rule selects it or why
none does, its counterpart in the other bucket of the pair, and what to do.

These are wrong: a missing object, a version that has been PENDING for 15 minutes, a COMPLETED version without its
replica, and a replica that a delete marker of somebody else hides. If the replica bucket cannot be read, a COMPLETED
version is unknown (exit code 3). If the source bucket cannot be read, the replica is judged alone, and the output
says so.

Requires s3:ListBucketVersions, s3:ListBucket and s3:GetObjectVersion on both buckets. An emulator gives replicas new
version ids: there, the replica of a version is the next one in time of the same size.

Examples:
  npx --no -- s3-replication explain DstPutObjectNotPermitted --pair documents
  npx --no -- s3-replication explain 's3://backups-documents-111111111111-ap-southeast-2-an/annual report.pdf'
  npx --no -- s3-replication explain arn:aws:s3:::backups-documents-111111111111-ap-southeast-2-an/report.pdf`,
  argument: 'CODE or OBJECT',
  load: () => (require('./explain') as typeof import('./explain')).explain,
};
