import type { Clock } from '../../aws/clock';
import type { KeyRange } from '../../aws/listing/cursor';
import { AppError } from '../../errors/errors';
import { decide } from '../copy/decide';
import type { CopyVersion, Item } from '../copy/model';
import { Pool } from '../copy/pool';
import { MOST_KEPT } from '../copy/unfinished';
import type { Subject } from './job';
import type { Ledger } from './ledger';
import { LowWater } from './run/low-water';

/** Ranges that are listed at a time: each has a page of both sides waiting. */
export const RANGES_AT_ONCE = 6;

/** Keys of one range that may end before an earlier one has: after an end without warning they are compared again. */
const MOST_AHEAD = 5000;

/** What a pair is restored with. */
export interface Means {
  readonly copy: CopyVersion;
  readonly overwrite: boolean;
  /** Objects that are copied at a time. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** Called after whatever has been written into the ledger. */
  readonly counted: () => void;
}

/**
 * Restores one pair, as far as its ledger says that it has not been: what another attempt may restore, and then every range.
 *
 * @throws AppError when it cannot go on; the copies that have begun have ended then
 */
export async function restorePair(subject: Subject, ledger: Ledger, means: Means): Promise<void> {
  const copies = new Pool(means.concurrency);
  const ranges = new Pool(RANGES_AT_ONCE);
  try {
    await retry(ledger, means, copies);
    for (const range of ledger.ranges()) {
      await ranges.begin(() => restoreRange(range, subject, ledger, means, copies));
    }
    await ranges.end();
  } catch (error) {
    copies.stop(error);
    await ranges.end().catch(() => undefined);
  }
  await copies.end();
}

async function retry(ledger: Ledger, means: Means, copies: Pool): Promise<void> {
  for (const { item } of ledger.unfinished.list()) {
    await copies.begin(() => copy(item, ledger, means, (commit) => commit()));
    await means.clock.sleep(0);
  }
}

async function restoreRange(range: KeyRange, subject: Subject, ledger: Ledger, means: Means, copies: Pool): Promise<void> {
  let left = range;
  const steps = new LowWater((key) => {
    left = ledger.advance(left, key);
  });
  try {
    for await (const state of subject.keys(range)) {
      const ended = steps.begin(state.key);
      const decision = decide(state, means.overwrite);
      if (decision.kind === 'copy') {
        await copies.begin(() => copy(decision.item, ledger, means, ended));
        // Ctrl-C is noticed while the clock sleeps.
        await means.clock.sleep(0);
      } else {
        ended(() => ledger.decided(decision));
        means.counted();
      }
      await copies.until(() => steps.ahead < MOST_AHEAD);
    }
    steps.begin(undefined)(() => undefined);
    means.counted();
  } catch (error) {
    // The other ranges stop at their next key.
    copies.stop(error);
    throw error;
  }
}

async function copy(item: Item, ledger: Ledger, means: Means, ended: (commit: () => void) => void): Promise<void> {
  const outcome = await means.copy(item);
  ended(() => ledger.ended(item, outcome));
  means.counted();
  if (ledger.unfinished.counts.failed >= MOST_KEPT) {
    throw new AppError(
      'TooManyFailures',
      `${MOST_KEPT} objects could not be restored: something general is wrong. The last one: ${'why' in outcome ? outcome.why : item.key}`,
      'correct it, then repeat the command with --resume',
    );
  }
}
