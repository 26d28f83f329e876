import { isEmulator } from '../../aws/emulator';
import { isStale, VERIFIED_FOR_SECONDS } from '../../aws/last-verification';
import { type CommandArguments, type Context, Outcome } from '../../cli/command';
import { MARK } from '../../cli/layout';
import { minutesOption } from '../../cli/options';
import { repeat } from '../../cli/repeat';
import { table } from '../../cli/table';
import { bytes, duration, whole } from '../../cli/units';
import { visibleIn } from '../../errors/visible';
import { type Status, statusOf } from '../../model/status';
import { repairLine } from '../doctor/repair';
import {
  type AlarmState,
  type AlarmStatus,
  FRESH_MINUTES,
  type PairReading,
  type PairStatus,
  readStatus,
  type StatusReadings,
} from './read';

/**
 * Shows how replication is, from what the source account holds, the alarms of the backup account, and the state of both keys. With `--watch`,
 * again and again in the same place, until the person interrupts; then the last round counts.
 *
 * @throws UsageError for an option that makes no sense
 * @throws UnreachableError when the credentials of the source do not work, or the person interrupts the first round
 */
export async function status(context: Context, { values }: CommandArguments): Promise<Outcome> {
  const { clients, clock, terminal } = context;
  const minutes = minutesOption(values, 'watch');
  const emulator = isEmulator();
  // Without credentials there is nothing to show.
  await clients.cloudWatch('source');
  // Its credentials may ask for an MFA code too, and not at the same time. Without them, its key and alarms are unknown.
  await clients.kms('destination').catch(() => undefined);
  const round = async (): Promise<Outcome<StatusData>> => {
    const data = judge(await readStatus(context, emulator), !emulator, clock.now());
    return new Outcome(statusOfData(data), data, formatStatus(data, clock.now(), terminal.columns));
  };
  const report: Context['report'] = ({ data, text }) => context.report({ data, text: `${terminal.clear}${text}` });
  return minutes === undefined ? round() : repeat(round, minutes, { clock, terminal, report }, ({ data }) => verdictOf(data));
}

/** The result of `s3-replication status`; with `--watch`, of each round. */
export interface StatusData extends StatusReadings {
  /** What is wrong, in words. */
  readonly wrong: readonly string[];
  /** What could not be seen, in words: without an answer, without data, or never verified. */
  readonly unknown: readonly string[];
}

/** Names that a line lists. */
const LISTED = 5;

/**
 * Says what is wrong.
 *
 * @param countsFailures whether CloudWatch counts failures. Where it does not, on an emulator, the failure queue alone tells of them
 */
function judge(readings: StatusReadings, countsFailures: boolean, now: Date): StatusData {
  const { pairs, health, failureMessages, keys } = readings;
  const alarms = pairs.flatMap(({ pair, alarms: all }) => all.map((alarm) => ({ ...alarm, pair })));
  const on = alarms.filter(({ state }) => state === 'ALARM');
  const missing = [...alarms, ...health].filter(({ state }) => state === 'MISSING').map(({ name }) => name);
  const failed = pairs.filter(({ failedOperations }) => (failedOperations ?? 0) > 0);
  const unverified = pairs.filter(({ lastVerification }) => lastVerification?.result === 'failed');
  const unknown = unknownOf(readings, now);
  const wrong = [
    ...keys.flatMap(({ title, finding }) =>
      finding.status === 'failed' ? [`not so: ${title}: ${finding.found}; fix: ${repairLine(finding.fix)}`] : [],
    ),
    ...[...new Set(on.map(({ kind }) => kind))].map(
      (kind) => `alarm ${kind} is on: ${list(on.filter((alarm) => alarm.kind === kind).map(({ pair }) => pair))}`,
    ),
    ...health.filter(({ state }) => state === 'ALARM').map((alarm) => `composite alarm ${alarm.name} ${whereOf(alarm)} is on`),
    ...when(missing, `there is no alarm ${list(missing)}; npx --no -- s3-replication doctor`),
    ...when(
      failed,
      `operations failed in 24 hours: ${list(failed.map(({ pair, failedOperations }) => `${pair} (${failedOperations})`))}; npx --no -- s3-replication failures`,
    ),
    ...when(
      unverified,
      `the last verification failed: ${list(unverified.map(({ pair }) => pair))}; npx --no -- s3-replication verify`,
    ),
    ...(failureMessages !== null && failureMessages > 0 && !countsFailures
      ? [`failures wait in the failure queue, about ${failureMessages}; npx --no -- s3-replication failures`]
      : []),
  ];
  return { ...readings, wrong, unknown };
}

const PAIR_WORDS = {
  lagSeconds: 'lag',
  pendingOperations: 'pending operations',
  pendingBytes: 'pending bytes',
  failedOperations: 'failed operations',
} as const;

