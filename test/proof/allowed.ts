import type { PairNames } from '../../lib/model/names';
import { actorsOf, each, throughS3 } from './actors';
import { allowedBackfill } from './backfill';
import type { Request } from './decide';
import { allowedHeartbeat } from './heartbeat';
import { allowedInventory } from './inventory';
import { allowedLockdown, isLocked } from './lockdown';
import { allowedMerger } from './merger';
import { allowedNotifications } from './notifications';
import { allowedObjectLock } from './object-lock';
import { allowedRecovery } from './recovery';
import { allowedUnderScp } from './scp';
import { allowedVerification } from './verification';
import { allowedWitness } from './witness';
import { replicaIn, sourceKeysOf, type World } from './world';

/** A request that has to be allowed, with AWS's word for it. */
export interface AllowedRequest extends Request {
  /** Page of AWS that says that the request is made. */
  readonly page: string;
  /** Sid of the statement of the permission table that grants it. @default - the account's own delegation to IAM */
  readonly grantedBy?: string;
}

const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';
const PERMISSIONS = `${S3}/setting-repl-config-perm-overview.html`;
const ENCRYPTED = `${S3}/replication-config-for-kms-objects.html`;
const TROUBLESHOOTING = `${S3}/replication-troubleshoot.html`;
const STACK_OUTPUT =
  'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html';
const OWN_BUCKET = `${S3}/security_iam_service-with-iam.html`;
const OWN_KEY = 'https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html';

/** Every request that must be allowed: live replication, the key exchange, backfill, heartbeats, what tells of failures, verification, and each account's own administration. */
export function allowedRequests(world: World): AllowedRequest[] {
  return [
    ...world.pairs.flatMap((pair) => [...replication(world, pair), ...administration(world, pair)]),
    ...keyExchange(world),
    ...allowedBackfill(world),
    ...allowedRecovery(world),
    ...allowedMerger(world),
    ...allowedHeartbeat(world),
    ...allowedInventory(world),
    ...allowedWitness(world),
    ...allowedNotifications(world),
    ...allowedObjectLock(world),
    ...allowedVerification(world),
    ...allowedLockdown(world),
    ...allowedUnderScp(world),
  ];
}

/** What S3 does with the replication role of one pair. The same for every variant. */
function replication(world: World, pair: PairNames): AllowedRequest[] {
  const { config, replicaKey } = world;
  const { source, destination } = config;
  const principal = actorsOf(world).replicationRole(pair);
  const s3 = (grantedBy: string, name: string, actions: string[], resource: string, owner: string): AllowedRequest[] =>
    each(actions, { name, principal, resource, owner }).map((request) => ({ ...request, page: PERMISSIONS, grantedBy }));
  const contexts = (bucket: string) => [bucket, `${bucket}/photos/a.jpg`];

  return [
    {
      name: 'S3 assumes the replication role',
      principal: { kind: 'service', name: 's3.amazonaws.com' },
      action: 'sts:AssumeRole',
      resource: pair.replicationRole.arn,
      owner: source.account,
      page: PERMISSIONS,
    },
    ...s3(
      'ReadReplicationConfiguration',
      'S3 reads the rule and lists the source bucket',
      ['s3:GetReplicationConfiguration', 's3:ListBucket'],
      pair.sourceBucket.arn,
      source.account,
    ),
    ...s3(
      'ReadSourceVersions',
      'S3 reads a source object',
      ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
      `${pair.sourceBucket.arn}/photos/a.jpg`,
      source.account,
    ),
    ...s3(
      'WriteReplicas',
      'S3 writes a replica, its tags, a delete marker',
      ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'],
      replicaIn(world, pair, 'photos/a.jpg'),
      destination.account,
    ),
    ...contexts(pair.sourceBucket.arn).flatMap((arn) =>
      sourceKeysOf(world, pair).map((resource) => ({
        name: 'S3 decrypts a source object, with and without an S3 Bucket Key',
        principal,
        action: 'kms:Decrypt',
        resource,
        owner: source.account,
        context: throughS3(source.region, arn),
        page: ENCRYPTED,
        grantedBy: 'DecryptSourceObjects',
      })),
    ),
    ...contexts(pair.replicaBucket.arn).flatMap((arn) =>
      each(['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'], {
        name: 'S3 encrypts a replica, with and without an S3 Bucket Key',
        principal,
        resource: replicaKey,
        owner: destination.account,
        context: throughS3(destination.region, arn),
      }).map((request) => ({
        ...request,
        page: request.action === 'kms:GenerateDataKey' ? TROUBLESHOOTING : ENCRYPTED,
        grantedBy: 'EncryptReplicas',
      })),
    ),
  ];
}

/** What administrators need of their own account's bucket and key, as far as no lockdown refuses it. */
function administration(world: World, pair: PairNames): AllowedRequest[] {
  const { config, replicaKey } = world;
  const { sourceAdministrator, destinationAdministrator } = actorsOf(world);
  const sides = [
    {
      principal: sourceAdministrator,
      ...config.source,
      bucket: pair.sourceBucket.arn,
      keys: [...sourceKeysOf(world, pair), world.sourceKey],
    },
    { principal: destinationAdministrator, ...config.destination, bucket: pair.replicaBucket.arn, keys: [replicaKey] },
  ];
  const requests = sides.flatMap(({ principal, account: owner, region, bucket, keys }) => {
    const name = 'an administrator works with a bucket and key of the same account';
    return [
      ...each(['s3:ListBucket', 's3:PutBucketPolicy', 's3:PutLifecycleConfiguration'], {
        name,
        principal,
        resource: bucket,
        owner,
      }),
      ...each(['s3:GetObject', 's3:PutObject', 's3:DeleteObjectVersion'], {
        name,
        principal,
        resource: `${bucket}/a.jpg`,
        owner,
      }),
    ]
      .map((request) => ({ ...request, page: OWN_BUCKET }))
      .concat(
        [...new Set(keys)]
          .flatMap((key) => [
            ...each(['kms:DescribeKey', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'], {
              name,
              principal,
              resource: key,
              owner,
            }),
            ...each(['kms:Decrypt', 'kms:GenerateDataKey'], {
              name,
              principal,
              resource: key,
              owner,
              context: throughS3(region, bucket),
            }),
          ])
          .map((request) => ({ ...request, page: OWN_KEY })),
      );
  });
  return requests.filter(({ action, owner }) => owner !== config.destination.account || !isLocked(world, action));
}

/** How CloudFormation reads the replica key's ARN while it deploys the source stack. */
function keyExchange(world: World): AllowedRequest[] {
  const { config } = world;
  const { execution, names, readerRole, stack } = actorsOf(world);
  if (config.keyExchange !== 'stack-output') {
    return [];
  }
  const owner = config.destination.account;
  return [
    {
      name: "the source stack's execution role assumes the reader role",
      principal: execution(config.source.account, config.source.region),
      action: 'sts:AssumeRole',
      resource: names.exchange.readerRole.arn,
      owner,
      page: STACK_OUTPUT,
    },
    {
      name: 'the reader role describes the destination stack',
      principal: readerRole,
      action: 'cloudformation:DescribeStacks',
      resource: stack(config.destination.region, owner, names.destination.stackName),
      owner,
      page: STACK_OUTPUT,
    },
  ];
}
