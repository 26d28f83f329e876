import { isEmulator } from '../../aws/emulator';
import type { Context } from '../../cli/command';
import { whole } from '../../cli/units';
import type { Item, ItemOutcome } from '../copy/model';
import { Pool } from '../copy/pool';
import { copier } from '../copy/transfer';
import { type Comparison, compare, type Originals } from './compare/compare';
import type { DrillOptions } from './options';
import type { DrilledObject, Durations } from './report/result';
import type { Scratch } from './scratch/scratch';
import type { Subject } from './subject';
import { Tally } from './tally';

/**
 * Objects that are restored before they are compared and deleted: so much is held in memory, and at most so many objects of the
 * bucket exist a second time.
 */
const CHUNK = 5000;

/** What the drill of one pair has done. */
export interface Drilled {
  readonly tally: Tally;
  readonly seconds: Pick<Durations, 'restore' | 'compare' | 'cleanUp'>;
}

/**
 * Restores objects into a scratch bucket, compares them and deletes them there.
 *
 * @throws AppError when it cannot go on; the copies that have begun have ended then
 */
export async function drillPair(
  context: Context,
  subject: Subject,
  scratch: Scratch,
  items: AsyncIterable<Item> | Iterable<Item>,
  { concurrency }: Pick<DrillOptions, 'concurrency'>,
): Promise<Drilled> {
  const { clock, signal, terminal } = context;
  const { pair, source, replica } = subject;
  const tally = new Tally();
  const seconds = { restore: 0, compare: 0, cleanUp: 0 };
  const owners = { from: replica.owner, to: source.owner };
  const copy = copier(replica, scratch.place, { uploads: scratch.uploads, clock, signal, owners });
  const originals: Originals = {
    subject,
    scratch: scratch.place,
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
        // Ctrl-C is noticed while the clock sleeps.
        await clock.sleep(0);
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
