import type { RequestCounts } from '../../aws/requests';
import type { RestoreRequest, Verification } from '../copy/model';
import type { Amount } from '../copy/totals';
import type { ComparedBy } from './compare/content';

/** How it ended for one object of a drill. */
export const ENDS = ['same', 'different', 'failed', 'archived', 'unknown'] as const;

export type End = (typeof ENDS)[number];

/** What each end means, for a person. */
export const MEANING: Readonly<Record<End, string>> = {
  same: 'restored, and the same as the original',
  different: 'restored, but different from the original',
  failed: 'not restored',
  archived: 'archived: it has to be requested before it can be restored',
  unknown: 'restored, but could not be compared',
};

/** One object that the drill restored, or tried to. */
export interface DrilledObject {
  readonly end: End;
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

/** Which versions were not in the replica bucket when the drill began. */
export interface RecoveryPoint {
  /** `newest-replica`: the source bucket is gone, and the newest replica says how old the copy is. */
  readonly basis: 'comparison' | 'newest-replica';
  /**
   * Age of the oldest version in the source bucket that was not in the replica bucket, in seconds; 0 for none. Of `newest-replica`, the
   * age of the newest replica. Null when there is nothing to measure by.
   */
  readonly seconds: number | null;
  /** Time of the newest object in the replica bucket, in ISO 8601; null without any. */
  readonly newest: string | null;
  /** How many versions were not there, and how many of them were current; null where the source bucket is gone. */
  readonly missing: { readonly versions: number; readonly current: number } | null;
  /** Versions of which nobody could say why they are missing. */
  readonly unknown: number;
  readonly oldest: {
    readonly key: string;
    readonly versionId: string;
    readonly lastModified: string;
    readonly why: string;
  } | null;
}

/** How long it took, in seconds. */
export interface Durations {
  /** Listing the replica bucket. */
  list: number;
  /** Comparing the listings of both buckets, for the recovery point. */
  recoveryPoint: number;
  restore: number;
  compare: number;
  cleanUp: number;
}

/** How fast objects were restored, and what that means for all of them. */
export interface RecoveryTime {
  readonly objectsPerSecond: number | null;
  readonly bytesPerSecond: number | null;
  /** Listing and restoring every object; null when nothing was restored. */
  readonly wholeSeconds: number | null;
  /** `measured` when every object was restored. */
  readonly basis: 'measured' | 'extrapolated';
  /** How `wholeSeconds` was computed, in words. */
  readonly formula: string;
}

/** What a sample says about the objects that are not in it. */
export interface Confidence {
  /** Share of samples for which the statement holds. */
  readonly level: number;
  /** At most this share of all objects would not be restored the same. */
  readonly atMost: number;
}

/** The report of a drill of one pair, as its JSON file has it. */
export interface DrillReport {
  /** Everything was restored and is the same, and nothing of the drill is left. */
  readonly ok: boolean;
  readonly deployment: string;
  readonly pair: string;
  readonly source: { readonly bucket: string; readonly account: string; readonly region: string };
  readonly replica: { readonly bucket: string; readonly account: string; readonly region: string };
  readonly scratch: { readonly bucket: string; readonly made: boolean };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Moment whose objects were restored, in ISO 8601; null for the newest version of each key. */
  readonly asOf: string | null;
  /** Below which prefix; empty for everything. */
  readonly prefix: string;
  /** S3 was an emulator, whose times and encryption say nothing about AWS. */
  readonly emulator: boolean;
  /** Null when every object was restored. */
  readonly sample: { readonly size: number; readonly seed: string } | null;
  /** Objects that could be restored at once, of which the sample was taken. */
  readonly objects: Amount;
  /** Objects in archive classes, which were not drilled. */
  readonly archived: Amount;
  readonly ends: Readonly<Record<End, Amount>>;
  readonly comparedWith: Readonly<Record<'source' | 'replica', number>>;
  readonly comparedBy: Readonly<Record<ComparedBy, number>>;
  readonly seconds: Readonly<Durations>;
  readonly recoveryTime: RecoveryTime;
  readonly recoveryPoint: RecoveryPoint;
  /** Null after a drill of every object, and where something is wrong. */
  readonly confidence: Confidence | null;
  readonly requests: Readonly<RequestCounts<RestoreRequest>>;
  /** What the drill made and could not delete, and how to delete it. */
  readonly left: readonly string[];
  /** What this drill says nothing about. */
  readonly notShown: readonly string[];
  /** The ones that are wrong before the others. */
  readonly results: readonly DrilledObject[];
  /** How many more there are, none of them wrong unless all results are. */
  readonly moreResults: number;
}

/** Objects that a report holds, so that its size does not depend on the bucket. */
export const MOST_RESULTS = 10_000;
