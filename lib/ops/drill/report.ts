import { isEmulator } from '../../aws/emulator';
import type { RequestCounts } from '../../aws/requests';
import { bytes, plural, whole } from '../../cli/units';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { type Status, type StatusWord, statusOf } from '../../model/status';
import { datesOf, hiddenKeys, type Marker, type MarkerOrigin, type MarkerTally, markerOrigin } from '../copy/markers';
import { type Amount, type RestoreRequest, sumOf } from '../copy/model';
import { unknownsOf } from '../copy/unknowns';
import type { ComparedBy } from './compare';
import type { DrillEnd, Drilled, DrilledObject } from './drill-pair';
import type { DrillJob } from './job';
import type { DrillOptions } from './options';
import type { RecoveryPoint } from './recovery-point';
import type { Survey } from './survey';

/** How long it took, in seconds. */
interface Durations {
  /** Listing the replica bucket. */
  readonly list: number;
  /** Comparing the listings of both buckets, for the recovery point. */
  readonly recoveryPoint: number;
  readonly restore: number;
  readonly compare: number;
  readonly cleanUp: number;
}

/** How fast objects were restored, and what that means for all of them. */
interface RecoveryTime {
  readonly objectsPerSecond: number | null;
  readonly bytesPerSecond: number | null;
  /** Listing and restoring every object; null when nothing was restored. */
  readonly wholeSeconds: number | null;
  /** `measured` when every object was chosen. */
  readonly basis: 'measured' | 'extrapolated';
  /** How `wholeSeconds` was computed, in words. */
  readonly formula: string;
}

/** What a sample says about the objects that are not in it. */
interface Confidence {
  /** Share of samples for which the statement holds. */
  readonly level: number;
  /** At most this share of all objects would not be restored the same. */
  readonly atMost: number;
}

/** The report of a drill of one pair, as its JSON file has it. */
export interface DrillReport {
  /**
   * `ok`: everything was restored and is the same, nothing of the drill is left, and nothing was found that a restore could not bring back:
   * a current version without a replica, or an object that a foreign delete marker hides. `skipped`: there was no object to restore.
   */
  readonly status: StatusWord;
  readonly deployment: string;
  readonly pair: string;
  readonly source: { readonly bucket: string; readonly account: string; readonly region: string };
  readonly replica: { readonly bucket: string; readonly account: string; readonly region: string };
  readonly scratch: { readonly bucket: string; readonly made: boolean };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Moment whose objects were restored, in ISO 8601; null for the newest version of each key. */
  readonly asOf: string | null;
  /** Below which prefix; empty for everything. */
  readonly prefix: string;
  /** S3 was an emulator, whose times and encryption say nothing about AWS. */
  readonly emulator: boolean;
  /** Null with --all. */
  readonly sample: { readonly size: number; readonly seed: string } | null;
  /** Every object that could be restored at once was chosen: with --all, or because there were no more than the sample takes. */
  readonly everything: boolean;
  /** Objects that could be restored at once, of which the sample was taken. */
  readonly objects: Amount;
  /** Objects in archive classes, which were not drilled. */
  readonly archived: Amount;
  /** Objects that were listed, and no longer so when --all was to restore them; at least. */
  readonly vanished: number;
  /** Keys that were not drilled, because their current version is a delete marker. */
  readonly markers: Readonly<MarkerTally> & {
    /** What these markers can be. */
    readonly origin: MarkerOrigin;
    /** The first ones that are foreign. */
    readonly hidden: readonly Marker[];
  };
  readonly ends: Readonly<Record<DrillEnd, Amount>>;
  readonly comparedWith: Readonly<Record<'source' | 'replica', number>>;
  readonly comparedBy: Readonly<Record<ComparedBy, number>>;
  readonly seconds: Durations;
  readonly recoveryTime: RecoveryTime;
  readonly recoveryPoint: RecoveryPoint;
  /** Null after a drill of every object, and where something is wrong. */
  readonly confidence: Confidence | null;
  readonly requests: Readonly<RequestCounts<RestoreRequest>>;
  /** What the drill made and could not delete, and how to delete it. */
  readonly left: readonly string[];
  /** What this drill says nothing about. */
  readonly notShown: readonly string[];
  /** The ones that are wrong before the others. */
  readonly results: readonly DrilledObject[];
  /** How many more there are, none of them wrong unless all results are. */
  readonly moreResults: number;
}

