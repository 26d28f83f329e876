import { pageOf, unitOf } from './prices/catalog';
import { amount, findPrice, type PriceFile } from './prices/price-file';
import type { QuantityGroup } from './quantities/quantities';
import type { Quantity } from './quantities/quantity';
import type { Line, MissingPrice, Total } from './result';

/** Every quantity at its price; open where the file has none. */
export function linesOf(groups: readonly QuantityGroup[], prices: PriceFile): Line[] {
  return groups.flatMap(({ pair, quantities }) => quantities.map((quantity) => lineOf(pair, quantity, prices)));
}

function lineOf(pair: string | undefined, quantity: Quantity, prices: PriceFile): Line {
  const { id, item, amount: range, formula, price: key } = quantity;
  const price = findPrice(prices, key);
  return {
    id,
    item,
    pair: pair ?? null,
    quantity: range,
    unit: unitOf(key.id),
    formula,
    price: { ...key, tiers: price?.tiers ?? null, source: price?.source ?? null, asOf: price?.asOf ?? null },
    usd: price === undefined || range === null ? null : { least: amount(price, range.least), most: amount(price, range.most) },
  };
}

/** The sum of what is known, and how much is not. */
export function totalOf(lines: readonly Line[]): Total {
  const known = lines.flatMap(({ usd }) => usd ?? []);
  return {
    least: known.reduce((sum, { least }) => sum + least, 0),
    most: known.reduce((sum, { most }) => sum + most, 0),
    open: lines.length - known.length,
  };
}

/** The prices that lines wait for, each once. */
export function missingPrices(lines: readonly Line[]): MissingPrice[] {
  const missing = lines.flatMap(({ price: { id, region, tiers } }) =>
    tiers === null ? [[`${id} ${region}`, { id, region, unit: unitOf(id), page: pageOf(id) }] as const] : [],
  );
  return [...new Map(missing).values()];
}
