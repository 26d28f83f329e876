import { isStale, VERIFIED_FOR_SECONDS } from '../../aws/last-verification';
import { MARK } from '../../cli/layout';
import { table } from '../../cli/table';
import { bytes, duration, whole } from '../../cli/units';
import { visibleIn } from '../../errors/visible';
import type { Deployment } from '../../model/deployment';
import { opsCommand } from '../../model/shell-commands';
import { type Status, statusOf } from '../../model/status';
import { type Guidance, guidance } from '../backfill/again';
import type { Repair } from '../doctor/repair';
import { type AlarmState, type AlarmStatus, FRESH_MINUTES, type PairReading, type PairStatus, type StatusReadings } from './read';

/** The result of `s3-replication status`; with `--watch`, of each round. */
export interface StatusData extends StatusReadings {
  /** What is wrong, in words. */
  readonly wrong: readonly string[];
  /** What could not be seen, in words: without an answer, without data, or never verified. */
  readonly unknown: readonly string[];
}

/** Names that a line lists. */
const LISTED = 5;

/** What a command line says of the configuration. */
type Named = Pick<Deployment, 'commandOptions'>;

/** What is wrong, and what could not be seen, each with the commands that help. */
export interface StatusFindings {
  readonly wrong: readonly Guidance[];
  readonly unknown: readonly Guidance[];
}

/** The readings, and what is to be said about them. */
export function judge(readings: StatusReadings, { wrong, unknown }: StatusFindings): StatusData {
  return { ...readings, wrong: wrong.map(inOneLine), unknown: unknown.map(inOneLine) };
}

function inOneLine({ text, commands }: Guidance): string {
  return [text, ...(commands.length === 0 ? [] : [commands.join(' && ')])].join('; ');
}

/**
 * Says what is wrong.
 *
 * @param countsFailures whether CloudWatch counts failures. Where it does not, on an emulator, the failure queue alone tells of them
 */
export function findingsOf(config: Named, readings: StatusReadings, countsFailures: boolean, now: Date): StatusFindings {
  const { pairs, health, failureMessages, keys } = readings;
  const alarms = pairs.flatMap(({ pair, alarms: all }) => all.map((alarm) => ({ ...alarm, pair })));
  const on = alarms.filter(({ state }) => state === 'ALARM');
  const missing = [...alarms, ...health].filter(({ state }) => state === 'MISSING').map(({ name }) => name);
  const failed = pairs.filter(({ failedOperations }) => (failedOperations ?? 0) > 0);
  const unverified = pairs.filter(({ lastVerification }) => lastVerification?.result === 'failed');
  const wrong = [
    ...keys.flatMap((key) => (key.status === 'failed' ? [notSo(key.title, key.found, key.fix)] : [])),
    ...[...new Set(on.map(({ kind }) => kind))].map((kind) =>
      guidance(`alarm ${kind} is on: ${list(on.filter((alarm) => alarm.kind === kind).map(({ pair }) => pair))}`),
    ),
    ...health
      .filter(({ state }) => state === 'ALARM')
      .map((alarm) => guidance(`composite alarm ${alarm.name} ${whereOf(alarm)} is on`)),
    ...when(missing, `there is no alarm ${list(missing)}`, opsCommand(config, 'doctor')),
    ...when(
      failed,
      `operations failed in 24 hours: ${list(failed.map(({ pair, failedOperations }) => `${pair} (${failedOperations})`))}`,
      opsCommand(config, 'failures'),
    ),
    ...when(
      unverified,
      `the last verification failed: ${list(unverified.map(({ pair }) => pair))}`,
      opsCommand(config, 'verify'),
    ),
    ...(failureMessages !== null && failureMessages > 0 && !countsFailures
      ? [guidance(`failures wait in the failure queue, about ${failureMessages}`, opsCommand(config, 'failures'))]
      : []),
  ];
  return { wrong, unknown: unknownOf(config, readings, now) };
}

const PAIR_WORDS = {
  lagSeconds: 'lag',
  pendingOperations: 'pending operations',
  pendingBytes: 'pending bytes',
  failedOperations: 'failed operations',
} as const;

