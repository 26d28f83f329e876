import {
  bar,
  type Column,
  type Content,
  filter,
  html,
  type Markup,
  type Row,
  type Segment,
  sign,
  type Tone,
  table,
  visible,
} from '../../../cli/html/elements';
import { bytes, duration, whole } from '../../../cli/units';
import { type AgeBucket, MEANING, type PairReport, type PrefixTotals, type SideTotals, STATES, type State } from '../report';
import { statusOfPair, verdictOf } from '../verdict';

/** Both sides of each pair, and what became of their versions. */
export function pairSection(pairs: readonly PairReport[]): Markup {
  return html`<h2>Pairs</h2>
${legend()}${pairs.map(pairOf)}${pairs.length > 1 ? allPairs(pairs) : ''}`;
}

const TONES: readonly (readonly [tone: Tone, name: string])[] = [
  ['same', 'alike'],
  ['wrong', 'wrong'],
  ['unknown', 'not known'],
  ['waiting', 'on its way'],
  ['other', 'different, and not wrong'],
];

function legend(): Markup {
  const items = TONES.map(([tone, name]) => html`<li>${bar([{ tone, value: 1 }])} ${name}</li>`);
  return html`<p>The bars show versions, delete markers among them:</p>\n<ul class="legend">${items}</ul>\n`;
}

function pairOf(pair: PairReport): Markup {
  const below = pair.prefix === '' ? '' : html`<p>Only keys below <code>${visible(pair.prefix)}</code>.</p>\n`;
  return html`<h3>${sign(statusOfPair(pair).status)} Pair ${pair.pair}: ${verdictOf([pair])}</h3>
${below}<p>${barOf(pair.states)} ${inWords(pair.states)}</p>
${table(`Both buckets of pair ${pair.pair}`, SIDE_COLUMNS, [
  sideRow('source', html`<code>${pair.sourceBucket}</code>`, [pair.source]),
  sideRow('replica', html`<code>${pair.replicaBucket}</code>`, [pair.replica]),
])}${byState(pair)}`;
}

const SIDE_COLUMNS: readonly Column[] = [
  ['Side'],
  ['Bucket', 'wide'],
  ['Versions', 'number'],
  ['Delete markers', 'number'],
  ['Bytes', 'number'],
];

function sideRow(side: string, bucket: Content, totals: readonly SideTotals[]): Content[] {
  const sum = (value: (one: SideTotals) => number) => totals.reduce((all, one) => all + value(one), 0);
  return [
    side,
    bucket,
    whole(sum(({ versions }) => versions)),
    whole(sum(({ deleteMarkers }) => deleteMarkers)),
    bytes(sum((one) => one.bytes)),
  ];
}

function allPairs(pairs: readonly PairReport[]): Markup {
  const rows = [
    sideRow(
      'source',
      'all source buckets',
      pairs.map(({ source }) => source),
    ),
    sideRow(
      'replica',
      'all replica buckets',
      pairs.map(({ replica }) => replica),
    ),
  ];
  return html`<h3>All ${pairs.length} pairs</h3>\n${table('All buckets together', SIDE_COLUMNS, rows)}`;
}

/** What a version in each state is in the source bucket, and in the replica bucket. */
const SIDES: Readonly<Record<State, readonly [source: string, replica: string]>> = {
  same: ['there', 'there'],
  'in-flight': ['there', 'not yet'],
  pending: ['there', 'not yet'],
  failed: ['there', 'none'],
  missing: ['there', 'gone'],
  hidden: ['none', 'delete marker'],
  'not-eligible': ['there', 'none'],
  expired: ['there', 'expired'],
  'delete-marker': ['delete marker', 'none'],
  extra: ['none', 'there'],
  size: ['there', 'another size'],
  'storage-class': ['there', 'another class'],
  status: ['there', 'there'],
  encryption: ['there', 'another key'],
  checksum: ['there', 'other content'],
  retention: ['there', 'locked for longer'],
  deleted: ['deleted since', 'not known'],
  skipped: ['there', 'there'],
  unknown: ['not known', 'not known'],
};

function byState({ pair, states }: PairReport): Markup {
  const rows = STATES.filter((state) => states[state].versions > 0).map((state) => {
    const { versions, wrong, bytes: size } = states[state];
    return [state, ...SIDES[state], whole(versions), wrongOf(wrong), bytes(size), MEANING[state]];
  });
  return table(
    `What became of the versions of pair ${pair}`,
    [['State'], ['Source'], ['Replica'], ['Versions', 'number'], ['Wrong', 'number'], ['Bytes', 'number'], ['Meaning', 'wide']],
    rows,
  );
}

function wrongOf(wrong: number): Content {
  return wrong === 0 ? '0' : html`<strong class="failed">${whole(wrong)}</strong>`;
}

type States = PairReport['states'] | PrefixTotals['states'];

const WAITING: readonly State[] = ['in-flight', 'pending'];
const UNKNOWN: readonly State[] = ['unknown', 'deleted', 'skipped'];

/**
 * Versions by what has to be known of them. A replica that a delete marker hides counts once, as wrong: nobody who reads the bucket gets it.
 */
