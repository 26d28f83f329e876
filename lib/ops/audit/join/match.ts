import type { Entry } from '../../../aws/listing/scan-page';

/** Takes a version of both sides, or of one where the other has none. Never nothing. */
export type Visit = (source: Entry | undefined, replica: Entry | undefined) => void;

/** Matches the versions of one key, whatever their order. */
export interface Matcher {
  source(entry: Entry): void;
  replica(entry: Entry): void;
  /** The key has ended: what has no match is visited alone. */
  end(): void;
}

/** Matches by version id, which S3 keeps in the replica. Holds only what has no match yet. */
export class ByVersionId implements Matcher {
  private readonly sources = new Map<string, Entry>();
  private readonly replicas = new Map<string, Entry>();

  constructor(private readonly visit: Visit) {}

  source(entry: Entry): void {
    const replica = this.replicas.get(entry.versionId);
    if (replica === undefined) {
      this.sources.set(entry.versionId, entry);
    } else {
      this.replicas.delete(entry.versionId);
      this.visit(entry, replica);
    }
  }

  replica(entry: Entry): void {
    const source = this.sources.get(entry.versionId);
    if (source === undefined) {
      this.replicas.set(entry.versionId, entry);
    } else {
      this.sources.delete(entry.versionId);
      this.visit(source, entry);
    }
  }

  end(): void {
    for (const entry of this.sources.values()) {
      this.visit(entry, undefined);
    }
    for (const entry of this.replicas.values()) {
      this.visit(undefined, entry);
    }
    this.sources.clear();
    this.replicas.clear();
  }
}

/**
 * Matches by age, for an emulator that gives replicas new version ids: the oldest with the oldest, and delete markers among
 * themselves. Where one is missing between others, it is the newest that has no match.
 */
export class ByAge implements Matcher {
  private sources: Entry[] = [];
  private replicas: Entry[] = [];

  constructor(private readonly visit: Visit) {}

  source(entry: Entry): void {
    this.sources.push(entry);
  }

  replica(entry: Entry): void {
    this.replicas.push(entry);
  }

  end(): void {
    for (const kind of [false, true]) {
      // A listing has the newest first.
      const sources = this.sources.filter(({ isDeleteMarker }) => isDeleteMarker === kind).toReversed();
      const replicas = this.replicas.filter(({ isDeleteMarker }) => isDeleteMarker === kind).toReversed();
      for (let index = 0; index < Math.max(sources.length, replicas.length); index += 1) {
        this.visit(sources[index], replicas[index]);
      }
    }
    this.sources = [];
    this.replicas = [];
  }
}
