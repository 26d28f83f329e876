import { MARK } from '../../cli/layout';
import { bytes, duration, plural, whole } from '../../cli/units';
import { quoted, visibleIn } from '../../errors/visible';
import type { StatusWord } from '../../model/status';
import { datesOf, hiddenKeys, type MarkerOrigin, type MarkerTally, unexplainedKeys } from '../copy/markers';
import { type Amount, sumOf } from '../copy/model';
import type { Unknown } from '../copy/unknowns';
import { formatJob, row } from './batch/format';
import { type CostLine, PRICING } from './estimate';
import { ENDS, endedIn, type Ledger, MOST_UNFINISHED, type NotRestored, type RestoreEnd, type RestoreTotals } from './ledger';
import type { PairPlan } from './plan';
import type { PairResult, RestoreResult } from './result';

/** The plan of one pair for a person. */
export function formatPlan(result: PairResult): string {
  const { pair, replicaBucket, target, prefix, asOf, inventory, plan, cost, time, unknowns, ...of } = visibleIn(result);
  const below = prefix === '' ? '' : ` below ${quoted(prefix)}`;
  const moment = asOf === null ? 'the newest version of each key' : `as of ${asOf}`;
  return [
    `pair ${pair}: restore ${replicaBucket}${below}, ${moment}`,
    ...chosenFrom(inventory),
    `  into ${target}${of.overwrite ? ', replacing what differs' : '; nothing is replaced'}`,
    ...rowsOfPlan(plan, of),
    ...(of.withoutTags ? ['  tags are not restored: --without-tags'] : []),
    ...(of.versioned ? [] : [`  ${target} is not versioned: nothing keeps what is changed there later`]),
    ...(of.replicated ? replication(target, plan.copy) : []),
    ...formatUnknowns(unknowns),
    ...(cost.length === 0
      ? []
      : [`  is charged for, at the prices of ${PRICING}:`, ...cost.map((line) => `  ${formatCost(line)}`)]),
    `  takes about ${duration(time.seconds)}: ${time.assumption}`,
    ...(of.batch === null ? [] : planOfBatch(of.batch)),
  ].join('\n');
}

function chosenFrom(inventory: PairResult['inventory']): string[] {
  return inventory === null
    ? []
    : [
        `  chosen from inventory report ${inventory.report}: S3 began to look at ${inventory.takenAt}, and what came later is unknown`,
      ];
}

function rowsOfPlan(
  plan: PairPlan,
  { requestArchived, markerOrigin: origin }: Pick<PairResult, 'requestArchived' | 'markerOrigin'>,
): string[] {
  const archived =
    requestArchived === null
      ? 'in archive classes, not copied unless requested before: --request-archived DAYS requests them'
      : `in archive classes, requested for ${requestArchived} days where that is not done; --resume copies them then`;
  const replaced = plan.replaced === 0 ? '' : `, ${whole(plan.replaced)} in place of something else`;
  const rows: [Amount, string][] = [
    [plan.chosen, 'existed then'],
    [plan.copy, `to copy${replaced}; the largest has ${bytes(plan.largest)}`],
    [plan.batch, 'of these by S3 Batch Operations; this process copies the others'],
    [plan.archived, archived],
    [plan.there, 'there already'],
    [plan.compare, 'of the same size as what is there: checksums say whether it is the same, or a conflict'],
    [plan.conflict, 'conflicts: the target has something else, which stays; --overwrite replaces it'],
  ];
  const gone: [number, string][] = [
    ...rowsOfMarkers(plan, origin, 'not restored'),
    [plan.later, 'keys came later, or are in the target alone: not restored'],
    [plan.stays, 'of those have an object in the target, which stays: a restore deletes nothing'],
  ];
  return [
    ...rows
      .filter(([{ objects }], index) => objects > 0 || index < 2)
      .map(([{ objects, bytes: size }, what]) => row(objects, bytes(size), what)),
    ...gone.filter(([keys]) => keys > 0).map(([keys, what]) => row(keys, '', what)),
  ];
}

/** What a job takes. Whether it is there already is not asked: a policy of others may not be read. */
function planOfBatch({ role, bucket, statements }: NonNullable<PairResult['batch']>): string[] {
  return [
    `  the time is that of this process. S3 promises none for the job, which takes role ${role} and bucket ${bucket}`,
    ...(statements.length === 0
      ? []
      : [
          '  the role trusts batchoperations.s3.amazonaws.com, and these policies have to allow the job, besides what they do now:',
        ]),
    ...statements.flatMap(({ policy, arn, statements: needed }) => [
      `  policy of the ${policy} ${arn}:`,
      ...JSON.stringify(needed, null, 2)
        .split('\n')
        .map((line) => `    ${line}`),
    ]),
  ];
}

