import { createHash } from 'node:crypto';
import { Cursor, type KeyRange, type Stream } from '../../aws/listing/cursor';
import { compareKeys } from '../../aws/listing/key-order';
import { discoverRanges } from '../../aws/listing/ranges';
import { type Decision, decide } from '../copy/decide';
import { forEachRange, type KeyState, keyStates } from '../copy/keys';
import { addMarker, type Marker, type MarkerTally, markerOrigin, noMarkers } from '../copy/markers';
import { type Amount, addTo, type Item, idOf, isArchived, noAmount } from '../copy/model';
import type { DrillJob, ReplicaBucket } from './job';

/** What a replica bucket has to restore. */
export interface Survey {
  /** Objects that can be restored at once. */
  readonly objects: Amount;
  /** Objects in archive classes, which have to be requested first. */
  readonly archived: Amount;
  /** Keys whose current version at the moment was a delete marker, or that had none. */
  readonly absent: number;
  /** Keys whose current version at the moment was a delete marker. */
  readonly markers: MarkerTally;
  /** The first of these markers, where this deployment writes none. */
  readonly hidden: readonly Marker[];
  /** Time of the newest version that was seen, in ISO 8601; null without any. */
  readonly newest: string | null;
}

/** Delete markers that a report names. */
const MOST_HIDDEN = 1000;

/** A scratch bucket has nothing that a restore would have to look at. */
const NOTHING: Stream = { current: undefined, advance: () => undefined, load: async () => undefined };

const EVERYTHING: KeyRange = { from: '', to: undefined };

/**
 * Lists a replica bucket, holding counters and the sample only.
 *
 * @param sample takes every object that can be restored at once. @default - none
 * @throws AppError when S3 gives no answer, or the person interrupts
 */
export async function survey(
  { replica, pair }: Pick<DrillJob, 'replica' | 'pair'>,
  asOf: number | undefined,
  signal: AbortSignal,
  sample?: Sample,
): Promise<Survey> {
  const found = {
    objects: noAmount(),
    archived: noAmount(),
    absent: 0,
    markers: noMarkers(),
    hidden: [] as Marker[],
    newest: null as string | null,
  };
  const origin = markerOrigin(pair);
  const count = (decision: Decision) => {
    if (decision.marker !== undefined) {
      addMarker(found.markers, decision.marker, false);
      if (origin === 'foreign' && found.hidden.length < MOST_HIDDEN) {
        found.hidden.push(decision.marker);
      }
    }
    if (decision.kind !== 'copy') {
      found.absent += 1;
      return;
    }
    const { item } = decision;
    found.newest = found.newest === null || item.lastModified > found.newest ? item.lastModified : found.newest;
    addTo(isArchived(item) ? found.archived : found.objects, item.size);
    if (!isArchived(item)) {
      sample?.offer(item);
    }
  };
  const keysOf = (range: KeyRange) => keysIn(replica, range, asOf);
  await forEachRange(await discoverRanges(replica), keysOf, signal, async (keys) => {
    for await (const state of keys) {
      count(decide(state, false));
    }
  });
  return found;
}

/** Every object that can be restored at once, in the order of keys. */
export async function* restorable(replica: ReplicaBucket, asOf: number | undefined): AsyncGenerator<Item, void> {
  for await (const state of keysIn(replica, EVERYTHING, asOf)) {
    const decision = decide(state, false);
    if (decision.kind === 'copy' && !isArchived(decision.item)) {
      yield decision.item;
    }
  }
}

function keysIn(replica: ReplicaBucket, range: KeyRange, asOf: number | undefined): AsyncGenerator<KeyState, void> {
  return keyStates(new Cursor(replica, range, replica.ignored), NOTHING, asOf);
}

/** An object, and its place among all: the lowest are the sample. */
interface Ranked {
  readonly item: Item;
  readonly rank: number;
}

/**
 * A random sample of a stream of unknown length: each object is as likely to be in it as any other. A hash of the seed and the
 * version decides, so that the same seed chooses the same objects, whatever the order in which parallel listings bring them. Holds
 * twice the sample at most.
 */
export class Sample {
  private kept: Ranked[] = [];
  /** What is above cannot be in the sample any more. */
  private limit = Number.POSITIVE_INFINITY;

  constructor(
    private readonly size: number,
    private readonly seed: string,
  ) {}

  offer(item: Item): void {
    const rank = this.rankOf(item);
    if (rank > this.limit) {
      return;
    }
    this.kept.push({ item, rank });
    if (this.kept.length >= 2 * this.size) {
      this.thin();
    }
  }

  /** In the order of keys. */
  items(): Item[] {
    this.thin();
    return this.kept.map(({ item }) => item).toSorted((a, b) => compareKeys(a.key, b.key));
  }

  private thin(): void {
    this.kept = this.kept.toSorted((a, b) => a.rank - b.rank || (idOf(a.item) < idOf(b.item) ? -1 : 1)).slice(0, this.size);
    if (this.kept.length === this.size) {
      this.limit = this.kept.at(-1)?.rank ?? this.limit;
    }
  }

  /** 48 bits: the most that a number holds of whole bytes. */
  private rankOf(item: Item): number {
    return createHash('sha256')
      .update(`${this.seed}/${idOf(item)}`)
      .digest()
      .readUIntBE(0, 6);
  }
}
