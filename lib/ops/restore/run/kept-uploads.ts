import type { Item, OpenUploads } from '../../copy/model';
import { idOf } from '../../copy/unfinished';

/** An upload in parts that was begun and has not ended. */
export interface KeptUpload {
  readonly key: string;
  readonly versionId: string;
  readonly uploadId: string;
}

/** Uploads in parts, as the file of an interrupted restore has them. */
export class KeptUploads implements OpenUploads {
  private readonly open: Map<string, KeptUpload>;

  /** @param save writes the file, and throws when it cannot be written */
  constructor(
    private readonly save: () => void,
    earlier: readonly KeptUpload[] = [],
  ) {
    this.open = new Map(earlier.map((upload) => [idOf(upload), upload]));
  }

  find(item: Item): string | undefined {
    return this.open.get(idOf(item))?.uploadId;
  }

  async begun({ key, versionId }: Item, uploadId: string): Promise<void> {
    this.open.set(idOf({ key, versionId }), { key, versionId, uploadId });
    this.save();
  }

  ended(item: Item): void {
    this.open.delete(idOf(item));
  }

  errorToJson(): KeptUpload[] {
    return [...this.open.values()];
  }
}
