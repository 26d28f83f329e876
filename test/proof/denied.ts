import type { PairNames } from '../../lib/model/names';
import { MORE_WITH_STACK, PLAIN_HTTP, READ_VERSIONS, REPLICATE, TOUCH_REPLICA, USE_KEY, WEAKEN_BUCKET } from './actions';
import { actorsOf, each, THIRD_ACCOUNT, throughS3 } from './actors';
import { deniedBackfill } from './backfill';
import type { Request } from './decide';
import { deniedHeartbeat } from './heartbeat';
import { deniedInventory } from './inventory';
import { deniedLockdown } from './lockdown';
import { deniedMerger } from './merger';
import { deniedNotifications } from './notifications';
import { deniedObjectLock } from './object-lock';
import { everyOther, type OtherPair, type OtherPairs } from './other-pairs';
import { deniedRecovery } from './recovery';
import { deniedUnderScp } from './scp';
import { deniedVerification } from './verification';
import { deniedWitness } from './witness';
import { replicaIn, sourceKeysOf, type World } from './world';

/**
 * Every request that must be denied. Later work extends this list and never shortens it.
 *
 * @param otherPairs with which other pairs each pair is tried
 */
export function deniedRequests(world: World, otherPairs: OtherPairs = everyOther): Request[] {
  return [
    ...world.pairs.flatMap((pair) => [
      ...acrossPairs(world, pair, otherPairs(world, pair)),
      ...roleElsewhere(world, pair),
      ...roleOnKeys(world, pair),
      ...roleOnBuckets(world, pair),
      ...othersOnReplicas(world, pair),
      ...othersOnSource(world, pair),
      ...plainHttp(world, pair),
      ...assumption(world, pair),
    ]),
    ...keyExchange(world),
    ...deniedBackfill(world, otherPairs),
    ...deniedRecovery(world, otherPairs),
    ...deniedMerger(world),
    ...deniedHeartbeat(world),
    ...deniedInventory(world),
    ...deniedWitness(world),
    ...deniedNotifications(world),
    ...deniedObjectLock(world),
    ...deniedVerification(world),
    ...deniedLockdown(world),
    ...deniedUnderScp(world),
  ];
}

/** The replication role on other buckets, keys, regions and accounts, whose owners would let it. */
function roleElsewhere(world: World, pair: PairNames): Request[] {
  const { source, destination } = world.config;
  const { bucket, key, replicationRole } = actorsOf(world);
  const principal = replicationRole(pair);
  const name = 'the replication role elsewhere';
  const others = [source.account, destination.account, THIRD_ACCOUNT];
  const inS3 = others.flatMap((owner) => {
    const resource = bucket(`another-bucket-${owner}`);
    return [
      ...each(['s3:ListBucket', 's3:GetReplicationConfiguration'], { name, principal, resource, owner }),
      ...each([...READ_VERSIONS, ...REPLICATE], { name, principal, resource: `${resource}/a.jpg`, owner }),
    ];
  });
  const inKms = others.flatMap((owner) =>
    [
      { region: source.region, context: pair.sourceBucket.arn },
      { region: destination.region, context: pair.replicaBucket.arn },
    ].flatMap(({ region, context }) =>
      each(USE_KEY, { name, principal, resource: key(owner, region), owner, context: throughS3(region, context) }),
    ),
  );
  return [...inS3, ...inKms];
}

