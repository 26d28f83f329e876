import type { RequestCounts } from '../../aws/requests';
import type { RestoreRequest } from '../copy/model';
import type { End, Totals } from '../copy/totals';
import type { Unknown } from '../copy/unknowns';
import type { CostLine } from './estimate';
import type { PairPlan } from './plan';
import type { ExpectedTime } from './plan/time';

/** An object that was not restored. */
export interface NotRestored {
  /** Id of the pair. */
  readonly pair: string;
  readonly end: Exclude<End, 'restored' | 'there'>;
  readonly key: string;
  /** Of the replica. */
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

/** What became of one pair. */
export interface PairResult {
  readonly pair: string;
  readonly replicaBucket: string;
  readonly target: string;
  /** Without versioning nothing keeps what is changed there later. */
  readonly versioned: boolean;
  /** What is restored is replicated again. */
  readonly replicated: boolean;
  /** Below which prefix keys are restored; empty for all. */
  readonly prefix: string;
  /** ISO 8601; null for the newest version of each key. */
  readonly asOf: string | null;
  readonly overwrite: boolean;
  /** Tags are not restored. */
  readonly withoutTags: boolean;
  /** Days for which archived versions are requested; null when they are not. */
  readonly requestArchived: number | null;
  readonly plan: PairPlan;
  readonly cost: readonly CostLine[];
  readonly time: ExpectedTime;
  /** What the replica bucket cannot tell. */
  readonly unknowns: readonly Unknown[];
  /** What was done; null after `--dry-run`. */
  readonly totals: Totals | null;
}

/** The result of `ops restore`. */
export interface RestoreResult {
  /** Everything that was to be restored is in the target; after `--dry-run`, that the plan could be made. */
  readonly ok: boolean;
  readonly deployment: string;
  readonly dryRun: boolean;
  readonly pairs: readonly PairResult[];
  /** Requests that were sent, those of the plan among them. */
  readonly requests: Readonly<RequestCounts<RestoreRequest>>;
  /** Seconds of copying, those before an interruption among them. */
  readonly seconds: number;
  /** The first ones: failures, then what is archived, then conflicts. */
  readonly notRestored: readonly NotRestored[];
  /** How many more there are; `--csv` has all. */
  readonly moreNotRestored: number;
}

/** Objects that a result holds, so that its size does not depend on the buckets. */
export const MOST_NOT_RESTORED = 1000;
