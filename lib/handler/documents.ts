import {
  DeleteBucketReplicationCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutBucketReplicationCommand,
  type ReplicationConfiguration,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Notifications, OwnedBucket, Replication } from '../model/adoption';

/** A document of a bucket, which S3 reads and writes as a whole. */
export interface BucketDocument<T> {
  readonly name: string;
  read(): Promise<T>;
  write(value: T): Promise<void>;
}

/** The documents of one bucket of the account that is named, and of no other account's. */
export interface BucketDocuments {
  readonly replication: BucketDocument<Replication | undefined>;
  readonly notifications: BucketDocument<Notifications>;
  /** Everything that decides whether a pair can have the bucket. */
  all(): Promise<OwnedBucket>;
}

/** @param account owner of the bucket: S3 refuses every request for a bucket of somebody else */
export function documentsOf(s3: S3Client, bucket: string, account: string): BucketDocuments {
  const on = { Bucket: bucket, ExpectedBucketOwner: account };
  // Absent in us-east-1, and EU for the oldest buckets of eu-west-1.
  const region = async () => {
    const { LocationConstraint: constraint } = await s3.send(new GetBucketLocationCommand(on));
    return constraint === 'EU' ? 'eu-west-1' : (constraint ?? 'us-east-1');
  };
  const documents: Pick<BucketDocuments, 'replication' | 'notifications'> = {
    replication: {
      name: 'replication configuration',
      read: async () => {
        try {
          const { $metadata: _, ...answer } = await s3.send(new GetBucketReplicationCommand(on));
          return answer.ReplicationConfiguration;
        } catch (error) {
          if ((error as Error).name === 'ReplicationConfigurationNotFoundError') {
            return undefined;
          }
          throw error;
        }
      },
      write: async (value) => {
        await (value === undefined
          ? s3.send(new DeleteBucketReplicationCommand(on))
          : s3.send(new PutBucketReplicationCommand({ ...on, ReplicationConfiguration: value as ReplicationConfiguration })));
      },
    },
    notifications: {
      name: 'notification configuration',
      read: async () => {
        const { $metadata: _, ...configuration } = await s3.send(new GetBucketNotificationConfigurationCommand(on));
        return configuration;
      },
      write: async (value) => {
        await s3.send(
          new PutBucketNotificationConfigurationCommand({
            ...on,
            NotificationConfiguration: value as NotificationConfiguration,
            // Otherwise S3 sends a test message to every destination of the owner, and refuses the whole where one of them is gone.
            SkipDestinationValidation: true,
          }),
        );
      },
    },
  };
  return {
    ...documents,
    all: async () => ({
      region: await region(),
      versioning: (await s3.send(new GetBucketVersioningCommand(on))).Status,
      notifications: await documents.notifications.read(),
      replication: await documents.replication.read(),
    }),
  };
}

/**
 * Has a client refuse a document in which S3 sent more than the SDK understood: written back, it would lose that. A runtime's SDK may be
 * older than a feature of S3 that somebody uses.
 */
export function refuseUnknownParts(s3: S3Client): void {
  s3.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body?: unknown; statusCode?: number };
      const body = await bytesOf(response.body);
      // What reads the answer after this takes bytes as well as a stream.
      response.body = body;
      (args as { request: { xml?: string } }).request.xml = body.toString();
      return result;
    },
    // Nearest to the network: before the answer is read.
    { step: 'deserialize', priority: 'low', name: 'keepXml' },
  );
  s3.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { $metadata: _, ...output } = result.output as { $metadata: unknown };
      const xml = (args as { request?: { xml?: string } }).request?.xml ?? '';
      const [sent, understood] = [leavesOfXml(xml), leavesOf(output)];
      if (/<(Replication|Notification)Configuration\b/.test(xml) && sent !== understood) {
        throw new Error(
          `the bucket's document has ${sent} values, and the SDK of this Lambda runtime understands ${understood}: writing it back would lose the others`,
        );
      }
      return result;
    },
    { step: 'deserialize', priority: 'high', name: 'refuseUnknownParts' },
  );
}

/** Elements with text in them. */
function leavesOfXml(xml: string): number {
  return [...xml.matchAll(/<([\w:]+)(?:\s[^>]*)?>[^<]+<\/\1>/g)].length;
}

function leavesOf(value: unknown): number {
  if (typeof value === 'object' && value !== null) {
    return Object.values(value).reduce<number>((sum, inner) => sum + leavesOf(inner), 0);
  }
  return value === undefined || value === '' ? 0 : 1;
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null) {
    return Buffer.alloc(0);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array | string>) {
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  }
  return Buffer.concat(chunks);
}
