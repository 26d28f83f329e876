import { z } from 'zod';
import { messageOf, UnreachableError } from '../../../../errors/errors';

/** AWS's price list, which answers everybody. The SDK's variable for the endpoint of the service is honoured. */
const PRICE_LIST = 'https://pricing.us-east-1.amazonaws.com';

const dimension = z.object({
  unit: z.string().optional(),
  // The format's description names the first two otherwise than its examples and the files do.
  beginRange: z.string().optional(),
  startingRange: z.string().optional(),
  endRange: z.string().optional(),
  endingRange: z.string().optional(),
  pricePerUnit: z.record(z.string(), z.string()),
});

const priceList = z.object({
  publicationDate: z.string(),
  products: z.record(z.string(), z.object({ attributes: z.record(z.string(), z.string()).optional() })),
  terms: z.object({
    OnDemand: z
      .record(z.string(), z.record(z.string(), z.object({ priceDimensions: z.record(z.string(), dimension) })))
      .optional(),
  }),
});

/** A price as AWS lists it: dollars for each thing that is counted. */
export interface ListPrice {
  readonly unit: string;
  readonly tiers: readonly { readonly upTo: number; readonly usd: number }[];
}

/** The price list of a service in a region. */
export interface PriceList {
  readonly url: string;
  /** The day on which AWS published it. */
  readonly published: string;
  /** Every different price of a usage type: more than one cannot be told apart. */
  pricesOf(usageTypes: readonly string[]): ListPrice[];
}

/**
 * Reads the current price list of a service in a region.
 *
 * @throws UnreachableError when it cannot be read, or is none
 * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api-fetching-price-list-files-manually.html
 * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
 */
export async function readPriceList(service: string, region: string): Promise<PriceList> {
  const base = process.env['AWS_ENDPOINT_URL_PRICING'] ?? PRICE_LIST;
  const url = `${base}/offers/v1.0/aws/${service}/current/${region}/index.json`;
  try {
    const response = await fetch(url);
    if (!response.ok) {
      throw new Error(`the answer is ${response.status}`);
    }
    return listOf(url, priceList.parse(await response.json()));
  } catch (error) {
    // Of a failed connection, the cause alone says why.
    const { cause = error } = error as Error;
    const reason = error instanceof z.ZodError ? 'it has another form than AWS documents' : messageOf(cause);
    throw new UnreachableError(
      'NoPriceList',
      `the price list ${url} could not be read: ${reason}`,
      'check the network and a proxy, or fill the price file by hand',
      { cause: error },
    );
  }
}

function listOf(url: string, { publicationDate, products, terms }: z.output<typeof priceList>): PriceList {
  return {
    url,
    published: publicationDate.slice(0, 10),
    pricesOf: (usageTypes) => {
      const skus = Object.entries(products).flatMap(([sku, { attributes }]) =>
        usageTypes.includes(attributes?.['usagetype'] ?? '') ? [sku] : [],
      );
      const prices = skus.flatMap((sku) => Object.values(terms.OnDemand?.[sku] ?? {}).flatMap(onDemandPrice));
      return [...new Map(prices.map((price) => [JSON.stringify(price), price])).values()];
    },
  };
}

/** None where the price is not in dollars. */
function onDemandPrice({
  priceDimensions,
}: {
  readonly priceDimensions: Readonly<Record<string, z.output<typeof dimension>>>;
}): ListPrice[] {
  const steps = Object.values(priceDimensions)
    .map(({ pricePerUnit, beginRange, startingRange, endRange, endingRange, unit = '' }) => ({
      from: Number(beginRange ?? startingRange ?? 0),
      upTo: bound(endRange ?? endingRange),
      usd: Number(pricePerUnit['USD'] ?? Number.NaN),
      unit,
    }))
    .toSorted((one, other) => one.from - other.from);
  const isWhole = steps.every(({ from, usd }, index) => from === (steps[index - 1]?.upTo ?? 0) && Number.isFinite(usd));
  const [first] = steps;
  return first === undefined || !isWhole || steps.at(-1)?.upTo !== Infinity
    ? []
    : [{ unit: first.unit, tiers: steps.map(({ upTo, usd }) => ({ upTo, usd })) }];
}

function bound(end: string | undefined): number {
  return end === undefined || end === 'Inf' ? Infinity : Number(end);
}
