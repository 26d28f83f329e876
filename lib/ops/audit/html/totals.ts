import { bytes } from '../../units';
import type { PairReport } from '../result';
import { html, type Markup, visible } from './markup';
import { type Column, count, table } from './table';

const COLUMNS: readonly Column[] = [
  ['Pair'],
  ['Buckets'],
  ['Source versions', 'number'],
  ['Source bytes', 'number'],
  ['Source delete markers', 'number'],
  ['Replica versions', 'number'],
  ['Replica bytes', 'number'],
  ['Replica delete markers', 'number'],
  ['Wrong', 'number'],
];

/** What both buckets of each pair list. */
export function totals(pairs: readonly PairReport[]): Markup {
  const rows = pairs.map((pair) => [pair.pair, buckets(pair), ...numbers([pair])]);
  const total = pairs.length > 1 ? [`all ${pairs.length}`, '', ...numbers(pairs)] : undefined;
  return html`<h2>Totals</h2>
${table('Versions that both buckets of each pair list', COLUMNS, rows, total)}`;
}

function buckets({ sourceBucket, replicaBucket, prefix }: PairReport): Markup {
  const below = prefix === '' ? '' : html`, below <code>${visible(prefix)}</code>`;
  return html`<code>${sourceBucket}</code> to <code>${replicaBucket}</code>${below}`;
}

function numbers(pairs: readonly PairReport[]): string[] {
  const sum = (value: (pair: PairReport) => number) => pairs.reduce((total, pair) => total + value(pair), 0);
  const sides = (['source', 'replica'] as const).flatMap((side) => [
    count(sum((pair) => pair[side].versions)),
    bytes(sum((pair) => pair[side].bytes)),
    count(sum((pair) => pair[side].deleteMarkers)),
  ]);
  return [...sides, count(sum(({ wrong }) => wrong))];
}
