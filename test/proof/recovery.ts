import { manifestPrefix, type PairNames, reportPrefix } from '../../lib/model/names';
import { batchManifestPrefix, batchReportPrefix } from '../../lib/model/recovery';
import { PLAIN_HTTP, REPLICATE, WEAKEN_BUCKET } from './actions';
import { actorsOf, each, THIRD_ACCOUNT, throughS3 } from './actors';
import type { AllowedRequest } from './allowed';
import type { Principal, Request } from './decide';
import { everyOther, type OtherPair, type OtherPairs } from './other-pairs';
import { replicaIn, sourceKeysOf, type World } from './world';

/*
 * The roles of jobs that copy replicas back: what has to be allowed, and what has to be denied. Where they are not configured, there are no
 * such roles and no such requests.
 */

const S3_GUIDE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';
const COPY_PAGE = `${S3_GUIDE}/specify-batchjob-manifest-xaccount-csv.html`;
const ROLE_PAGE = `${S3_GUIDE}/batch-ops-iam-role-policies.html`;

const BATCH_OPERATIONS: Principal = { kind: 'service', name: 'batchoperations.s3.amazonaws.com' };
const READ_LIST = ['s3:GetObject', 's3:GetObjectVersion'];
const READ = [...READ_LIST, 's3:GetObjectTagging', 's3:GetObjectVersionTagging'];
const WRITE = ['s3:PutObject', 's3:PutObjectTagging'];
const ENCRYPT = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** A bucket that a job may write into, and the keys there. */
interface Target {
  readonly grant: string;
  readonly arn: string;
  readonly keys: readonly string[];
}

/** What belongs to the jobs of one pair. */
function jobsOf(world: World, pair: PairNames) {
  const { id, recoveryRole, sourceBucket } = pair;
  const { config } = world;
  const { source, destination, recovery, names } = config;
  const { bucket, key } = actorsOf(world);
  const lists = names.reportBucket.arn;
  const targets: Target[] = [
    { grant: 'Source', arn: sourceBucket.arn, keys: sourceKeysOf(world, pair) },
    ...(recovery.targetPrefix === undefined
      ? []
      : [
          {
            grant: 'Targets',
            arn: bucket(`${recovery.targetPrefix}2026`),
            keys: [key(source.account, source.region, 'key-of-a-target')],
          },
        ]),
  ];
  return {
    source,
    destination,
    principal: { kind: 'role', arn: recoveryRole.arn } as Principal,
    replica: replicaIn(world, pair),
    targets,
    lists,
    list: `${lists}/${batchManifestPrefix(id)}0a1b.csv`,
    report: `${lists}/${batchReportPrefix(id)}/job-1/manifest.json`,
    own: { 's3:ResourceAccount': source.account },
  };
}

function contexts(region: string, arn: string): Record<string, string>[] {
  return [arn, `${arn}/photos/a.jpg`].map((context) => throughS3(region, context));
}

/** What S3 Batch Operations does with the recovery role of each pair. */
export function allowedRecovery(world: World): AllowedRequest[] {
  return world.config.recovery.batch ? world.pairs.flatMap((pair) => copies(world, pair)) : [];
}

function copies(world: World, pair: PairNames): AllowedRequest[] {
  const { source, destination, principal, replica, targets, list, report, own } = jobsOf(world, pair);
  const granted = (grantedBy: string, page: string, requests: readonly Request[]): AllowedRequest[] =>
    requests.map((request) => ({ ...request, grantedBy, page }));
  const s3 = { principal, owner: source.account };
  return [
    {
      name: 'S3 Batch Operations assumes a recovery role',
      principal: BATCH_OPERATIONS,
      action: 'sts:AssumeRole',
      resource: pair.recoveryRole.arn,
      owner: source.account,
      page: ROLE_PAGE,
    },
    ...granted(
      'ReadReplicas',
      COPY_PAGE,
      each(READ, { name: 'a job reads a replica', principal, resource: replica, owner: destination.account }),
    ),
    ...contexts(destination.region, pair.replicaBucket.arn).flatMap((context) =>
      granted(
        'DecryptReplicas',
        ROLE_PAGE,
        each(['kms:Decrypt'], {
          name: 'a job decrypts a replica',
          principal,
          resource: world.replicaKey,
          owner: destination.account,
          context,
        }),
      ),
    ),
    ...targets.flatMap(({ grant, arn, keys }) => [
      ...granted(
        `Write${grant}`,
        COPY_PAGE,
        each(WRITE, { ...s3, name: 'a job writes a copy', resource: `${arn}/photos/a.jpg`, context: own }),
      ),
      ...keys.flatMap((resource) =>
        contexts(source.region, arn).flatMap((context) =>
          granted(`Encrypt${grant}`, ROLE_PAGE, each(ENCRYPT, { ...s3, name: 'a job encrypts a copy', resource, context })),
        ),
      ),
    ]),
    ...granted('ReadLists', ROLE_PAGE, each(READ_LIST, { ...s3, name: 'a job reads its list', resource: list })),
    ...granted('WriteReports', ROLE_PAGE, each(['s3:PutObject'], { ...s3, name: 'a job writes its report', resource: report })),
  ];
}

