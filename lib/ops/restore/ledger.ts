import type { KeyRange } from '../../aws/listing/cursor';
import type { DeployedPair } from '../../model/deployment';
import type { Decision } from '../copy/decide';
import { addMarker, hiddenKeys, type MarkerTally, markerOrigin, noMarkers } from '../copy/markers';
import { type Amount, addTo, type Item, type ItemOutcome, idOf, noAmount, sumOf, type Verification } from '../copy/model';

/** How it may end for an object that existed at the moment asked for. */
export const ENDS = ['restored', 'there', 'conflict', 'archived', 'failed'] as const;

export type RestoreEnd = (typeof ENDS)[number];

/** What a restore has done so far. */
export interface RestoreTotals {
  /** The ends of every object that was dealt with. */
  readonly ends: Record<RestoreEnd, Amount>;
  /** Of those that are there: found by the version id in the listing of the target, their content was not read. */
  listedOnly: number;
  /** Restored objects by what says that they are the same as the replica. */
  readonly verifiedBy: Record<Verification, number>;
  /** Restored objects whose tags were not asked for, and not written. */
  withoutTags: number;
  /** Keys whose current version at that moment was a delete marker. */
  deleted: number;
  /** Those keys, and those whose delete marker was ignored. */
  readonly markers: MarkerTally;
  /** Keys that had no version at that moment. */
  later: number;
  /** Those of both that the target has an object under, which stays. */
  stays: number;
  /** Archived objects that S3 was asked for. */
  requested: number;
}

function noTotals(): RestoreTotals {
  return {
    ends: { restored: noAmount(), there: noAmount(), conflict: noAmount(), archived: noAmount(), failed: noAmount() },
    listedOnly: 0,
    verifiedBy: { 'object-checksum': 0, 'part-checksums': 0, transfer: 0 },
    withoutTags: 0,
    deleted: 0,
    markers: noMarkers(),
    later: 0,
    stays: 0,
    requested: 0,
  };
}

/** Objects that were dealt with. */
export function endedIn({ ends }: RestoreTotals): Amount {
  return sumOf(ENDS.map((end) => ends[end]));
}

/** An object that was not restored. */
export interface NotRestored {
  /** Id of the pair. */
  readonly pair: string;
  readonly end: Exclude<RestoreEnd, 'restored' | 'there'> | 'foreign-marker';
  readonly key: string;
  /** Of the replica; of a `foreign-marker`, of the marker, as are the fields below. */
  readonly versionId: string;
  /** ISO 8601, of the replica. */
  readonly lastModified: string;
  /** Bytes. */
  readonly size: number;
  /** Of the replica. */
  readonly storageClass: string;
  readonly why: string;
}

/** Columns of the file that `--csv` writes. */
export const CSV_COLUMNS = [
  'pair',
  'end',
  'key',
  'versionId',
  'lastModified',
  'size',
  'storageClass',
  'why',
] as const satisfies readonly (keyof NotRestored)[];

/** An item that another attempt may restore. */
interface UnfinishedItem {
  readonly item: Item;
  readonly end: 'failed' | 'archived';
  readonly why: string;
}

/** Failures after which something general is wrong, and archived items that are kept: memory and the checkpoint stay small. */
export const MOST_UNFINISHED = 10_000;

/** Items that failed or are archived, for another attempt. */
class Unfinished {
  private readonly kept = new Map<string, UnfinishedItem>();
  readonly counts = { failed: 0, archived: 0 };

  constructor(kept: readonly UnfinishedItem[] = []) {
    kept.forEach((each) => this.keep(each));
  }

  /** @returns whether there was room, as there always is for a failure */
  keep(one: UnfinishedItem): boolean {
    if (one.end === 'archived' && this.counts.archived >= MOST_UNFINISHED) {
      return false;
    }
    this.counts[one.end] += 1;
    this.kept.set(idOf(one.item), one);
    return true;
  }

  /** Takes an item out. @returns how it ended before; undefined for an item that is not kept */
  take(item: Item): UnfinishedItem['end'] | undefined {
    const known = this.kept.get(idOf(item));
    if (known !== undefined) {
      this.kept.delete(idOf(item));
      this.counts[known.end] -= 1;
    }
    return known?.end;
  }

