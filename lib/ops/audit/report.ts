import type { CsvFile } from '../../cli/csv';
import type { StatusWord } from '../../model/status';
import { SOURCE_REMEDIES } from '../explain/verdict';

/** What a version, or a delete marker, turns out to be. `same` is the only one that is no difference. */
export const STATES = [
  'same',
  'in-flight',
  'pending',
  'failed',
  'missing',
  'hidden',
  'not-eligible',
  'expired',
  'delete-marker',
  'extra',
  'size',
  'storage-class',
  'status',
  'encryption',
  'checksum',
  'retention',
  'deleted',
  'skipped',
  'unknown',
] as const;

export type State = (typeof STATES)[number];

/** What each state means, for a person. */
export const MEANING: Readonly<Record<State, string>> = {
  same: 'in both buckets, alike',
  'in-flight': 'PENDING at the source, and young enough',
  pending: 'PENDING at the source for too long',
  failed: 'FAILED at the source',
  missing: 'not in the replica bucket, though S3 neither says PENDING nor FAILED',
  hidden: 'delete marker in the replica bucket that this deployment does not write: it hides the replica',
  'not-eligible': 'not in the replica bucket, and S3 never tried: by the replication rule, or by what was true at the upload',
  expired: 'the replica expired by a lifecycle rule, as configured',
  'delete-marker': 'delete marker of the source that is not in the replica bucket',
  extra: 'in the replica bucket only',
  size: 'in both buckets, with different sizes',
  'storage-class': 'its replica is in another storage class than the configured one',
  status: 'in both buckets, but its replication status says otherwise',
  encryption: 'its replica is not encrypted under the replica key',
  checksum: 'in both buckets, with different checksums',
  retention: 'its replica is locked for longer than objectLock.maximumRetentionDays',
  deleted: 'listed, then deleted while the audit ran',
  skipped: 'not looked at more closely: under a key of the customer (SSE-C)',
  unknown: 'could not be found out',
};

/** What a person can do about a difference. `lib/ops/audit/remedies.ts` has the words and the commands. */
export const REMEDIES = [
  ...SOURCE_REMEDIES,
  /** Nothing is to be done: it is as configured. */
  'none',
  /** A later audit tells. */
  'wait',
  /** S3 gave up: find the reason, repair it, replicate again. */
  'retry',
  /** The replica is gone for good: only a new version is replicated. */
  'copy-again',
  /** Somebody else wrote or deleted something in the replica bucket. */
  'find-writer',
  /** `--deep` asks what the listings do not show. */
  'look-closer',
  /** `explain` of one object says more. */
  'explain',
  /** A question without an answer. */
  'ask-again',
] as const;

export type Remedy = (typeof REMEDIES)[number];

/** One version that is not alike on both sides. */
export interface Difference {
  /** Id of the pair. */
  readonly pair: string;
  readonly state: Exclude<State, 'same'>;
  /** Somebody has to look at it. */
  readonly wrong: boolean;
  readonly key: string;
  /** The source's; the replica's where `state` is `extra`. */
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  /** ISO 8601. */
  readonly lastModified: string;
  /** Bytes in the source bucket; null where it is not there, and for delete markers. */
  readonly sourceSize: number | null;
  readonly replicaSize: number | null;
  /** Null where it is not there, and for delete markers. */
  readonly sourceClass: string | null;
  readonly replicaClass: string | null;
  /** Replication status that S3 answered; null when it was not asked, and when it gave none. */
  readonly replicationStatus: string | null;
  /** One sentence: what was found, or why. */
  readonly why: string;
  readonly remedy: Remedy;
}

/** Columns of the file that `--csv` writes. */
export const CSV_COLUMNS = [
  'pair',
  'state',
  'wrong',
  'key',
  'versionId',
  'isLatest',
  'isDeleteMarker',
  'lastModified',
  'sourceSize',
  'replicaSize',
  'sourceClass',
  'replicaClass',
  'replicationStatus',
  'why',
] as const satisfies readonly (keyof Difference)[];

/** The file that `--csv` names. */
export type DifferencesFile = CsvFile<(typeof CSV_COLUMNS)[number]>;

/** How many, and how large together. */
export interface Totals {
  versions: number;
  bytes: number;
}

/** Totals of what turned out to be in one state. */
export interface StateTotals extends Totals {
  /** How many of the versions somebody has to look at. */
  wrong: number;
}