/** What the recovery roles and others with them must not do. */
export function deniedRecovery(world: World, otherPairs: OtherPairs = everyOther): Request[] {
  return world.config.recovery.batch
    ? world.pairs.flatMap((pair) => [
        ...onReplicas(world, pair),
        ...onReplicaKey(world, pair),
        ...onTargets(world, pair),
        ...onTargetKeys(world, pair),
        ...elsewhere(world, pair, otherPairs(world, pair)),
        ...inOtherFolders(world, pair, otherPairs(world, pair)),
        ...othersInTheirPlace(world, pair),
        ...plainHttp(world, pair),
        ...assumption(world, pair),
      ])
    : [];
}

/** More with the replica bucket than reading: nothing of the source account changes a backup. */
function onReplicas(world: World, pair: PairNames): Request[] {
  const { destination, principal, replica } = jobsOf(world, pair);
  const shared = {
    name: 'a recovery role does more with replicas than read them',
    principal,
    owner: destination.account,
    deniedByEachHalf: true as const,
  };
  return [
    ...each(
      [
        ...REPLICATE,
        ...WRITE,
        's3:DeleteObject',
        's3:DeleteObjectVersion',
        's3:DeleteObjectTagging',
        's3:GetObjectAcl',
        's3:GetObjectRetention',
        's3:GetObjectVersionForReplication',
        's3:PutObjectRetention',
        's3:PutObjectVersionTagging',
        's3:RestoreObject',
        's3:BypassGovernanceRetention',
      ],
      { ...shared, resource: replica },
    ),
    ...each([...WEAKEN_BUCKET, 's3:ListBucket', 's3:ListBucketVersions', 's3:GetBucketPolicy'], {
      ...shared,
      resource: pair.replicaBucket.arn,
    }),
  ];
}

function onReplicaKey(world: World, pair: PairNames): Request[] {
  const { destination, source, principal } = jobsOf(world, pair);
  const { region } = destination;
  const { arn } = pair.replicaBucket;
  const shared = { principal, resource: world.replicaKey, owner: destination.account, deniedByEachHalf: true as const };
  return [
    ...wrongWays(region, source.region, arn).flatMap(([how, context]) =>
      each(['kms:Decrypt'], { ...shared, name: `a recovery role uses the replica key ${how}`, context }),
    ),
    ...each(['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', ...MORE_WITH_KEY], {
      ...shared,
      name: 'a recovery role does more with the replica key than decrypt',
      context: throughS3(region, arn),
    }),
    ...[source.account, destination.account, THIRD_ACCOUNT].flatMap((owner) =>
      each(['kms:Decrypt'], {
        name: 'a recovery role decrypts replicas with another key',
        principal,
        resource: actorsOf(world).key(owner, region),
        owner,
        context: throughS3(region, arn),
      }),
    ),
  ];
}

