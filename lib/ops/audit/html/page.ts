import { createHash } from 'node:crypto';
import { bytes, duration, whole } from '../../../cli/units';
import type { StatusWord } from '../../../model/status';
import {
  type AgeBucket,
  type AuditReport,
  type Difference,
  MEANING,
  type PairReport,
  type PrefixTotals,
  type SideTotals,
  STATES,
  type State,
  type Totals,
} from '../report';
import { bar, type Column, html, Markup, type Tone, table, visible } from './elements';
import { SCRIPT, STYLE } from './style-and-script';

/** The browser loads nothing from anywhere, and runs this script only: what gets into the page as a key stays a key. */
const POLICY = [
  "default-src 'none'",
  `style-src ${hash(STYLE)}`,
  `script-src ${hash(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** One page with everything in it, for `--html`. It has as many differences as the report, whose number is bounded. */
export function htmlReport(report: AuditReport): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Replication audit of ${report.deployment}, ${report.endedAt}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
<h1>Replication audit of ${report.deployment}</h1>
${verdict(report)}${circumstances(report)}${totalsSection(report.pairs)}${report.pairs.map(pairSection)}${differenceSection(report)}</main>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}

/** A verdict on what was observed alone. */
const VERDICTS = {
  ok: 'Nothing is wrong.',
  failed: 'Something is wrong.',
  unknown: 'Nothing is known to be wrong.',
  skipped: 'No version could be compared.',
} as const satisfies Record<StatusWord, string>;

function verdict({ status, pairs }: AuditReport): Markup {
  const wrong = pairs.reduce((total, pair) => total + pair.wrong, 0);
  const unknown = pairs.reduce((total, { states }) => total + states.unknown.versions, 0);
  const words = [
    ...(wrong > 0 ? [`Wrong: ${whole(wrong)}.`] : [VERDICTS[status]]),
    ...(unknown > 0 ? [`Could not be found out: ${whole(unknown)}.`] : []),
  ];
  const found = (state: State) => pairs.reduce((total, { states }) => total + states[state].versions, 0);
  const beside = [
    ...(found('deleted') > 0 ? [`Deleted while the audit ran: ${whole(found('deleted'))}.`] : []),
    ...(found('skipped') > 0 ? [`Skipped (SSE-C): ${whole(found('skipped'))}.`] : []),
  ];
  return html`<p class="verdict ${status === 'ok' ? 'fine' : 'wrong'}">${[...words, ...beside].join(' ')}</p>
`;
}

function circumstances({ startedAt, endedAt, matchedBy, olderThanSeconds, deep, requests }: AuditReport): Markup {
  const lines: readonly (readonly [string, string])[] = [
    ['Started', startedAt],
    ['Ended', `${endedAt}, after ${duration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)}`],
    ['Matched by', matchedBy === 'version-id' ? 'version id' : 'age, since an emulator gives replicas new version ids'],
    ['May be in flight', `what was written in the last ${duration(olderThanSeconds)}`],
    ['Looked at one by one', deep === null ? 'no versions (--deep does)' : lookedAt(deep)],
    ['Requests', `${whole(requests.list)} to list, ${whole(requests.head + requests.get)} to look at one version`],
  ];
  return html`<dl>
${lines.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>\n`)}</dl>
`;
}

