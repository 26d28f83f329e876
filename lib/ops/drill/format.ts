import { bytes, whole } from '../../cli/units';
import type { Subject } from './job';
import type { DrillOptions } from './options';
import { type DrillReport, ENDS, MEANING } from './report';
import { recoveryPointText, recoveryTimeText, took, verdict } from './report/sentences';
import type { Survey } from './survey';

/** Results that a terminal shows; the report has more. */
const SHOWN = 20;

/** One pair that is about to be drilled. */
export interface PlannedPair {
  readonly subject: Subject;
  readonly survey: Survey;
  /** Objects and bytes to be restored. */
  readonly chosen: { readonly objects: number; readonly bytes: number };
}

/** What a drill makes, sends and deletes. */
export function describePlan(planned: readonly PlannedPair[], { to, sample, seed, reportDirectory }: DrillOptions): string {
  const target =
    to === undefined
      ? 'a new bucket of the source account, private and under the source key, which is removed again'
      : `the empty bucket ${to}, from which it is deleted again`;
  const size =
    sample === undefined ? 'every object' : `a random sample of up to ${whole(sample)} objects of each pair (--seed ${seed})`;
  return [
    `Restore ${size} into ${target}, and compare each with its original:`,
    ...planned.map(({ subject: { pair, replica }, survey, chosen }) => {
      const archived = survey.archived.objects === 0 ? '' : `; ${whole(survey.archived.objects)} are archived and left out`;
      // HEAD, GET, PUT; then HEAD and tags of both sides.
      const requests = `about ${whole(7 * chosen.objects)} requests`;
      return `  ${pair.id}: ${whole(chosen.objects)} objects of ${bytes(chosen.bytes)} from ${replica.name}, ${requests}${archived}`;
    }),
    'Charged for: those requests, with KMS, transfer out of the destination region, retrieval in IA classes, and storage for as long as the drill takes.',
    `Nothing else is changed or deleted. The reports go to ${reportDirectory}.`,
  ].join('\n');
}

/** The result for a person. */
export function formatDrill(reports: readonly DrillReport[], files: readonly string[]): string {
  return [...reports.map(formatReport), ['reports:', ...files.map((file) => `  ${file}`)].join('\n')].join('\n\n');
}

function formatReport(report: DrillReport): string {
  const { pair, ends, seconds, results, moreResults, left, sample } = report;
  const wrong = results.filter(({ end }) => end !== 'same');
  const more = wrong.length - SHOWN + (wrong.length === results.length ? moreResults : 0);
  return [
    `pair ${pair}: ${verdict(report)}`,
    ...ENDS.filter((end) => ends[end].objects > 0).map(
      (end) => `  ${whole(ends[end].objects).padStart(11)}  ${bytes(ends[end].bytes).padStart(9)}  ${MEANING[end]}`,
    ),
    // A key may hold anything, line ends and control sequences too.
    ...wrong
      .slice(0, SHOWN)
      .map(({ end, key, versionId, why }) => `  ${end}: ${JSON.stringify(key)}, version ${versionId}: ${why}`),
    ...(more > 0 ? [`  and ${whole(more)} more, which the report has`] : []),
    `  recovery time: ${recoveryTimeText(report)}`,
    `  recovery point: ${recoveryPointText(report.recoveryPoint)}`,
    `  listed in ${took(seconds.list)}, restored in ${took(seconds.restore)}, compared in ${took(seconds.compare)}, cleaned up in ${took(seconds.cleanUp)}`,
    ...(sample === null ? [] : [`  the same sample again: --sample ${sample.size} --seed ${sample.seed}`]),
    ...left.map((line) => `  left: ${line}`),
  ].join('\n');
}