/** Keys whose current version is a delete marker, and what is known about it. */
function rowsOfMarkers(
  { deleted, markers }: { readonly deleted: number; readonly markers: MarkerTally },
  origin: MarkerOrigin,
  what: string,
): [number, string][] {
  const foreign = `a delete marker that this deployment does not write, ${datesOf(markers)}`;
  return origin === 'unknown'
    ? [[deleted, `keys were deleted then: ${what}; who wrote their delete markers is unknown, ${datesOf(markers)}`]]
    : [
        [
          hiddenKeys(origin, markers),
          `keys are hidden by ${foreign}: ${what}; --ignore-foreign-markers restores the versions below`,
        ],
        [markers.ignored, `keys were hidden by ${foreign}: ignored`],
      ];
}

function replication(target: string, { objects, bytes: size }: Amount): string[] {
  return [
    `  ${target} is replicated: what is restored is replicated again, ${whole(objects)} objects of ${bytes(size)}, and charged for again.`,
    '  --to BUCKET restores into another bucket of the source account, which is not',
  ];
}

function formatCost({ quantity, unit, account, price }: CostLine): string {
  const amount = unit === 'bytes' ? bytes(quantity) : whole(quantity);
  return `  ${amount.padStart(12)}  account ${account}: ${price}`;
}

/** Objects that a terminal shows; `--csv` has all. */
const SHOWN = 20;

const MEANING: Readonly<Record<RestoreEnd, string>> = {
  restored: 'restored',
  there: 'were there already',
  conflict: 'conflicts: the target has something else, which stays; --overwrite replaces it',
  archived: 'archived: they can be copied once they have been requested',
  failed: 'failed; --resume tries them again',
};

/** The result for a person: totals of each pair and what cannot be known, then what was not restored, and the verdict. */
export function formatResult(data: RestoreResult): string {
  const result = visibleIn(data);
  const { dryRun, pairs, requests, seconds } = result;
  if (dryRun) {
    return [...pairs.map(formatPlan), 'nothing was changed: --dry-run'].join('\n\n');
  }
  const all = sumOf(pairs.flatMap(({ totals }) => (totals === null ? [] : [totals.ends.restored])));
  const sent = Object.values(requests).reduce((sum, count) => sum + count, 0);
  return [
    ...pairs.map(formatPair),
    `${whole(all.objects)} objects of ${bytes(all.bytes)} restored in ${duration(seconds)}, with ${whole(sent)} requests`,
    ...formatNotRestored(result),
    summary(result),
  ].join('\n\n');
}

/** Says in one sentence what was found, and of how much of it nobody has looked at the content. */
function summary({ deployment, status, pairs }: RestoreResult): string {
  const count = (amount: (totals: RestoreTotals, pair: PairResult) => number) =>
    pairs.reduce((sum, pair) => sum + (pair.totals === null ? 0 : amount(pair.totals, pair)), 0);
  const notes: [number, string][] = [
    [count(({ withoutTags }) => withoutTags), 'without their tags'],
    [count(({ listedOnly }) => listedOnly), 'by their version id alone, their content was not read'],
    [
      count(({ markers }, { markerOrigin: origin }) => hiddenKeys(origin, markers)),
      'hidden by delete markers that this deployment does not write',
    ],
    [
      count(({ markers }, { markerOrigin: origin }) => unexplainedKeys(origin, markers)),
      'not restored, below delete markers of unknown origin',
    ],
    [count((_, { vanished }) => vanished ?? 0), 'or more of the plan no longer listed'],
  ];
  const later = pairs.some(({ inventory }) => inventory !== null) ? ', by inventory reports; what came later is unknown' : '';
  const verdict = `${VERDICTS[status]}${later}`;
  const more = notes.filter(([objects]) => objects > 0).map(([objects, what]) => `, ${plural(objects, 'object')} ${what}`);
  return `${MARK[status]} deployment ${deployment}: ${verdict}${more.join('')}`;
}

const VERDICTS = {
  ok: 'everything is there',
  failed: 'not everything is there',
  unknown: 'it is unknown whether everything is there',
  skipped: 'there was nothing to restore',
} as const satisfies Record<StatusWord, string>;

