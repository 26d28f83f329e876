import { isEmulator } from '../../aws/emulator';
import type { RequestCounts } from '../../aws/requests';
import type { Context } from '../../cli/command';
import { hiddenKeys, type MarkerOrigin, markerOrigin } from '../copy/markers';
import type { RestoreRequest } from '../copy/model';
import { type Unknown, unknownsOf } from '../copy/unknowns';
import { type CostLine, costOf, type ExpectedTime, expectedTime } from './estimate';
import type { RestoreJob } from './job';
import { endedIn, type Ledger, type NotRestored, type RestoreTotals } from './ledger';
import type { RestoreOptions } from './options';
import type { PairPlan } from './plan';

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
  /** What delete markers of the replica bucket can be. */
  readonly markerOrigin: MarkerOrigin;
  readonly ignoreForeignMarkers: boolean;
  /** Days for which archived versions are requested; null when they are not. */
  readonly requestArchived: number | null;
  readonly plan: PairPlan;
  readonly cost: readonly CostLine[];
  readonly time: ExpectedTime;
  /** What the replica bucket cannot tell. */
  readonly unknowns: readonly Unknown[];
  /** What was done; null after `--dry-run`. */
  readonly totals: RestoreTotals | null;
  /** Objects of the plan that were no longer listed when they were to be copied, at least; null after `--dry-run`. */
  readonly vanished: number | null;
}

/** The result of `ops restore`. */
export interface RestoreResult {
  /**
   * Everything that was to be restored is in the target; after `--dry-run`, that the plan could be made. False where a foreign delete
   * marker hides something that is not restored.
   */
  readonly ok: boolean;
  readonly deployment: string;
  readonly dryRun: boolean;
  readonly pairs: readonly PairResult[];
  /** Requests that were sent, those of the plan among them. */
  readonly requests: Readonly<RequestCounts<RestoreRequest>>;
  /** Seconds of copying, those before an interruption among them. */
  readonly seconds: number;
  /** The first ones: failures, then what is archived, then conflicts, then what foreign delete markers hide. */
  readonly notRestored: readonly NotRestored[];
  /** How many more there are; `--csv` has all. */
  readonly moreNotRestored: number;
}

/** Objects that a result holds, so that its size does not depend on the buckets. */
const MOST_NOT_RESTORED = 1000;

/** What a result is made of. */
export interface JobState {
  readonly job: RestoreJob;
  readonly plan: PairPlan;
  /** Undefined before anything is done. */
  readonly ledger: Ledger | undefined;
}

export function makeResult(
  { config }: Pick<Context, 'config'>,
  options: RestoreOptions,
  states: readonly JobState[],
  { requests, seconds }: Pick<RestoreResult, 'requests' | 'seconds'>,
): RestoreResult {
  const pairs = states.map((state) => pairResult(state, options, config.destination.region));
  const ledgers = states.flatMap(({ ledger }) => ledger ?? []);
  const unfinished = ledgers.flatMap((ledger) => ledger.unfinishedRows());
  const notRestored = [
    ...unfinished.filter(({ end }) => end === 'failed'),
    ...unfinished.filter(({ end }) => end === 'archived'),
    ...ledgers.flatMap(({ conflicts }) => conflicts),
    ...ledgers.flatMap(({ hidden }) => hidden),
  ].slice(0, MOST_NOT_RESTORED);
  const count = ledgers.reduce((sum, ledger) => sum + ledger.notRestored, 0);
  const wrong = pairs.some(({ markerOrigin: origin, plan: { markers }, totals, vanished }) =>
    totals === null ? hiddenKeys(origin, markers) > 0 : vanished !== null && vanished > 0,
  );
  return {
    ok: count === 0 && !wrong,
    deployment: config.deployment,
    dryRun: options.dryRun,
    pairs,
    requests: { ...requests },
    seconds,
    notRestored,
    moreNotRestored: count - notRestored.length,
  };
}

function pairResult({ job, plan, ledger }: JobState, options: RestoreOptions, fromRegion: string): PairResult {
  const { pair, from, target } = job;
  const { asOf, prefix, overwrite, withoutTags, ignoreForeignMarkers, requestArchived } = options;
  const totals = ledger?.totals ?? null;
  return {
    pair: pair.id,
    replicaBucket: from.name,
    target: target.name,
    versioned: target.versioned,
    replicated: target.replicated,
    prefix,
    asOf: asOf === undefined ? null : new Date(asOf).toISOString(),
    overwrite,
    withoutTags,
    markerOrigin: markerOrigin(pair),
    ignoreForeignMarkers,
    requestArchived: requestArchived ?? null,
    plan,
    cost: costOf(plan, job, fromRegion, options),
    time: expectedTime(plan.copy, Math.max(plan.requests.from, plan.requests.look + plan.requests.put), options),
    unknowns: unknownsOf(pair, asOf !== undefined, isEmulator()).filter(({ code }) => !withoutTags || code !== 'tags'),
    totals,
    vanished: totals === null ? null : Math.max(plan.chosen.objects - endedIn(totals).objects, 0),
  };
}
