import { bytes, duration, whole } from '../../../cli/units';
import { type AgeBucket, MEANING, type PairReport, type PrefixTotals, STATES, type State, type Totals } from '../result';
import { bar, toneOf } from './bar';
import { html, type Markup, visible } from './markup';
import { table } from './table';

/** What was found in one pair: by state, by age, by prefix. */
export function pairSection(pair: PairReport): Markup {
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
  const most = Math.max(...prefixes.map(({ states }) => sum(states, 'bytes')), 1);
  return table(
    'Versions and delete markers by prefix; the bars show bytes, alike ones first',
    [['Prefix'], ['Versions', 'number'], ['Bytes', 'number'], ['Share of the largest'], ['Differences', 'words']],
    prefixes.map(({ prefix, states }) => [
      prefixName(prefix),
      whole(sum(states, 'versions')),
      bytes(sum(states, 'bytes')),
      bar(
        STATES.map((state) => ({ tone: toneOf(state), value: states[state]?.bytes ?? 0 })),
        most,
      ),
      differences(states),
    ]),
  );
}

function prefixName(prefix: string | null): Markup {
  if (prefix === null) {
    return html`all other prefixes`;
  }
  return prefix === '' ? html`without a folder` : html`<code>${visible(prefix)}</code>`;
}

function differences(states: PrefixTotals['states']): string {
  return STATES.flatMap((state) => {
    const found: Totals | undefined = state === 'same' ? undefined : states[state];
    return found === undefined || found.versions === 0 ? [] : [`${state} ${whole(found.versions)} (${bytes(found.bytes)})`];
  }).join(', ');
}

function sum(states: Readonly<Partial<Record<State, Totals>>>, field: keyof Totals): number {
  return Object.values(states).reduce((total, state) => total + state[field], 0);
}
