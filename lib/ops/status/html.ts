import {
  type Column,
  command,
  facts,
  filter,
  html,
  list,
  type Markup,
  moment,
  type Row,
  sign,
  table,
  verdict,
  visible,
} from '../../cli/html/elements';
import { htmlPage } from '../../cli/html/page';
import type { StatusWord } from '../../model/status';
import type { Guidance } from '../backfill/again';
import {
  ALARM_WORDS,
  COLUMNS,
  keysText,
  queueText,
  row,
  SCOPE,
  type StatusData,
  type StatusFindings,
  statusOfData,
  verdictOf,
} from './format';
import type { AlarmState, AlarmStatus, PairStatus } from './read';

/** One page with the result of `s3-replication status`, for `--html`. */
export function htmlStatus(data: StatusData, { wrong, unknown }: StatusFindings, now: Date): string {
  const { deployment, pairs } = data;
  const time = now.toISOString();
  const body = html`${verdict(statusOfData(data).status, `${verdictOf(data)}.`)}${facts([
    ['When', moment(time)],
    ['Pairs', String(pairs.length)],
    ['Failure queue', visible(queueText(data))],
    ['Keys', keysText(data)],
    ['Scope', SCOPE],
  ])}<h2>What is wrong, and what to do</h2>
${wrong.length === 0 ? html`<p>Nothing is known to be wrong.</p>\n` : list(wrong.map((each) => item('failed', each)))}\
<h2>What is not known</h2>
${unknown.length === 0 ? html`<p>Nothing: every question had an answer.</p>\n` : list(unknown.map((each) => item('unknown', each)))}\
${pairSection(pairs, now)}${alarmSection(data)}`;
  return htmlPage(`Replication status of ${deployment}`, time, body);
}

function item(status: StatusWord, { text, commands }: Guidance): Markup {
  return html`${sign(status)} ${visible(text)}${commands.map(command)}`;
}

/** Pairs that a filter is worth the while for. */
const MANY = 5;

function pairSection(pairs: readonly PairStatus[], now: Date): Markup {
  const rows = pairs.map((pair): Row => ({ cells: row(pair, now), data: { attention: String(!isQuiet(pair)) } }));
  const fields = [
    { kind: 'search', name: 'pairs', label: 'Search' },
    { kind: 'checkbox', name: 'attention', label: 'only with an alarm, a failure or a gap' },
  ] as const;
  return html`<h2 id="pairs-heading" tabindex="-1">Pairs</h2>
${pairs.length > MANY ? filter('pairs', fields) : ''}${table(
  'Lag and what is pending are the newest values of CloudWatch',
  COLUMNS.map((heading): Column => [heading.charAt(0) + heading.slice(1).toLowerCase()]),
  rows,
  { id: 'pairs' },
)}`;
}

/** Nothing of a pair has to be looked at. */
function isQuiet({ alarms, failedOperations, lastVerification, lagSeconds, unknown }: PairStatus): boolean {
  return (
    alarms.every(({ state }) => state === 'OK') &&
    failedOperations === 0 &&
    lastVerification?.result === 'ok' &&
    lagSeconds !== null &&
    unknown.length === 0
  );
}

const SIGNS: Readonly<Record<AlarmState, StatusWord>> = {
  OK: 'ok',
  ALARM: 'failed',
  MISSING: 'failed',
  INSUFFICIENT_DATA: 'unknown',
  UNKNOWN: 'unknown',
};

/** What is on or missing comes first, then what is not known. */
const ORDER: readonly StatusWord[] = ['failed', 'unknown', 'ok'];

function alarmSection({ pairs, health }: StatusData): Markup {
  const all: readonly (AlarmStatus & { readonly of: string; readonly what: string })[] = [
    ...health.map((alarm) => ({ ...alarm, of: 'all', what: 'composite' })),
    ...pairs.flatMap(({ pair, alarms }) => alarms.map((alarm) => ({ ...alarm, of: pair, what: alarm.kind }))),
  ];
  const rank = ({ state }: AlarmStatus) => ORDER.indexOf(SIGNS[state]);
  const rows = all
    .toSorted((one, other) => rank(one) - rank(other))
    .map(({ name, of, what, place, region, state }): Row => {
      const word = ALARM_WORDS[state] === '?' ? 'not known' : ALARM_WORDS[state];
      const where = place === 'backup' ? `backup account, ${region}` : region;
      return {
        cells: [html`<code>${visible(name)}</code>`, html`${sign(SIGNS[state])} ${word}`, of, what, where],
        data: { state: SIGNS[state] },
      };
    });
  const options = [
    ['failed', 'on or missing'],
    ['unknown', 'without data, or not known'],
    ['ok', 'off'],
  ] as const;
  const fields = [
    { kind: 'search', name: 'alarms', label: 'Search' },
    { kind: 'select', name: 'state', label: 'State', options },
  ] as const;
  return html`<h2 id="alarms-heading" tabindex="-1">Alarms</h2>
${rows.length > MANY ? filter('alarms', fields) : ''}${table(
  'Every alarm, those that are on or missing first',
  [['Alarm', 'wide'], ['State'], ['Pair'], ['Kind'], ['Where']],
  rows,
  { id: 'alarms' },
)}`;
}
