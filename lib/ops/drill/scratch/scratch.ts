import { isAwsError } from '../../../aws/aws-error';
import { pageOf } from '../../../aws/listing/bucket';
import { messageOf, UsageError } from '../../../errors/errors';
import type { Item, OpenUploads } from '../../copy/model';
import { idOf } from '../../copy/unfinished';
import { abortUpload, deleteVersions, removeBucket } from '../empty-bucket';
import type { DrillPlace } from '../job';

/** The bucket that a drill restores into, and what the drill has written there. */
export class Scratch {
  /** Keys that the drill may have written since the bucket was cleared. */
  private readonly written = new Set<string>();
  private readonly open = new Map<string, { readonly key: string; readonly uploadId: string }>();

  /**
   * @param made the drill made the bucket, so that everything in it goes, and the bucket too
   * @param patient the same bucket, with requests that go on after the person interrupts
   * @param remedy command that cleans up by hand
   * @param keyArn key that encrypts what is written there. @default - the bucket is somebody else's choice
   */
  constructor(
    readonly place: DrillPlace,
    readonly made: boolean,
    private readonly patient: DrillPlace,
    private readonly remedy: string,
    readonly keyArn?: string,
  ) {}

  readonly uploads: OpenUploads = {
    find: (item) => this.open.get(idOf(item))?.uploadId,
    begun: async (item, uploadId) => {
      this.open.set(idOf(item), { key: item.key, uploadId });
    },
    ended: (item) => {
      this.open.delete(idOf(item));
    },
  };

  /** To be called before the object is written. */
  begin({ key }: Item): void {
    this.written.add(key);
  }

  /**
   * Deletes what the drill has written: the bucket was empty before, so that a key which the drill has written has nothing else.
   *
   * @throws AppError when one version cannot be deleted, and whatever S3 answers
   */
  async clear(): Promise<void> {
    for (const [id, { key, uploadId }] of this.open) {
      await abortUpload(this.patient, key, uploadId).catch((error: unknown) => {
        if (!isAwsError(error, 'NoSuchUpload')) {
          throw error;
        }
      });
      this.open.delete(id);
    }
    if (this.written.size > 0) {
      await deleteVersions(this.patient, ({ key }) => this.written.has(key));
      this.written.clear();
    }
  }

  /** Deletes what is left of the drill. Never throws: what it returns is what stays, and what removes it. */
  async close(): Promise<string | undefined> {
    try {
      await this.clear();
      if (this.made) {
        await removeBucket(this.patient);
      }
      return undefined;
    } catch (error) {
      const next = this.made ? 'the next drill finds it and offers to remove it, or do' : 'it was empty before the drill; do';
      return `bucket ${this.place.name} could not be cleaned up: ${messageOf(error)}; ${next}: ${this.remedy}`;
    }
  }
}

/**
 * Whatever a drill would find in the bucket, it could not tell from what it restores.
 *
 * @throws UsageError when the bucket has anything in it, noncurrent versions and delete markers too
 */
export async function checkEmpty(place: DrillPlace): Promise<void> {
  const { entries } = await pageOf({ ...place, prefix: '' }, { MaxKeys: 1 });
  if (entries.length > 0) {
    throw new UsageError(
      'NotEmpty',
      `bucket ${place.name} is not empty: a drill would not know what is its own`,
      'name an empty bucket, without old versions too, or leave --to out',
    );
  }
}