/** What this run did not see. A question without an answer stands here once, and not again for each pair. */
function unknownOf(config: Named, { pairs, health, keys, unanswered, failureQueueDoubt }: StatusReadings, now: Date): Guidance[] {
  const without = (field: keyof typeof PAIR_WORDS) =>
    pairs.filter((pair) => pair[field] === null && !pair.unknown.includes(field)).map(({ pair }) => pair);
  const fields = Object.keys(PAIR_WORDS) as (keyof typeof PAIR_WORDS)[];
  const never = pairs.filter((pair) => pair.lastVerification === null && !pair.unknown.includes('lastVerification'));
  const stale = pairs.flatMap(({ pair, lastVerification: last }) =>
    last !== null && last.result === 'ok' && isStale(last, now) ? [`${pair} (${ago(last.at, now)})`] : [],
  );
  const silent = [...pairs.flatMap(({ alarms }) => alarms), ...health].filter(({ state }) => state === 'INSUFFICIENT_DATA');
  return [
    ...unanswered.map((why) => guidance(why)),
    ...fields.flatMap((field) => when(without(field), `no data of ${PAIR_WORDS[field]}: ${list(without(field))}`)),
    ...when(never, `never verified: ${list(never.map(({ pair }) => pair))}`, opsCommand(config, 'verify')),
    ...when(
      stale,
      `last verified more than ${duration(VERIFIED_FOR_SECONDS)} ago: ${list(stale)}; let verify run every day`,
      opsCommand(config, 'verify'),
    ),
    ...when(silent, `alarms without data: ${list(silent.map(({ name }) => name))}`),
    ...(failureQueueDoubt === null ? [] : [guidance(failureQueueDoubt)]),
    ...keys.flatMap((key) =>
      key.status === 'unknown' || key.status === 'skipped' ? [guidance(`${key.title}: ${key.why.replaceAll('\n', '; ')}`)] : [],
    ),
  ];
}

function whereOf({ place, region }: AlarmStatus): string {
  return place === 'backup' ? 'of the backup account' : `in ${region}`;
}

export function statusOfData({ pairs, wrong, unknown }: StatusData): Status {
  return statusOf({ failed: wrong, unknown, seen: pairs.map(({ pair }) => `pair ${pair}`), nothing: 'there is no pair' });
}

/** Without a command, a person has to do what the notes say. */
function notSo(title: string, found: string, { commands, notes }: Repair): Guidance {
  const byHand = commands.length === 0 ? `; fix: ${notes.join(' ')}` : '';
  return guidance(`not so: ${title}: ${found}${byHand}`, ...commands);
}

function when(found: readonly unknown[], text: string, ...commands: readonly string[]): Guidance[] {
  return found.length > 0 ? [guidance(text, ...commands)] : [];
}