function lookedAt({ versions, unknown, skipped, percent }: NonNullable<AuditReport['deep']>): string {
  const failed = unknown === 0 ? '' : `; ${whole(unknown)} more could not be looked at`;
  const leftOut = skipped === 0 ? '' : `; ${whole(skipped)} more were skipped (SSE-C)`;
  return `${whole(versions)} versions (--deep ${percent})${failed}${leftOut}`;
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const TOTALS_COLUMNS: readonly Column[] = [
  ['Pair'],
  ['Side'],
  ['Bucket', 'words'],
  ['Versions', 'number'],
  ['Bytes', 'number'],
  ['Delete markers', 'number'],
  ['Wrong', 'number'],
];

/** What both buckets of each pair list. */
function totalsSection(pairs: readonly PairReport[]): Markup {
  const rows = pairs.flatMap((pair) => [
    [pair.pair, 'source', bucketName(pair.sourceBucket, pair), ...listedCells([pair.source]), whole(pair.wrong)],
    ['', 'replica', bucketName(pair.replicaBucket, pair), ...listedCells([pair.replica]), ''],
  ]);
  const wrong = pairs.reduce((sum, pair) => sum + pair.wrong, 0);
  const all = [
    [`all ${pairs.length}`, 'source', '', ...listedCells(pairs.map(({ source }) => source)), whole(wrong)],
    ['', 'replica', '', ...listedCells(pairs.map(({ replica }) => replica)), ''],
  ];
  return html`<h2>Totals</h2>
${table('Versions that both buckets of each pair list', TOTALS_COLUMNS, rows, pairs.length > 1 ? all : [])}`;
}

function bucketName(name: string, { prefix }: PairReport): Markup {
  const below = prefix === '' ? '' : html`, below <code>${visible(prefix)}</code>`;
  return html`<code>${name}</code>${below}`;
}

function listedCells(sides: readonly SideTotals[]): string[] {
  const sum = (value: (side: SideTotals) => number) => sides.reduce((all, side) => all + value(side), 0);
  return [
    whole(sum(({ versions }) => versions)),
    bytes(sum((side) => side.bytes)),
    whole(sum(({ deleteMarkers }) => deleteMarkers)),
  ];
}

const TONES: Readonly<Partial<Record<State, Tone>>> = {
  same: 'same',
  'in-flight': 'waiting',
  pending: 'waiting',
  'not-eligible': 'left-out',
  expired: 'left-out',
  'delete-marker': 'left-out',
  deleted: 'left-out',
  skipped: 'left-out',
};

function toneOf(state: State): Tone {
  return TONES[state] ?? 'differs';
}

/** What was found in one pair: by state, by age, by prefix. */
function pairSection(pair: PairReport): Markup {
  return html`<h2>Pair ${pair.pair}</h2>
<h3>By state</h3>
${byState(pair)}<h3>By age</h3>
${byAge(pair.ages)}<h3>By prefix</h3>
${byPrefix(pair.prefixes)}`;
}

function byState({ states }: PairReport): Markup {
  const found = STATES.filter((state) => states[state].versions > 0);
  const most = Math.max(...found.map((state) => states[state].bytes), 1);
  return table(
    'Versions and delete markers by what became of them; the bars show bytes',
    [['State'], ['Versions', 'number'], ['Bytes', 'number'], ['Share of the largest'], ['Meaning', 'words']],
    found.map((state) => {
      const { versions, bytes: size } = states[state];
      return [state, whole(versions), bytes(size), bar([{ tone: toneOf(state), value: size }], most), MEANING[state]];
    }),
  );
}

function byAge(ages: readonly AgeBucket[]): Markup {
  if (ages.every(({ versions }) => versions === 0)) {
    return html`<p>Nothing waits to be replicated.</p>\n`;
  }
  const most = Math.max(...ages.map(({ versions }) => versions));
  return table(
    'How far replication lags: when versions were written that are not in the replica bucket; the bars show versions',
    [['Written'], ['Versions', 'number'], ['Bytes', 'number'], ['Share of the most']],
    ages.map(({ versions, bytes: size, upToSeconds }, index) => [
      ageName(upToSeconds, ages[index - 1]?.upToSeconds ?? 0),
      whole(versions),
      bytes(size),
      bar([{ tone: 'waiting', value: versions }], most),
    ]),
  );
}

function ageName(upToSeconds: number | null, from: number): string {
  if (upToSeconds === null) {
    return `more than ${duration(from)} ago`;
  }
  return from === 0 ? `up to ${duration(upToSeconds)} ago` : `${duration(from)} to ${duration(upToSeconds)} ago`;
}

function byPrefix(prefixes: readonly PrefixTotals[]): Markup {
  const most = Math.max(...prefixes.map(({ states }) => sumOf(states, 'bytes')), 1);
  return table(
    'Versions and delete markers by prefix; the bars show bytes, alike ones first',
    [['Prefix'], ['Versions', 'number'], ['Bytes', 'number'], ['Share of the largest'], ['Differences', 'words']],
    prefixes.map(({ prefix, states }) => [
      prefixName(prefix),
      whole(sumOf(states, 'versions')),
      bytes(sumOf(states, 'bytes')),
      bar(
        STATES.map((state) => ({ tone: toneOf(state), value: states[state]?.bytes ?? 0 })),
        most,
      ),
      differencesBelow(states),
    ]),
  );
}

function prefixName(prefix: string | null): Markup {
  if (prefix === null) {
    return html`all other prefixes`;
  }
  return prefix === '' ? html`without a folder` : html`<code>${visible(prefix)}</code>`;
}

function differencesBelow(states: PrefixTotals['states']): string {
  return STATES.flatMap((state) => {
    const found: Totals | undefined = state === 'same' ? undefined : states[state];
    return found === undefined || found.versions === 0 ? [] : [`${state} ${whole(found.versions)} (${bytes(found.bytes)})`];
  }).join(', ');
}

function sumOf(states: Readonly<Partial<Record<State, Totals>>>, field: keyof Totals): number {
  return Object.values(states).reduce((total, state) => total + state[field], 0);
}

const DIFFERENCE_HEADINGS = ['Key', 'State', 'Why', 'Pair', 'Written', 'Source', 'Replica', 'Replication status', 'Version'];
const NONE = '-';

/** The differences of a report, the wrong ones first, and the form that searches in them. */
function differenceSection({ differences, moreDifferences }: AuditReport): Markup {
  if (differences.length === 0) {
    return html`<h2>Differences</h2>
<p>None.</p>
`;
  }
  const states = STATES.filter((state) => differences.some((difference) => difference.state === state));
  const options = states.map((state) => html`<option>${state}</option>`);
  return html`<h2>Differences</h2>
${shownOf(differences.length, moreDifferences)}<form id="search" role="search" hidden>
<label>Search <input type="search" name="text" autocomplete="off"></label>
<label>State <select name="state"><option value="">any</option>${options}</select></label>
<label><input type="checkbox" name="wrong"> only what is wrong</label>
<output id="shown" aria-live="polite"></output>
</form>
<div class="wide"><table id="differences">
<caption>Versions that are not alike on both sides</caption>
<thead><tr>${DIFFERENCE_HEADINGS.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${differences.toSorted(byImportance).map(differenceRow)}</tbody>
</table></div>
`;
}

function shownOf(shown: number, more: number): Markup {
  return more === 0
    ? html``
    : html`<p>These are ${whole(shown)} of ${whole(shown + more)}: --csv FILE writes all of them.</p>
`;
}

/** Code units are compared, not languages: the order is then the same everywhere. */
function byImportance(one: Difference, other: Difference): number {
  return (
    Number(other.wrong) - Number(one.wrong) ||
    compare(one.pair, other.pair) ||
    compare(one.key, other.key) ||
    compare(other.lastModified, one.lastModified)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function differenceRow(difference: Difference): Markup {
  const { pair, state, wrong, key, versionId, lastModified, sourceSize, replicaSize, replicationStatus, why } = difference;
  const written = html`<time datetime="${lastModified}">${lastModified}</time>`;
  return html`<tr data-state="${state}" data-wrong="${String(wrong)}"><th scope="row" class="key"><code>${visible(key)}</code></th>\
<td>${wrong ? html`<span class="mark">${state}</span>, wrong` : state}</td><td class="words">${visible(why)}</td><td>${pair}</td>\
<td>${written}</td><td>${copyOf(sourceSize, difference.sourceClass)}</td><td>${copyOf(replicaSize, difference.replicaClass)}</td>\
<td>${replicationStatus ?? NONE}</td><td class="id"><code>${visible(versionId)}</code>${kindOf(difference)}</td></tr>
`;
}

function kindOf({ isLatest, isDeleteMarker }: Difference): Markup {
  const words = [...(isLatest ? ['latest'] : []), ...(isDeleteMarker ? ['delete marker'] : [])];
  return words.length === 0 ? html`` : html` <span class="quiet">${words.join(', ')}</span>`;
}

function copyOf(size: number | null, storageClass: string | null): Markup {
  return size === null ? html`${NONE}` : html`${whole(size)} B <span class="quiet">${storageClass ?? ''}</span>`;
}
