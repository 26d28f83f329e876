import { heartbeatKey } from '../../lib/model/canary';
import type { DeployedPair } from '../../lib/model/deployment';
import { heartbeatPairs } from '../../lib/model/heartbeat';
import { canaryPrefix } from '../../lib/model/names';
import { PLAIN_HTTP, TOUCH_REPLICA, WEAKEN_BUCKET } from './actions';
import { actorsOf, each, THIRD_ACCOUNT, throughS3 } from './actors';
import type { AllowedRequest } from './allowed';
import type { Principal, Request } from './decide';
import type { World } from './world';

/*
 * The heartbeat: the role of a schedule puts one object of one pair and nothing else, and S3 tells one queue of the backup account when its replica is
 * there. Without heartbeats there are no such roles and queues.
 */

const TARGET_PAGE = 'https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html';
const TRUST_PAGE = 'https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html';
const ENCRYPTION_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html';
const EVENTS_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html';

const S3: Principal = { kind: 'service', name: 's3.amazonaws.com' };
const SCHEDULER: Principal = { kind: 'service', name: 'scheduler.amazonaws.com' };
const WRITE = ['s3:PutObject', 's3:PutObjectTagging'];

const onBehalfOf = (arn: string, account: string) => ({ 'aws:SourceArn': arn, 'aws:SourceAccount': account });

const pairsOf = ({ config }: World): readonly DeployedPair[] => heartbeatPairs(config.heartbeat, config.pairs);

/** What requests about the heartbeat of a pair are made of. */
function heartbeatOf({ config, sourceKey }: World, pair: DeployedPair) {
  const { heartbeatQueue, heartbeatRole, replicaBucket, sourceBucket } = pair.names;
  const { account: owner, region } = config.source;
  const object = `${sourceBucket.arn}/${heartbeatKey(pair)}`;
  return {
    principal: { kind: 'role', arn: heartbeatRole.arn } as Principal,
    role: heartbeatRole,
    owner,
    region,
    bucket: sourceBucket.arn,
    object,
    /** What S3 gives to KMS, with an S3 Bucket Key and without. */
    contexts: [sourceBucket.arn, object],
    sourceKey,
    group: config.names.heartbeat.scheduleGroup.arn,
    queue: heartbeatQueue.arn,
    replicaBucket: replicaBucket.arn,
    backup: config.destination.account,
  };
}

/** What the schedule does, and what S3 tells. */
export function allowedHeartbeat(world: World): AllowedRequest[] {
  return pairsOf(world).flatMap((pair): AllowedRequest[] => {
    const { backup, contexts, group, object, owner, principal, queue, region, replicaBucket, role, sourceKey } = heartbeatOf(
      world,
      pair,
    );
    return [
      {
        name: 'EventBridge Scheduler assumes the role of a heartbeat',
        principal: SCHEDULER,
        action: 'sts:AssumeRole',
        resource: role.arn,
        owner,
        context: onBehalfOf(group, owner),
        page: TRUST_PAGE,
      },
      ...each(WRITE, { name: 'the schedule writes the heartbeat', principal, resource: object, owner }).map((request) => ({
        ...request,
        page: TARGET_PAGE,
        grantedBy: 'WriteHeartbeat',
      })),
      ...contexts.map((context) => ({
        name: 'S3 encrypts the heartbeat, with and without an S3 Bucket Key',
        principal,
        action: 'kms:GenerateDataKey',
        resource: sourceKey,
        owner,
        context: throughS3(region, context),
        page: ENCRYPTION_PAGE,
        grantedBy: 'EncryptHeartbeat',
      })),
      {
        name: 'S3 tells the backup account that a heartbeat arrived',
        principal: S3,
        action: 'sqs:SendMessage',
        resource: queue,
        owner: backup,
        context: onBehalfOf(replicaBucket, backup),
        page: EVENTS_PAGE,
      },
    ];
  });
}

/** Everything else that the role of a heartbeat, or somebody with the queue, might try. */
export function deniedHeartbeat(world: World): Request[] {
  return pairsOf(world).flatMap((pair) => [
    ...otherObjects(world, pair),
    ...otherUses(world, pair),
    ...assumption(world, pair),
    ...onQueue(world, pair),
  ]);
}

/** Keys that a heartbeat's would match if IAM took a character of its prefix for a wildcard. */
function lookalikesOf({ filter }: DeployedPair): string[] {
  const { prefix = '' } = filter ?? {};
  return [...prefix.matchAll(/[*?]/g)].map(
    ({ index }) => `${prefix.slice(0, index)}s${prefix.slice(index + 1)}${heartbeatKey({})}`,
  );
}

