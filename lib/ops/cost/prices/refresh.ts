import { type Context, Outcome } from '../../../cli/command';
import { plural } from '../../../cli/units';
import { partitionName } from '../../../config/regions';
import { SIDES } from '../../../config/replication-config';
import { STORAGE_CLASSES } from '../../../config/schema';
import { AppError, UnreachableError, UsageError } from '../../../errors/errors';
import { visibleIn } from '../../../errors/visible';
import type { Deployment } from '../../../model/deployment';
import { statusOf } from '../../../model/status';
import { type ListPlace, type ListPrice, type PriceList, placeOf, readPriceList } from './price-list';
import {
  between,
  findPrice,
  type Price,
  type PriceId,
  type PriceKey,
  readPricesIfThere,
  unitOf,
  unitSize,
  writePrices,
} from './prices';

/** The result of `s3-replication cost --refresh-prices` alone. */
export interface RefreshData {
  readonly file: string;
  /** Prices that are new or another one than before. */
  readonly changed: readonly Price[];
  readonly unchanged: number;
  /** Prices that the list does not have without doubt; the file keeps the ones it has. */
  readonly notFound: readonly { readonly id: PriceId; readonly region: string; readonly why: string }[];
}

/**
 * Reads the prices that the configuration needs from AWS's price list, shows what changes, asks and writes the file. What cannot
 * be told without doubt stays as it was, and is named.
 *
 * @throws UsageError for a region whose price list is not in dollars
 * @throws UnreachableError when no list can be read
 * @throws AbortError when the person declines
 */
export async function refreshPrices({ config, terminal, clock, yes }: Context, file: string): Promise<Outcome> {
  if (partitionName(config.source.region) === 'aws-cn') {
    throw new UsageError(
      'NotInDollars',
      'the price list of AWS China is another one, and not in dollars',
      'write prices in dollars into a file of your own, and name it with --prices',
    );
  }
  const today = clock.now().toISOString().slice(0, 10);
  const before = readPricesIfThere(file, today);
  const { found, notFound } = await readAll(neededPrices(config));
  const changed = found.filter((price) => {
    const old = before.prices.find(({ id, region }) => id === price.id && region === price.region);
    return JSON.stringify(old?.tiers) !== JSON.stringify(price.tiers);
  });
  const data: RefreshData = { file, changed, unchanged: found.length - changed.length, notFound };
  if (found.length > 0) {
    terminal.tell(`prices of AWS's price list for ${file}:`);
    const rows = changed.map((price) => [
      price.id,
      price.region,
      `${describe(findPrice(before, { id: price.id as PriceId, region: price.region }))} -> ${describe(price)} per ${price.unit}`,
      price.note ?? '',
    ]);
    rows.forEach(([id, region, change, note]) => terminal.tell(`  ${id} ${region}: ${change}${note === '' ? '' : ` (${note})`}`));
    terminal.tell(`  ${data.unchanged} as before, with a new date`);
    if (!yes) {
      await terminal.confirm('Write these prices?');
    }
    const kept = before.prices.filter(({ id, region }) => !found.some((price) => price.id === id && price.region === region));
    writePrices(file, { ...before, asOf: today, prices: [...kept, ...found] });
  }
  const status = statusOf({
    unknown: notFound.map(({ id, region, why }) => `${id} ${region}: ${why}`),
    seen: found.map(({ id, region }) => `${id} ${region}`),
    nothing: 'the configuration needs no price',
  });
  return new Outcome(status, data, formatRefresh(data));
}

