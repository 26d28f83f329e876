import type { Stream } from '../../aws/listing/cursor';
import { compareKeys } from '../../aws/listing/key-order';
import type { Entry } from '../../aws/listing/page';

/** Takes a version of both sides, or of one where the other has none. Never nothing. */
export type Visit = (source: Entry | undefined, replica: Entry | undefined) => void;

/** Matches the versions of one key, whatever their order. */
export interface Matcher {
  source(entry: Entry): void;
  replica(entry: Entry): void;
  /** The key has ended: what has no match is visited alone. */
  end(): void;
}

/**
 * Joins both sides key by key.
 *
 * @param passAlike passes over keys that both sides have alike, beginning with the current one, and returns the last of them
 * @param keyEnded awaited after each key that `isDue` says so of, with the key: everything up to it has been matched
 */
export async function join(
  source: Stream,
  replica: Stream,
  matcher: Matcher,
  isDue: () => boolean,
  keyEnded: (key: string) => Promise<void>,
  passAlike: () => string | undefined = () => undefined,
): Promise<void> {
  let key: string | undefined;
  for (;;) {
    if (source.current === undefined) {
      await source.load();
    }
    if (replica.current === undefined) {
      await replica.load();
    }
    const left = source.current;
    const right = replica.current;
    const next = firstKey(left, right);
    if (next !== key && key !== undefined) {
      matcher.end();
      if (isDue()) {
        await keyEnded(key);
      }
    }
    if (next === undefined) {
      return;
    }
    const passed = next === key ? undefined : passAlike();
    if (passed !== undefined) {
      key = passed;
      continue;
    }
    key = next;
    if (left?.key === key) {
      matcher.source(left);
      source.advance();
    }
    if (right?.key === key) {
      matcher.replica(right);
      replica.advance();
    }
  }
}

function firstKey(left: Entry | undefined, right: Entry | undefined): string | undefined {
  if (left === undefined || right === undefined) {
    return (left ?? right)?.key;
  }
  return compareKeys(left.key, right.key) <= 0 ? left.key : right.key;
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