function otherObjects(world: World, pair: DeployedPair): Request[] {
  const { bucket, object, owner, principal } = heartbeatOf(world, pair);
  const lookalikes = lookalikesOf(pair);
  const keys = ['a.jpg', `${canaryPrefix(pair)}20261101T120000Z-0123456789abcdef`, `x${heartbeatKey(pair)}`, ...lookalikes];
  const others = pairsOf(world).filter((other) => other !== pair);
  return [
    ...[...keys.map((key) => `${bucket}/${key}`), `${object}s`, `${object}/a.jpg`].flatMap((resource) =>
      each(WRITE, { name: 'the role of a heartbeat on another object', principal, resource, owner }),
    ),
    ...others.flatMap((other) =>
      each(WRITE, {
        name: 'the role of a heartbeat on the heartbeat of another pair',
        principal,
        resource: heartbeatOf(world, other).object,
        owner,
      }),
    ),
    ...each(WRITE, {
      name: 'the role of a heartbeat on an object of another bucket',
      principal,
      resource: `${bucket}x/${heartbeatKey(pair)}`,
      owner,
    }),
  ];
}

function otherUses(world: World, pair: DeployedPair): Request[] {
  const own = heartbeatOf(world, pair);
  const { backup, bucket, object, owner, principal, region, replicaBucket, sourceKey } = own;
  const { key } = actorsOf(world);
  const right = throughS3(region, bucket);
  const lookalikes = lookalikesOf(pair).map((lookalike): [string, Record<string, string>] => [
    'with the context of another prefix',
    throughS3(region, `${bucket}/${lookalike}`),
  ]);
  const wrong: [string, Record<string, string>][] = [
    ['without S3', { 'kms:EncryptionContext:aws:s3:arn': bucket }],
    ['through another service', { ...right, 'kms:ViaService': `ec2.${region}.amazonaws.com` }],
    ['through S3 of another region', throughS3(world.config.destination.region, bucket)],
    ['without an encryption context', { 'kms:ViaService': `s3.${region}.amazonaws.com` }],
    ["with another bucket's context", throughS3(region, 'arn:aws:s3:::another-bucket')],
    ['with the context of a bucket whose name continues', throughS3(region, `${bucket}x`)],
    ['with the context of another object', throughS3(region, `${bucket}/a.jpg`)],
    ['with the context of an object whose key continues', throughS3(region, `${object}x`)],
    ...lookalikes,
  ];
  const generate = { principal, action: 'kms:GenerateDataKey', resource: sourceKey, owner };
  return [
    ...each(
      [
        ...TOUCH_REPLICA.filter((action) => action !== 's3:PutObject'),
        's3:AbortMultipartUpload',
        's3:BypassGovernanceRetention',
        's3:DeleteObjectTagging',
        's3:PutObjectAcl',
        's3:PutObjectLegalHold',
        's3:PutObjectRetention',
        's3:PutObjectVersionTagging',
      ],
      { name: 'the role of a heartbeat does more with it than put it', principal, resource: object, owner },
    ),
    ...each([...WEAKEN_BUCKET, 's3:ListBucket', 's3:PutReplicationConfiguration'], {
      name: 'the role of a heartbeat on the source bucket',
      principal,
      resource: bucket,
      owner,
    }),
    ...each(['s3:PutObject', 's3:ReplicateObject', 's3:DeleteObjectVersion'], {
      name: 'the role of a heartbeat on replicas',
      principal,
      resource: `${replicaBucket}/${heartbeatKey(pair)}`,
      owner: backup,
    }),
    ...each(WRITE, { name: 'plain HTTP', principal, resource: object, owner, context: PLAIN_HTTP }),
    ...wrong.map(([how, used]) => ({ ...generate, name: `the role of a heartbeat uses the source key ${how}`, context: used })),
    { ...generate, name: 'the role of a heartbeat uses another key', resource: key(owner, region), context: right },
    ...each(
      [
        'kms:CreateGrant',
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKeyPair',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:GenerateMac',
        'kms:PutKeyPolicy',
      ],
      { name: 'the role of a heartbeat does more with the source key', principal, resource: sourceKey, owner, context: right },
    ),
  ];
}

