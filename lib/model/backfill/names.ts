import type { ReplicationConfig } from '../../config/replication-config';
import { bucketNamed, iamRole, type NamedArn, ofGroup, partitionOf } from '../names';

/** The last part of the report bucket's name, where a pair's bucket has the pair's id. */
export const REPORT_BUCKET_ID = 'backfill';

/** What S3 Batch Replication needs, in the source account. */
export interface BackfillNames {
  /** Takes the manifests that S3 generates, and the report of every job. */
  readonly reportBucket: NamedArn;
  /** The roles that S3 Batch Operations assumes, by id of the pair. */
  readonly roles: ReadonlyMap<string, NamedArn>;
}

/** Every name of backfill, of a deployment or of the group that its configuration is narrowed to, computed from the configuration alone. */
export function backfillNamesOf(config: ReplicationConfig): BackfillNames {
  return {
    reportBucket: bucketNamed(config, config.source, ofGroup(config, REPORT_BUCKET_ID)),
    roles: new Map(config.pairs.map(({ id }) => [id, backfillRoleOf(config, id)])),
  };
}

/** The role that S3 Batch Operations assumes for jobs of one pair. */
export function backfillRoleOf({ deployment, source }: ReplicationConfig, pairId: string): NamedArn {
  return iamRole(partitionOf(source), source, `${deployment}-${pairId}-backfill-${source.region}`);
}

/**
 * Prefix of the manifests that S3 generates for a pair. It ends with a slash, since no AWS page says whether S3 puts one between the
 * prefix and the rest of the key.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_S3ManifestOutputLocation.html
 */
export function manifestPrefix(pairId: string): string {
  return `manifests/${pairId}/`;
}

/**
 * Prefix of the reports of a pair's jobs, without a slash at its end: S3 writes them under `<prefix>/job-<job-id>/`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_JobReport.html
 */
export function reportPrefix(pairId: string): string {
  return `reports/${pairId}`;
}
