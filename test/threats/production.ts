import { throughS3 } from '../proof/actors';
import type { Principal } from '../proof/decide';
import { always, on, parts, S3_PAGES, type Threat } from './threat';

/** What a stolen administrator of the source account does, who can change everything there. */
export const PRODUCTION: readonly Threat[] = [
  {
    deed: 'reads replicas',
    requests: (world) => {
      const { sourceAdministrator, replica, pair, destination } = parts(world);
      return [
        ...on(['s3:GetObject', 's3:GetObjectVersion'], sourceAdministrator, replica, destination.owner),
        ...on(
          ['kms:Decrypt'],
          sourceAdministrator,
          world.replicaKey,
          destination.owner,
          throughS3(destination.region, pair.replicaBucket.arn),
        ),
      ];
    },
    expected: always('refused'),
    aftermath: 'the originals are there to read',
  },
  {
    deed: 'deletes versions of replicas, the replica bucket or the replica key, or changes their settings',
    requests: (world) => {
      const { sourceAdministrator, replica, pair, destination } = parts(world);
      return [
        ...on(['s3:DeleteObjectVersion', 's3:DeleteObject', 's3:PutObject'], sourceAdministrator, replica, destination.owner),
        ...on(
          ['s3:DeleteBucket', 's3:PutBucketPolicy', 's3:PutBucketVersioning', 's3:PutLifecycleConfiguration'],
          sourceAdministrator,
          pair.replicaBucket.arn,
          destination.owner,
        ),
        ...on(
          ['kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy', 'kms:CreateGrant'],
          sourceAdministrator,
          world.replicaKey,
          destination.owner,
        ),
      ];
    },
    expected: always('refused'),
    aftermath: 'nothing',
  },
  {
    deed: 'takes the replication role over, and deletes or reads replicas with it',
    requests: (world) => {
      const { pair, replica, destination } = parts(world);
      // Whoever administers the account writes the role's own policy: only the backup account's half counts.
      const principal: Principal = { kind: 'administrator', arn: pair.replicationRole.arn };
      return on(
        ['s3:DeleteObjectVersion', 's3:DeleteObject', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
        principal,
        replica,
        destination.owner,
      );
    },
    expected: always('refused'),
    aftermath: 'nothing',
  },
  {
    deed: 'takes the replication role over, and writes replicas or delete markers with it',
    requests: (world) => {
      const { pair, replica, destination } = parts(world);
      const principal: Principal = { kind: 'administrator', arn: pair.replicationRole.arn };
      return on(['s3:ReplicateObject', 's3:ReplicateDelete'], principal, replica, destination.owner);
    },
    expected: always('possible'),
    aftermath: 'the versions below stay; `npx --no -- s3-replication restore --as-of` brings back what was there before',
  },
  {
    deed: 'deletes or overwrites originals',
    requests: (world) => {
      const { sourceAdministrator, original, source } = parts(world);
      return on(['s3:DeleteObjectVersion', 's3:PutObject'], sourceAdministrator, original, source.owner);
    },
    expected: always('possible'),
    aftermath: `a deletion of a version [never reaches the replicas](${S3_PAGES}/replication-what-is-isnot-replicated.html); what is overwritten leaves a noncurrent replica, for ever or for \`lifecycle.noncurrentDays\``,
  },
  {
    deed: 'ends replication: changes the rule, the role or the source key',
    requests: (world) => {
      const { sourceAdministrator, pair, source } = parts(world);
      return on(['s3:PutReplicationConfiguration'], sourceAdministrator, pair.sourceBucket.arn, source.owner);
    },
    expected: always('possible'),
    aftermath:
      'replicas that are there stay. `doctor` names the change, `verify` fails, and what fails sets off the alarm on failed operations',
  },
  {
    deed: 'points the rule at another key, and deletes that one later',
    requests: (world) => {
      const { sourceAdministrator, pair, source } = parts(world);
      return on(['s3:PutReplicationConfiguration'], sourceAdministrator, pair.sourceBucket.arn, source.owner);
    },
    expected: always('possible'),
    aftermath:
      'replicas that are there stay; those that are written meanwhile are lost with the other key. `verify` looks at the key of its canary, `doctor` at that of the rule: let both run every day',
  },
];
