import { manifestPrefix, type PairNames, reportPrefix } from '../../lib/model/names';
import { PLAIN_HTTP, READ_VERSIONS, REPLICATE, TOUCH_REPLICA, USE_KEY, WEAKEN_BUCKET } from './actions';
import { actorsOf, each, THIRD_ACCOUNT, throughS3 } from './actors';
import type { AllowedRequest } from './allowed';
import type { Principal, Request } from './decide';
import { everyOther, type OtherPair, type OtherPairs } from './other-pairs';
import { sourceKeysOf, type World } from './world';

/*
 * The roles of S3 Batch Replication and its report bucket: what has to be allowed, and what has to be denied. Where it is not configured,
 * there are no such roles and no such requests.
 */

const S3_GUIDE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';
const POLICIES_PAGE = `${S3_GUIDE}/s3-batch-replication-policies.html`;
const OWN_BUCKET_PAGE = `${S3_GUIDE}/security_iam_service-with-iam.html`;

const BATCH_OPERATIONS: Principal = { kind: 'service', name: 'batchoperations.s3.amazonaws.com' };
const JOB = 'job-f8fb9d89-a3aa-461d-bddc-ea6a1b131955';
const GENERATE = ['s3:GetReplicationConfiguration', 's3:PutInventoryConfiguration'];
const READ = ['s3:GetObject', 's3:GetObjectVersion'];

/** What belongs to the jobs of one pair. */
function jobsOf({ config }: World, { id, backfillRole }: PairNames) {
  const { arn } = config.names.reportBucket;
  return {
    owner: config.source.account,
    principal: { kind: 'role', arn: backfillRole.arn } as Principal,
    reportBucket: arn,
    manifest: `${arn}/${manifestPrefix(id)}${JOB}/manifest.json`,
    report: `${arn}/${reportPrefix(id)}/${JOB}/manifest.json`,
  };
}

/** What S3 Batch Operations does with the backfill role of each pair, and people with what it wrote. */
export function allowedBackfill(world: World): AllowedRequest[] {
  return world.config.backfill ? world.pairs.flatMap((pair) => [...jobs(world, pair), ...administration(world, pair)]) : [];
}

function jobs(world: World, pair: PairNames): AllowedRequest[] {
  const { manifest, owner, principal, report } = jobsOf(world, pair);
  const ask = (grantedBy: string, name: string, actions: readonly string[], resource: string): AllowedRequest[] =>
    each(actions, { name, principal, resource, owner }).map((request) => ({ ...request, page: POLICIES_PAGE, grantedBy }));
  return [
    {
      name: 'S3 Batch Operations assumes a backfill role',
      principal: BATCH_OPERATIONS,
      action: 'sts:AssumeRole',
      resource: pair.backfillRole.arn,
      owner,
      page: POLICIES_PAGE,
    },
    ...ask(
      'InitiateReplication',
      'a job has a version replicated',
      ['s3:InitiateReplication'],
      `${pair.sourceBucket.arn}/photos/a.jpg`,
    ),
    ...ask('GenerateManifests', 'a job lists what the rule applies to', GENERATE, pair.sourceBucket.arn),
    ...ask('ReadManifests', 'a job reads its manifest', READ, manifest),
    ...ask('WriteManifestsAndReports', 'a job writes its manifest', ['s3:PutObject'], manifest),
    ...ask('WriteManifestsAndReports', 'a job writes its report', ['s3:PutObject'], report),
  ];
}

function administration(world: World, pair: PairNames): AllowedRequest[] {
  const { owner, report, reportBucket } = jobsOf(world, pair);
  const administrator = { name: 'an administrator works with reports', principal: actorsOf(world).sourceAdministrator, owner };
  return [
    ...each(['s3:ListBucket', 's3:PutBucketPolicy', 's3:PutLifecycleConfiguration'], {
      ...administrator,
      resource: reportBucket,
    }),
    ...each(['s3:GetObject', 's3:DeleteObject'], { ...administrator, resource: report }),
  ].map((request) => ({ ...request, page: OWN_BUCKET_PAGE }));
}

/** What the backfill roles and others with them must not do. */
export function deniedBackfill(world: World, otherPairs: OtherPairs = everyOther): Request[] {
  return world.config.backfill
    ? world.pairs.flatMap((pair) => [
        ...elsewhere(world, pair, otherPairs(world, pair)),
        ...otherFolders(world, pair, otherPairs(world, pair)),
        ...moreThanJobs(world, pair),
        ...liveReplication(world, pair),
        ...othersOnReports(world, pair),
        ...plainHttp(world, pair),
        ...assumption(world, pair),
      ])
    : [];
}

