import {
  GetBucketEncryptionCommand,
  GetBucketInventoryConfigurationCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  type InventoryConfiguration,
  type LifecycleRule,
  type NotificationConfiguration,
  type ObjectLockConfiguration,
  type PublicAccessBlockConfiguration,
  type ReplicationConfiguration,
  type S3Client,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import { isAccessDenied } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import type { SideName } from '../../config/replication-config';
import type { DeployedPair } from '../../model/deployment';
import { inventoryId } from '../../model/inventory';
import type { NamedArn } from '../../model/names';
import type { Answers } from './answers';
import { type LivePolicy, parsePolicy } from './policy-document';

/** What S3 says about the two buckets of a pair. */
export class BucketFacts {
  constructor(
    private readonly context: Context,
    private readonly answers: Answers,
  ) {}

  /** The name of a pair's bucket on one side. */
  name(side: SideName, pair: DeployedPair): NamedArn {
    const names = pair.names;
    return side === 'source' ? names.sourceBucket : names.replicaBucket;
  }

  /** The region that a bucket is in. */
  region(side: SideName, pair: DeployedPair): Promise<string | undefined> {
    return this.ask(side, pair, 'region', async (s3, Bucket) => (await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion);
  }

  /**
   * Whether a bucket belongs to the account of its side. S3 answers the same for a bucket of another account as for one that nobody may read, so
   * only a bucket that answers without the account's id is known to belong elsewhere.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
   */
  async isOwn(side: SideName, pair: DeployedPair): Promise<boolean> {
    await this.region(side, pair);
    const ExpectedBucketOwner = this.context.config[side].account;
    const isOwn = await this.ask(side, pair, `owner ${ExpectedBucketOwner}`, async (s3, Bucket) =>
      s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner })).then(
        () => true,
        (error: unknown) => {
          if (isAccessDenied(error)) {
            return false;
          }
          throw error;
        },
      ),
    );
    return isOwn === true;
  }

  /** `Enabled` or `Suspended`; undefined when it was never switched on. */
  versioning(side: SideName, pair: DeployedPair): Promise<string | undefined> {
    return this.ask(
      side,
      pair,
      'versioning',
      async (s3, Bucket) => (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status,
    );
  }

  /** The bucket's own settings; the account's are not asked for. */
  publicAccess(side: SideName, pair: DeployedPair): Promise<PublicAccessBlockConfiguration | undefined> {
    return this.ask(
      side,
      pair,
      'public access block',
      async (s3, Bucket) => (await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration,
      'NoSuchPublicAccessBlockConfiguration',
    );
  }

  /** Such as `BucketOwnerEnforced`. */
  ownership(side: SideName, pair: DeployedPair): Promise<string | undefined> {
    return this.ask(
      side,
      pair,
      'object ownership',
      async (s3, Bucket) =>
        (await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls?.Rules?.[0]?.ObjectOwnership,
      'OwnershipControlsNotFoundError',
    );
  }

  /** Object Lock; undefined when it was never switched on. */
  objectLock(side: SideName, pair: DeployedPair): Promise<ObjectLockConfiguration | undefined> {
    return this.ask(
      side,
      pair,
      'Object Lock configuration',
      async (s3, Bucket) => (await s3.send(new GetObjectLockConfigurationCommand({ Bucket }))).ObjectLockConfiguration,
      'ObjectLockConfigurationNotFoundError',
    );
  }

  /** The rules of S3 Lifecycle; none when there is no configuration. And the size below which objects are not moved, where S3 says it. */
  async lifecycle(
    side: SideName,
    pair: DeployedPair,
  ): Promise<{ readonly rules: readonly LifecycleRule[]; readonly minimumSize: string | undefined }> {
    const found = await this.ask(
      side,
      pair,
      'lifecycle configuration',
      (s3, Bucket) => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
      'NoSuchLifecycleConfiguration',
    );
    return { rules: found?.Rules ?? [], minimumSize: found?.TransitionDefaultMinimumObjectSize };
  }

  /** The default encryption. */
  encryption(side: SideName, pair: DeployedPair): Promise<ServerSideEncryptionRule | undefined> {
    return this.ask(
      side,
      pair,
      'default encryption',
      async (s3, Bucket) =>
        (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules?.[0],
      'ServerSideEncryptionConfigurationNotFoundError',
    );
  }

  /** The bucket policy; without statements when there is none. */
  async policy(side: SideName, pair: DeployedPair): Promise<LivePolicy> {
    const policy = await this.ask(
      side,
      pair,
      'policy',
      async (s3, Bucket) => parsePolicy((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy),
      'NoSuchBucketPolicy',
    );
    return policy ?? parsePolicy(undefined);
  }

  /** Who pays for requests: `Requester` or `BucketOwner`. */
  payer(side: SideName, pair: DeployedPair): Promise<string | undefined> {
    return this.ask(
      side,
      pair,
      'payer of requests',
      async (s3, Bucket) => (await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer,
    );
  }

  /** The inventory of the pair; undefined when there is none of its id. */
  inventory(side: SideName, pair: DeployedPair): Promise<InventoryConfiguration | undefined> {
    const id = inventoryId(pair);
    return this.ask(
      side,
      pair,
      `inventory ${id}`,
      async (s3, Bucket) =>
        (await s3.send(new GetBucketInventoryConfigurationCommand({ Bucket, Id: id }))).InventoryConfiguration,
      'NoSuchConfiguration',
    );
  }

  /** Role and rules of the source bucket's replication. */
  replication(pair: DeployedPair): Promise<ReplicationConfiguration | undefined> {
    return this.ask(
      'source',
      pair,
      'replication configuration',
      async (s3, Bucket) => (await s3.send(new GetBucketReplicationCommand({ Bucket }))).ReplicationConfiguration,
      'ReplicationConfigurationNotFoundError',
    );
  }

  /** Where a bucket sends which events. */
  async notifications(side: SideName, pair: DeployedPair): Promise<NotificationConfiguration> {
    const notifications = await this.ask(side, pair, 'notification configuration', async (s3, Bucket) => {
      const { $metadata: _, ...configuration } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
      return configuration;
    });
    return notifications ?? {};
  }

  private ask<T>(
    side: SideName,
    pair: DeployedPair,
    what: string,
    question: (s3: S3Client, bucket: string) => Promise<T>,
    ...unset: string[]
  ): Promise<T | undefined> {
    const { name } = this.name(side, pair);
    return this.answers.of(
      `${what} of bucket ${name}`,
      async () => question(await this.context.clients.s3(side), name),
      // HEAD has no body to carry a code in.
      { unset, missing: { codes: ['NoSuchBucket', 'NotFound', '404'], stack: side, what: `bucket ${name}`, name } },
    );
  }
}
