import type { StorageClass } from '../../../../config/storage-classes';
import type { PriceId, PriceKey } from '../catalog';
import { billingCode, usageTypesIn } from './billing-codes';

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