function list(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

export const COLUMNS = ['PAIR', 'LAG', 'PENDING', 'BYTES PENDING', 'FAILED IN 24 H', 'ALARMS', 'VERIFIED'];

const NO_DATA = 'no data';
const UNKNOWN = '?';

/** The result for a person: a row for each pair, and below them what somebody has to look at: what is wrong comes last. */
export function formatStatus(found: StatusData, now: Date, columns: number): string {
  const data = visibleIn(found);
  const { deployment, pairs, health, wrong, unknown } = data;
  const rows = [...pairs.map((pair) => row(pair, now)), ...(pairs.length > 1 ? [totals(pairs)] : [])];
  const lines = [
    ...(health.length === 0
      ? []
      : [
          `composite alarms: ${health.map(({ place, region, state }) => `${place === 'backup' ? 'backup account' : region} ${ALARM_WORDS[state]}`).join(', ')}`,
        ]),
    `failure queue: ${queueText(data)}`,
    `keys: ${keysText(data)}`,
    ...(rows.flat().includes(NO_DATA)
      ? [
          `${NO_DATA}: none of the last ${FRESH_MINUTES} minutes in the source account; npx --no -- s3-replication doctor says where it sees any`,
        ]
      : []),
  ];
  return [
    `${MARK[statusOfData(data).status]} deployment ${deployment}: ${verdictOf(data)}`,
    table([COLUMNS, ...rows], columns - 2)
      .map((line) => `  ${line}`)
      .join('\n'),
    lines.join('\n'),
    SCOPE,
    ...section('unknown', MARK.unknown, unknown),
    ...section('wrong', MARK.failed, wrong),
  ].join('\n\n');
}

/** What this command never looks at. */
export const SCOPE =
  'not looked at: rule, versioning, policies and roles (s3-replication doctor), and the objects (s3-replication audit)';

export function verdictOf({ wrong, unknown }: StatusData): string {
  const but = unknown.length === 0 ? '' : `${unknown.length} unknown`;
  if (wrong.length > 0) {
    return but === '' ? 'something is wrong' : `something is wrong, and ${but}`;
  }
  return but === '' ? 'fine' : `not all is known: ${but}`;
}

export function queueText({ failureQueue, failureMessages }: StatusData): string {
  const texts = {
    empty: 'empty',
    'test-messages-only': 'no failures, only test messages of S3',
    'not-empty': `about ${whole(failureMessages ?? 0)} to look at: npx --no -- s3-replication failures`,
    unknown: UNKNOWN,
  };
  return texts[failureQueue];
}

export function keysText({ keys }: StatusData): string {
  const words = { ok: 'enabled', failed: 'WRONG', unknown: UNKNOWN, skipped: UNKNOWN };
  return keys.length === 0
    ? UNKNOWN
    : keys.map(({ id, status }) => `${id === 'source-key' ? 'source' : 'replica'} ${words[status]}`).join(', ');
}

/** What a person reads for the state of an alarm. */
export const ALARM_WORDS: Readonly<Record<AlarmState, string>> = {
  OK: 'off',
  ALARM: 'ON',
  INSUFFICIENT_DATA: 'without data',
  MISSING: 'missing',
  UNKNOWN,
};

/** The cells of one pair, for each of `COLUMNS`. */
export function row(pair: PairStatus, now: Date): string[] {
  const cell = <T>(field: PairReading, value: T | null, text: (value: T) => string, none: string) =>
    pair.unknown.includes(field) ? UNKNOWN : value === null ? none : text(value);
  return [
    pair.pair,
    cell('lagSeconds', pair.lagSeconds, duration, NO_DATA),
    cell('pendingOperations', pair.pendingOperations, whole, NO_DATA),
    cell('pendingBytes', pair.pendingBytes, bytes, NO_DATA),
    // Without failures it is 0, except on an emulator.
    cell('failedOperations', pair.failedOperations, whole, 'not counted'),
    alarmsText(pair.alarms.map(({ state }) => state)),
    cell(
      'lastVerification',
      pair.lastVerification,
      ({ at, result }) => `${result === 'ok' ? 'ok' : 'FAILED'} ${ago(at, now)}`,
      'never',
    ),
  ];
}

/** The largest lag, and the sum of the rest, of what is known. */
function totals(pairs: readonly PairStatus[]): string[] {
  const all = (field: 'lagSeconds' | 'pendingOperations' | 'pendingBytes' | 'failedOperations') =>
    pairs.map((pair) => pair[field]);
  const total = (values: readonly (number | null)[], merge: (known: readonly number[]) => string) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? '' : merge(known);
  };
  const sum = (known: readonly number[]) => known.reduce((one, other) => one + other, 0);
  return [
    `all ${pairs.length}`,
    total(all('lagSeconds'), (known) => duration(Math.max(...known))),
    total(all('pendingOperations'), (known) => whole(sum(known))),
    total(all('pendingBytes'), (known) => bytes(sum(known))),
    total(all('failedOperations'), (known) => whole(sum(known))),
    alarmsText(pairs.flatMap((pair) => pair.alarms.map(({ state }) => state))),
    '',
  ];
}

function alarmsText(states: readonly AlarmState[]): string {
  const having = (state: AlarmState) => states.filter((one) => one === state).length;
  const notable = (['ALARM', 'MISSING', 'UNKNOWN'] as const).filter((state) => having(state) > 0);
  if (notable.length > 0) {
    return notable.map((state) => `${having(state)} ${ALARM_WORDS[state]}`).join(', ');
  }
  return having('OK') > 0 ? ALARM_WORDS.OK : ALARM_WORDS.INSUFFICIENT_DATA;
}

function ago(at: string, now: Date): string {
  return `${duration(Math.max((now.getTime() - Date.parse(at)) / 1000, 0))} ago`;
}

function section(title: string, mark: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [[`${title}:`, ...lines.map((line) => `  ${mark} ${line}`)].join('\n')];
}