/** Every price that the configuration may need, with all storage classes to compare. */
function neededPrices({ source, destination, pairs, inventory, pipeline }: Deployment): PriceKey[] {
  const keys = (region: string, ...ids: readonly PriceId[]) => ids.map((id): PriceKey => ({ id, region }));
  const crossing = between(source.region, destination.region);
  const needed = [
    ...keys(source.region, 's3-storage-STANDARD', 's3-batch-job', 's3-batch-objects', 's3-batch-manifest'),
    ...keys(source.region, 'cloudwatch-dashboard'),
    ...STORAGE_CLASSES.flatMap((name) => keys(destination.region, `s3-storage-${name}`, `s3-put-${name}`)),
    ...keys(destination.region, 's3-monitoring-INTELLIGENT_TIERING', 's3-delete-marker-replication'),
    ...pairs.flatMap(({ lifecycle: { transitions } }) =>
      transitions.flatMap(({ storageClass }) => keys(destination.region, `s3-transition-${storageClass}`)),
    ),
    ...(inventory === undefined ? [] : [source, destination].flatMap(({ region }) => keys(region, 's3-inventory'))),
    ...keys(crossing, 's3-transfer', 's3-time-control'),
    ...SIDES.map((side) => ({ source, destination })[side]).flatMap(({ region }) =>
      keys(region, 'kms-key', 'kms-requests', 'cloudwatch-metric', 'cloudwatch-alarm', 'cloudwatch-composite-alarm'),
    ),
    ...(pipeline === undefined ? [] : keys(pipeline.region, 'kms-key', 'codepipeline-minutes', 'codebuild-minutes')),
  ];
  return [...new Map(needed.map((key) => [`${key.id} ${key.region}`, key])).values()];
}

/** @throws UnreachableError when nothing could be read */
async function readAll(keys: readonly PriceKey[]) {
  const lists = new Map<string, Promise<PriceList>>();
  const found: Price[] = [];
  const notFound: RefreshData['notFound'][number][] = [];
  let failure: UnreachableError | undefined;
  for (const key of keys) {
    const place = placeOf(key);
    if (place === undefined) {
      notFound.push({ ...key, why: 'this command does not know what the price list calls it' });
      continue;
    }
    const name = `${place.service} ${place.region}`;
    const reading = lists.get(name) ?? readPriceList(place.service, place.region);
    lists.set(name, reading);
    try {
      found.push(priceIn(await reading, key, place));
    } catch (error) {
      if (!(error instanceof AppError)) {
        throw error;
      }
      failure ??= error instanceof UnreachableError ? error : undefined;
      notFound.push({ ...key, why: error.message });
    }
  }
  if (found.length === 0 && failure !== undefined) {
    throw failure;
  }
  return { found, notFound };
}

/** @throws AppError when the list does not have it without doubt */
function priceIn(list: PriceList, key: PriceKey, { usageTypes }: ListPlace): Price {
  const [price, another] = list.pricesOf(usageTypes);
  if (price === undefined || another !== undefined) {
    const many = another === undefined ? 'no price' : 'more than one price';
    throw new AppError('NotInPriceList', `${list.url} has ${many} of ${usageTypes.join(' or ')}`);
  }
  return priceOf(key, price, list);
}

/** In the unit of this project's price, which may be a thousand of what AWS counts. */
function priceOf({ id, region }: PriceKey, { unit, tiers }: ListPrice, { url, published }: PriceList): Price {
  const size = unitSize(id);
  return {
    id,
    region,
    unit: unitOf(id),
    tiers: tiers.map(({ upTo, usd }) => ({
      ...(upTo !== Infinity && { upTo: upTo / size }),
      usd: Number((usd * size).toPrecision(12)),
    })),
    source: url,
    asOf: published,
    note: `AWS's unit: ${unit}`,
  };
}

function describe(price: Price | undefined): string {
  return price === undefined ? 'none' : price.tiers.map(({ usd }) => `$${usd}`).join(', ');
}

function formatRefresh(data: RefreshData): string {
  const { file, changed, unchanged, notFound } = visibleIn(data);
  const wrote = `${file}: ${plural(changed.length, 'price')} changed, ${unchanged} as before`;
  return [wrote, ...notFound.map(({ id, region, why }) => `  not found: ${id} ${region}: ${why}`)].join('\n');
}
