import type { SideName } from '../../config/replication-config';
import { DESTINATION_REASONS } from './reasons-destination';
import { OBJECT_LOCK_REASONS } from './reasons-object-lock';
import { SOURCE_REASONS } from './reasons-source';

/**
 * A failure reason of S3 replication: the `failureReason` of an `s3:Replication:OperationFailedReplication` event and of a Batch
 * Replication completion report. Texts carry placeholders of `wording.ts`, such as `{replicaBucket}`.
 */
export interface FailureReason {
  /** In AWS's spelling. */
  readonly code: string;
  readonly cause: string;
  /** What of this project it is about. */
  readonly concerns: readonly Concern[];
  readonly fix: string;
  /** What to run, in order. Empty where nothing is to be run. */
  readonly commands: readonly Command[];
  /** AWS's page on it. */
  readonly page: string;
}

/** A statement of `lib/model/permissions.ts` by its Sid, a key of the configuration, or a deployed resource. */
export type Concern =
  | { readonly kind: 'statement'; readonly name: string }
  | { readonly kind: 'setting'; readonly name: string }
  | { readonly kind: 'resource'; readonly name: Resource };

/** What a reason can be about besides statements and settings. */
export type Resource =
  | 'source bucket'
  | 'source key'
  | 'replica bucket'
  | 'replica key'
  | 'replication role'
  | 'replication rule'
  | 'Batch Replication job';

/** A command line, and whose credentials it needs. */
export interface Command {
  readonly as: SideName;
  readonly run: string;
}

/** AWS's list of failure reasons. */
export const FAILURE_REASONS_PAGE =
  'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html#replication-failure-codes';

/**
 * Every failure reason that AWS documents, by code.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html#replication-failure-codes
 */
export const FAILURE_REASONS: readonly FailureReason[] = [
  ...DESTINATION_REASONS,
  ...OBJECT_LOCK_REASONS,
  ...SOURCE_REASONS,
].toSorted((a, b) => a.code.localeCompare(b.code, 'en'));