function formatPair(result: PairResult): string {
  const { pair, replicaBucket, target, totals, unknowns } = result;
  return [
    `pair ${pair}: ${replicaBucket} into ${target}`,
    ...chosenFrom(result.inventory),
    ...(totals === null ? [] : rowsOfTotals(totals, result)),
    ...(result.batch?.result ? formatJob(result.batch.result) : []),
    ...formatUnknowns(unknowns),
  ].join('\n');
}

function rowsOfTotals(totals: RestoreTotals, { markerOrigin: origin, vanished }: PairResult): string[] {
  const { ends, verifiedBy, withoutTags, listedOnly, later, stays, requested } = totals;
  const others: [number, string][] = [
    [
      Math.max(ends.archived.objects - MOST_UNFINISHED, 0),
      'more archived ones than --resume can continue with: repeat the command without it when S3 is done',
    ],
    [requested, 'of the archived ones were requested now: repeat the command with --resume when S3 is done'],
    [withoutTags, 'of those were restored without their tags: --without-tags'],
    [listedOnly, 'of those that were there have the wanted version id; their content was not read'],
    [vanished ?? 0, 'or more of the plan were no longer listed when they were to be copied: the replica bucket has changed'],
    ...rowsOfMarkers(totals, origin, 'not restored'),
    [later, 'keys came later, or are in the target alone'],
    [stays, 'of those have an object in the target, which stays'],
  ];
  const verified = Object.entries(verifiedBy).filter(([, objects]) => objects > 0);
  return [
    ...ENDS.filter((end) => end === 'restored' || ends[end].objects > 0).map((end) =>
      row(ends[end].objects, bytes(ends[end].bytes), MEANING[end]),
    ),
    ...others.filter(([objects]) => objects > 0).map(([objects, what]) => row(objects, '', what)),
    ...(verified.length === 0
      ? []
      : [`  verified by ${verified.map(([how, objects]) => `${how}: ${whole(objects)}`).join(', ')}`]),
  ];
}

function formatNotRestored({ notRestored, moreNotRestored }: RestoreResult): string[] {
  if (notRestored.length === 0) {
    return [];
  }
  const more = notRestored.length - SHOWN + moreNotRestored;
  return [
    [
      `not restored${more > 0 ? `; ${whole(more)} more are not shown, and --csv FILE writes all` : ''}:`,
      ...notRestored.slice(0, SHOWN).map(formatOne),
    ].join('\n'),
  ];
}

function formatOne({ pair, end, key, versionId, why }: NotRestored): string {
  return `  ${pair}: ${end}: ${quoted(key)}, version ${versionId}: ${why}`;
}

function formatUnknowns(unknowns: readonly Unknown[]): string[] {
  return ['  cannot be known:', ...unknowns.map(({ text }) => `  - ${text}`)];
}

/** Characters of the bar. */
const WIDTH = 24;

/**
 * Where a restore is, in one line: a bar, objects and bytes, rate, time left, failures.
 *
 * @param seconds since it began, or went on
 * @param before what had ended by then
 */
export function progressLine(
  jobs: readonly { readonly plan: PairPlan; readonly ledger: Ledger }[],
  seconds: number,
  before: Amount,
): string {
  const all = sumOf(jobs.map(({ plan }) => plan.chosen));
  const done = sumOf(jobs.map(({ ledger }) => endedIn(ledger.totals)));
  const failed = sumOf(jobs.map(({ ledger }) => ledger.totals.ends.failed)).objects;
  // Objects cost requests and bytes cost time: both halves count.
  const share = (part(done.objects, all.objects) + part(done.bytes, all.bytes)) / 2;
  const shareBefore = (part(before.objects, all.objects) + part(before.bytes, all.bytes)) / 2;
  const filled = Math.round(share * WIDTH);
  const rate =
    seconds < 1
      ? ''
      : `; ${whole(Math.round((done.objects - before.objects) / seconds))} objects and ${bytes((done.bytes - before.bytes) / seconds)} a second`;
  const left = seconds < 1 || share <= shareBefore ? '' : `; ${duration(((1 - share) / (share - shareBefore)) * seconds)} left`;
  return `restore [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${whole(done.objects)}/${whole(all.objects)} objects, ${bytes(done.bytes)}/${bytes(all.bytes)}; ${whole(failed)} failed${left}${rate}`;
}

/** Nothing of nothing is all of it. More than was planned may have come since. */
function part(done: number, all: number): number {
  return all === 0 ? 1 : Math.min(done / all, 1);
}
