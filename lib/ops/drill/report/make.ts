import { isEmulator } from '../../../aws/emulator';
import { bytes, whole } from '../../../cli/units';
import type { ReplicationConfig } from '../../../config/replication-config';
import type { Amount } from '../../copy/totals';
import type { Drilled } from '../drill-pair';
import type { Subject } from '../job';
import type { DrillOptions } from '../options';
import type { Confidence, DrillReport, RecoveryPoint, RecoveryTime } from '../report';
import type { Survey } from '../survey';
import { notShown } from './not-shown';

/** What a report is made of. */
export interface Parts extends Pick<DrillReport, 'startedAt' | 'endedAt' | 'scratch' | 'left'> {
  readonly config: ReplicationConfig;
  readonly subject: Subject;
  readonly options: DrillOptions;
  readonly survey: Survey;
  readonly recoveryPoint: RecoveryPoint;
  /** Seconds of listing the replica bucket, and of comparing both listings. */
  readonly before: { readonly list: number; readonly recoveryPoint: number };
  readonly drilled: Drilled;
  /** Seconds after the last object was deleted. */
  readonly closing: number;
}

const LEVEL = 0.95;

export function makeReport(parts: Parts): DrillReport {
  const { config, subject, options, survey, recoveryPoint, before, drilled, closing, ...rest } = parts;
  const { pair, source, replica, counts } = subject;
  const { tally, seconds } = drilled;
  const { asOf, sample, seed } = options;
  const { restored, ends, comparedWith, comparedBy } = tally;
  const emulator = isEmulator();
  return {
    ok:
      restored.objects > 0 && rest.left.length === 0 && ends.different.objects + ends.failed.objects + ends.unknown.objects === 0,
    deployment: config.deployment,
    pair: pair.id,
    source: { bucket: source.name, account: config.source.account, region: config.source.region },
    replica: { bucket: replica.name, account: config.destination.account, region: config.destination.region },
    ...rest,
    asOf: asOf === undefined ? null : new Date(asOf).toISOString(),
    prefix: replica.prefix,
    emulator,
    sample: sample === undefined ? null : { size: sample, seed },
    objects: survey.objects,
    archived: survey.archived,
    ends,
    comparedWith,
    comparedBy,
    seconds: { ...before, ...seconds, cleanUp: seconds.cleanUp + closing },
    recoveryTime: recoveryTime(survey.objects, restored, before.list, seconds.restore, sample === undefined),
    recoveryPoint,
    confidence: confidenceOf(drilled, survey.objects),
    requests: { ...counts },
    notShown: notShown({ pair, survey, asOf: asOf !== undefined, emulator, all: sample === undefined }),
    ...tally.results(),
  };
}

/** How long everything takes at the speed that was measured. */
export function recoveryTime(all: Amount, restored: Amount, list: number, restore: number, measured: boolean): RecoveryTime {
  const basis = measured ? 'measured' : 'extrapolated';
  if (restored.objects === 0 || restore === 0) {
    return { objectsPerSecond: null, bytesPerSecond: null, wholeSeconds: null, basis, formula: 'nothing was measured' };
  }
  const [objects, size] = [restored.objects / restore, restored.bytes / restore];
  const longest = Math.max(all.objects / objects, size === 0 ? 0 : all.bytes / size);
  return {
    objectsPerSecond: objects,
    bytesPerSecond: size,
    wholeSeconds: list + (measured ? restore : longest),
    basis,
    formula: measured
      ? 'listing the replica bucket, and restoring every object'
      : `listing the replica bucket, and the longer of ${whole(all.objects)} objects at ${rounded(objects)} a second and ${bytes(all.bytes)} at ${bytes(size)} a second, the speed of the sample`,
  };
}

function rounded(value: number): string {
  return value < 10 ? value.toFixed(1) : whole(Math.round(value));
}

/**
 * If a larger share of all objects could not be restored the same, fewer than one in twenty samples of this size would show none.
 */
function confidenceOf({ tally: { ends } }: Drilled, all: Amount): Confidence | null {
  const { same, different, failed, unknown, archived } = ends;
  const wrong = different.objects + failed.objects + unknown.objects + archived.objects;
  return wrong > 0 || same.objects === 0 || same.objects >= all.objects
    ? null
    : { level: LEVEL, atMost: 1 - (1 - LEVEL) ** (1 / same.objects) };
}