function assumption(world: World, pair: DeployedPair): Request[] {
  const { backup, group, owner, role } = heartbeatOf(world, pair);
  const { administrator, sourceAdministrator } = actorsOf(world);
  const assume = { action: 'sts:AssumeRole', resource: role.arn, owner };
  const wrong: [string, Record<string, string> | undefined][] = [
    ['for another account', onBehalfOf(group, THIRD_ACCOUNT)],
    ['for another schedule group', onBehalfOf(`${group}-2`, owner)],
    ['for nobody', undefined],
    ['for a group of no account', { 'aws:SourceArn': group }],
    ['for no group', { 'aws:SourceAccount': owner }],
  ];
  const others: Principal[] = [
    S3,
    { kind: 'service', name: 'events.amazonaws.com' },
    { kind: 'service', name: 'lambda.amazonaws.com' },
    sourceAdministrator,
    administrator(backup),
    administrator(THIRD_ACCOUNT),
    { kind: 'role', arn: pair.names.replicationRole.arn },
    { kind: 'anonymous' },
  ];
  return [
    ...wrong.map(([how, context]) => ({
      ...assume,
      name: `EventBridge Scheduler assumes the role of a heartbeat ${how}`,
      principal: SCHEDULER,
      ...(context && { context }),
    })),
    ...others.map((principal) => ({
      ...assume,
      name: 'somebody else assumes the role of a heartbeat',
      principal,
      context: onBehalfOf(group, owner),
    })),
    {
      ...assume,
      name: 'EventBridge Scheduler tags a session of the role of a heartbeat',
      principal: SCHEDULER,
      action: 'sts:TagSession',
      context: onBehalfOf(group, owner),
    },
  ];
}

/** Who might forge a heartbeat, so that nobody misses it. */
function onQueue(world: World, pair: DeployedPair): Request[] {
  const { backup, queue, replicaBucket, principal: heartbeatRole } = heartbeatOf(world, pair);
  const { administrator, bucket, destinationAdministrator, sourceAdministrator } = actorsOf(world);
  const send = { principal: S3, action: 'sqs:SendMessage', resource: queue, owner: backup };
  const others = pairsOf(world).filter((other) => other !== pair);
  const outsiders: [string, Principal][] = [
    ['an administrator of the source account', sourceAdministrator],
    ['an administrator of a third account', administrator(THIRD_ACCOUNT)],
    ['the replication role', { kind: 'role', arn: pair.names.replicationRole.arn }],
    ['the role of a heartbeat', heartbeatRole],
    ['anonymous', { kind: 'anonymous' }],
  ];
  return [
    { ...send, name: 'S3 sends a heartbeat for another account', context: onBehalfOf(replicaBucket, THIRD_ACCOUNT) },
    { ...send, name: 'S3 sends a heartbeat for another bucket', context: onBehalfOf(bucket('another-bucket'), backup) },
    { ...send, name: 'S3 sends a heartbeat for a bucket whose name continues', context: onBehalfOf(`${replicaBucket}x`, backup) },
    ...others.map((other) => ({
      ...send,
      name: 'S3 sends a heartbeat for the bucket of another pair',
      context: onBehalfOf(heartbeatOf(world, other).replicaBucket, backup),
    })),
    { ...send, name: 'S3 sends a heartbeat for nobody' },
    { ...send, name: 'S3 sends a heartbeat for a bucket of no account', context: { 'aws:SourceArn': replicaBucket } },
    { ...send, name: 'S3 sends a heartbeat for no bucket', context: { 'aws:SourceAccount': backup } },
    ...each(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue', 'sqs:SetQueueAttributes'], {
      ...send,
      name: 'S3 does more with the queue of heartbeats than send',
      context: onBehalfOf(replicaBucket, backup),
    }),
    ...['events', 'lambda', 'sns'].map((name) => ({
      ...send,
      name: 'another service sends a heartbeat',
      principal: { kind: 'service', name: `${name}.amazonaws.com` } as const,
      context: onBehalfOf(replicaBucket, backup),
    })),
    ...outsiders.flatMap(([who, principal]) =>
      each(['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue'], {
        name: `${who} on the queue of heartbeats`,
        principal,
        resource: queue,
        owner: backup,
      }),
    ),
    ...each(['sqs:SendMessage', 'sqs:ReceiveMessage'], {
      name: 'plain HTTP',
      principal: destinationAdministrator,
      resource: queue,
      owner: backup,
      context: PLAIN_HTTP,
    }),
  ];
}
