import { stopIfInterrupted } from '../../aws/clock';
import { isEmulator } from '../../aws/emulator';
import type { Context } from '../../cli/command';
import { whole } from '../../cli/units';
import { type Amount, addTo, type Item, type ItemOutcome, noAmount, sumOf, type Verification } from '../copy/model';
import { Pool } from '../copy/pool';
import { copier } from '../copy/transfer';
import { type ComparedBy, type Comparison, compare, type Originals } from './compare';
import type { DrillJob } from './job';
import type { DrillOptions } from './options';
import type { Scratch } from './scratch';

/** How it ended for one object of a drill. */
export const ENDS = ['same', 'different', 'failed', 'archived', 'unknown'] as const;

export type DrillEnd = (typeof ENDS)[number];

/** What each end means, for a person. */
export const MEANING: Readonly<Record<DrillEnd, string>> = {
  same: 'restored, and the same as the original',
  different: 'restored, but different from the original',
  failed: 'not restored',
  archived: 'archived: it has to be requested before it can be restored',
  unknown: 'restored, but could not be compared',
};

/** One object that the drill restored, or tried to. */
export interface DrilledObject {
  readonly end: DrillEnd;
  readonly key: string;
  /** Of the replica. */
  readonly versionId: string;
  /** ISO 8601, of the replica. */
  readonly lastModified: string;
  /** Bytes. */
  readonly size: number;
  /** What the restore itself verified it by; null where it was not restored. */
  readonly verifiedBy: Verification | null;
  /** What the drill compared it with: the replica where the source bucket has the version no longer. */
  readonly comparedWith: 'source' | 'replica' | null;
  readonly comparedBy: ComparedBy | null;
  /** What is wrong; null for nothing. */
  readonly why: string | null;
}

/** Objects that a report holds, so that its size does not depend on the bucket. */
const MOST_RESULTS = 10_000;

/**
 * Objects that are restored before they are compared and deleted: so much is held in memory, and at most so many objects of the
 * bucket exist a second time.
 */
const CHUNK = 5000;

/** What the drill of one pair has done. */
export interface Drilled {
  readonly tally: Tally;
  readonly seconds: { readonly restore: number; readonly compare: number; readonly cleanUp: number };
}

/**
 * Restores objects into a scratch bucket, compares them and deletes them there.
 *
 * @throws AppError when it cannot go on; the copies that have begun have ended then
 */
export async function drillPair(
  context: Context,
  job: DrillJob,
  scratch: Scratch,
  items: AsyncIterable<Item> | Iterable<Item>,
  { concurrency }: Pick<DrillOptions, 'concurrency'>,
): Promise<Drilled> {
  const { clock, signal, terminal } = context;
  const { pair, source, replica } = job;
  const tally = new Tally();
  const seconds = { restore: 0, compare: 0, cleanUp: 0 };
  const owners = { from: replica.owner, to: source.owner };
  const copy = copier(replica, scratch.bucket, { uploads: scratch.uploads, clock, signal, owners });
  const originals: Originals = {
    job,
    scratch: scratch.bucket,
    // An emulator has ids and keys of its own.
    ...(isEmulator() ? { sameIds: false, keyArn: undefined } : { sameIds: true, keyArn: scratch.keyArn }),
  };
  const timed = async (phase: keyof typeof seconds, work: () => Promise<void>) => {
    const began = clock.now().getTime();
    await work();
    seconds[phase] += (clock.now().getTime() - began) / 1000;
  };
  const each = async (some: readonly Item[], work: (item: Item) => Promise<void>) => {
    const pool = new Pool(concurrency);
    try {
      for (const item of some) {
        await pool.begin(() => work(item));
        stopIfInterrupted(signal);
      }
    } finally {
      await pool.end();
    }
  };
  for await (const chunk of chunks(items)) {
    const outcomes = new Map<Item, ItemOutcome>();
    await timed('restore', () =>
      each(chunk, async (item) => {
        scratch.begin(item);
        outcomes.set(item, await copy(item));
        terminal.progress(`drill of ${pair.id}: ${whole(tally.restored.objects + outcomes.size)} objects restored`);
      }),
    );
    await timed('compare', () =>
      each(chunk, async (item) => {
        const outcome = outcomes.get(item);
        const comparison = isThere(outcome) ? await compare(item, originals) : undefined;
        tally.add(describe(item, outcome, comparison));
        terminal.progress(`drill of ${pair.id}: ${whole(tally.restored.objects)} objects compared`);
      }),
    );
    // What cannot be deleted is tried again when the bucket is closed, and reported then.
    await timed('cleanUp', () => scratch.clear().catch(() => undefined));
  }
  terminal.progress('');
  return { tally, seconds };
}

/** A write whose answer was lost is found at the next attempt. Nothing else can be there: the bucket was empty. */
function isThere(outcome: ItemOutcome | undefined): boolean {
  return outcome?.kind === 'restored' || outcome?.kind === 'already-there';
}

function describe(item: Item, outcome: ItemOutcome | undefined, comparison: Comparison | undefined): DrilledObject {
  const { key, versionId, lastModified, size } = item;
  const object = { key, versionId, lastModified, size };
  if (comparison !== undefined) {
    const { same, with: comparedWith, by: comparedBy, why } = comparison;
    const end = same === null ? 'unknown' : same ? 'same' : 'different';
    const verifiedBy = outcome?.kind === 'restored' ? outcome.verifiedBy : null;
    return { end, ...object, verifiedBy, comparedWith, comparedBy, why };
  }
  const end = outcome?.kind === 'archived' ? 'archived' : 'failed';
  const why = outcome !== undefined && 'why' in outcome ? outcome.why : null;
  return { end, ...object, verifiedBy: null, comparedWith: null, comparedBy: null, why };
}

async function* chunks(items: AsyncIterable<Item> | Iterable<Item>): AsyncGenerator<Item[], void> {
  let chunk: Item[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length === CHUNK) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) {
    yield chunk;
  }
}

/** Counts what became of the objects of a drill, and keeps the first ones: those that are wrong before the others. */
class Tally {
  readonly ends = Object.fromEntries(ENDS.map((end) => [end, noAmount()])) as Record<DrillEnd, Amount>;
  readonly comparedWith = { source: 0, replica: 0 };
  readonly comparedBy: Record<ComparedBy, number> = { checksum: 0, content: 0 };
  private readonly wrong: DrilledObject[] = [];
  private readonly right: DrilledObject[] = [];
  private count = 0;

  add(object: DrilledObject): void {
    const { end, size, comparedWith, comparedBy } = object;
    addTo(this.ends[end], size);
    if (comparedWith !== null && comparedBy !== null) {
      this.comparedWith[comparedWith] += 1;
      this.comparedBy[comparedBy] += 1;
    }
    this.count += 1;
    const list = end === 'same' ? this.right : this.wrong;
    if (list.length < MOST_RESULTS) {
      list.push(object);
    }
  }

  /** Objects that were restored, whatever they turned out to be. */
  get restored(): Amount {
    const { same, different, unknown } = this.ends;
    return sumOf([same, different, unknown]);
  }

  results(): { readonly results: readonly DrilledObject[]; readonly moreResults: number } {
    const results = [...this.wrong, ...this.right].slice(0, MOST_RESULTS);
    return { results, moreResults: this.count - results.length };
  }
}
