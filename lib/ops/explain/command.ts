import type { Command } from '../../cli/command';

export const EXPLAIN: Command = {
  name: 'explain',
  summary: 'explain a failure reason of S3, or what became of one object',
  help: `CODE is a failure reason that AWS documents, in any case: shows its cause, the statement or setting of
this project that it concerns, and the fix. Asks AWS nothing.

s3://BUCKET/KEY is an object of a source or replica bucket: shows for each version its replication status,
which rule takes it and why or why not, and what to do. Write the key as it is, not URL-encoded. A version
that has been PENDING for 15 minutes counts as wrong, and so does a missing object.

Examples:
  npm run ops -- explain DstPutObjectNotPermitted --pair documents
  npm run ops -- explain 's3://backups-documents-111111111111-ap-southeast-2-an/annual report.pdf'`,
  argument: 'CODE or s3://BUCKET/KEY',
  load: () => (require('./explain') as typeof import('./explain')).explain,
};
