import type { SideName } from '../../config/replication-config';

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
  readonly commands: readonly ReasonCommand[];
  /** AWS's page on it. */
  readonly page: string;
}

/** A statement of `lib/model/permissions.ts` by its Sid, a key of the configuration, or a deployed resource. */
export type Concern =
  | { readonly kind: 'statement'; readonly name: string }
  | { readonly kind: 'setting'; readonly name: string }
  | { readonly kind: 'resource'; readonly name: ConcernedResource };

/** What a reason can be about besides statements and settings. */
type ConcernedResource =
  | 'source bucket'
  | 'source key'
  | 'replica bucket'
  | 'replica key'
  | 'replication role'
  | 'replication rule'
  | 'Batch Replication job';

/** A command line, and whose credentials it needs. */
export interface ReasonCommand {
  readonly as: SideName | 'both';
  readonly run: string;
}

/** Where AWS says what each thing needs. */
export const PAGES = {
  permissions: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html',
  encryption: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html',
  requirements: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html',
  troubleshooting: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html',
  notReplicated: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html',
  status: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html',
  batch: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html',
  batchPermissions: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-policies.html',
  objectLock: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html',
  keyStates: 'https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html',
} as const;

/** Finds what of the deployment is not as configured, and prints the repair that keeps what others wrote: no other one is named here. */
export const DOCTOR: ReasonCommand = { as: 'both', run: 'npx --no -- s3-replication doctor --pair {pair}' };

export const statement = (sid: string): Concern => ({ kind: 'statement', name: sid });
export const setting = (key: string): Concern => ({ kind: 'setting', name: key });
export const resource = (name: Extract<Concern, { kind: 'resource' }>['name']): Concern => ({ kind: 'resource', name });

/** Where a Deny hides that no policy of this project shows. */
export const OTHER_DENIES =
  'If both halves are there, look for a Deny in a bucket policy, a permissions boundary, or a service or resource control policy of your organization.';