/** Other buckets, other pairs' among them, of owners who would let it. */
function elsewhere(world: World, pair: PairNames, otherPairs: readonly OtherPair[]): Request[] {
  const { config } = world;
  const { bucket } = actorsOf(world);
  const { principal } = jobsOf(world, pair);
  const others = [
    ...[config.source.account, config.destination.account, THIRD_ACCOUNT].map((owner) => ({
      arn: bucket(`another-bucket-${owner}`),
      owner,
    })),
    { arn: `${pair.sourceBucket.arn}x`, owner: config.source.account },
    { arn: `${config.names.reportBucket.arn}x`, owner: config.source.account },
    ...otherPairs.map(({ pair: { sourceBucket } }) => ({ arn: sourceBucket.arn, owner: config.source.account })),
  ];
  const name = 'a backfill role on another bucket';
  return others.flatMap(({ arn, owner }) => [
    ...each(GENERATE, { name, principal, resource: arn, owner }),
    ...each(['s3:InitiateReplication', ...READ, 's3:PutObject'], { name, principal, resource: `${arn}/a.jpg`, owner }),
    ...each([...READ, 's3:PutObject'], { name, principal, resource: `${arn}/${manifestPrefix(pair.id)}manifest.json`, owner }),
    ...each(['s3:PutObject'], { name, principal, resource: `${arn}/${reportPrefix(pair.id)}/report.csv`, owner }),
  ]);
}

/** Everything in the report bucket that belongs to no job of the pair. */
function otherFolders(world: World, pair: PairNames, otherPairs: readonly OtherPair[]): Request[] {
  const { owner, principal, report, reportBucket } = jobsOf(world, pair);
  const others = [`${pair.id}x`, `${pair.id}-x`, ...otherPairs.map((other) => other.pair.id)];
  const keys = [
    'a.csv',
    `${pair.id}/a.csv`,
    `manifests/${pair.id}`,
    `reports/${pair.id}`,
    ...others.flatMap((id) => [`${manifestPrefix(id)}${JOB}/manifest.json`, `${reportPrefix(id)}/${JOB}/manifest.json`]),
  ];
  return [
    ...keys.flatMap((key) =>
      each([...READ, 's3:PutObject'], {
        name: 'a backfill role in a folder of others',
        principal,
        resource: `${reportBucket}/${key}`,
        owner,
      }),
    ),
    ...each(READ, { name: 'a backfill role reads reports', principal, resource: report, owner }),
  ];
}

/** More with its own bucket, manifests and reports than a job does. */
function moreThanJobs(world: World, pair: PairNames): Request[] {
  const { manifest, owner, principal, report, reportBucket } = jobsOf(world, pair);
  const shared = { name: 'a backfill role does more than a job', principal, owner };
  const onBucket = [
    ...WEAKEN_BUCKET,
    's3:ListBucket',
    's3:PutReplicationConfiguration',
    's3:PutEncryptionConfiguration',
    's3:GetBucketPolicy',
  ];
  return [
    ...[pair.sourceBucket.arn, reportBucket].flatMap((resource) => each(onBucket, { ...shared, resource })),
    ...each([...TOUCH_REPLICA, ...READ_VERSIONS, 's3:PutObjectTagging'], {
      ...shared,
      resource: `${pair.sourceBucket.arn}/a.jpg`,
    }),
    ...[manifest, report].flatMap((resource) =>
      each(['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:PutObjectAcl', 's3:PutObjectTagging', 's3:GetObjectTagging'], {
        ...shared,
        resource,
      }),
    ),
    ...each(['iam:PassRole', 'sts:AssumeRole'], { ...shared, resource: pair.replicationRole.arn }),
  ];
}

