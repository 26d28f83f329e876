import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { Context, Outcome } from '../../../lib/cli/command';
import type { PairResult, ReplicaCheck, VerifyData } from '../../../lib/ops/verify/result';
import { verify } from '../../../lib/ops/verify/verify';
import { testContext } from '../../helpers/ops';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
delete process.env['AWS_ENDPOINT_URL'];
delete process.env['AWS_ENDPOINT_URL_S3'];

export const SOURCE = 'backups-documents-111111111111-ap-southeast-2-an';
export const REPLICA = 'backups-documents-222222222222-us-west-2-an';
export const KEY_ARN = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
/** The source's version is the canary's own; the replica has another, as on the emulator. */
export const VERSION = 'source-version';
export const REPLICA_VERSION = 'replica-version';

export const s3 = mockClient(S3Client);
export const ssm = mockClient(SSMClient);
export const kms = mockClient(KMSClient);

/** What S3 refuses with. */
export function refusal(name: string, httpStatusCode: number): S3ServiceException {
  return new S3ServiceException({ name, message: `${name} it is`, $fault: 'client', $metadata: { httpStatusCode } });
}

export const denied = () => refusal('AccessDenied', 403);

/** A deployment in which everything is as it should be. */
export function resetWorld(): void {
  s3.reset();
  ssm.reset();
  kms.reset();
  kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'key', Arn: KEY_ARN, KeyState: 'Enabled' } });
  ssm.on(GetParameterCommand, { Name: '/backups/destination/key-arn' }).resolves({ Parameter: { Value: KEY_ARN } });
  ssm.on(PutParameterCommand).resolves({ Version: 2 });
  s3.onAnyCommand().rejects(new Error('an unexpected request'));
  s3.on(GetBucketVersioningCommand).resolves({ Status: 'Enabled' });
  s3.on(GetBucketReplicationCommand).callsFake(({ Bucket }) => ({
    ReplicationConfiguration: {
      Role: 'arn:aws:iam::111111111111:role/replication',
      Rules: [{ ID: `backups-${Bucket.split('-')[1]}`, Status: 'Enabled', Destination: { Bucket: `arn:aws:s3:::${REPLICA}` } }],
    },
  }));
  s3.on(PutObjectCommand).resolves({ VersionId: VERSION });
  s3.on(DeleteObjectCommand).resolves({});
  s3.on(HeadObjectCommand, { VersionId: VERSION }).resolves({ ReplicationStatus: 'COMPLETED' });
  replicaHas({});
  s3.on(GetObjectTaggingCommand).callsFake(({ Key }) => ({ TagSet: tagsOf(putOf(Key)) }));
  s3.on(GetBucketOwnershipControlsCommand).resolves({
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  });
  s3.on(ListObjectVersionsCommand).callsFake(({ Prefix }) => ({
    Versions: [
      { Key: Prefix, VersionId: REPLICA_VERSION },
      { Key: `${Prefix}-of-somebody-else`, VersionId: 'another' },
    ],
  }));
  s3.on(GetBucketLifecycleConfigurationCommand).resolves({
    Rules: [
      { Status: 'Enabled', Filter: { Prefix: '' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
      {
        Status: 'Enabled',
        Filter: { Prefix: '.s3-replication-canary/' },
        Expiration: { Days: 1 },
      },
      {
        Status: 'Enabled',
        Filter: { Prefix: '.s3-replication-canary/' },
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        Expiration: { ExpiredObjectDeleteMarker: true },
      },
    ],
  });
}

/** The replica as it should be, but for these properties. */
export function replicaHas(properties: Partial<HeadObjectCommandOutput>): void {
  s3.on(HeadObjectCommand, { Bucket: REPLICA, ExpectedBucketOwner: '222222222222', ChecksumMode: 'ENABLED' }).callsFake(
    ({ Key }) => ({
      ReplicationStatus: 'REPLICA',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: KEY_ARN,
      StorageClass: 'STANDARD_IA',
      ContentLength: Buffer.byteLength(putOf(Key).Body as string),
      ChecksumSHA256: putOf(Key).ChecksumSHA256,
      ...properties,
    }),
  );
}

/** The request that wrote an object. */
function putOf(key: string): PutObjectCommandInput {
  const put = puts().find(({ Key }) => Key === key);
  if (put === undefined) {
    throw new Error(`nobody wrote ${key}`);
  }
  return put;
}

export function puts(): PutObjectCommandInput[] {
  return s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
}

/** What was deleted, as bucket, key and version. */
export function deletions(): (string | undefined)[][] {
  return s3
    .commandCalls(DeleteObjectCommand)
    .map(({ args }) => args[0].input)
    .map(({ Bucket, Key, VersionId }) => [Bucket, Key, VersionId]);
}

function tagsOf({ Tagging = '' }: PutObjectCommandInput): { Key: string; Value: string }[] {
  return [...new URLSearchParams(Tagging)].map(([Key, Value]) => ({ Key, Value }));
}

/** Runs the command without a question. */
export async function run(keys: Record<string, unknown> = {}, values: Record<string, string> = {}, more: Partial<Context> = {}) {
  const { context, recorded } = testContext(keys, { yes: true, ...more });
  const outcome = await verify(context, { argument: undefined, values });
  return { ...summary(outcome), outcome, recorded };
}

export function summary(outcome: Outcome): { exitCode: number; text: string; data: VerifyData; pair: PairResult } {
  const data = outcome.data as VerifyData;
  return { exitCode: outcome.exitCode, text: outcome.text, data, pair: data.pairs[0] as PairResult };
}

/** One check of a pair, without its name. */
export function checkOf({ checks }: PairResult, name: ReplicaCheck['name']): Omit<ReplicaCheck, 'name'> | undefined {
  const { name: _, ...check } = checks.find((one) => one.name === name) ?? { name };
  return check as Omit<ReplicaCheck, 'name'>;
}
