import type { DeployedPair } from '../../lib/model/deployment';
import type { PairNames } from '../../lib/model/names';
import { PLAIN_HTTP } from './actions';
import { actorsOf, each, THIRD_ACCOUNT } from './actors';
import type { AllowedRequest } from './allowed';
import type { Principal, Request } from './decide';
import type { World } from './world';

/* What replication may read of locks of source objects, and how long a lock may be imposed on the backup. */

const CONSIDERATIONS = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html';
const READ_LOCKS = ['s3:GetObjectRetention', 's3:GetObjectLegalHold'];
const LONGEST = 36_500;

/** What Object Lock takes of replication, where a pair has it. */
export function allowedObjectLock(world: World): AllowedRequest[] {
  return world.pairs.flatMap((pair) => {
    const { sourceObjectLock, objectLock } = configured(world, pair);
    const most = objectLock?.maximumRetentionDays ?? LONGEST;
    return [
      ...(sourceObjectLock ? readLocks(world, pair, 'S3 reads the locks of a source object') : []),
      ...(objectLock === undefined ? [] : withRetention(world, pair, 'as long as it may be', most)),
    ].map((request) => ({ ...request, page: CONSIDERATIONS }));
  });
}

/** What nobody may do about locks. */
export function deniedObjectLock(world: World): Request[] {
  return world.pairs.flatMap((pair) => {
    const { sourceObjectLock, objectLock: { maximumRetentionDays: most } = {} } = configured(world, pair);
    return [
      ...(sourceObjectLock ? [] : readLocks(world, pair, 'the replication role reads locks that no configuration has')),
      ...(most === undefined ? [] : withRetention(world, pair, 'a day longer than it may be', most + 1)),
      ...readLocksElsewhere(world, pair),
    ];
  });
}

function configured({ config }: World, { id }: PairNames): DeployedPair {
  const found = config.pairs.find((pair) => pair.id === id);
  if (found === undefined) {
    throw new Error(`there is no pair ${id}`);
  }
  return found;
}

function readLocks(world: World, pair: PairNames, name: string): (Request & { readonly grantedBy: string })[] {
  return each(READ_LOCKS, {
    name,
    principal: actorsOf(world).replicationRole(pair),
    resource: `${pair.sourceBucket.arn}/photos/a.jpg`,
    owner: world.config.source.account,
  }).map((request) => ({ ...request, grantedBy: 'ReadSourceLocks' }));
}

/** Replicas, objects of the backup account's own, and a retention that is set later. */
function withRetention(world: World, pair: PairNames, how: string, days: number): Request[] {
  const { destinationAdministrator, replicationRole } = actorsOf(world);
  const { destination, lockdown } = world.config;
  // Under lockdown this role alone may set a retention.
  const keeper: Principal =
    lockdown === undefined ? destinationAdministrator : { kind: 'administrator', arn: lockdown.breakGlassRoleArn };
  const request = {
    resource: `${pair.replicaBucket.arn}/photos/a.jpg`,
    owner: destination.account,
    context: { 's3:object-lock-remaining-retention-days': String(days) },
  };
  return [
    ...each(['s3:ReplicateObject'], {
      ...request,
      name: `S3 writes a replica with a retention ${how}`,
      principal: replicationRole(pair),
    }),
    ...each(['s3:PutObject', 's3:PutObjectRetention'], {
      ...request,
      name: `the backup account keeps an object with a retention ${how}`,
      principal: keeper,
    }),
  ];
}

function readLocksElsewhere(world: World, pair: PairNames): Request[] {
  const { administrator, bucket, destinationAdministrator, replicationRole } = actorsOf(world);
  const { source, destination } = world.config;
  const role = replicationRole(pair);
  const others = [source.account, destination.account, THIRD_ACCOUNT];
  const strangers: [string, Principal][] = [
    ['an administrator of the backup account', destinationAdministrator],
    ['an administrator of a third account', administrator(THIRD_ACCOUNT)],
    ['anonymous', { kind: 'anonymous' }],
  ];
  return [
    ...others.flatMap((owner) =>
      each(READ_LOCKS, {
        name: 'the replication role elsewhere',
        principal: role,
        resource: `${bucket(`another-bucket-${owner}`)}/a.jpg`,
        owner,
      }),
    ),
    ...each(READ_LOCKS, {
      name: 'plain HTTP',
      principal: role,
      resource: `${pair.sourceBucket.arn}/a.jpg`,
      owner: source.account,
      context: PLAIN_HTTP,
    }),
    ...strangers.flatMap(([who, principal]) =>
      each(READ_LOCKS, {
        name: `${who} on source objects`,
        principal,
        resource: `${pair.sourceBucket.arn}/a.jpg`,
        owner: source.account,
      }),
    ),
  ];
}
