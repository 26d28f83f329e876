import { GetBucketReplicationCommand, GetBucketVersioningCommand, HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { bucketRegionIn, httpStatusOf, isAccessDenied, isAwsError, unreachable } from '../../aws/aws-error';
import { withReason } from '../../aws/refusal';
import type { Context } from '../../cli/command';
import { UsageError } from '../../errors/errors';
import type { DeployedPair } from '../../model/deployment';
import { awsCommand } from '../../model/shell-commands';
import type { SharedOptions } from './options';

/** The bucket that takes what is restored, and what a plan has to say about it. */
export interface TargetBucket {
  readonly name: string;
  readonly region: string;
  readonly s3: S3Client;
  /** Without versioning an overwritten object is gone. */
  readonly versioned: boolean;
  /** Whatever is restored is replicated from there. */
  readonly replicated: boolean;
}

/**
 * Looks at the target of a pair.
 *
 * @throws UsageError when it cannot take anything: it is a replica bucket, is not there, or belongs to another account; and when
 * `--overwrite` would destroy what it replaces
 * @throws UnreachableError when S3 gives no answer
 */
export async function lookAtTarget(
  context: Context,
  pair: DeployedPair,
  { to, overwrite }: Pick<SharedOptions, 'to'> & { readonly overwrite: boolean },
): Promise<TargetBucket> {
  const { config } = context;
  const name = to ?? pair.names.sourceBucket.name;
  if (config.pairs.some(({ names }) => names.replicaBucket.name === name)) {
    throw new UsageError('TargetIsReplica', `${name} is a replica bucket: nothing is restored into it`, 'name another with --to');
  }
  const { s3, region } = await locate(context, name);
  const Bucket = name;
  const ExpectedBucketOwner = config.source.account;
  try {
    const { Status: status } = await s3.send(new GetBucketVersioningCommand({ Bucket, ExpectedBucketOwner }));
    const versioned = status === 'Enabled';
    if (overwrite && !versioned) {
      throw new UsageError(
        'NotVersioned',
        `--overwrite would destroy what it replaces: versioning of ${name} is ${status === undefined ? 'not enabled' : 'suspended'}`,
        `enable it: ${awsCommand(config, 'source', 's3api put-bucket-versioning', { bucket: name, 'versioning-configuration': 'Status=Enabled', region })}`,
      );
    }
    const rules = await s3
      .send(new GetBucketReplicationCommand({ Bucket, ExpectedBucketOwner }))
      .then(({ ReplicationConfiguration: found }) => found?.Rules ?? [])
      .catch((error: unknown) => {
        if (isAwsError(error, 'ReplicationConfigurationNotFoundError')) {
          return [];
        }
        throw error;
      });
    return { name, region, s3, versioned, replicated: rules.some(({ Status }) => Status === 'Enabled') };
  } catch (error) {
    throw unreachable(`bucket ${name}`, error);
  }
}

/** The client of the region that the bucket is in. */
async function locate({ config, clients }: Context, name: string): Promise<Pick<TargetBucket, 's3' | 'region'>> {
  const bucket = { Bucket: name, ExpectedBucketOwner: config.source.account };
  const head = (s3: S3Client) =>
    withReason(
      () => s3.send(new HeadBucketCommand(bucket)),
      () => s3.send(new GetBucketVersioningCommand(bucket)),
    );
  const { region: home, account } = config.source;
  const s3 = await clients.s3('source');
  try {
    await head(s3);
    return { s3, region: home };
  } catch (error) {
    const region = bucketRegionIn(error);
    if (region !== undefined && region !== home) {
      const there = await clients.s3('source', region);
      await head(there).catch((failure: unknown) => refuse(name, account, failure));
      return { s3: there, region };
    }
    return refuse(name, account, error);
  }
}

function refuse(name: string, account: string, error: unknown): never {
  if (httpStatusOf(error) === 404) {
    throw new UsageError('NoTarget', `there is no bucket ${name} to restore into`, 'create it, or name another with --to');
  }
  if (isAccessDenied(error)) {
    throw new UsageError(
      'TargetDenied',
      `bucket ${name} is not of the source account ${account}, or its credentials may not use it`,
      'name a bucket of the source account with --to, and use credentials that may list and write it',
    );
  }
  throw unreachable(`bucket ${name}`, error);
}
