import type { ItemOutcome, Verification } from './model';

/** How many objects, and how large together. */
export interface Amount {
  objects: number;
  bytes: number;
}

/** How it may end for an object that existed at the moment asked for. */
export const ENDS = ['restored', 'there', 'conflict', 'archived', 'failed'] as const;

export type End = (typeof ENDS)[number];

/** What a restore has done so far. */
export interface Totals {
  /** The ends of every object that was dealt with. */
  readonly ends: Record<End, Amount>;
  /** Restored objects by what says that they are the same as the replica. */
  readonly verifiedBy: Record<Verification, number>;
  /** Restored objects whose tags were not asked for, and not written. */
  withoutTags: number;
  /** Keys whose current version at that moment was a delete marker. */
  deleted: number;
  /** Keys that had no version at that moment. */
  later: number;
  /** Those of both that the target has an object under, which stays. */
  stays: number;
  /** Archived objects that S3 was asked for. */
  requested: number;
}

export function noTotals(): Totals {
  const none = (): Amount => ({ objects: 0, bytes: 0 });
  return {
    ends: { restored: none(), there: none(), conflict: none(), archived: none(), failed: none() },
    verifiedBy: { 'object-checksum': 0, 'part-checksums': 0, transfer: 0 },
    withoutTags: 0,
    deleted: 0,
    later: 0,
    stays: 0,
    requested: 0,
  };
}

export function endOf({ kind }: ItemOutcome): End {
  return kind === 'already-there' ? 'there' : kind;
}

/** Adds so many objects of this size; a negative number takes them away. */
export function addTo(amount: Amount, size: number, objects = 1): void {
  amount.objects += objects;
  amount.bytes += objects * size;
}

/** Objects that were dealt with. */
export function endedIn({ ends }: Totals): Amount {
  return sumOf(ENDS.map((end) => ends[end]));
}

export function sumOf(amounts: readonly Amount[]): Amount {
  return amounts.reduce((sum, { objects, bytes }) => ({ objects: sum.objects + objects, bytes: sum.bytes + bytes }), {
    objects: 0,
    bytes: 0,
  });
}
