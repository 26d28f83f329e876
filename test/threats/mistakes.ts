import { always, LOCKED, on, parts, type Threat, UNTIL_LOCKDOWN, UNTIL_SCP } from './threat';

/** What is done by mistake, or in an emergency, with the rights of an administrator of the backup account. */
export const MISTAKES: readonly Threat[] = [
  {
    deed: 'a script removes every object of the replica bucket, without naming versions',
    requests: (world) => {
      const { destinationAdministrator, replica, destination } = parts(world);
      return on(['s3:DeleteObject'], destinationAdministrator, replica, destination.owner);
    },
    expected: always('possible'),
    aftermath: 'delete markers; `restore --as-of` reads the versions below',
  },
  {
    deed: 'a script removes the replica bucket with all its versions',
    requests: (world) => {
      const { destinationAdministrator, replica, pair, destination } = parts(world);
      return [
        ...on(['s3:DeleteObjectVersion'], destinationAdministrator, replica, destination.owner),
        ...on(['s3:DeleteBucket'], destinationAdministrator, pair.replicaBucket.arn, destination.owner),
      ];
    },
    expected: UNTIL_LOCKDOWN,
    unproven: LOCKED,
    aftermath: '`audit`',
  },
  {
    deed: 'the stack is deleted',
    requests: (world) => {
      const { destinationAdministrator, destination, names, stack } = parts(world);
      const resource = stack(destination.region, destination.owner, names.destination.stackName);
      return on(['cloudformation:DeleteStack'], destinationAdministrator, resource, destination.owner);
    },
    expected: UNTIL_SCP,
    aftermath: 'termination protection refuses it first; buckets and keys stay in any case',
  },
  {
    deed: 'the break-glass role deletes the replica key',
    requests: (world) => {
      const { administrator, destination } = parts(world);
      return on(
        ['kms:ScheduleKeyDeletion'],
        administrator(destination.owner, 'role/BreakGlass'),
        world.replicaKey,
        destination.owner,
      );
    },
    expected: always('possible'),
    aftermath: 'the deletion waits 7 to 30 days, as the role says, in which it can be cancelled: [be told](#be-told)',
  },
];
