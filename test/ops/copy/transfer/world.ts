import { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../../../../lib/aws/clock';
import { Requests } from '../../../../lib/aws/requests';
import type { BucketClient, Item, ItemOutcome, RestoreRequest } from '../../../../lib/ops/copy/model';
import { type CopyOptions, copier } from '../../../../lib/ops/copy/transfer';
import type { Sizes } from '../../../../lib/ops/copy/transfer/layout';
import { StoredBucket } from '../../../helpers/fake-s3/bucket';
import type { Request } from '../../../helpers/fake-s3/protocol';
import { FakeS3 } from '../../../helpers/fake-s3/server';
import type { Stored, Version } from '../../../helpers/fake-s3/version';

const KIB = 1024;

/** Small, and still more than one chunk of what is sent on as it arrives. */
export const SMALL_SIZES: Sizes = { small: 4 * KIB, inMemory: 40 * KIB, whole: 640 * KIB, part: 120 * KIB };

/** A bucket that has a server to itself. */
class ServedBucket extends StoredBucket {
  private readonly server = new FakeS3(() => this);
  readonly requests = this.server.requests;
  readonly fault = this.server.fault.bind(this.server);

  static async start(name: string, opaque: boolean): Promise<ServedBucket> {
    const bucket = new ServedBucket(name);
    bucket.opaque = opaque;
    await bucket.server.start();
    return bucket;
  }

  get endpoint(): string {
    return this.server.endpoint;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  override put(key: string, body: Buffer, more: Partial<Stored> & { readonly checksum?: string | null } = {}): Version {
    return super.put(key, body, { lastModified: '2026-11-02T10:00:00.000Z', ...more });
  }

  sent(method: string): Request[] {
    return this.requests.filter((request) => request.method === method);
  }
}

/** A wait of so many milliseconds at most, and of half of them at least: chance decides. */
export function jittered(milliseconds: number): unknown {
  return {
    asymmetricMatch: (wait: number) => wait > milliseconds / 2 - 1 && wait <= milliseconds,
    toString: () => `up to ${milliseconds}`,
  };
}

/** Both buckets, real clients of the SDK, and what a restore would remember. */
export class World {
  readonly waits: number[] = [];
  readonly uploads = new Map<string, string>();
  readonly counts: Record<RestoreRequest, number> = { list: 0, head: 0, get: 0, put: 0, other: 0 };
  readonly clock: Clock = {
    now: () => new Date(0),
    sleep: async (milliseconds) => {
      if (milliseconds > 0) {
        this.waits.push(milliseconds);
      }
    },
  };
  private readonly clients: S3Client[] = [];

  private constructor(
    readonly replica: ServedBucket,
    readonly target: ServedBucket,
  ) {}

  static async start(opaque = true): Promise<World> {
    return new World(await ServedBucket.start('replica', opaque), await ServedBucket.start('target', opaque));
  }

  async stop(): Promise<void> {
    for (const client of this.clients) {
      client.destroy();
    }
    await Promise.all([this.replica.stop(), this.target.stop()]);
  }

  place(bucket: ServedBucket): BucketClient {
    const s3 = new S3Client({
      region: 'eu-west-1',
      endpoint: bucket.endpoint,
      forcePathStyle: true,
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      // The SDK's own waits are real ones.
      maxAttempts: 1,
    });
    this.clients.push(s3);
    return { name: bucket.name, s3, requests: new Requests(this.clock, this.counts, undefined) };
  }

  copier(options: Partial<CopyOptions> = {}) {
    return copier(this.place(this.replica), this.place(this.target), {
      clock: this.clock,
      signal: new AbortController().signal,
      uploads: {
        find: ({ key }) => this.uploads.get(key),
        begun: async ({ key }, uploadId) => {
          this.uploads.set(key, uploadId);
        },
        ended: ({ key }) => {
          this.uploads.delete(key);
        },
      },
      sizes: SMALL_SIZES,
      ...options,
    });
  }

  async copy(item: Item, options: Partial<CopyOptions> = {}): Promise<ItemOutcome> {
    return await this.copier(options)(item);
  }
}

export function itemOf(
  key: string,
  { versionId, body }: Pick<Version, 'versionId' | 'body' | 'headers' | 'etag'>,
  more: Partial<Item> = {},
): Item {
  return { key, versionId, size: body.length, storageClass: 'STANDARD', lastModified: '2026-11-01T00:00:00.000Z', ...more };
}