/** What S3 does as the replication role, and anything else on the other side. */
function liveReplication(world: World, pair: PairNames): Request[] {
  const { replicaKey, config } = world;
  const { source, destination } = config;
  const { owner, principal } = jobsOf(world, pair);
  const across = {
    name: 'a backfill role on the replica side',
    principal,
    owner: destination.account,
    deniedByEachHalf: true as const,
  };
  return [
    ...each([...REPLICATE, ...TOUCH_REPLICA, 's3:InitiateReplication'], {
      ...across,
      resource: `${pair.replicaBucket.arn}/a.jpg`,
    }),
    ...each([...WEAKEN_BUCKET, ...GENERATE, 's3:ListBucket'], { ...across, resource: pair.replicaBucket.arn }),
    ...each(USE_KEY, { ...across, resource: replicaKey, context: throughS3(destination.region, pair.replicaBucket.arn) }),
    ...sourceKeysOf(world, pair).flatMap((resource) =>
      each(USE_KEY, {
        name: 'a backfill role uses the source key',
        principal,
        resource,
        owner,
        context: throughS3(source.region, pair.sourceBucket.arn),
      }),
    ),
  ];
}

/** Other accounts, services and roles on manifests and reports, which list keys of objects. */
function othersOnReports(world: World, pair: PairNames): Request[] {
  const { administrator, destinationAdministrator, iam, names, replicationRole: live } = actorsOf(world);
  const { manifest, owner, report, reportBucket } = jobsOf(world, pair);
  const others: [string, Principal][] = [
    ['an administrator of the backup account', destinationAdministrator],
    ['an administrator of a third account', administrator(THIRD_ACCOUNT)],
    ['a role of the same name in another account', administrator(THIRD_ACCOUNT, `role/${pair.backfillRole.name}`)],
    ['a role of the source account without policies', { kind: 'nobody', arn: iam(owner, 'role/idle') }],
    ['the replication role', live(pair)],
    ...(world.config.pipeline === undefined
      ? []
      : [
          ['the verification role of the source', { kind: 'role', arn: names.source.verificationRole.arn }] as [
            string,
            Principal,
          ],
        ]),
    ['S3', { kind: 'service', name: 's3.amazonaws.com' }],
    ['S3 Batch Operations as itself', BATCH_OPERATIONS],
    ['anonymous', { kind: 'anonymous' }],
  ];
  return others.flatMap(([who, principal]) => [
    ...[manifest, report].flatMap((resource) =>
      each([...READ, 's3:PutObject', 's3:DeleteObject'], { name: `${who} on manifests and reports`, principal, resource, owner }),
    ),
    ...each(['s3:ListBucket', ...WEAKEN_BUCKET], {
      name: `${who} on the report bucket`,
      principal,
      resource: reportBucket,
      owner,
    }),
  ]);
}

function plainHttp(world: World, pair: PairNames): Request[] {
  const { manifest, owner, principal, report, reportBucket } = jobsOf(world, pair);
  const shared = { name: 'plain HTTP', owner, context: PLAIN_HTTP };
  const administrator = actorsOf(world).sourceAdministrator;
  return [
    ...each(['s3:ListBucket', 's3:PutBucketPolicy'], { ...shared, principal: administrator, resource: reportBucket }),
    ...each(['s3:GetObject', 's3:PutObject'], { ...shared, principal: administrator, resource: report }),
    ...each([...READ, 's3:PutObject'], { ...shared, principal, resource: manifest }),
    ...each(['s3:PutObject'], { ...shared, principal, resource: report }),
    ...each(['s3:InitiateReplication'], { ...shared, principal, resource: `${pair.sourceBucket.arn}/a.jpg` }),
    ...each(GENERATE, { ...shared, principal, resource: pair.sourceBucket.arn }),
  ];
}

/** Only S3 Batch Operations becomes a backfill role. Live replication does not. */
function assumption(world: World, pair: PairNames): Request[] {
  const { source, destination } = world.config;
  const { administrator, replicationRole: live, sourceAdministrator } = actorsOf(world);
  const principals: Principal[] = [
    { kind: 'service', name: 's3.amazonaws.com' },
    { kind: 'service', name: 'lambda.amazonaws.com' },
    { kind: 'service', name: 'batch.amazonaws.com' },
    sourceAdministrator,
    administrator(source.account, 'user/alice'),
    administrator(destination.account),
    administrator(THIRD_ACCOUNT),
    live(pair),
    { kind: 'anonymous' },
  ];
  const role = { resource: pair.backfillRole.arn, owner: source.account };
  return [
    ...principals.map((principal) => ({
      ...role,
      name: 'somebody else than S3 Batch Operations assumes a backfill role',
      principal,
      action: 'sts:AssumeRole',
    })),
    {
      ...role,
      name: 'S3 Batch Operations tags a session of a backfill role',
      principal: BATCH_OPERATIONS,
      action: 'sts:TagSession',
    },
  ];
}
