import type { SideName } from '../../config/replication-config';
import { canaryPrefix } from '../canary-prefix';
import type { DeployedPair, Deployment } from '../deployment';
import { lastVerificationParameter, type PairNames, parameterArn } from '../names';
import type { Conditions } from '../permissions';
import { AUTHORIZATION, type Row, readRoles } from './row';

const S3_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html';
const ENCRYPTION_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html';

/** A pair with its names. */
interface Named {
  readonly pair: DeployedPair;
  readonly names: PairNames;
}

/** What concerns pairs. */
export function pairRows(config: Deployment, side: SideName, keyArn: string, pairs: readonly DeployedPair[]): Row[] {
  const all = pairs.map((pair): Named => ({ pair, names: pair.names }));
  return side === 'source' ? sourceRows(config, keyArn, all) : destinationRows(config, keyArn, all);
}

function sourceRows(config: Deployment, keyArn: string, all: readonly Named[]): Row[] {
  const { source } = config;
  const buckets = all.map(({ names }) => names.sourceBucket.arn);
  const canaries = all.map(({ pair, names }) => canariesIn(names.sourceBucket.arn, pair));
  return [
    readRoles(all.map(({ names }) => names.replicationRole.arn)),
    readBuckets(buckets, ['s3:GetBucketNotification', 's3:GetReplicationConfiguration']),
    {
      sid: 'WriteCanaries',
      actions: ['s3:PutObject', 's3:PutObjectTagging', ...WATCH_AND_DELETE],
      resources: canaries,
      why: 'verify: writes a canary, reads its replication status, and deletes that version',
      page: S3_PAGE,
    },
    {
      sid: 'EncryptCanaries',
      actions: ['kms:GenerateDataKey'],
      resources: [keyArn],
      conditions: throughS3(source.region, [...buckets, ...canaries]),
      why: 'verify: S3 encrypts a canary; no object can be decrypted',
      page: ENCRYPTION_PAGE,
    },
    {
      sid: 'RecordVerifications',
      actions: ['ssm:PutParameter'],
      resources: all.map(({ pair }) => parameterArn(source, lastVerificationParameter(config, pair))),
      why: 'verify: the result that ops status shows',
      page: `${AUTHORIZATION}/list_awssystemsmanager.html`,
    },
  ];
}

function destinationRows({ destination, lockdown }: Deployment, keyArn: string, all: readonly Named[]): Row[] {
  const buckets = all.map(({ names }) => names.replicaBucket.arn);
  const canaries = all.map(({ pair, names }) => canariesIn(names.replicaBucket.arn, pair));
  return [
    readBuckets(buckets, []),
    {
      sid: 'ListCanaries',
      actions: ['s3:ListBucketVersions'],
      resources: buckets,
      conditions: { StringLike: { 's3:prefix': unique(all.map(({ pair }) => `${literally(canaryPrefix(pair))}*`)) } },
      why: "verify: finds the versions of a canary's replica",
      page: S3_PAGE,
    },
    {
      sid: 'InspectCanaries',
      actions: ['s3:GetObject', 's3:GetObjectTagging', ...(lockdown === undefined ? WATCH_AND_DELETE : WATCH)],
      resources: canaries,
      why: `verify: looks at a canary's replica${lockdown === undefined ? ', and deletes its versions' : ', which a lifecycle rule deletes'}`,
      page: S3_PAGE,
    },
    {
      sid: 'DecryptCanaries',
      actions: ['kms:Decrypt'],
      resources: [keyArn],
      conditions: throughS3(destination.region, [...buckets, ...canaries]),
      why: "verify: S3 shows the checksum of a canary's replica, or its content where it shows none",
      page: ENCRYPTION_PAGE,
    },
  ];
}

/** The last two make S3 say how long Object Lock, which somebody may have switched on, keeps a canary that cannot be deleted. */
const WATCH = ['s3:GetObjectVersion', 's3:GetObjectLegalHold', 's3:GetObjectRetention'];
const WATCH_AND_DELETE = ['s3:DeleteObjectVersion', ...WATCH];

function readBuckets(resources: readonly string[], more: readonly string[]): Row {
  return {
    sid: 'ReadBuckets',
    actions: [
      's3:GetBucketObjectLockConfiguration',
      's3:GetBucketOwnershipControls',
      's3:GetBucketPolicy',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketVersioning',
      's3:GetEncryptionConfiguration',
      's3:GetLifecycleConfiguration',
      's3:ListBucket',
      ...more,
    ],
    resources,
    why: 'doctor: properties of the buckets, where s3:ListBucket is what HeadBucket takes; verify: when a canary expires',
    page: S3_PAGE,
  };
}

/** Use of a key by S3 for canaries: with an S3 Bucket Key the bucket is the encryption context, without it the object. */
function throughS3(region: string, contexts: readonly string[]): Conditions {
  return {
    StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
    StringLike: { 'kms:EncryptionContext:aws:s3:arn': contexts },
  };
}

function canariesIn(bucketArn: string, pair: DeployedPair): string {
  return `${bucketArn}/${literally(canaryPrefix(pair))}*`;
}

/**
 * A text in which IAM takes no character for a wildcard or the start of a variable. Policies are ASCII on their way through
 * CloudFormation, so a wildcard stands for what is not.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
function literally(text: string): string {
  return text.replaceAll(/[*?$]/g, '${$&}').replaceAll(/[^ -~]+/g, '*');
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
