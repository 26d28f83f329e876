import { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../../../../lib/aws/clock';
import { Requests } from '../../../../lib/aws/requests';
import type { Item, ItemOutcome, Place, RestoreRequest } from '../../../../lib/ops/copy/model';
import { type CopyOptions, copier } from '../../../../lib/ops/copy/transfer';
import { FakeS3, type Stored } from './fake-s3';

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
    readonly replica: FakeS3,
    readonly target: FakeS3,
  ) {}

  static async start(opaque = true): Promise<World> {
    return new World(await FakeS3.start(opaque), await FakeS3.start(opaque));
  }

  async stop(): Promise<void> {
    for (const client of this.clients) {
      client.destroy();
    }
    await Promise.all([this.replica.stop(), this.target.stop()]);
  }

  place(server: FakeS3, name: string): Place {
    const s3 = new S3Client({
      region: 'eu-west-1',
      endpoint: server.endpoint,
      forcePathStyle: true,
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      // The SDK's own waits are real ones.
      maxAttempts: 1,
    });
    this.clients.push(s3);
    return { name, s3, requests: new Requests(this.clock, this.counts, undefined) };
  }

  copier(options: Partial<CopyOptions> = {}) {
    return copier(this.place(this.replica, 'replica'), this.place(this.target, 'target'), {
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
      ...options,
    });
  }

  async copy(item: Item, options: Partial<CopyOptions> = {}): Promise<ItemOutcome> {
    return await this.copier(options)(item);
  }
}

export function itemOf(key: string, { versionId, body }: Stored, more: Partial<Item> = {}): Item {
  return { key, versionId, size: body.length, storageClass: 'STANDARD', lastModified: '2026-11-01T00:00:00.000Z', ...more };
}
