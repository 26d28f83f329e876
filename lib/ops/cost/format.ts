import { MARK } from '../../cli/layout';
import { table } from '../../cli/table';
import { bytes, plural, whole } from '../../cli/units';
import { COMMAND } from '../../config/program';
import { visibleIn } from '../../errors/visible';
import {
  type CostData,
  type CostLine,
  type CostTotal,
  type LinePrice,
  type MissingPrice,
  type OptionChange,
  totalOf,
} from './estimate';
import type { AmountRange } from './quantities/quantity';
import type { Workload } from './workload';

/**
 * The result for a person: first what is known and what makes it whole, then a table for each pair and for what they share, in which lines
 * without a price come last.
 */
export function formatCost(found: CostData, columns: number): string {
  const data = visibleIn(found);
  const { deployment, lines, total, missingPrices, warnings, notCounted, changes, prices, origin } = data;
  const pairs = Object.entries(data.workloads);
  const group = (title: string, belongs: (line: CostLine) => boolean) => describeGroup(title, lines.filter(belongs), columns);
  return [
    [
      `${MARK[total.open === 0 ? 'ok' : 'unknown']} deployment ${deployment}: ${describeTotal(total)}`,
      ...(missingPrices.length === 0 ? [] : [describeMissing(missingPrices, prices.file)]),
    ].join('\n'),
    [
      'cost of a month: its writes, and everything that is stored at its end',
      ...(total.open === 0 ? [] : ['open: the price or the quantity is unknown']),
      `workload: ${origin.text}`,
      ...(origin.kind === 'none' ? [NO_WORKLOAD] : []),
    ].join('\n'),
    ...pairs.map(([pair, workload]) =>
      group(
        origin.kind === 'none' ? `pair ${pair}` : `pair ${pair}: ${describeWorkload(workload, data.backfill)}`,
        (line) => line.pair === pair,
      ),
    ),
    group('what the pairs share', (line) => line.pair === null),
    ...(warnings.length === 0 ? [] : [warnings.map((warning) => `! warning: ${warning}`).join('\n')]),
    ...(changes === null ? [] : [describeChanges(changes, columns)]),
    describePrices(lines, prices, columns),
    `not counted:\n${notCounted.map((item) => `  ${item}`).join('\n')}`,
  ].join('\n\n');
}

const NO_WORKLOAD = `To include objects:\n${COMMAND} cost --objects 200000 --average-size 5MiB --stored 1TiB`;

function describeTotal(total: CostTotal): string {
  if (total.open === 0) {
    return `${dollars(total)} a month`;
  }
  return total.most === 0
    ? `no line has a price, ${plural(total.open, 'line')} open`
    : `${dollars(total)} a month, and ${plural(total.open, 'line')} open`;
}

function describeWorkload({ objects, averageSize, storedBytes, overwrites, deletes }: Workload, backfill: boolean): string {
  return [
    `${whole(objects)} versions written, ${bytes(averageSize)} each, ${overwrites} % of them over an object, ${deletes} % deleted`,
    `${bytes(storedBytes)} there before${backfill ? ', which Batch Replication sends' : ', in both buckets'}`,
  ].join('; ');
}

/** A table of lines. Where it does not fit, price and formula are left out: `--json` and a wider terminal have them. */
function describeGroup(title: string, own: readonly CostLine[], columns: number): string {
  const lines = [...own.filter(({ usd }) => usd !== null), ...own.filter(({ usd }) => usd === null)];
  const month = ({ usd }: CostLine) => (usd === null ? 'open' : dollars(usd));
  const amount = ({ quantity }: CostLine) => (quantity === null ? '?' : range(quantity, number));
  const full = [
    ['item', 'a month', 'quantity', 'price', 'quantity is'],
    ...lines.map((line) => [
      line.item,
      month(line),
      amount(line),
      `× ${describePrice(line.price)} per ${line.unit}`,
      line.formula,
    ]),
  ];
  const short = [
    ['a month', 'quantity', 'item'],
    ...lines.map((line) => [month(line), `${amount(line)} × ${line.unit}`, line.item]),
  ];
  const fits = table(full).every((line) => line.length <= columns - 2);
  return [title, ...table(fits ? full : short).map((row) => `  ${row}`), `  together ${describeTotal(totalOf(own))}`].join('\n');
}

function describePrice({ tiers }: LinePrice): string {
  if (tiers === null) {
    return '?';
  }
  return tiers.map(({ upTo, usd }) => `$${number(usd)}${upTo === undefined ? '' : ` up to ${number(upTo)}, then`}`).join(' ');
}

function describeChanges(changes: readonly OptionChange[], columns: number): string {
  const rows = changes.map(({ option, value, usd, open }) => [
    `${option}: ${value}`,
    open.length > 0 ? 'open' : dollars(usd, true),
    describeOpen(usd, open),
  ]);
  const title = 'how another value changes the cost of a month: the largest saving first, open ones last';
  return [title, ...table([['option', 'change', ''], ...rows], columns - 2).map((row) => `  ${row}`)].join('\n');
}

/** What is missing, and the part of the difference that is known. */
function describeOpen(usd: AmountRange, open: readonly string[]): string {
  const known = usd.least === 0 && usd.most === 0 ? '' : `; without them ${dollars(usd, true)}`;
  return open.length === 0 ? '' : `needs ${open.join(', ')}${known}`;
}

function describePrices(lines: readonly CostLine[], { file, asOf }: CostData['prices'], columns: number): string {
  const used = lines.flatMap(({ price: { id, source, asOf: date } }) =>
    source === null ? [] : [[`${id} ${source}`, [id, date ?? '', source]] as const],
  );
  return [
    `prices: ${file} of ${asOf}`,
    ...table([['price', 'of', 'source'], ...new Map(used).values()], columns - 2).map((row) => `  ${row}`),
  ].join('\n');
}

function describeMissing(missing: readonly MissingPrice[], file: string): string {
  return [
    `${plural(missing.length, 'price')} missing. This reads them from the AWS Price List, without credentials, into ${file}:`,
    `${COMMAND} cost --refresh-prices`,
    'To fill them in by hand: "missingPrices" of --json has the id, Region, unit and page of each.',
  ].join('\n');
}

function range(value: AmountRange, show: (end: number) => string): string {
  const [least, most] = [show(value.least), show(value.most)];
  return least === most ? least : `${least} to ${most}`;
}

function dollars(value: AmountRange, signed = false): string {
  return range(value, (end) => money(end, signed));
}

/** Cents, and more digits for less than one. */
function money(value: number, signed = false): string {
  const size = Math.abs(value);
  const digits = size >= 0.01 || size === 0 ? 2 : 6;
  const sign = value < 0 ? '-' : signed && value > 0 ? '+' : '';
  return `${sign}$${size.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: digits })}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}
