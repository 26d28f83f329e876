import type { Entry } from '../../../aws/listing/scan-page';
import type { Matcher } from './match';

/**
 * Gives each version what a lifecycle rule goes by: when the next one of its key came, and what a delete marker of the replica bucket is
 * above. A listing has the newest version of a key first.
 */
export class WithHistory implements Matcher {
  private newer: string | undefined;
  private count = 0;
  private marker: Entry | undefined;

  /** @param deleteMarkers whether delete markers of the source are replicated, and so make a replica noncurrent */
  constructor(
    private readonly inner: Matcher,
    private readonly deleteMarkers: boolean,
  ) {}

  source(entry: Entry): void {
    const { newer: replacedAt, count } = this;
    // Of the newer ones, one is current.
    this.inner.source({ ...entry, history: { replacedAt, newerNoncurrent: Math.max(0, count - 1) } });
    if (!entry.isDeleteMarker || this.deleteMarkers) {
      this.newer = entry.lastModified;
      this.count += 1;
    }
  }

  replica(entry: Entry): void {
    this.handOn(entry.lastModified);
    if (entry.isDeleteMarker) {
      this.marker = entry;
    } else {
      this.inner.replica(entry);
    }
  }

  end(): void {
    this.handOn(undefined);
    this.inner.end();
    this.newer = undefined;
    this.count = 0;
  }

  private handOn(hides: string | undefined): void {
    if (this.marker !== undefined) {
      this.inner.replica({ ...this.marker, history: { hides } });
      this.marker = undefined;
    }
  }
}