/** What a report is made of. */
export interface ReportParts extends Pick<DrillReport, 'startedAt' | 'endedAt' | 'scratch' | 'left'> {
  readonly config: Deployment;
  readonly job: DrillJob;
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

export function makeReport(parts: ReportParts): DrillReport {
  const { config, job, options, survey, recoveryPoint, before, drilled, closing, ...rest } = parts;
  const { pair, source, replica, counts } = job;
  const { tally, seconds } = drilled;
  const { asOf, sample, seed } = options;
  const { restored, ends, comparedWith, comparedBy } = tally;
  const emulator = isEmulator();
  const tried = sumOf(Object.values(ends)).objects;
  const everything = sample === undefined || survey.objects.objects <= sample;
  const found = {
    ends,
    vanished: sample === undefined ? Math.max(survey.objects.objects - tried, 0) : 0,
    markers: { ...survey.markers, origin: markerOrigin(pair), hidden: survey.hidden },
    recoveryPoint,
  };
  const { status } = statusOfReport({ ...found, pair: pair.id, left: rest.left });
  return {
    status,
    deployment: config.deployment,
    pair: pair.id,
    source: { bucket: source.name, account: config.source.account, region: config.source.region },
    replica: { bucket: replica.name, account: config.destination.account, region: config.destination.region },
    ...rest,
    asOf: asOf === undefined ? null : new Date(asOf).toISOString(),
    prefix: replica.prefix,
    emulator,
    sample: sample === undefined ? null : { size: sample, seed },
    everything,
    objects: survey.objects,
    archived: survey.archived,
    ...found,
    comparedWith,
    comparedBy,
    seconds: { ...before, ...seconds, cleanUp: seconds.cleanUp + closing },
    recoveryTime: recoveryTime(survey.objects, restored, before.list, seconds.restore, everything),
    confidence: confidenceOf(drilled, survey.objects),
    requests: { ...counts },
    notShown: notShown({ pair, survey, asOf: asOf !== undefined, emulator, all: everything }),
    ...tally.results(),
  };
}

/** What a drill found. */
type Findings = Pick<DrillReport, 'ends' | 'vanished' | 'markers' | 'recoveryPoint'>;

/** Returns the status of a drill. Evidence is only what was restored, read again and compared in it. */
export function statusOfReport(report: Findings & Pick<DrillReport, 'pair' | 'left'>): Status {
  const { pair, ends, left } = report;
  const named = (lines: readonly string[]) => lines.map((line) => `pair ${pair}: ${line}`);
  return statusOf({
    failed: named([...problemsOf(report), ...left]),
    unknown: named(openQuestionsOf(report)),
    seen: ends.same.objects > 0 ? named([`${plural(ends.same.objects, 'object')} restored and compared`]) : [],
    nothing: `pair ${pair}: no object was restored`,
  });
}

/** What is wrong, for a sentence. */
export function problemsOf({ ends, vanished, markers, recoveryPoint }: Findings): string[] {
  const problems: [number, string, string][] = [
    [ends.different.objects + ends.failed.objects, 'object', 'not restored, or different'],
    [recoveryPoint.lost?.current ?? 0, 'current version', 'of the source bucket without a replica, and S3 does not try again'],
    [
      hiddenKeys(markers.origin, markers),
      'object',
      `hidden in the replica bucket by a delete marker that this deployment does not write, ${datesOf(markers)}`,
    ],
    [vanished, 'object', 'or more no longer listed in the replica bucket when it was to be restored'],
  ];
  return sentences(problems);
}

/** What could not be found out, for a sentence. */
export function openQuestionsOf({ ends, recoveryPoint }: Findings): string[] {
  return sentences([
    [ends.unknown.objects, 'object', 'could not be compared'],
    [recoveryPoint.unknown, 'version', 'without a replica, for an unknown reason'],
  ]);
}

function sentences(counts: readonly [number, string, string][]): string[] {
  return counts.filter(([count]) => count > 0).map(([count, noun, what]) => `${plural(count, noun)} ${what}`);
}

/** How long everything takes at the speed that was measured. */
function recoveryTime(all: Amount, restored: Amount, list: number, restore: number, measured: boolean): RecoveryTime {
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
      ? restored.objects >= all.objects
        ? 'listing the replica bucket, and restoring every object'
        : `listing the replica bucket, and restoring ${whole(restored.objects)} of ${whole(all.objects)} objects; the others could not be restored`
      : `listing the replica bucket, and the longer of ${whole(all.objects)} objects at ${perSecond(objects)} a second and ${bytes(all.bytes)} at ${bytes(size)} a second, the speed of the sample`,
  };
}

/** A number of objects a second, with a decimal while there are few. */
export function perSecond(value: number): string {
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

/** What an auditor must not read into a report: nobody else says it. */
function notShown({
  pair,
  survey,
  asOf,
  emulator,
  all,
}: {
  readonly pair: DeployedPair;
  readonly survey: Survey;
  readonly asOf: boolean;
  readonly emulator: boolean;
  readonly all: boolean;
}): string[] {
  const { archived } = survey;
  return [
    ...(emulator ? ['S3 was an emulator on this machine: no time, key or permission of AWS took part'] : []),
    ...(all ? [] : ['objects that are not in the sample were not read']),
    ...(archived.objects > 0
      ? [`${whole(archived.objects)} objects in archive classes were not restored: S3 takes hours to make them readable`]
      : []),
    'older versions of the objects were not restored',
    'the speed is that of this machine, its network and this hour; a larger restore may be faster or slower for each object',
    'both accounts, their credentials and their keys were at hand, as they may not be after a disaster',
    'settings of the source bucket, such as its policy, lifecycle rules and notifications, are no part of a copy',
    'that applications work with what was restored was not tried',
    ...unknownsOf(pair, asOf, emulator).map(({ text }) => text),
  ];
}
