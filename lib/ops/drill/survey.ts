import type { Clock } from '../../aws/clock';
import { Cursor, type KeyRange, type Stream } from '../../aws/listing/cursor';
import { discoverRanges } from '../../aws/listing/ranges';
import { isArchived } from '../copy/archive';
import { decide } from '../copy/decide';
import { keyStates } from '../copy/keys';
import type { Item } from '../copy/model';
import { Pool } from '../copy/pool';
import { type Amount, addTo } from '../copy/totals';
import { RANGES_AT_ONCE } from '../restore/restore-pair';
import type { ReplicaSide } from './job';
import type { Sample } from './sample';

/** What a replica bucket has to restore. */
export interface Survey {
  /** Objects that can be restored at once. */
  readonly objects: Amount;
  /** Objects in archive classes, which have to be requested first. */
  readonly archived: Amount;
  /** Keys whose current version at the moment was a delete marker, or that had none. */
  readonly absent: number;
  /** Time of the newest version that was seen, in ISO 8601; null without any. */
  readonly newest: string | null;
}

/** A scratch bucket has nothing that a restore would have to look at. */
const NOTHING: Stream = { current: undefined, advance: () => undefined, load: async () => undefined };

const EVERYTHING: KeyRange = { from: '', to: undefined };

/** Keys between two looks at whether the person interrupts. */
const LOOK_EVERY = 500;

/**
 * Lists a replica bucket, holding counters and the sample only.
 *
 * @param sample takes every object that can be restored at once. @default - none
 * @throws AppError when S3 gives no answer, or the person interrupts
 */
export async function survey(replica: ReplicaSide, asOf: number | undefined, clock: Clock, sample?: Sample): Promise<Survey> {
  const found = {
    objects: { objects: 0, bytes: 0 },
    archived: { objects: 0, bytes: 0 },
    absent: 0,
    newest: null as string | null,
  };
  const pool = new Pool(RANGES_AT_ONCE);
  const list = async (range: KeyRange) => {
    let keys = 0;
    for await (const item of chosen(replica, range, asOf)) {
      keys += 1;
      if (keys % LOOK_EVERY === 0) {
        await clock.sleep(0);
        // Another range may have failed.
        await pool.until(() => true);
      }
      if (item === undefined) {
        found.absent += 1;
        continue;
      }
      found.newest = found.newest === null || item.lastModified > found.newest ? item.lastModified : found.newest;
      addTo(isArchived(item) ? found.archived : found.objects, item.size);
      if (!isArchived(item)) {
        sample?.offer(item);
      }
    }
  };
  try {
    for (const range of await discoverRanges(replica)) {
      await pool.begin(() => list(range));
    }
  } finally {
    await pool.end();
  }
  return found;
}

/** Every object that can be restored at once, in the order of keys. */
export async function* restorable(replica: ReplicaSide, asOf: number | undefined): AsyncGenerator<Item, void> {
  for await (const item of chosen(replica, EVERYTHING, asOf)) {
    if (item !== undefined && !isArchived(item)) {
      yield item;
    }
  }
}

/** For each key what a restore would copy; undefined where there was no object at the moment. */
async function* chosen(replica: ReplicaSide, range: KeyRange, asOf: number | undefined): AsyncGenerator<Item | undefined, void> {
  for await (const state of keyStates(new Cursor(replica, range, replica.ignored), NOTHING, asOf)) {
    const decision = decide(state, false);
    yield decision.kind === 'copy' ? decision.item : undefined;
  }
}
