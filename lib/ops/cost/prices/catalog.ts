import { TRANSITION_CLASSES } from '../../../config/protection';
import { STORAGE_CLASSES } from '../../../config/schema';
import type { StorageClass } from '../../../config/storage-classes';

/** Kinds of price that an estimate needs, each with the unit that AWS's pages print it in. */
const UNITS = {
  's3-monitoring-INTELLIGENT_TIERING': '1,000 objects',
  's3-delete-marker-replication': '1,000 requests',
  's3-transfer': 'GB',
  's3-time-control': 'GB',
  's3-batch-job': 'job',
  's3-batch-objects': '1,000,000 objects',
  's3-batch-manifest': '1,000,000 objects',
  'kms-key': 'key-month',
  'kms-requests': '10,000 requests',
  'cloudwatch-metric': 'metric-month',
  'cloudwatch-alarm': 'alarm-month',
  'cloudwatch-composite-alarm': 'alarm-month',
  'cloudwatch-dashboard': 'dashboard-month',
  'codepipeline-minutes': 'minute',
  'codebuild-minutes': 'minute',
} as const;

export type PriceId =
  | keyof typeof UNITS
  | `s3-storage-${StorageClass}`
  | `s3-put-${StorageClass}`
  | `s3-transition-${(typeof TRANSITION_CLASSES)[number]}`;

/** What a price is looked up by. */
export interface PriceKey {
  readonly id: PriceId;
  /** The region whose price it is; for what crosses regions, see `between`. */
  readonly region: string;
}

/** The unit of every price there is. */
export const PRICE_UNITS: ReadonlyMap<string, string> = new Map<string, string>([
  ...STORAGE_CLASSES.map((name) => [`s3-storage-${name}`, 'GB-month'] as const),
  ...STORAGE_CLASSES.map((name) => [`s3-put-${name}`, '1,000 requests'] as const),
  ...TRANSITION_CLASSES.map((name) => [`s3-transition-${name}`, '1,000 requests'] as const),
  ...Object.entries(UNITS),
]);

/** Where AWS prints the prices of a service, for a person who fills the file. */
const PAGES: readonly (readonly [prefix: string, page: string])[] = [
  ['s3-', 'https://aws.amazon.com/s3/pricing/'],
  ['kms-', 'https://aws.amazon.com/kms/pricing/'],
  ['cloudwatch-', 'https://aws.amazon.com/cloudwatch/pricing/'],
  ['codepipeline-', 'https://aws.amazon.com/codepipeline/pricing/'],
  ['codebuild-', 'https://aws.amazon.com/codebuild/pricing/'],
];

/** How many of what is counted make one unit of a price: 1000 for `1,000 requests`. */
export function unitSize(id: PriceId): number {
  const count = /^([\d,]+) /.exec(unitOf(id))?.[1];
  return count === undefined ? 1 : Number(count.replaceAll(',', ''));
}

export function unitOf(id: PriceId): string {
  return PRICE_UNITS.get(id) ?? '';
}

export function pageOf(id: PriceId): string {
  return PAGES.find(([prefix]) => id.startsWith(prefix))?.[1] ?? '';
}

/** The region of a price for what goes from one region to another. */
export function between(from: string, to: string): string {
  return `${from} to ${to}`;
}
