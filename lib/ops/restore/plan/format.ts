import { bytes, duration, whole } from '../../../cli/units';
import type { Amount } from '../../copy/totals';
import { formatCost, PRICING } from '../estimate';
import type { PairResult } from '../result';

/** The plan of one pair for a person. */
export function formatPlan({ pair, replicaBucket, target, prefix, asOf, plan, cost, time, unknowns, ...of }: PairResult): string {
  const below = prefix === '' ? '' : ` below ${JSON.stringify(prefix)}`;
  const moment = asOf === null ? 'the newest version of each key' : `as of ${asOf}`;
  return [
    `pair ${pair}: restore ${replicaBucket}${below}, ${moment}`,
    `  into ${target}${of.overwrite ? ', replacing what differs' : '; nothing is replaced'}`,
    ...rowsOf(plan, of.requestArchived),
    ...(of.withoutTags ? ['  tags are not restored: --without-tags'] : []),
    ...(of.versioned ? [] : [`  ${target} is not versioned: nothing keeps what is changed there later`]),
    ...(of.replicated ? replication(target, plan.copy) : []),
    '  cannot be known:',
    ...unknowns.map(({ text }) => `  - ${text}`),
    ...(cost.length === 0
      ? []
      : [`  is charged for, at the prices of ${PRICING}:`, ...cost.map((line) => `  ${formatCost(line)}`)]),
    `  takes about ${duration(time.seconds)}: ${time.assumption}`,
  ].join('\n');
}

function rowsOf(plan: PairResult['plan'], requestArchived: number | null): string[] {
  const archived =
    requestArchived === null
      ? 'in archive classes, not copied unless requested before: --request-archived DAYS requests them'
      : `in archive classes, requested for ${requestArchived} days where that is not done; --resume copies them then`;
  const replaced = plan.replaced === 0 ? '' : `, ${whole(plan.replaced)} in place of something else`;
  const rows: [Amount, string][] = [
    [plan.chosen, 'existed then'],
    [plan.copy, `to copy${replaced}; the largest has ${bytes(plan.largest)}`],
    [plan.archived, archived],
    [plan.there, 'there already'],
    [plan.compare, 'of the same size as what is there: checksums say whether it is the same, or a conflict'],
    [plan.conflict, 'conflicts: the target has something else, which stays; --overwrite replaces it'],
  ];
  const gone: [number, string][] = [
    [plan.deleted, 'keys were deleted then: not restored'],
    [plan.later, 'keys came later, or are in the target alone: not restored'],
    [plan.stays, 'of those have an object in the target, which stays: a restore deletes nothing'],
  ];
  return [
    ...rows
      .filter(([{ objects }], index) => objects > 0 || index < 2)
      .map(([{ objects, bytes: size }, what]) => `  ${whole(objects).padStart(11)}  ${bytes(size).padStart(9)}  ${what}`),
    ...gone.filter(([keys]) => keys > 0).map(([keys, what]) => `  ${whole(keys).padStart(11)}  ${''.padStart(9)}  ${what}`),
  ];
}

function replication(target: string, { objects, bytes: size }: Amount): string[] {
  return [
    `  ${target} is replicated: what is restored is replicated again, ${whole(objects)} objects of ${bytes(size)}, and charged for again.`,
    '  --to BUCKET restores into another bucket of the source account, which is not',
  ];
}
