import { bytes, duration, whole } from '../../cli/units';
import { ENDS, type End, sumOf, type Totals } from '../copy/totals';
import { MOST_KEPT } from '../copy/unfinished';
import { formatPlan } from './plan/format';
import type { NotRestored, PairResult, RestoreResult } from './result';

/** Objects that a terminal shows; `--csv` has all. */
const SHOWN = 20;

const MEANING: Readonly<Record<End, string>> = {
  restored: 'restored',
  there: 'were there already',
  conflict: 'conflicts: the target has something else, which stays; --overwrite replaces it',
  archived: 'archived: they can be copied once they have been requested',
  failed: 'failed; --resume tries them again',
};

/** The result for a person: totals of each pair, what was not restored, and what cannot be known. */
export function formatResult(result: RestoreResult): string {
  const { deployment, dryRun, pairs, ok, requests, seconds } = result;
  if (dryRun) {
    return [...pairs.map(formatPlan), 'nothing was changed: --dry-run'].join('\n\n');
  }
  const all = sumOf(pairs.flatMap(({ totals }) => (totals === null ? [] : [totals.ends.restored])));
  const withoutTags = pairs.reduce((sum, { totals }) => sum + (totals?.withoutTags ?? 0), 0);
  const butTags = withoutTags === 0 ? '' : `, ${whole(withoutTags)} objects without their tags`;
  const sent = Object.values(requests).reduce((sum, count) => sum + count, 0);
  return [
    `deployment ${deployment}: ${ok ? 'everything is there' : 'not everything is there'}${butTags}`,
    ...pairs.map(formatPair),
    ...formatNotRestored(result),
    `${whole(all.objects)} objects of ${bytes(all.bytes)} restored in ${duration(seconds)}, with ${whole(sent)} requests`,
  ].join('\n\n');
}

function formatPair({ pair, replicaBucket, target, totals, unknowns }: PairResult): string {
  return [
    `pair ${pair}: ${replicaBucket} into ${target}`,
    ...(totals === null ? [] : rowsOf(totals)),
    '  cannot be known:',
    ...unknowns.map(({ text }) => `  - ${text}`),
  ].join('\n');
}

function rowsOf({ ends, verifiedBy, withoutTags, deleted, later, stays, requested }: Totals): string[] {
  const count = (objects: number, size: string, what: string) => `  ${whole(objects).padStart(11)}  ${size.padStart(9)}  ${what}`;
  const others: [number, string][] = [
    [
      Math.max(ends.archived.objects - MOST_KEPT, 0),
      'more archived ones than --resume can go on with: repeat the command without it when S3 is done',
    ],
    [requested, 'of the archived ones were requested now: repeat the command with --resume when S3 is done'],
    [withoutTags, 'of those were restored without their tags: --without-tags'],
    [deleted, 'keys were deleted then'],
    [later, 'keys came later, or are in the target alone'],
    [stays, 'of those have an object in the target, which stays'],
  ];
  const verified = Object.entries(verifiedBy).filter(([, objects]) => objects > 0);
  return [
    ...ENDS.filter((end) => end === 'restored' || ends[end].objects > 0).map((end) =>
      count(ends[end].objects, bytes(ends[end].bytes), MEANING[end]),
    ),
    ...others.filter(([objects]) => objects > 0).map(([objects, what]) => count(objects, '', what)),
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
      'not restored:',
      ...notRestored.slice(0, SHOWN).map(formatOne),
      ...(more > 0 ? [`  and ${whole(more)} more; --csv FILE writes all`] : []),
    ].join('\n'),
  ];
}

function formatOne({ pair, end, key, versionId, why }: NotRestored): string {
  // A key may hold anything, line ends and control sequences too.
  return `  ${pair}: ${end}: ${JSON.stringify(key)}, version ${versionId}: ${why}`;
}
