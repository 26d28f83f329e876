import { table } from '../../cli/table';
import { bytes, plural, whole } from '../../cli/units';
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

/** The result for a person: a table for each pair and for what they share, the total, prices and what is missing. */
export function formatCost(found: CostData): string {
  const data = visibleIn(found);
  const { deployment, lines, total, missingPrices, warnings, notCounted, changes, prices, origin } = data;
  const pairs = Object.entries(data.workloads);
  return [
    `deployment ${deployment}: ${describeTotal(total)}`,
    'for the writes of one month and all that is stored at its end',
    `workload: ${origin.text}`,
    ...pairs.map(([pair, workload]) =>
      group(`pair ${pair}: ${describeWorkload(workload, data.backfill)}`, lines, (line) => line.pair === pair),
    ),
    group('what the pairs share', lines, (line) => line.pair === null),
    ...(warnings.length === 0 ? [] : [warnings.map((warning) => `warning: ${warning}`).join('\n')]),
    ...(changes === null ? [] : [describeChanges(changes)]),
    describePrices(lines, prices),
    ...describeMissing(missingPrices, prices.file),
    `not counted:\n${notCounted.map((item) => `  ${item}`).join('\n')}`,
  ].join('\n\n');
}

function describeTotal(total: CostTotal): string {
  const sum = dollars(total);
  return total.open === 0
    ? `${sum} a month`
    : `at least ${money(total.least)} a month, without ${plural(total.open, 'line')} that ${total.open === 1 ? 'is' : 'are'} open`;
}

function describeWorkload({ objects, averageSize, storedBytes, overwrites, deletes }: Workload, backfill: boolean): string {
  return [
    `${whole(objects)} versions written, ${bytes(averageSize)} each, ${overwrites} % of them over an object, ${deletes} % deleted`,
    `${bytes(storedBytes)} there before${backfill ? ', which Batch Replication sends' : ', in both buckets'}`,
  ].join('; ');
}

function group(title: string, lines: readonly CostLine[], belongs: (line: CostLine) => boolean): string {
  const own = lines.filter(belongs);
  const rows = own.map(({ item, quantity, unit, price, usd, formula }) => [
    item,
    usd === null ? 'open' : dollars(usd),
    quantity === null ? '?' : range(quantity, number),
    `× ${describePrice(price)} per ${unit}`,
    `${price.id} ${price.region}`,
    formula,
  ]);
  const header = ['item', 'a month', 'quantity', 'price', 'price id and region', 'quantity is'];
  return [title, ...table([header, ...rows]).map((row) => `  ${row}`), `  together ${describeTotal(totalOf(own))}`].join('\n');
}

function describePrice({ tiers }: LinePrice): string {
  if (tiers === null) {
    return '?';
  }
  return tiers.map(({ upTo, usd }) => `$${number(usd)}${upTo === undefined ? '' : ` up to ${number(upTo)}, then`}`).join(' ');
}

function describeChanges(changes: readonly OptionChange[]): string {
  const rows = changes.map(({ option, value, usd, open }) => [
    `${option}: ${value}`,
    open.length > 0 ? 'open' : dollars(usd, true),
    describeOpen(usd, open),
  ]);
  const title = 'what another value would change a month, the greatest saving first, and last what is open';
  return [title, ...table([['option', 'change', ''], ...rows]).map((row) => `  ${row}`)].join('\n');
}

/** What is missing, and the part of the difference that is known. */
function describeOpen(usd: AmountRange, open: readonly string[]): string {
  const known = usd.least === 0 && usd.most === 0 ? '' : `; without them ${dollars(usd, true)}`;
  return open.length === 0 ? '' : `needs ${open.join(', ')}${known}`;
}

function describePrices(lines: readonly CostLine[], { file, asOf }: CostData['prices']): string {
  const used = lines.flatMap(({ price: { id, source, asOf: date } }) =>
    source === null ? [] : [[`${id} ${source}`, [id, date ?? '', source]] as const],
  );
  return [`prices: ${file} of ${asOf}`, ...table([...new Map(used).values()]).map((row) => `  ${row}`)].join('\n');
}

function describeMissing(missing: readonly MissingPrice[], file: string): string[] {
  if (missing.length === 0) {
    return [];
  }
  const pages = [...new Set(missing.map(({ page }) => page))];
  const example = ({ id, region, unit, page }: MissingPrice) =>
    `  { "id": "${id}", "region": "${region}", "unit": "${unit}", "tiers": [{ "usd": … }], "source": "${page}", "asOf": "…" }`;
  return [
    [
      `${plural(missing.length, 'price')} missing. Run "npx --no -- s3-replication cost --refresh-prices", or add to "prices" in ${file}, from ${pages.join(', ')}:`,
      missing.map(example).join(',\n'),
    ].join('\n'),
  ];
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
