import { isEmulator } from '../../aws/emulator';
import type { RequestCounts } from '../../aws/requests';
import type { Context } from '../../cli/command';
import { plural } from '../../cli/units';
import { batchStatements, type NeededStatements } from '../../model/batch-statements';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { type Status, type StatusWord, statusOf, worst } from '../../model/status';
import { hiddenKeys, type MarkerOrigin, markerOrigin } from '../copy/markers';
import { noAmount, type RestoreRequest } from '../copy/model';
import { type Unknown, unknownsOf, unknownsOfReport } from '../copy/unknowns';
import { bytesOf } from '../inventory/reports';
import { leftBy } from './batch/format';
import { batchRole } from './batch/role';
import type { BatchResult } from './batch/run';
import { type CostLine, costOf, type ExpectedTime, expectedTime, streamedOf } from './estimate';
import type { RestoreJob } from './job';
import { endedIn, type Ledger, type NotRestored, type RestoreTotals } from './ledger';
import type { BatchOptions, RestoreOptions } from './options';
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
  /** The inventory report that versions were chosen from; null where the replica bucket was listed. */
  readonly inventory: PairInventory | null;
  readonly plan: PairPlan;
  readonly cost: readonly CostLine[];
  readonly time: ExpectedTime;
  /** What the replica bucket cannot tell. */
  readonly unknowns: readonly Unknown[];
  /** What was done; null after `--dry-run`. */
  readonly totals: RestoreTotals | null;
  /** Fewest objects of the plan that were no longer listed when they were to be copied: where others came, it was more; null after `--dry-run`. */
  readonly vanished: number | null;
  /** What S3 Batch Operations was given; null without `--engine batch`. */
  readonly batch: PairBatch | null;
}

/** The inventory report that versions of a pair were chosen from. What came later is unknown. */
interface PairInventory {
  /** Its name. */
  readonly report: string;
  /** When S3 began to look at the replica bucket, ISO 8601. */
  readonly takenAt: string;
  readonly files: number;
  /** Of the files. */
  readonly bytes: number;
}

/** The part of a pair that S3 Batch Operations copies. */
interface PairBatch {
  readonly role: string;
  /** Takes the list of objects and the report. */
  readonly bucket: string;
  /** What a role that somebody made needs, in its own policy and in those of others. Empty with a recovery role, which has it. */
  readonly statements: readonly NeededStatements[];
  /** How the job ended; null after `--dry-run`, and where there was nothing for one to copy. */
  readonly result: BatchResult | null;
}

/** The result of `s3-replication restore`. */
export interface RestoreResult {
  /**
   * `ok`: everything that was to be restored is in the target; after `--dry-run`, there is something to restore. `failed` where a foreign
   * delete marker hides something that is not restored. `skipped`: there was nothing to restore.
   */
  readonly status: StatusWord;
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
  /** How the job of S3 Batch Operations ended. @default - there was none, or nothing is done yet */
  readonly result: BatchResult | undefined;
}

export function makeResult(
  { config }: Pick<Context, 'config'>,
  options: RestoreOptions,
  states: readonly JobState[],
  { requests, seconds }: Pick<RestoreResult, 'requests' | 'seconds'>,
): RestoreResult {
  const pairs = states.map((state) => pairResult(state, options, config));
  const ledgers = states.flatMap(({ ledger }) => ledger ?? []);
  const unfinished = ledgers.flatMap((ledger) => ledger.unfinishedRows());
  const notRestored = [
    ...unfinished.filter(({ end }) => end === 'failed'),
    ...unfinished.filter(({ end }) => end === 'archived'),
    ...ledgers.flatMap(({ conflicts }) => conflicts),
    ...ledgers.flatMap(({ hidden }) => hidden),
  ].slice(0, MOST_NOT_RESTORED);
  const count = ledgers.reduce((sum, ledger) => sum + ledger.notRestored, 0);
  const { status } = statusOfRestore({ pairs, dryRun: options.dryRun });
  return {
    status,
    deployment: config.deployment,
    dryRun: options.dryRun,
    pairs,
    requests: { ...requests },
    seconds,
    notRestored,
    moreNotRestored: count - notRestored.length,
  };
}

/** Returns the status of a restore. Evidence is what is in the target by now; of a plan, what it found. */
export function statusOfRestore({ pairs, dryRun }: Pick<RestoreResult, 'pairs' | 'dryRun'>): Status {
  return worst(
    pairs.map((result) => statusOfPair(result, dryRun)),
    'there is no pair',
  );
}

function statusOfPair({ pair, plan, totals, vanished, markerOrigin: origin, batch }: PairResult, dryRun: boolean): Status {
  const hidden = hiddenKeys(origin, totals?.markers ?? plan.markers);
  const job = batch?.result ?? undefined;
  const {
    failed = noAmount(),
    archived = noAmount(),
    conflict = noAmount(),
    restored = noAmount(),
    there = noAmount(),
  } = totals?.ends ?? {};
  const wrong: [number, string][] = [
    [failed.objects, 'failed'],
    [archived.objects, 'archived'],
    [conflict.objects, 'in conflict with the target'],
    [hidden, 'hidden by a delete marker that this deployment does not write'],
    [vanished ?? 0, 'or more no longer listed'],
    [job?.objects.failed ?? 0, `failed in job ${job?.job}`],
  ];
  const seen = dryRun ? plan.chosen.objects : restored.objects + there.objects + (job?.objects.succeeded ?? 0);
  return statusOf({
    failed: [
      ...wrong.filter(([count]) => count > 0).map(([count, what]) => `pair ${pair}: ${plural(count, 'object')} ${what}`),
      ...(job !== undefined && leftBy(job) > 0
        ? [`pair ${pair}: job ${job.job} is ${job.jobStatus}, and left ${plural(leftBy(job), 'object')}`]
        : []),
    ],
    seen: seen > 0 ? [`pair ${pair}: ${plural(seen, 'object')} ${dryRun ? 'planned' : 'in the target'}`] : [],
    nothing: `pair ${pair}: there was nothing to restore`,
  });
}

function pairResult({ job, plan, ledger, result }: JobState, options: RestoreOptions, config: Deployment): PairResult {
  const { pair, from, target, report } = job;
  const { asOf, prefix, overwrite, withoutTags, ignoreForeignMarkers, requestArchived, batch } = options;
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
    inventory:
      report === undefined
        ? null
        : { report: report.date, takenAt: report.takenAt.toISOString(), files: report.files.length, bytes: bytesOf([report]) },
    plan,
    cost: costOf(plan, job, config.destination.region, options),
    time: expectedTime(streamedOf(plan), Math.max(plan.requests.from, plan.requests.look + plan.requests.put), options),
    unknowns: [
      ...(report === undefined ? [] : unknownsOfReport(pair, prefix, report.takenAt)),
      ...unknownsOf(pair, asOf !== undefined, isEmulator()),
    ].filter(({ code }) => !withoutTags || code !== 'tags'),
    totals,
    vanished: totals === null ? null : Math.max(plan.chosen.objects - plan.batch.objects - endedIn(totals).objects, 0),
    batch: batch === undefined ? null : batchOf(config, pair, batch, target, result),
  };
}

function batchOf(
  config: Deployment,
  pair: DeployedPair,
  batch: BatchOptions,
  target: RestoreJob['target'],
  result: BatchResult | undefined,
): PairBatch {
  return {
    ...batchRole(config, pair, batch),
    statements: batch === 'recovery-role' ? [] : batchStatements(config, pair, { ...batch, target }),
    result: result ?? null,
  };
}
