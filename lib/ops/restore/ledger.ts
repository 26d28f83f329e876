import type { KeyRange } from '../../aws/listing/cursor';
import type { Decision } from '../copy/decide';
import type { Item, ItemOutcome } from '../copy/model';
import { addTo, endOf, noTotals, type Totals } from '../copy/totals';
import { type Kept, Unfinished } from '../copy/unfinished';
import type { NotRestored } from './result';

/** How far one pair is, as the file of an interrupted restore has it. */
export interface LedgerData {
  readonly totals: Totals;
  /** What is left to restore. Each begins after its last key that has ended. */
  readonly left: readonly KeyRange[];
  readonly unfinished: readonly Kept[];
  readonly conflicts: readonly NotRestored[];
}

/** Conflicts that are shown; the file of `--csv` has all. */
const MOST_CONFLICTS = 100;

/** What has become of the objects of one pair. It always says of each object either that it has ended, once, or that it is left. */
export class Ledger {
  readonly totals: Totals;
  private readonly left: Set<KeyRange>;
  readonly unfinished: Unfinished;
  /** The first ones. */
  readonly conflicts: NotRestored[];
  private pending: NotRestored[] = [];

  constructor(
    readonly pair: string,
    data: Pick<LedgerData, 'left'> & Partial<LedgerData>,
  ) {
    this.totals = structuredClone({ ...noTotals(), ...data.totals });
    this.left = new Set(data.left);
    this.unfinished = new Unfinished(data.unfinished);
    this.conflicts = [...(data.conflicts ?? [])];
  }

  /** Counts what was decided by the listings alone. */
  decided(decision: Exclude<Decision, { kind: 'copy' }>): void {
    const { totals } = this;
    switch (decision.kind) {
      case 'there':
        addTo(totals.ends.there, decision.item.size);
        break;
      case 'conflict':
        this.conflict(decision.item, decision.why);
        break;
      case 'deleted':
      case 'later':
        totals[decision.kind] += 1;
        totals.stays += decision.stays ? 1 : 0;
        break;
    }
  }

  /** Counts what became of an item; where it was kept for another attempt, in place of what became of it before. */
  ended(item: Item, outcome: ItemOutcome): void {
    const { totals, unfinished } = this;
    const before = unfinished.release(item);
    if (before !== undefined) {
      addTo(totals.ends[before], item.size, -1);
    }
    if (outcome.kind === 'conflict') {
      this.conflict(item, outcome.why);
      return;
    }
    addTo(totals.ends[endOf(outcome)], item.size);
    if (outcome.kind === 'restored') {
      totals.verifiedBy[outcome.verifiedBy] += 1;
      totals.withoutTags += outcome.withoutTags === true ? 1 : 0;
    } else if (outcome.kind !== 'already-there') {
      totals.requested += outcome.kind === 'archived' && outcome.requested === true ? 1 : 0;
      if (!unfinished.keep({ item, end: outcome.kind, why: outcome.why })) {
        this.pending.push(this.row(item, outcome.kind, outcome.why));
      }
    }
  }

  /** What is left to restore. */
  ranges(): KeyRange[] {
    return [...this.left];
  }

  /** A range is left from this key on, or, without a key, not at all. @returns the range that stands in its place */
  advance(range: KeyRange, key: string | undefined): KeyRange {
    this.left.delete(range);
    if (key === undefined) {
      return range;
    }
    const rest = { from: key, to: range.to };
    this.left.add(rest);
    return rest;
  }

  /** What is not kept here, and so has to be written into the file of `--csv` as it comes. */
  get rows(): readonly NotRestored[] {
    return this.pending;
  }

  /** They have been written, or nobody wants them. */
  forgetRows(): void {
    this.pending = [];
  }

  /** What another attempt may restore. */
  unfinishedRows(): NotRestored[] {
    return this.unfinished.list().map(({ item, end, why }) => this.row(item, end, why));
  }

  errorToJson(): LedgerData {
    return { totals: this.totals, left: this.ranges(), unfinished: this.unfinished.list(), conflicts: this.conflicts };
  }

  private conflict(item: Item, why: string): void {
    addTo(this.totals.ends.conflict, item.size);
    const row = this.row(item, 'conflict', why);
    this.pending.push(row);
    if (this.conflicts.length < MOST_CONFLICTS) {
      this.conflicts.push(row);
    }
  }

  private row({ key, versionId, lastModified, size, storageClass }: Item, end: NotRestored['end'], why: string): NotRestored {
    return { pair: this.pair, end, key, versionId, lastModified, size, storageClass, why };
  }
}
