import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from '../../../lib/cli/command';
import type { CopyVersion, Item, ItemOutcome, OpenUploads } from '../../../lib/ops/copy/model';
import { restore } from '../../../lib/ops/restore/restore';
import type { RestoreResult } from '../../../lib/ops/restore/result';
import { FakeS3 } from '../../helpers/fake-s3/server';
import type { Stored } from '../../helpers/fake-s3/version';
import { temporaryFolder } from '../../helpers/folder';
import { testContext } from '../../helpers/ops';

export const SOURCE = 'backups-documents-111111111111-ap-southeast-2-an';
export const REPLICA = 'backups-documents-222222222222-us-west-2-an';
export const OTHER = 'rescue-111111111111';

/** Lists the buckets over HTTP, and copies in memory: what a copy does by itself is the transfer's matter. */
export class World {
  readonly s3 = new FakeS3();
  /** Items that were handed to the copier, in that order, over all runs. */
  readonly asked: Item[] = [];
  /** Versions of the replica bucket that were written to the target, by key, over all runs. */
  readonly written = new Map<string, string[]>();
  /** Answers instead of a copy, or throws, when it returns something. */
  instead: (item: Item, uploads: OpenUploads) => ItemOutcome | undefined | Promise<ItemOutcome | undefined> = () => undefined;
  /** Of the last run. */
  withoutTags = false;
  target = SOURCE;
  folder = '';
  /** Ids of the versions that are current in the target, by key. */
  private now = new Map<string, string>();
  /** Versions that the next run finds listed. */
  private readonly added = new Map<string, Stored>();

  async open(): Promise<void> {
    this.folder = temporaryFolder('restore-');
    await this.s3.start();
  }

  async close(): Promise<void> {
    await this.s3.stop();
    rmSync(this.folder, { recursive: true });
  }

  file(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  populate(replicas: readonly Stored[], target: readonly Stored[] = [], bucket = SOURCE): void {
    this.target = bucket;
    this.s3.fill(REPLICA, replicas);
    this.s3.fill(bucket, target);
    const current = target.filter(({ key }, index) => target.findIndex((each) => each.key === key) === index);
    this.now = new Map(
      current.flatMap(({ key, versionId, isDeleteMarker }) => (isDeleteMarker === true ? [] : [[key, versionId]])),
    );
    this.written.clear();
    this.added.clear();
  }

  /** Runs the command against these buckets. */
  async run(values: Record<string, string | boolean> = {}, keys: Record<string, unknown> = {}, more: Partial<Context> = {}) {
    this.s3.fill(this.target, [...this.added.values(), ...(this.s3.buckets.get(this.target)?.versions() ?? [])]);
    this.added.clear();
    const { context, recorded } = this.context(keys, more);
    const { exitCode, text, data } = await restore(context, { argument: undefined, values });
    return { exitCode, text, data: data as RestoreResult, recorded };
  }

  context(keys: Record<string, unknown> = {}, more: Partial<Context> = {}) {
    const plain = testContext({ pairs: [{ id: 'documents' }], ...keys });
    const client = (region = 'us-west-2') =>
      new S3Client({
        endpoint: this.s3.endpoint,
        forcePathStyle: true,
        region,
        maxAttempts: 1,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      });
    const clients = { ...plain.context.clients, s3: async (_: unknown, region?: string) => client(region) };
    return { recorded: plain.recorded, context: { ...plain.context, directory: this.folder, clients, ...more } };
  }

  /** Stands in for the transfer: writes what is not there, and never the same twice. */
  copier(uploads: OpenUploads, withoutTags = false): CopyVersion {
    this.withoutTags = withoutTags;
    return async (item) => {
      this.asked.push(item);
      // Copies end in another order than they begin.
      for (let turns = (item.key.length * 7 + this.asked.length) % 4; turns > 0; turns -= 1) {
        await setImmediate();
      }
      const answer = await this.instead(item, uploads);
      if (answer !== undefined) {
        return answer;
      }
      const current = this.now.get(item.key);
      const same = this.written.get(item.key)?.at(-1) === item.versionId;
      if (current !== undefined && (same || current !== item.replaces)) {
        return same ? { kind: 'already-there' } : { kind: 'conflict', why: 'the target has something else' };
      }
      this.written.set(item.key, [...(this.written.get(item.key) ?? []), item.versionId]);
      this.now.set(item.key, `new-${item.versionId}`);
      this.added.set(item.key, { key: item.key, versionId: `new-${item.versionId}`, size: item.size });
      return { kind: 'restored', verifiedBy: 'object-checksum', ...(withoutTags && { withoutTags: true }) };
    };
  }
}

/** So many objects, one version each. */
export function objects(count: number, name = (index: number) => `k${String(index).padStart(5, '0')}`): Stored[] {
  return Array.from({ length: count }, (_, index) => ({ key: name(index), versionId: `v${index}` }));
}
