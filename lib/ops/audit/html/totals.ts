import { bytes, whole } from '../../../cli/units';
import type { PairReport, SideTotals } from '../result';
import { html, type Markup, visible } from './markup';
import { type Column, table } from './table';

const COLUMNS: readonly Column[] = [
  ['Pair'],
  ['Side'],
  ['Bucket', 'words'],
  ['Versions', 'number'],
  ['Bytes', 'number'],
  ['Delete markers', 'number'],
  ['Wrong', 'number'],
];

/** What both buckets of each pair list. */
export function totals(pairs: readonly PairReport[]): Markup {
  const rows = pairs.flatMap((pair) => [
    [pair.pair, 'source', bucket(pair.sourceBucket, pair), ...listed([pair.source]), whole(pair.wrong)],
    ['', 'replica', bucket(pair.replicaBucket, pair), ...listed([pair.replica]), ''],
  ]);
  const wrong = pairs.reduce((sum, pair) => sum + pair.wrong, 0);
  const all = [
    [`all ${pairs.length}`, 'source', '', ...listed(pairs.map(({ source }) => source)), whole(wrong)],
    ['', 'replica', '', ...listed(pairs.map(({ replica }) => replica)), ''],
  ];
  return html`<h2>Totals</h2>
${table('Versions that both buckets of each pair list', COLUMNS, rows, pairs.length > 1 ? all : [])}`;
}

function bucket(name: string, { prefix }: PairReport): Markup {
  const below = prefix === '' ? '' : html`, below <code>${visible(prefix)}</code>`;
  return html`<code>${name}</code>${below}`;
}

function listed(sides: readonly SideTotals[]): string[] {
  const sum = (value: (side: SideTotals) => number) => sides.reduce((all, side) => all + value(side), 0);
  return [
    whole(sum(({ versions }) => versions)),
    bytes(sum((side) => side.bytes)),
    whole(sum(({ deleteMarkers }) => deleteMarkers)),
  ];
}