export function segmentsOf(states: States): readonly Segment[] {
  const hidden = Math.min(states.hidden?.versions ?? 0, states.same?.versions ?? 0);
  const values: Record<Tone, number> = { same: -hidden, wrong: 0, unknown: 0, waiting: 0, other: 0 };
  for (const state of STATES) {
    const { versions, wrong } = states[state] ?? { versions: 0, wrong: 0 };
    const tone = state === 'same' ? 'same' : WAITING.includes(state) ? 'waiting' : UNKNOWN.includes(state) ? 'unknown' : 'other';
    values.wrong += wrong;
    values[tone] += versions - wrong;
  }
  return TONES.map(([tone]) => ({ tone, value: values[tone] }));
}

function barOf(states: States): Markup {
  return bar(segmentsOf(states));
}

/** What a bar shows: `20 versions: 15 wrong, 5 alike`. */
function inWords(states: States): string {
  const segments = segmentsOf(states).filter(({ value }) => value > 0);
  const all = segments.reduce((sum, { value }) => sum + value, 0);
  const parts = segments.map(({ tone, value }) => `${whole(value)} ${TONES.find(([each]) => each === tone)?.[1]}`);
  return all === 0 ? 'no version' : `${whole(all)} in all: ${parts.join(', ')}`;
}

/** How long versions have waited for their replicas. */
export function ageSection(pairs: readonly PairReport[]): Markup {
  const waiting = pairs.flatMap(({ pair, ages }) =>
    ages
      .map((age, index) => ({ pair, age, from: ages[index - 1]?.upToSeconds ?? 0 }))
      .filter(({ age: { versions } }) => versions > 0),
  );
  if (waiting.length === 0) {
    return html`<h2>Ages</h2>\n<p>No version waits for its replica.</p>\n`;
  }
  const most = Math.max(...waiting.map(({ age: { versions } }) => versions));
  return html`<h2>Ages</h2>
${table(
  'When versions were written that are not in the replica bucket, though they ought to be; the bars show versions',
  [['Pair'], ['Written'], ['Versions', 'number'], ['Share of the most', 'bar'], ['Bytes', 'number']],
  waiting.map(({ pair, age, from }) => [
    pair,
    ageName(age, from),
    whole(age.versions),
    bar([{ tone: 'waiting', value: age.versions }], most),
    bytes(age.bytes),
  ]),
)}`;
}

function ageName({ upToSeconds }: AgeBucket, from: number): string {
  if (upToSeconds === null) {
    return `more than ${duration(from)} ago`;
  }
  return from === 0 ? `up to ${duration(upToSeconds)} ago` : `${duration(from)} to ${duration(upToSeconds)} ago`;
}

const PREFIXES = 'prefixes';

/** Every prefix of every pair, and the form that filters them. */
export function prefixSection(pairs: readonly PairReport[]): Markup {
  const heading = html`<h2 id="${PREFIXES}-heading" tabindex="-1">Prefixes</h2>\n`;
  const rows = pairs
    .flatMap(({ pair, prefixes }) => prefixes.map((totals) => ({ pair, totals })))
    .toSorted((one, other) => sumOf(other.totals, 'wrong') - sumOf(one.totals, 'wrong'))
    .map(({ pair, totals }) => prefixRow(pair, totals));
  if (rows.length === 0) {
    return html`${heading}<p>None.</p>\n`;
  }
  return html`${heading}${filter(PREFIXES, [
    { kind: 'search', name: 'prefix', label: 'Search' },
    { kind: 'select', name: 'pair', label: 'Pair', options: pairs.map(({ pair }) => [pair, pair]) },
    { kind: 'checkbox', name: 'different', label: 'only with differences' },
  ])}${table(
    'Versions and delete markers by prefix, the most wrong ones first; the bars show versions',
    [
      ['Prefix', 'wide'],
      ['Pair'],
      ['Versions', 'number'],
      ['Wrong', 'number'],
      ['Alike or not', 'bar'],
      ['Bytes', 'number'],
      ['Differences', 'wide'],
    ],
    rows,
    { id: PREFIXES },
  )}`;
}

function prefixRow(pair: string, totals: PrefixTotals): Row {
  const { prefix, states } = totals;
  const differences = STATES.filter((state) => state !== 'same' && (states[state]?.versions ?? 0) > 0);
  return {
    data: { pair, different: String(differences.length > 0) },
    cells: [
      prefixName(prefix),
      pair,
      whole(sumOf(totals, 'versions')),
      wrongOf(sumOf(totals, 'wrong')),
      barOf(states),
      bytes(sumOf(totals, 'bytes')),
      differences.map((state) => `${state} ${whole(states[state]?.versions ?? 0)}`).join(', '),
    ],
  };
}

function sumOf({ states }: PrefixTotals, field: 'versions' | 'bytes' | 'wrong'): number {
  return Object.values(states).reduce((total, state) => total + state[field], 0);
}

function prefixName(prefix: string | null): Markup {
  if (prefix === null) {
    return html`all other prefixes`;
  }
  return prefix === '' ? html`without a folder` : html`<code>${visible(prefix)}</code>`;
}
