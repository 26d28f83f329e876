import { z } from 'zod';
import type { StorageClass } from '../../../config/storage-classes';
import { messageOf, UnreachableError } from '../../../errors/errors';
import type { PriceId, PriceKey } from './prices';

/** Milliseconds that a price list may take: the one of S3 has some megabytes. */
const LONGEST = 300_000;

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
    const response = await fetch(url, { signal: AbortSignal.timeout(LONGEST) });
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

/** Where a price stands in AWS's price list. */
export interface ListPlace {
  /** Code of the service. */
  readonly service: string;
  /** The region whose file has it. */
  readonly region: string;
  /** What its usage may be called. */
  readonly usageTypes: readonly string[];
}

/** How bills name what is stored in a class, and PUT requests of the class. */
const CLASS_USAGE: Readonly<Record<StorageClass, { readonly storage: string; readonly put: string }>> = {
  STANDARD: { storage: 'TimedStorage-ByteHrs', put: 'Requests-Tier1' },
  STANDARD_IA: { storage: 'TimedStorage-SIA-ByteHrs', put: 'Requests-SIA-Tier1' },
  ONEZONE_IA: { storage: 'TimedStorage-ZIA-ByteHrs', put: 'Requests-ZIA-Tier1' },
  INTELLIGENT_TIERING: { storage: 'TimedStorage-INT-FA-ByteHrs', put: 'Requests-INT-Tier1' },
  GLACIER_IR: { storage: 'TimedStorage-GIR-ByteHrs', put: 'Requests-GIR-Tier1' },
  GLACIER: { storage: 'TimedStorage-GlacierByteHrs', put: 'Requests-GLACIER-Tier1' },
  DEEP_ARCHIVE: { storage: 'TimedStorage-GDA-ByteHrs', put: 'Requests-GDA-Tier1' },
};

/** Usage of one region, by service. What no usage type is known for is not here, and is filled by hand. */
const REGIONAL: ReadonlyMap<string, readonly [service: string, usage: string]> = new Map<string, readonly [string, string]>([
  ...Object.entries(CLASS_USAGE).flatMap(([name, { storage, put }]) => [
    [`s3-storage-${name}`, ['AmazonS3', storage]] as const,
    [`s3-put-${name}`, ['AmazonS3', put]] as const,
  ]),
  ['s3-monitoring-INTELLIGENT_TIERING', ['AmazonS3', 'Monitoring-Automation-INT']],
  ['s3-inventory', ['AmazonS3', 'Inventory-ObjectsListed']],
  ['s3-batch-job', ['AmazonS3', 'BatchOperations-Jobs']],
  ['s3-batch-objects', ['AmazonS3', 'BatchOperations-Objects']],
  ['cloudwatch-metric', ['AmazonCloudWatch', 'CW:MetricMonitorUsage']],
  ['cloudwatch-alarm', ['AmazonCloudWatch', 'CW:AlarmMonitorUsage']],
  ['cloudwatch-composite-alarm', ['AmazonCloudWatch', 'CW:CompositeAlarmMonitorUsage']],
]);

/** Usage that is named by both regions. */
const BETWEEN: ReadonlyMap<string, readonly [service: string, usage: string]> = new Map([
  ['s3-transfer', ['AWSDataTransfer', 'AWS-Out-Bytes']],
  ['s3-time-control', ['AmazonS3', 'S3RTC-Out-Bytes']],
]);

/** KMS writes the region as it is. No AWS page lists these: they are what its bills have. */
const KMS: ReadonlyMap<string, string> = new Map([
  ['kms-key', 'KMS-Keys'],
  ['kms-requests', 'KMS-Requests'],
]);

/**
 * Where AWS's price list has a price; undefined where it cannot be told.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/aws-usage-report-understand.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_billing.html
 */
export function placeOf({ id, region }: PriceKey): ListPlace | undefined {
  const [from = region, to] = region.split(' to ');
  const place = placeIn(id, from, to);
  return place === undefined || place.usageTypes.length === 0 ? undefined : place;
}

function placeIn(id: PriceId, from: string, to: string | undefined): ListPlace | undefined {
  const crossing = BETWEEN.get(id);
  if (crossing !== undefined && to !== undefined) {
    const [service, usage] = crossing;
    const codes = [billingCode(from), billingCode(to)];
    return { service, region: from, usageTypes: codes.includes(undefined) ? [] : [[...codes, usage].join('-')] };
  }
  const kms = KMS.get(id);
  if (kms !== undefined) {
    return { service: 'awskms', region: from, usageTypes: [`${from}-${kms}`] };
  }
  const regional = REGIONAL.get(id);
  return regional && { service: regional[0], region: from, usageTypes: usageTypesIn(from, regional[1]) };
}

/**
 * What AWS's bills call a region.
 *
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-region-billing-codes.html
 */
const CODES: Readonly<Record<string, string>> = {
  'us-east-1': 'USE1',
  'us-east-2': 'USE2',
  'us-west-1': 'USW1',
  'us-west-2': 'USW2',
  'ca-central-1': 'CAN1',
  'ca-west-1': 'CAN2',
  'mx-central-1': 'MXC1',
  'af-south-1': 'AFS1',
  'ap-east-1': 'APE1',
  'ap-east-2': 'APE2',
  'ap-northeast-1': 'APN1',
  'ap-northeast-2': 'APN2',
  'ap-northeast-3': 'APN3',
  'ap-southeast-1': 'APS1',
  'ap-southeast-2': 'APS2',
  'ap-south-1': 'APS3',
  'ap-southeast-3': 'APS4',
  'ap-south-2': 'APS5',
  'ap-southeast-4': 'APS6',
  'ap-southeast-5': 'APS7',
  'ap-southeast-6': 'APS8',
  'ap-southeast-7': 'APS9',
  'eu-west-1': 'EU',
  'eu-central-1': 'EUC1',
  'eu-central-2': 'EUC2',
  'eu-west-2': 'EUW2',
  'eu-west-3': 'EUW3',
  'eu-north-1': 'EUN1',
  'eu-south-1': 'EUS1',
  'eu-south-2': 'EUS2',
  'il-central-1': 'ILC1',
  'me-central-1': 'MEC1',
  'me-south-1': 'MES1',
  'sa-east-1': 'SAE1',
};

/** Undefined for a region that AWS's table does not have. */
function billingCode(region: string): string | undefined {
  return CODES[region];
}

/** A usage type as the price list may write it: in US East (N. Virginia) with or without the region's code. */
function usageTypesIn(region: string, usage: string): string[] {
  const code = billingCode(region);
  return [...(code === undefined ? [] : [`${code}-${usage}`]), ...(region === 'us-east-1' ? [usage] : [])];
}
