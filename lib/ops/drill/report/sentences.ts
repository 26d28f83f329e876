import { bytes, duration, whole } from '../../../cli/units';
import type { DrillReport, RecoveryPoint } from '../report';

/** Whether the drill succeeded, in one sentence. */
export function verdict({ ends, left, objects }: DrillReport): string {
  const wrong = ends.different.objects + ends.failed.objects;
  if (wrong > 0) {
    return `Failed: ${count(wrong)} not restored, or different.`;
  }
  if (ends.unknown.objects > 0) {
    return `Not complete: ${count(ends.unknown.objects)} could not be compared.`;
  }
  if (left.length > 0) {
    return 'Restored, but what the drill made could not be deleted.';
  }
  return ends.same.objects === 0
    ? 'Nothing was restored: there was no object to restore at once.'
    : `Passed: ${whole(ends.same.objects)} of ${count(objects.objects)} restored, and each is the same as its original.`;
}

function count(objects: number): string {
  return objects === 1 ? '1 object' : `${whole(objects)} objects`;
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
  const speed = objectsPerSecond < 10 ? objectsPerSecond.toFixed(1) : whole(Math.round(objectsPerSecond));
  const measured = `Measured: ${count(restored)} in ${took(seconds.restore)}, that is ${speed} objects and ${bytes(bytesPerSecond)} a second.`;
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