/** Totals of what one bucket lists. */
export interface SideTotals extends Totals {
  /** Counted apart from the versions. */
  deleteMarkers: number;
}

/** Upper ends of the age buckets, in seconds; what is older is in one more. */
export const AGE_BOUNDS = [60, 900, 3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400] as const;

/** How long ago versions were written that are not in the replica bucket: in flight, pending, failed or missing. */
export interface AgeBucket extends Totals {
  /** Inclusive upper end; null for the last bucket, which has none. */
  readonly upToSeconds: number | null;
}

/** Totals by state below one prefix, delete markers included. */
export interface PrefixTotals {
  /** Up to and including the first slash after the filter's prefix; empty for keys without one. Null: all prefixes that did not fit. */
  readonly prefix: string | null;
  readonly states: Readonly<Partial<Record<State, StateTotals>>>;
}

/** What was found in one pair. */
export interface PairReport {
  readonly pair: string;
  readonly sourceBucket: string;
  readonly replicaBucket: string;
  /** Below which prefix both buckets were listed; empty for everything. */
  readonly prefix: string;
  readonly source: Readonly<SideTotals>;
  readonly replica: Readonly<SideTotals>;
  /** Delete markers count as versions of 0 bytes here. */
  readonly states: Readonly<Record<State, Readonly<StateTotals>>>;
  /** Differences that are wrong. */
  readonly wrong: number;
  /** One for each of AGE_BOUNDS, and one for what is older. */
  readonly ages: readonly AgeBucket[];
  /** Sorted by prefix. */
  readonly prefixes: readonly PrefixTotals[];
}

/** One report of S3 Inventory about one bucket. */
export interface Snapshot {
  /** When S3 began to look at the bucket, ISO 8601. */
  readonly takenAt: string;
  readonly files: number;
  /** Of the files. */
  readonly bytes: number;
  /** Whether every file has the MD5 that S3 wrote down, or only the size: S3 shows no MD5 of what a KMS key encrypts. */
  readonly verified: 'md5' | 'size';
}

/** The reports that an audit compared in place of listings. */
export interface InventoryFacts {
  readonly engine: Engine;
  /** What no inventory shows, so that it is not known of any version. */
  readonly notShown: readonly string[];
  readonly pairs: readonly {
    readonly pair: string;
    readonly source: Snapshot;
    readonly replica: Snapshot;
    /** Versions that were written after S3 looked at one of the buckets, and their replicas. */
    readonly notJudged: { readonly source: number; readonly replica: number };
    /** Rows that repeat another one: each version counts once. */
    readonly duplicates: number;
    /** What it took to read or look at the files, and to compare what is in them. */
    readonly seconds: { readonly verify: number; readonly compare: number };
  }[];
}

/** What compares the reports. */
export const ENGINES = ['duckdb', 'athena'] as const;

export type Engine = (typeof ENGINES)[number];

/** The result of `s3-replication audit`. */
export interface AuditReport {
  /** `skipped` where no version could be compared. What `--deep` skipped is in `deep.skipped` and in the state `skipped`. */
  readonly status: StatusWord;
  readonly deployment: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** How versions of a key were matched: an emulator gives replicas new ids. */
  readonly matchedBy: 'version-id' | 'age';
  /** What is younger may be on its way. */
  readonly olderThanSeconds: number;
  /**
   * Versions that `--deep` looked at, those that it asked about in vain, and those that S3 describes only to a caller with the customer's
   * key, of so many percent; `dualLayer` of the first are under DSSE-KMS on both sides. Null without it.
   */
  readonly deep: {
    readonly versions: number;
    readonly unknown: number;
    readonly skipped: number;
    readonly dualLayer: number;
    readonly percent: number;
  } | null;
  /** The reports of S3 Inventory that were compared; null where both buckets were listed. */
  readonly inventory: InventoryFacts | null;
  readonly requests: { readonly list: number; readonly head: number; readonly get: number };
  readonly pairs: readonly PairReport[];
  /** The first ones found, the wrong ones before the others; not in order. */
  readonly differences: readonly Difference[];
  /** How many more there are; `--csv` has all. */
  readonly moreDifferences: number;
}

/** Differences that a report holds, so that its size does not depend on the buckets. */
export const MOST_DIFFERENCES = 1000;

/** Prefixes that a report tells apart. */
export const MOST_PREFIXES = 200;
