import type { LastVerification } from '../../aws/monitoring/last-verification';
import { EXIT, type ExitCode } from '../../cli/command';
import type { AlarmKind } from '../../model/monitoring/names';

/** States of CloudWatch, and two more: there is no such alarm, and nobody knows. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'MISSING' | 'UNKNOWN';

/** An alarm, and how it is. */
export interface AlarmStatus {
  readonly name: string;
  readonly region: string;
  readonly state: AlarmState;
}

/** How one pair is. A number is null when CloudWatch has none, and when there was no answer: `unknown` then has its name. */
export interface PairStatus {
  readonly pair: string;
  /** By how much the replica bucket is behind. */
  readonly lagSeconds: number | null;
  readonly pendingOperations: number | null;
  readonly pendingBytes: number | null;
  /** In the last 24 hours. */
  readonly failedOperations: number | null;
  readonly alarms: readonly (AlarmStatus & { readonly kind: AlarmKind })[];
  /** Null when the pair was never verified. */
  readonly lastVerification: LastVerification | null;
  readonly unknown: readonly PairReading[];
}

/** What is read of a pair besides its alarms. */
export type PairReading = 'lagSeconds' | 'pendingOperations' | 'pendingBytes' | 'failedOperations' | 'lastVerification';

/** The result of `ops status`; with `--watch`, of each round. */
export interface StatusData {
  /** Nothing is wrong, and everything was found out. */
  readonly ok: boolean;
  readonly deployment: string;
  readonly pairs: readonly PairStatus[];
  /** The composite alarm of each region. */
  readonly health: readonly AlarmStatus[];
  /** About how many messages the failure queue has, without the test messages of S3 that a look at it shows; null when unknown. */
  readonly failureMessages: number | null;
  /** What is wrong, in words. */
  readonly wrong: readonly string[];
  /** What could not be found out, and why. */
  readonly unanswered: readonly string[];
}

/** What was read, before it is judged. */
export type Readings = Omit<StatusData, 'ok' | 'wrong'>;

/** Names that a line lists. */
const LISTED = 5;

/**
 * Says what is wrong.
 *
 * @param countsFailures whether CloudWatch counts failures. Where it does not, on an emulator, the failure queue alone tells of them
 */
export function judge(readings: Readings, countsFailures: boolean): StatusData {
  const { pairs, health, failureMessages, unanswered } = readings;
  const alarms = pairs.flatMap(({ pair, alarms: all }) => all.map((alarm) => ({ ...alarm, pair })));
  const on = alarms.filter(({ state }) => state === 'ALARM');
  const missing = [...alarms, ...health].filter(({ state }) => state === 'MISSING').map(({ name }) => name);
  const failed = pairs.filter(({ failedOperations }) => (failedOperations ?? 0) > 0);
  const unverified = pairs.filter(({ lastVerification }) => lastVerification?.result === 'failed');
  const wrong = [
    ...[...new Set(on.map(({ kind }) => kind))].map(
      (kind) => `alarm ${kind} is on: ${list(on.filter((alarm) => alarm.kind === kind).map(({ pair }) => pair))}`,
    ),
    ...health.filter(({ state }) => state === 'ALARM').map(({ name, region }) => `composite alarm ${name} in ${region} is on`),
    ...when(missing, `there is no alarm ${list(missing)}; npm run ops -- doctor`),
    ...when(
      failed,
      `operations failed in 24 hours: ${list(failed.map(({ pair, failedOperations }) => `${pair} (${failedOperations})`))}; npm run ops -- failures`,
    ),
    ...when(unverified, `the last verification failed: ${list(unverified.map(({ pair }) => pair))}; npm run ops -- verify`),
    ...(failureMessages !== null && failureMessages > 0 && !countsFailures
      ? [`failures wait in the failure queue, about ${failureMessages}; npm run ops -- failures`]
      : []),
  ];
  return { ...readings, ok: wrong.length === 0 && unanswered.length === 0, wrong };
}

export function exitCodeOf({ ok, wrong }: StatusData): ExitCode {
  if (ok) {
    return EXIT.ok;
  }
  return wrong.length > 0 ? EXIT.wrong : EXIT.unknown;
}

function when(found: readonly unknown[], line: string): string[] {
  return found.length > 0 ? [line] : [];
}

function list(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
