import type { Command } from '../../cli/command';

export const EXPLAIN: Command = {
  name: 'explain',
  summary: 'explain a failure reason of S3, or what became of one object',
  help: `CODE is a failure reason that AWS documents, in any case: shows its cause, the statement or setting of
this project that it concerns, and the fix. Asks AWS nothing.

OBJECT is an object of a source or replica bucket: s3://BUCKET/KEY, its ARN, or its https address. Shows for
each version its replication status, which rule takes it and why or why not, what the other bucket of the pair
has of it, and what to do. Write the key as it is; only an https address is URL-encoded. A version that has been
PENDING for 15 minutes counts as wrong, and so does a missing object, a COMPLETED version whose replica is not
there, and a replica that somebody else's delete marker hides. A COMPLETED version is unknown (exit 3) where the
replica bucket cannot be read. A replica is judged without the source bucket where that cannot be read, and the
output says so.

It needs s3:ListBucketVersions, s3:ListBucket and s3:GetObjectVersion on both buckets. On an emulator, which
gives replicas new version ids, the replica of a version is the next one in time of the same size.

Examples:
  npx --no -- s3-replication explain DstPutObjectNotPermitted --pair documents
  npx --no -- s3-replication explain 's3://backups-documents-111111111111-ap-southeast-2-an/annual report.pdf'
  npx --no -- s3-replication explain arn:aws:s3:::backups-documents-111111111111-ap-southeast-2-an/report.pdf`,
  argument: 'CODE or OBJECT',
  load: () => (require('./explain') as typeof import('./explain')).explain,
};