/** What this run did not see. A question without an answer stands here once, and not again for each pair. */
function unknownOf({ pairs, health, keys, unanswered, failureQueueDoubt }: StatusReadings, now: Date): string[] {
  const without = (field: keyof typeof PAIR_WORDS) =>
    pairs.filter((pair) => pair[field] === null && !pair.unknown.includes(field)).map(({ pair }) => pair);
  const fields = Object.keys(PAIR_WORDS) as (keyof typeof PAIR_WORDS)[];
  const never = pairs.filter((pair) => pair.lastVerification === null && !pair.unknown.includes('lastVerification'));
  const stale = pairs.flatMap(({ pair, lastVerification: last }) =>
    last !== null && last.result === 'ok' && isStale(last, now) ? [`${pair} (${ago(last.at, now)})`] : [],
  );
  const silent = [...pairs.flatMap(({ alarms }) => alarms), ...health].filter(({ state }) => state === 'INSUFFICIENT_DATA');
  return [
    ...unanswered,
    ...fields.flatMap((field) => when(without(field), `no data of ${PAIR_WORDS[field]}: ${list(without(field))}`)),
    ...when(never, `never verified: ${list(never.map(({ pair }) => pair))}; npx --no -- s3-replication verify`),
    ...when(
      stale,
      `last verified more than ${duration(VERIFIED_FOR_SECONDS)} ago: ${list(stale)}; npx --no -- s3-replication verify, every day`,
    ),
    ...when(silent, `alarms without data: ${list(silent.map(({ name }) => name))}`),
    ...(failureQueueDoubt === null ? [] : [failureQueueDoubt]),
    ...keys.flatMap(({ title, finding }) =>
      finding.status === 'unknown' || finding.status === 'skipped' ? [`${title}: ${finding.why.replaceAll('\n', '; ')}`] : [],
    ),
  ];
}

function whereOf({ place, region }: AlarmStatus): string {
  return place === 'backup' ? 'of the backup account' : `in ${region}`;
}

function statusOfData({ pairs, wrong, unknown }: StatusData): Status {
  return statusOf({ failed: wrong, unknown, seen: pairs.map(({ pair }) => `pair ${pair}`), nothing: 'there is no pair' });
}

function when(found: readonly unknown[], line: string): string[] {
  return found.length > 0 ? [line] : [];
}

function list(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const COLUMNS = ['PAIR', 'LAG', 'PENDING', 'BYTES PENDING', 'FAILED IN 24 H', 'ALARMS', 'VERIFIED'];

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
          `composite alarms: ${health.map(({ place, region, state }) => `${place === 'backup' ? 'backup account' : region} ${WORDS[state]}`).join(', ')}`,
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
const SCOPE =
  'not looked at: rule, versioning, policies and roles (s3-replication doctor), and the objects (s3-replication audit)';

function verdictOf({ wrong, unknown }: StatusData): string {
  const but = unknown.length === 0 ? '' : `${unknown.length} unknown`;
  if (wrong.length > 0) {
    return but === '' ? 'something is wrong' : `something is wrong, and ${but}`;
  }
  return but === '' ? 'fine' : `not all is known: ${but}`;
}

function queueText({ failureQueue, failureMessages }: StatusData): string {
  const texts = {
    empty: 'empty',
    'test-messages-only': 'no failures, only test messages of S3',
    'not-empty': `about ${whole(failureMessages ?? 0)} to look at: npx --no -- s3-replication failures`,
    unknown: UNKNOWN,
  };
  return texts[failureQueue];
}

function keysText({ keys }: StatusData): string {
  const words = { ok: 'enabled', failed: 'WRONG', unknown: UNKNOWN, skipped: UNKNOWN };
  return keys.length === 0
    ? UNKNOWN
    : keys.map(({ id, finding }) => `${id === 'source-key' ? 'source' : 'replica'} ${words[finding.status]}`).join(', ');
}

const WORDS: Readonly<Record<AlarmState, string>> = {
  OK: 'off',
  ALARM: 'ON',
  INSUFFICIENT_DATA: 'without data',
  MISSING: 'missing',
  UNKNOWN,
};

function row(pair: PairStatus, now: Date): string[] {
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
    return notable.map((state) => `${having(state)} ${WORDS[state]}`).join(', ');
  }
  return having('OK') > 0 ? WORDS.OK : WORDS.INSUFFICIENT_DATA;
}

function ago(at: string, now: Date): string {
  return `${duration(Math.max((now.getTime() - Date.parse(at)) / 1000, 0))} ago`;
}

function section(title: string, mark: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [[`${title}:`, ...lines.map((line) => `  ${mark} ${line}`)].join('\n')];
}