const MORE_WITH_KEY = ['kms:DescribeKey', 'kms:CreateGrant', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'];

function wrongWays(region: string, other: string, arn: string): [string, Record<string, string>][] {
  const right = throughS3(region, arn);
  return [
    ['without S3', { 'kms:EncryptionContext:aws:s3:arn': arn }],
    ['through another service', { ...right, 'kms:ViaService': `ec2.${region}.amazonaws.com` }],
    ['through S3 of another region', throughS3(other, arn)],
    ['without an encryption context', { 'kms:ViaService': `s3.${region}.amazonaws.com` }],
    ["with another bucket's context", throughS3(region, 'arn:aws:s3:::another-bucket')],
  ];
}

/** More with what is copied to than writing versions, and writing there where it is somebody else's. */
function onTargets(world: World, pair: PairNames): Request[] {
  const { source, destination, principal, targets, own } = jobsOf(world, pair);
  return targets.flatMap(({ arn }) => [
    ...each(
      [
        ...READ,
        's3:DeleteObject',
        's3:DeleteObjectVersion',
        's3:DeleteObjectTagging',
        's3:PutObjectAcl',
        's3:PutObjectRetention',
        's3:PutObjectLegalHold',
        's3:PutObjectVersionTagging',
        's3:ReplicateObject',
        's3:BypassGovernanceRetention',
      ],
      {
        name: 'a recovery role does more where it copies to than write',
        principal,
        resource: `${arn}/a.jpg`,
        owner: source.account,
        context: own,
      },
    ),
    ...each([...WEAKEN_BUCKET, 's3:ListBucket', 's3:PutReplicationConfiguration', 's3:PutEncryptionConfiguration'], {
      name: 'a recovery role on the bucket that it copies to',
      principal,
      resource: arn,
      owner: source.account,
      context: own,
    }),
    ...[destination.account, THIRD_ACCOUNT].flatMap((owner) =>
      each(WRITE, {
        name: "a recovery role writes into a bucket of such a name that is somebody else's",
        principal,
        resource: `${arn}/a.jpg`,
        owner,
        context: { 's3:ResourceAccount': owner },
      }),
    ),
  ]);
}

function onTargetKeys(world: World, pair: PairNames): Request[] {
  const { source, destination, principal, targets } = jobsOf(world, pair);
  const { key } = actorsOf(world);
  const { account, region } = source;
  return targets.flatMap(({ arn, keys }) => [
    ...keys.flatMap((resource) => [
      ...wrongWays(region, destination.region, arn).flatMap(([how, context]) =>
        each(ENCRYPT, {
          name: `a recovery role uses a key of what it copies to ${how}`,
          principal,
          resource,
          owner: account,
          context,
        }),
      ),
      ...each(['kms:Encrypt', 'kms:ReEncryptFrom', 'kms:GenerateDataKeyPair', ...MORE_WITH_KEY], {
        name: 'a recovery role does more with a key of what it copies to than write copies',
        principal,
        resource,
        owner: account,
        context: throughS3(region, arn),
      }),
    ]),
    ...[destination.account, THIRD_ACCOUNT].flatMap((owner) =>
      each(ENCRYPT, {
        name: 'a recovery role uses a key of somebody else',
        principal,
        resource: key(owner, region),
        owner,
        context: throughS3(region, arn),
      }),
    ),
    ...(arn === pair.sourceBucket.arn
      ? each(ENCRYPT, {
          name: 'a recovery role uses another key for the source bucket',
          principal,
          resource: key(account, region),
          owner: account,
          context: throughS3(region, arn),
        })
      : []),
  ]);
}

/** Other buckets, other pairs' among them, of owners who would let it. */
function elsewhere(world: World, pair: PairNames, otherPairs: readonly OtherPair[]): Request[] {
  const { source, destination, principal, lists } = jobsOf(world, pair);
  const { bucket } = actorsOf(world);
  const others = [
    ...[source.account, destination.account, THIRD_ACCOUNT].map((owner) => ({ arn: bucket(`another-bucket-${owner}`), owner })),
    { arn: `${pair.sourceBucket.arn}x`, owner: source.account },
    { arn: `${pair.replicaBucket.arn}x`, owner: destination.account },
    { arn: `${lists}x`, owner: source.account },
    ...otherPairs.flatMap(({ pair: other }) => [
      { arn: other.sourceBucket.arn, owner: source.account },
      { arn: other.replicaBucket.arn, owner: destination.account },
    ]),
  ];
  const name = 'a recovery role on another bucket';
  return others.flatMap(({ arn, owner }) => [
    ...each([...READ, ...WRITE], {
      name,
      principal,
      resource: `${arn}/a.jpg`,
      owner,
      context: { 's3:ResourceAccount': owner },
    }),
    ...each(READ_LIST, { name, principal, resource: `${arn}/${batchManifestPrefix(pair.id)}a.csv`, owner }),
    ...each(['s3:PutObject'], { name, principal, resource: `${arn}/${batchReportPrefix(pair.id)}/report.csv`, owner }),
  ]);
}

/** Everything in the report bucket that belongs to no job of the pair, and to those of a backfill. */
function inOtherFolders(world: World, pair: PairNames, otherPairs: readonly OtherPair[]): Request[] {
  const { source, principal, lists, list, report } = jobsOf(world, pair);
  const shared = { principal, owner: source.account };
  const others = [`${pair.id}x`, `${pair.id}-x`, ...otherPairs.map((other) => other.pair.id)];
  const keys = [
    'a.csv',
    `restore-manifests/${pair.id}`,
    `restore-reports/${pair.id}`,
    `${manifestPrefix(pair.id)}a.csv`,
    `${reportPrefix(pair.id)}/a.csv`,
    ...others.flatMap((id) => [`${batchManifestPrefix(id)}a.csv`, `${batchReportPrefix(id)}/a.csv`]),
  ];
  return [
    ...keys.flatMap((key) =>
      each([...READ_LIST, 's3:PutObject'], {
        ...shared,
        name: 'a recovery role in a folder of others',
        resource: `${lists}/${key}`,
      }),
    ),
    ...each(['s3:PutObject', 's3:DeleteObject', 's3:GetObjectTagging', 's3:GetObjectAcl'], {
      ...shared,
      name: 'a recovery role changes its list',
      resource: list,
    }),
    ...each([...READ_LIST, 's3:DeleteObject', 's3:PutObjectAcl', 's3:PutObjectTagging'], {
      ...shared,
      name: 'a recovery role does more with its report than write it',
      resource: report,
    }),
    ...each(['s3:ListBucket', ...WEAKEN_BUCKET], {
      ...shared,
      name: 'a recovery role on the report bucket',
      resource: lists,
    }),
  ];
}

/** What a recovery role may do with replicas and their key, by anybody else of the source account, and by a stranger. */
function othersInTheirPlace(world: World, pair: PairNames): Request[] {
  const { source, destination, replica } = jobsOf(world, pair);
  const { administrator, sourceAdministrator } = actorsOf(world);
  const others: Principal[] = [
    sourceAdministrator,
    administrator(source.account, `role/${pair.recoveryRole.name}x`),
    administrator(THIRD_ACCOUNT, `role/${pair.recoveryRole.name}`),
    BATCH_OPERATIONS,
    { kind: 'anonymous' },
  ];
  return others.flatMap((principal) => [
    ...each(READ, { name: 'somebody else reads a replica', principal, resource: replica, owner: destination.account }),
    ...each(['kms:Decrypt'], {
      name: 'somebody else decrypts a replica',
      principal,
      resource: world.replicaKey,
      owner: destination.account,
      context: throughS3(destination.region, pair.replicaBucket.arn),
    }),
  ]);
}

function plainHttp(world: World, pair: PairNames): Request[] {
  const { source, destination, principal, replica, targets, lists, list, report, own } = jobsOf(world, pair);
  const shared = { name: 'plain HTTP', principal, owner: source.account, context: PLAIN_HTTP };
  const administrator = actorsOf(world).sourceAdministrator;
  const [{ arn } = { arn: '' }] = targets;
  return [
    ...each(READ, { ...shared, resource: replica, owner: destination.account }),
    ...each(WRITE, { ...shared, resource: `${arn}/a.jpg`, context: { ...own, ...PLAIN_HTTP } }),
    ...each(READ_LIST, { ...shared, resource: list }),
    ...each(['s3:PutObject'], { ...shared, resource: report }),
    ...each(['s3:ListBucket', 's3:PutBucketPolicy'], { ...shared, principal: administrator, resource: lists }),
  ];
}

/** Only S3 Batch Operations becomes a recovery role. */
function assumption(world: World, pair: PairNames): Request[] {
  const { source, destination } = world.config;
  const { administrator, replicationRole, sourceAdministrator } = actorsOf(world);
  const role = { resource: pair.recoveryRole.arn, owner: source.account };
  const principals: Principal[] = [
    { kind: 'service', name: 's3.amazonaws.com' },
    { kind: 'service', name: 'lambda.amazonaws.com' },
    { kind: 'service', name: 'batch.amazonaws.com' },
    sourceAdministrator,
    administrator(destination.account),
    administrator(THIRD_ACCOUNT),
    replicationRole(pair),
    { kind: 'anonymous' },
  ];
  return [
    ...principals.map((principal) => ({
      ...role,
      name: 'somebody else than S3 Batch Operations assumes a recovery role',
      principal,
      action: 'sts:AssumeRole',
    })),
    {
      ...role,
      name: 'S3 Batch Operations tags a session of a recovery role',
      principal: BATCH_OPERATIONS,
      action: 'sts:TagSession',
    },
  ];
}
