import { bytes, duration, plural, whole } from '../../cli/units';
import type { Amount } from '../copy/model';
import { ENDS, MEANING } from './drill-pair';
import type { DrillJob } from './job';
import type { DrillOptions } from './options';
import type { RecoveryPoint } from './recovery-point';
import { type DrillReport, perSecond } from './report';
import type { Survey } from './survey';

/** Results that a terminal shows; the report has more. */
const SHOWN = 20;

/** One pair that is about to be drilled. */
export interface PlannedPair {
  readonly job: DrillJob;
  readonly survey: Survey;
  /** Objects and bytes to be restored. */
  readonly chosen: Amount;
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
    ...planned.map(({ job: { pair, replica }, survey, chosen }) => {
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

/** Says whether the drill succeeded, in one sentence. */
export function verdict({ ends, left, objects }: DrillReport): string {
  const wrong = ends.different.objects + ends.failed.objects;
  if (wrong > 0) {
    return `Failed: ${plural(wrong, 'object')} not restored, or different.`;
  }
  if (ends.unknown.objects > 0) {
    return `Not complete: ${plural(ends.unknown.objects, 'object')} could not be compared.`;
  }
  if (left.length > 0) {
    return 'Restored, but what the drill made could not be deleted.';
  }
  return ends.same.objects === 0
    ? 'Nothing was restored: there was no object to restore at once.'
    : `Passed: ${whole(ends.same.objects)} of ${plural(objects.objects, 'object')} restored, and each is the same as its original.`;
}

/** Seconds for a person: with a decimal while there are few. */
export function took(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} seconds` : duration(seconds);
}

export function recoveryTimeText({ recoveryTime, seconds, ends }: DrillReport): string {
  const { objectsPerSecond, bytesPerSecond, wholeSeconds, basis, formula } = recoveryTime;
  if (objectsPerSecond === null || bytesPerSecond === null || wholeSeconds === null) {
    return 'Nothing was measured.';
  }
  const restored = ends.same.objects + ends.different.objects + ends.unknown.objects;
  const measured = `Measured: ${plural(restored, 'object')} in ${took(seconds.restore)}, that is ${perSecond(objectsPerSecond)} objects and ${bytes(bytesPerSecond)} a second.`;
  return basis === 'measured'
    ? `${measured} Everything took ${took(wholeSeconds)}: ${formula}.`
    : `${measured} Everything would take ${took(wholeSeconds)}. This is an extrapolation: ${formula}.`;
}

export function recoveryPointText({ basis, seconds, missing, unknown, oldest, newest }: RecoveryPoint): string {
  if (basis === 'newest-replica') {
    const age =
      seconds === null
        ? 'the replica bucket is empty'
        : `the newest object in the replica bucket is ${duration(seconds)} old, of ${newest}`;
    return `The source bucket is gone, so that nothing can be compared: ${age}. What was written later is lost.`;
  }
  const more = unknown === 0 ? '' : ` Of ${whole(unknown)} more nobody could say why they are missing.`;
  if (oldest === null || missing === null || seconds === null) {
    return `Measured: every version of the source bucket that is to be replicated was in the replica bucket when the drill began.${more}`;
  }
  return `Measured: ${duration(seconds)}, the age of the oldest version that was not in the replica bucket when the drill began, of ${oldest.lastModified}. ${whole(missing.versions)} versions were not there, ${whole(missing.current)} of them current.${more} The oldest: ${JSON.stringify(oldest.key)}, ${oldest.why}. "ops audit" lists all.`;
}
