import { table } from '../../cli/table';
import { bytes, duration, whole } from '../../cli/units';
import { FRESH_MINUTES } from './read';
import type { AlarmState, PairReading, PairStatus, StatusData } from './result';

const COLUMNS = ['PAIR', 'LAG', 'PENDING', 'BYTES PENDING', 'FAILED IN 24 H', 'ALARMS', 'VERIFIED'];

const NO_DATA = 'no data';
const UNKNOWN = '?';

/** The result for a person: a row for each pair, and below them what somebody has to look at. */
export function formatStatus(data: StatusData, now: Date): string {
  const { deployment, pairs, health, failureMessages, wrong, unanswered } = data;
  const rows = [...pairs.map((pair) => row(pair, now)), ...(pairs.length > 1 ? [totals(pairs)] : [])];
  const lines = [
    ...(health.length === 0
      ? []
      : [`composite alarms: ${health.map(({ region, state }) => `${region} ${WORDS[state]}`).join(', ')}`]),
    `failure queue: ${failureMessages === null ? UNKNOWN : messages(failureMessages)}`,
    ...(rows.flat().includes(NO_DATA)
      ? [
          `${NO_DATA}: none of the last ${FRESH_MINUTES} minutes in the source account; npm run ops -- doctor says where it sees any`,
        ]
      : []),
  ];
  return [
    `deployment ${deployment}: ${wrong.length > 0 ? 'something is wrong' : unanswered.length > 0 ? 'not all is known' : 'fine'}`,
    table([COLUMNS, ...rows])
      .map((line) => `  ${line}`)
      .join('\n'),
    lines.join('\n'),
    ...section('wrong', wrong),
    ...section('no answer', unanswered),
  ].join('\n\n');
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
    alarms(pair.alarms.map(({ state }) => state)),
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
    alarms(pairs.flatMap((pair) => pair.alarms.map(({ state }) => state))),
    '',
  ];
}

function alarms(states: readonly AlarmState[]): string {
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

function messages(found: number): string {
  return found === 0 ? 'empty' : `about ${whole(found)} to look at: npm run ops -- failures`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [[`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n')];
}