/** The replication role on its own keys, but not as S3 does it for its own buckets. */
function roleOnKeys(world: World, pair: PairNames): Request[] {
  const { replicaKey, config } = world;
  const principal = actorsOf(world).replicationRole(pair);
  const uses = [
    ...sourceKeysOf(world, pair).map((resource) => ({
      actions: ['kms:Decrypt'],
      resource,
      owner: config.source.account,
      region: config.source.region,
      other: config.destination.region,
      bucket: pair.sourceBucket.arn,
    })),
    {
      actions: USE_KEY,
      resource: replicaKey,
      owner: config.destination.account,
      region: config.destination.region,
      other: config.source.region,
      bucket: pair.replicaBucket.arn,
    },
  ];
  return uses.flatMap(({ actions, resource, owner, region, other, bucket }): Request[] => {
    const deniedByEachHalf = owner === config.destination.account || undefined;
    const right = throughS3(region, bucket);
    const wrong: [string, Record<string, string>][] = [
      ['without S3', { 'kms:EncryptionContext:aws:s3:arn': bucket }],
      ['through another service', { ...right, 'kms:ViaService': `ec2.${region}.amazonaws.com` }],
      ['through S3 of another region', throughS3(other, bucket)],
      ['without an encryption context', { 'kms:ViaService': `s3.${region}.amazonaws.com` }],
      ["with another bucket's context", throughS3(region, 'arn:aws:s3:::another-bucket')],
      ['with the context of a bucket whose name continues', throughS3(region, `${bucket}x/a.jpg`)],
    ];
    return [
      ...wrong.flatMap(([how, context]) =>
        each(actions, { name: `the replication role uses a key ${how}`, principal, resource, owner, context, deniedByEachHalf }),
      ),
      ...each(
        [
          'kms:PutKeyPolicy',
          'kms:ScheduleKeyDeletion',
          'kms:CreateGrant',
          'kms:ReEncryptFrom',
          'kms:DescribeKey',
          'kms:GenerateDataKeyPair',
        ],
        {
          name: 'the replication role does more with a key than encryption',
          principal,
          resource,
          owner,
          context: right,
          deniedByEachHalf,
        },
      ),
    ];
  });
}

/** The replication role does more with its own buckets than replication. */
function roleOnBuckets(world: World, pair: PairNames): Request[] {
  const { source, destination } = world.config;
  const principal = actorsOf(world).replicationRole(pair);
  const replica = {
    name: 'the replication role does more than write replicas',
    principal,
    owner: destination.account,
    deniedByEachHalf: true as const,
  };
  const original = { name: 'the replication role does more than read the source', principal, owner: source.account };
  const onBucket = [
    ...WEAKEN_BUCKET,
    's3:PutReplicationConfiguration',
    's3:ListBucketVersions',
    's3:GetBucketVersioning',
    's3:PutInventoryConfiguration',
  ];
  const onObject = [
    ...TOUCH_REPLICA,
    's3:PutObjectTagging',
    's3:PutObjectRetention',
    's3:BypassGovernanceRetention',
    's3:InitiateReplication',
    's3:ReplicateObjectAnnotation',
  ];
  return [
    ...each([...onBucket, 's3:ListBucket'], { ...replica, resource: pair.replicaBucket.arn }),
    ...each([...onObject, 's3:ObjectOwnerOverrideToBucketOwner'], { ...replica, resource: replicaIn(world, pair) }),
    ...each(onBucket, { ...original, resource: pair.sourceBucket.arn }),
    ...each([...onObject, ...REPLICATE], { ...original, resource: `${pair.sourceBucket.arn}/a.jpg` }),
  ];
}

/** Everybody else on the replica bucket and the replica key, with identity policies that allow everything. */
function othersOnReplicas(world: World, pair: PairNames): Request[] {
  const { source, destination } = world.config;
  const { administrator, iam, sourceAdministrator } = actorsOf(world);
  const owner = destination.account;
  const roleName = pair.replicationRole.name;
  const others: [string, Request['principal']][] = [
    ['an administrator of the source account', sourceAdministrator],
    ['a user of the source account', administrator(source.account, 'user/alice')],
    ['the root user of the source account', administrator(source.account, 'root')],
    ['a role whose name continues', administrator(source.account, `role/${roleName}-2`)],
    ['a role of the same name under a path', administrator(source.account, `role/service-role/${roleName}`)],
    ['a role of the same name in another account', administrator(THIRD_ACCOUNT, `role/${roleName}`)],
    ['an administrator of a third account', administrator(THIRD_ACCOUNT)],
    ['anonymous', { kind: 'anonymous' }],
    ['a role of the backup account without policies', { kind: 'nobody', arn: iam(owner, 'role/idle') }],
  ];
  return others.flatMap((other) => onReplicas(world, pair, other));
}

