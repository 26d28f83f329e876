import type { ReplicationConfig } from '../config/model';
import { bucketNamed, iamRole, type NamedArn, partitionOf } from '../names';

/** The last part of the report bucket's name, where a pair's bucket has the pair's id. */
export const REPORT_BUCKET_ID = 'backfill';

/** What S3 Batch Replication needs, in the source account. */
export interface BackfillNames {
  /** Takes the manifests that S3 generates, and the report of every job. */
  readonly reportBucket: NamedArn;
  /** The roles that S3 Batch Operations assumes, by id of the pair. */
  readonly roles: ReadonlyMap<string, NamedArn>;
}

/** Every name of backfill, computed from the configuration alone. */
export function backfillNamesOf(config: ReplicationConfig): BackfillNames {
  const { deployment, source } = config;
  const partition = partitionOf(source);
  return {
    reportBucket: bucketNamed(config, source, REPORT_BUCKET_ID),
    roles: new Map(
      config.pairs.map(({ id }) => [id, iamRole(partition, source, `${deployment}-${id}-backfill-${source.region}`)]),
    ),
  };
}
