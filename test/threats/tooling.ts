import { always, OBJECT_LOCK, on, parts, type Threat, UNTIL_LOCKDOWN } from './threat';

/** What a stolen administrator of the tooling account does in the backup account: whatever CloudFormation does there with its execution role. */
export const TOOLING: readonly Threat[] = [
  {
    deed: 'deploys a template whose resources delete versions of replicas or the replica key',
    requests: (world) => {
      const { execution, replica, destination } = parts(world);
      const principal = execution(destination.owner, destination.region);
      return [
        ...on(['s3:DeleteObjectVersion'], principal, replica, destination.owner),
        ...on(['kms:ScheduleKeyDeletion'], principal, world.replicaKey, destination.owner),
      ];
    },
    expected: UNTIL_LOCKDOWN,
    unproven: {
      objectLock: { answer: 'versions: as above; the key: possible', page: OBJECT_LOCK },
    },
    aftermath: 'the plan stops, and so does the pipeline, whose gate the one who pushes can change',
  },
  {
    deed: 'deploys a template that takes the lockdown off',
    requests: (world) => {
      const { execution, pair, destination } = parts(world);
      const principal = execution(destination.owner, destination.region);
      return [
        ...on(['s3:PutBucketPolicy'], principal, pair.replicaBucket.arn, destination.owner),
        ...on(['kms:PutKeyPolicy'], principal, world.replicaKey, destination.owner),
      ];
    },
    expected: always('possible'),
    aftermath:
      'and then does what an administrator of the backup account does. Whoever deploys is trusted: `pipeline.approval`, reviews, and [be told](#be-told)',
  },
];