/** Somebody on the replica bucket and the replica key of a pair. */
function onReplicas(world: World, pair: PairNames, [who, principal]: readonly [string, Request['principal']]): Request[] {
  const { account: owner, region } = world.config.destination;
  return [
    ...each([...REPLICATE, ...TOUCH_REPLICA], {
      name: `${who} on replicas`,
      principal,
      resource: replicaIn(world, pair),
      owner,
    }),
    ...each([...WEAKEN_BUCKET, 's3:ListBucket'], {
      name: `${who} on the replica bucket`,
      principal,
      resource: pair.replicaBucket.arn,
      owner,
    }),
    ...each([...USE_KEY, 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'], {
      name: `${who} on the replica key`,
      principal,
      resource: world.replicaKey,
      owner,
      context: throughS3(region, pair.replicaBucket.arn),
    }),
  ];
}

/** The roles of two pairs on each other's buckets and keys, in one group or in two. */
function acrossPairs(world: World, pair: PairNames, otherPairs: readonly OtherPair[]): Request[] {
  const { source, destination } = world.config;
  const principal = actorsOf(world).replicationRole(pair);
  return otherPairs.flatMap((other) => {
    const sameGroup = other.world.config === world.config;
    const name = `the replication role of another pair of ${sameGroup ? 'the same' : 'another'} group`;
    const uses = [
      ...sourceKeysOf(other.world, other.pair).map((key) => ({
        key,
        owner: source.account,
        region: source.region,
        bucket: other.pair.sourceBucket.arn,
      })),
      {
        key: other.world.replicaKey,
        owner: destination.account,
        region: destination.region,
        bucket: other.pair.replicaBucket.arn,
      },
    ];
    return [
      // The other's role may have any permission of its own: what denies is the resource half.
      ...onReplicas(world, pair, [name, { kind: 'administrator', arn: other.pair.replicationRole.arn }]),
      // What denies is the identity half, where the other group's resources let everybody in.
      ...uses.flatMap(({ key, owner, region, bucket }) => [
        ...each([...REPLICATE, ...READ_VERSIONS], { name, principal, resource: `${bucket}/a.jpg`, owner }),
        ...each(['s3:ListBucket'], { name, principal, resource: bucket, owner }),
        ...each(USE_KEY, { name, principal, resource: key, owner, context: throughS3(region, bucket) }),
      ]),
    ];
  });
}

/** Other accounts on the source bucket and the source key: neither is shared with anybody. */
function othersOnSource(world: World, pair: PairNames): Request[] {
  const { config } = world;
  const { administrator, destinationAdministrator } = actorsOf(world);
  const { account: owner, region } = config.source;
  const others: [string, Request['principal']][] = [
    ['an administrator of the backup account', destinationAdministrator],
    ['a role of the same name in another account', administrator(THIRD_ACCOUNT, `role/${pair.replicationRole.name}`)],
    ['anonymous', { kind: 'anonymous' }],
  ];
  return others.flatMap(([who, principal]) => [
    ...each([...READ_VERSIONS, ...TOUCH_REPLICA], {
      name: `${who} on source objects`,
      principal,
      resource: `${pair.sourceBucket.arn}/a.jpg`,
      owner,
    }),
    ...each([...WEAKEN_BUCKET, 's3:ListBucket', 's3:PutReplicationConfiguration'], {
      name: `${who} on the source bucket`,
      principal,
      resource: pair.sourceBucket.arn,
      owner,
    }),
    ...[...new Set([...sourceKeysOf(world, pair), world.sourceKey])].flatMap((resource) =>
      each(['kms:Decrypt', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'], {
        name: `${who} on a source key`,
        principal,
        resource,
        owner,
        context: throughS3(region, pair.sourceBucket.arn),
      }),
    ),
  ]);
}

