import { MARK } from '../../cli/layout';
import { bytes, duration, plural, whole } from '../../cli/units';
import { quoted, visible, visibleIn } from '../../errors/visible';
import { unexplainedKeys } from '../copy/markers';
import type { Amount } from '../copy/model';
import { ENDS, MEANING } from './drill-pair';
import type { DrillJob } from './job';
import type { DrillOptions } from './options';
import type { RecoveryPoint } from './recovery-point';
import { type DrillReport, openQuestionsOf, perSecond, problemsOf } from './report';
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
  const list = ['reports:', ...files.map((file) => `  ${visible(file)}`)];
  return [list.join('\n'), ...visibleIn(reports).map(formatReport)].join('\n\n');
}

function formatReport(report: DrillReport): string {
  const { pair, ends, seconds, results, moreResults, left, sample, recoveryPoint } = report;
  const unrestorable = unrestorableRows(report);
  const wrong = results.filter(({ end }) => end !== 'same');
  const more = wrong.length - SHOWN + (wrong.length === results.length ? moreResults : 0);
  return [
    `${MARK[report.status]} pair ${pair}: ${verdict(report)}`,
    ...ENDS.filter((end) => ends[end].objects > 0).map(
      (end) => `  ${whole(ends[end].objects).padStart(11)}  ${bytes(ends[end].bytes).padStart(9)}  ${MEANING[end]}`,
    ),
    ...wrong.slice(0, SHOWN).map(({ end, key, versionId, why }) => `  ${end}: ${quoted(key)}, version ${versionId}: ${why}`),
    ...(more > 0 ? [`  and ${whole(more)} more, which the report has`] : []),
    ...unrestorable.slice(0, SHOWN).map(({ key, versionId, why }) => `  ${quoted(key)}, version ${versionId}: ${why}`),
    ...(unrestorable.length > SHOWN ? [`  and ${whole(unrestorable.length - SHOWN)} more, which the report has`] : []),
    `  recovery time: ${recoveryTimeText(report)}`,
    `  recovery point: ${recoveryPointText(recoveryPoint)}`,
    `  listed in ${took(seconds.list)}, restored in ${took(seconds.restore)}, compared in ${took(seconds.compare)}, cleaned up in ${took(seconds.cleanUp)}`,
    ...(sample === null ? [] : [`  the same sample again: --sample ${sample.size} --seed ${sample.seed}`]),
    ...left.map((line) => `  left: ${line}`),
  ].join('\n');
}

/** Lists objects that a restore would not bring back as they are: without a replica, or below a foreign delete marker. */
export function unrestorableRows({ recoveryPoint: { lost }, markers }: DrillReport) {
  return [
    ...(lost?.first ?? []).map(({ key, versionId, isLatest, why }) => ({
      key,
      versionId,
      why: `${isLatest ? 'current, and' : 'noncurrent, and'} not in the replica bucket: ${why}`,
    })),
    ...markers.hidden.map(({ key, versionId, lastModified }) => ({
      key,
      versionId,
      why: `a delete marker of ${lastModified} hides it in the replica bucket, and this deployment does not write any`,
    })),
  ];
}

/** Says whether the drill succeeded, in one sentence. */
export function verdict(report: DrillReport): string {
  const { ends, left, objects, archived, markers, comparedWith } = report;
  const problems = problemsOf(report);
  if (problems.length > 0) {
    return `Failed: ${problems.join('; ')}.`;
  }
  const open = openQuestionsOf(report);
  if (open.length > 0) {
    return `Not complete: ${open.join('; ')}.`;
  }
  if (left.length > 0) {
    return 'Restored, but what the drill made could not be deleted.';
  }
  const notDrilled: [number, string][] = [
    [archived.objects + ends.archived.objects, 'archived'],
    [unexplainedKeys(markers.origin, markers), 'below a delete marker of unknown origin'],
  ];
  const rest = notDrilled
    .filter(([count]) => count > 0)
    .map(([count, what]) => ` Not drilled: ${plural(count, 'object')} ${what}.`);
  const fromReplica =
    comparedWith.replica === 0
      ? ''
      : ` Of these, ${plural(comparedWith.replica, 'object')} could be compared with the replica alone: the source has the version no longer.`;
  return ends.same.objects === 0
    ? `Nothing was restored: there was no object to restore at once.${rest.join('')}`
    : `Passed: ${whole(ends.same.objects)} of ${plural(objects.objects, 'object')} restored, and each is the same as its original.${fromReplica}${rest.join('')}`;
}

/** Seconds for a person: with a decimal while there are few. */
export function took(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} seconds` : duration(seconds);
}

export function recoveryTimeText({ recoveryTime, seconds, ends, objects }: DrillReport): string {
  const { objectsPerSecond, bytesPerSecond, wholeSeconds, basis, formula } = recoveryTime;
  if (objectsPerSecond === null || bytesPerSecond === null || wholeSeconds === null) {
    return 'Nothing was measured.';
  }
  const restored = ends.same.objects + ends.different.objects + ends.unknown.objects;
  const measured = `Measured: ${plural(restored, 'object')} in ${took(seconds.restore)}, that is ${perSecond(objectsPerSecond)} objects and ${bytes(bytesPerSecond)} a second.`;
  return basis === 'measured'
    ? `${measured} ${restored < objects.objects ? 'What could be restored' : 'Everything'} took ${took(wholeSeconds)}, without extrapolation: ${formula}.`
    : `${measured} Everything would take ${took(wholeSeconds)}. This is an extrapolation: ${formula}.`;
}

export function recoveryPointText({ basis, seconds, missing, lost, unknown, oldest, newest }: RecoveryPoint): string {
  if (basis === 'newest-replica') {
    const age =
      seconds === null
        ? 'the replica bucket is empty'
        : `the newest object in the replica bucket is ${duration(seconds)} old, of ${newest}`;
    return `The source bucket is gone, so that nothing can be compared: ${age}. What was written later is lost.`;
  }
  const more = unknown === 0 ? '' : ` The cause is unknown for ${whole(unknown)} more without a replica.`;
  const never =
    lost === null || lost.versions === 0 ? '' : ` S3 will not replicate ${whole(lost.versions)} of them automatically.`;
  if (oldest === null || missing === null || seconds === null) {
    return unknown === 0
      ? 'Measured: every version of the source bucket that is to be replicated was in the replica bucket when the drill began.'
      : `Measured: no version of the source bucket was known to be late or lost when the drill began.${more}`;
  }
  return `Measured: ${duration(seconds)}, the age of the oldest version that was not in the replica bucket when the drill began, of ${oldest.lastModified}. ${whole(missing.versions)} versions were not there, ${whole(missing.current)} of them current.${never}${more} The oldest: ${quoted(oldest.key)}, ${oldest.why}. "s3-replication audit" lists all.`;
}