  list(): UnfinishedItem[] {
    return [...this.kept.values()];
  }
}

/** How far one pair is, as the file of an interrupted restore has it. */
export interface LedgerCheckpoint {
  readonly totals: RestoreTotals;
  /** What is left to restore. Each begins after its last key that has ended. */
  readonly left: readonly KeyRange[];
  readonly unfinished: readonly UnfinishedItem[];
  readonly conflicts: readonly NotRestored[];
  readonly hidden: readonly NotRestored[];
}

/** A ledger to go on with: its ranges alone before the first object. */
export type EarlierLedger = Pick<LedgerCheckpoint, 'left'> & Partial<LedgerCheckpoint>;

/** Conflicts, and keys behind foreign delete markers, that are shown; the file of `--csv` has all. */
const MOST_SHOWN = 100;

const FOREIGN =
  'a delete marker hides it that neither the replication rule nor a lifecycle rule of the configuration writes: somebody deleted it in the replica bucket; --ignore-foreign-markers restores the version below it';

/** What has become of the objects of one pair. It always says of each object either that it has ended, once, or that it is left. */
export class Ledger {
  readonly totals: RestoreTotals;
  private readonly left: Set<KeyRange>;
  readonly unfinished: Unfinished;
  /** The first ones. */
  readonly conflicts: NotRestored[];
  /** The first keys that are not restored because of a foreign delete marker. */
  readonly hidden: NotRestored[];
  private pending: NotRestored[] = [];

  constructor(
    private readonly pair: Pick<DeployedPair, 'id' | 'replicateDeleteMarkers' | 'lifecycle'>,
    earlier: EarlierLedger,
  ) {
    this.totals = structuredClone({ ...noTotals(), ...earlier.totals });
    this.left = new Set(earlier.left);
    this.unfinished = new Unfinished(earlier.unfinished);
    this.conflicts = [...(earlier.conflicts ?? [])];
    this.hidden = [...(earlier.hidden ?? [])];
  }

  /** Objects that were not restored, for whatever reason. */
  get notRestored(): number {
    const { ends, markers } = this.totals;
    return ends.failed.objects + ends.archived.objects + ends.conflict.objects + hiddenKeys(markerOrigin(this.pair), markers);
  }

  /** Counts the delete marker that a decision is about, if any. */
  recordMarker({ kind, marker }: Decision): void {
    if (marker === undefined) {
      return;
    }
    const ignored = kind !== 'deleted';
    addMarker(this.totals.markers, marker, ignored);
    if (!ignored && markerOrigin(this.pair) === 'foreign') {
      this.show(this.hidden, this.row({ ...marker, size: 0, storageClass: '' }, 'foreign-marker', FOREIGN));
    }
  }

  /** Counts what was decided by the listings alone. */
  recordDecision(decision: Exclude<Decision, { kind: 'copy' }>): void {
    const { totals } = this;
    switch (decision.kind) {
      case 'there':
        addTo(totals.ends.there, decision.item.size);
        totals.listedOnly += 1;
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
  recordOutcome(item: Item, outcome: ItemOutcome): void {
    const { totals, unfinished } = this;
    const before = unfinished.take(item);
    if (before !== undefined) {
      addTo(totals.ends[before], item.size, -1);
    }
    if (outcome.kind === 'conflict') {
      this.conflict(item, outcome.why);
      return;
    }
    addTo(totals.ends[outcome.kind === 'already-there' ? 'there' : outcome.kind], item.size);
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

  toCheckpoint(): LedgerCheckpoint {
    const { totals, conflicts, hidden } = this;
    return { totals, left: this.ranges(), unfinished: this.unfinished.list(), conflicts, hidden };
  }

  private conflict(item: Item, why: string): void {
    addTo(this.totals.ends.conflict, item.size);
    this.show(this.conflicts, this.row(item, 'conflict', why));
  }

  private show(first: NotRestored[], row: NotRestored): void {
    this.pending.push(row);
    if (first.length < MOST_SHOWN) {
      first.push(row);
    }
  }

  private row({ key, versionId, lastModified, size, storageClass }: Item, end: NotRestored['end'], why: string): NotRestored {
    return { pair: this.pair.id, end, key, versionId, lastModified, size, storageClass, why };
  }
}
