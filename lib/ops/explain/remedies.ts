import type { Command, Concern } from './reasons';

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

/** Puts back what the template of one side says. */
export const RESTORE_SOURCE: Command = { as: 'source', run: 'npx cdk deploy {sourceStack} --exclusively --revert-drift' };
export const RESTORE_DESTINATION: Command = {
  as: 'destination',
  run: 'npx cdk deploy {destinationStack} --exclusively --revert-drift',
};

export const ROLE_POLICY: Command = {
  as: 'source',
  run: 'aws iam get-role-policy --role-name {role} --policy-name Replication',
};
export const REPLICA_BUCKET_POLICY: Command = {
  as: 'destination',
  run: 'aws s3api get-bucket-policy --bucket {replicaBucket} --region {destinationRegion}',
};

export const statement = (sid: string): Concern => ({ kind: 'statement', name: sid });
export const setting = (key: string): Concern => ({ kind: 'setting', name: key });
export const resource = (name: Extract<Concern, { kind: 'resource' }>['name']): Concern => ({ kind: 'resource', name });

/** Where a Deny hides that no policy of this project shows. */
export const OTHER_DENIES =
  'If both halves are there, look for a Deny in a bucket policy, a permissions boundary, or a service or resource control policy of your organization.';
