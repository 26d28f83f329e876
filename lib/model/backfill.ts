import type { Deployment } from './deployment';
import { manifestPrefix, type PairNames, reportPrefix } from './names';
import type { Permission } from './permissions';

const PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-policies.html';

/** The service that assumes a backfill role. The same in every partition. */
export const BATCH_OPERATIONS_SERVICE = 'batchoperations.s3.amazonaws.com';

/**
 * What the backfill role of one pair may do: AWS's policy for a manifest that S3 generates, with the folders of the pair in place of whole
 * buckets.
 *
 * It needs no key. A job only asks S3 to replicate: S3 reads and writes the objects as the replication role. Manifests and reports are
 * SSE-S3.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-policies.html
 */
export function backfillPermissions(config: Deployment, { id: pairId, sourceBucket }: PairNames): readonly Permission[] {
  const { reportBucket } = config.names;
  const manifests = `${reportBucket.arn}/${manifestPrefix(pairId)}*`;
  const reports = `${reportBucket.arn}/${reportPrefix(pairId)}/*`;
  return [
    {
      sid: 'InitiateReplication',
      actions: ['s3:InitiateReplication'],
      resources: [`${sourceBucket.arn}/*`],
      writtenIn: ['role'],
      why: 'has S3 replicate a version that is there already',
      page: PAGE,
    },
    {
      sid: 'GenerateManifests',
      actions: ['s3:GetReplicationConfiguration', 's3:PutInventoryConfiguration'],
      resources: [sourceBucket.arn],
      writtenIn: ['role'],
      why: 'reads the rule, and has S3 list the versions that it applies to',
      page: PAGE,
    },
    {
      sid: 'ReadManifests',
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [manifests],
      writtenIn: ['role'],
      why: 'reads which versions to replicate',
      page: PAGE,
    },
    {
      sid: 'WriteManifestsAndReports',
      actions: ['s3:PutObject'],
      resources: [manifests, reports],
      writtenIn: ['role'],
      why: 'writes the list that S3 generated, and what became of each version',
      page: PAGE,
    },
  ];
}