/** Nobody may come without TLS, whatever else allows it. */
function plainHttp(world: World, pair: PairNames): Request[] {
  const { source, destination } = world.config;
  const { destinationAdministrator, replicationRole, sourceAdministrator } = actorsOf(world);
  const sides = [
    { principal: sourceAdministrator, owner: source.account, bucket: pair.sourceBucket.arn },
    { principal: destinationAdministrator, owner: destination.account, bucket: pair.replicaBucket.arn },
  ];
  const context = PLAIN_HTTP;
  const name = 'plain HTTP';
  return [
    ...sides.flatMap(({ principal, owner, bucket }) => [
      ...each(['s3:ListBucket', 's3:PutBucketPolicy'], { name, principal, resource: bucket, owner, context }),
      ...each(['s3:GetObject', 's3:PutObject'], { name, principal, resource: `${bucket}/a.jpg`, owner, context }),
    ]),
    ...each(REPLICATE, {
      name,
      principal: replicationRole(pair),
      resource: replicaIn(world, pair),
      owner: destination.account,
      context,
    }),
    ...each(READ_VERSIONS, {
      name,
      principal: replicationRole(pair),
      resource: `${pair.sourceBucket.arn}/a.jpg`,
      owner: source.account,
      context,
    }),
  ];
}

/** Only S3 becomes the replication role. */
function assumption(world: World, pair: PairNames): Request[] {
  const { source, destination } = world.config;
  const { administrator, sourceAdministrator } = actorsOf(world);
  const service = (name: string): Request['principal'] => ({ kind: 'service', name });
  const principals = [
    service('batchoperations.s3.amazonaws.com'),
    service('lambda.amazonaws.com'),
    service('ec2.amazonaws.com'),
    sourceAdministrator,
    administrator(source.account, 'user/alice'),
    administrator(destination.account),
    administrator(THIRD_ACCOUNT),
    { kind: 'anonymous' } as const,
  ];
  const role = { resource: pair.replicationRole.arn, owner: source.account };
  return [
    ...principals.map((principal) => ({
      ...role,
      name: 'somebody else than S3 assumes the replication role',
      principal,
      action: 'sts:AssumeRole',
    })),
    {
      ...role,
      name: 'S3 tags a session of the replication role',
      principal: service('s3.amazonaws.com'),
      action: 'sts:TagSession',
    },
  ];
}

/** The reader role serves the source stack's execution role, and reads one stack. */
function keyExchange(world: World): Request[] {
  const { source, destination, keyExchange: way } = world.config;
  if (way !== 'stack-output') {
    return [];
  }
  const { administrator, execution, names, readerRole, sourceAdministrator, stack } = actorsOf(world);
  const owner = destination.account;
  const { arn } = names.exchange.readerRole;
  const own = stack(destination.region, owner, names.destination.stackName);
  const principals = [
    sourceAdministrator,
    administrator(source.account, 'root'),
    execution(source.account, destination.region),
    administrator(THIRD_ACCOUNT, `role/cdk-hnb659fds-cfn-exec-role-${source.account}-${source.region}`),
    administrator(destination.account),
    administrator(THIRD_ACCOUNT),
    { kind: 'anonymous' } as const,
    { kind: 'service', name: 'cloudformation.amazonaws.com' } as const,
  ];
  const otherStacks = [
    stack(destination.region, owner, `${names.destination.stackName}-2`),
    stack(destination.region, owner, 'another-stack'),
    stack(source.region, owner, names.destination.stackName),
  ];
  return [
    ...principals.map((principal) => ({
      name: 'somebody else assumes the reader role',
      principal,
      action: 'sts:AssumeRole',
      resource: arn,
      owner,
    })),
    {
      name: "the source stack's execution role tags a session of the reader role",
      principal: execution(source.account, source.region),
      action: 'sts:TagSession',
      resource: arn,
      owner,
    },
    ...otherStacks.map((resource) => ({
      name: 'the reader role describes another stack',
      principal: readerRole,
      action: 'cloudformation:DescribeStacks',
      resource,
      owner,
    })),
    ...each(MORE_WITH_STACK, {
      name: 'the reader role does more than describe',
      principal: readerRole,
      resource: own,
      owner,
    }),
  ];
}
