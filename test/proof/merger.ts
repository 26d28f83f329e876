import { READ_VERSIONS, REPLICATE, TOUCH_REPLICA, USE_KEY, WEAKEN_BUCKET } from './actions';
import { actorsOf, each, THIRD_ACCOUNT, throughS3 } from './actors';
import type { AllowedRequest } from './allowed';
import type { Principal, Request } from './decide';
import { sourceKeysOf, type World } from './world';

/*
 * The role of the function that reaches source buckets that are owned elsewhere. Without such a bucket there is no such role and no such
 * request.
 */

const S3_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html';
const PASS_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html';
const LOGS_PAGE = 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html';
const ROLE_PAGE = 'https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html';

const LAMBDA: Principal = { kind: 'service', name: 'lambda.amazonaws.com' };
const MERGE = [
  's3:GetBucketLocation',
  's3:GetBucketNotification',
  's3:GetBucketVersioning',
  's3:GetReplicationConfiguration',
  's3:PutBucketNotification',
  's3:PutReplicationConfiguration',
];
const LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const TO_S3 = { 'iam:PassedToService': 's3.amazonaws.com' };

/** What the function does for each source bucket that is owned elsewhere. */
export function allowedMerger(world: World): AllowedRequest[] {
  const { merger } = world;
  if (merger === undefined) {
    return [];
  }
  const owner = world.config.source.account;
  const principal: Principal = { kind: 'role', arn: merger.role };
  return [
    {
      name: 'Lambda assumes the role',
      principal: LAMBDA,
      action: 'sts:AssumeRole',
      resource: merger.role,
      owner,
      page: ROLE_PAGE,
    },
    ...each(LOG, { name: 'the function writes its log', principal, resource: streamOf(merger.logGroup), owner }).map(
      (request) => ({
        ...request,
        page: LOGS_PAGE,
        grantedBy: 'WriteLogs',
      }),
    ),
    ...ownedPairs(world).flatMap(({ names }) => [
      ...each(MERGE, { name: 'the function merges', principal, resource: names.sourceBucket.arn, owner }).map((request) => ({
        ...request,
        page: S3_PAGE,
        grantedBy: 'MergeIntoBucket',
      })),
      {
        name: 'the function hands the replication role to S3',
        principal,
        action: 'iam:PassRole',
        resource: names.replicationRole.arn,
        owner,
        context: TO_S3,
        page: PASS_PAGE,
        grantedBy: 'PassReplicationRole',
      },
    ]),
  ];
}

/** What the function, and others as its role, must not do. */
export function deniedMerger(world: World): Request[] {
  const { merger } = world;
  if (merger === undefined) {
    return [];
  }
  const { source, destination } = world.config;
  const owner = source.account;
  const { administrator, bucket, iam, sourceAdministrator } = actorsOf(world);
  const principal: Principal = { kind: 'role', arn: merger.role };
  const owned = ownedPairs(world);
  const others = [
    ...[owner, destination.account, THIRD_ACCOUNT].map((account) => ({
      arn: bucket(`another-bucket-${account}`),
      owner: account,
    })),
    ...owned.map(({ names }) => ({ arn: `${names.sourceBucket.arn}x`, owner })),
    ...owned.map(({ names }) => ({ arn: names.replicaBucket.arn, owner: destination.account })),
    ...world.config.pairs.filter((pair) => !owned.includes(pair)).map(({ names }) => ({ arn: names.sourceBucket.arn, owner })),
  ];
  const roles = [iam(owner, 'role/Administrator'), merger.role, ...owned.map(({ names }) => `${names.replicationRole.arn}-2`)];
  return [
    ...others.flatMap(({ arn, owner: its }) =>
      each(MERGE, { name: 'the function on another bucket', principal, resource: arn, owner: its }),
    ),
    ...owned.flatMap(({ names }) => [
      ...each(
        [
          ...WEAKEN_BUCKET,
          's3:ListBucket',
          's3:PutEncryptionConfiguration',
          's3:PutAnalyticsConfiguration',
          's3:GetBucketPolicy',
        ],
        {
          name: 'the function does more with a bucket than merge',
          principal,
          resource: names.sourceBucket.arn,
          owner,
        },
      ),
      ...each([...TOUCH_REPLICA, ...READ_VERSIONS, ...REPLICATE], {
        name: 'the function on objects',
        principal,
        resource: `${names.sourceBucket.arn}/a.jpg`,
        owner,
      }),
      ...sourceKeysOf(world, names).flatMap((resource) =>
        each(USE_KEY, {
          name: 'the function uses a key',
          principal,
          resource,
          owner,
          context: throughS3(source.region, names.sourceBucket.arn),
        }),
      ),
      ...[{}, { 'iam:PassedToService': 'lambda.amazonaws.com' }].map((context) => ({
        name: 'the function hands the replication role to somebody else',
        principal,
        action: 'iam:PassRole',
        resource: names.replicationRole.arn,
        owner,
        context,
      })),
      ...each(['iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'sts:AssumeRole'], {
        name: 'the function on the replication role',
        principal,
        resource: names.replicationRole.arn,
        owner,
      }),
    ]),
    ...roles.map((resource) => ({
      name: 'the function hands another role to S3',
      principal,
      action: 'iam:PassRole',
      resource,
      owner,
      context: TO_S3,
    })),
    ...each(LOG, {
      name: 'the function on another log',
      principal,
      resource: streamOf(merger.logGroup.replace(/:\*$/, 'x:*')),
      owner,
    }),
    ...each(['logs:DeleteLogStream', 'logs:GetLogEvents'], {
      name: 'the function does more with its log than write',
      principal,
      resource: streamOf(merger.logGroup),
      owner,
    }),
    ...[
      sourceAdministrator,
      administrator(destination.account),
      administrator(THIRD_ACCOUNT),
      { kind: 'service', name: 's3.amazonaws.com' } as const,
      { kind: 'service', name: 'cloudformation.amazonaws.com' } as const,
      { kind: 'service', name: 'ec2.amazonaws.com' } as const,
      { kind: 'anonymous' } as const,
    ].map((somebody) => ({
      name: 'somebody else than Lambda assumes the role of the function',
      principal: somebody,
      action: 'sts:AssumeRole',
      resource: merger.role,
      owner,
    })),
    {
      name: 'Lambda tags a session of the role of the function',
      principal: LAMBDA,
      action: 'sts:TagSession',
      resource: merger.role,
      owner,
    },
  ];
}

function ownedPairs({ config }: World) {
  return config.pairs.filter(({ sourceBucket }) => sourceBucket !== undefined);
}

function streamOf(logGroup: string): string {
  return logGroup.replace(/\*$/, 'log-stream:2026/11/01/[$LATEST]6f2d');
}
