import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PriceFile } from '../../../lib/ops/cost/prices/prices';
import { PRICE_UNITS } from '../../../lib/ops/cost/prices/prices';

/** Round numbers to reckon with, and nobody's prices. The rest costs $1 for each unit. */
const DOLLARS: Readonly<Record<string, number>> = {
  's3-storage-STANDARD': 0.03,
  's3-storage-STANDARD_IA': 0.02,
  's3-storage-GLACIER': 0.004,
  's3-put-STANDARD_IA': 0.01,
  's3-put-GLACIER': 0.05,
  's3-transfer': 0.1,
  's3-time-control': 0.015,
  'kms-requests': 0.03,
  'cloudwatch-metric': 0.3,
  'cloudwatch-alarm': 0.1,
  'cloudwatch-composite-alarm': 0.5,
  'cloudwatch-dashboard': 3,
};

/** A price for everything, the same in every region. */
export function roundPrices(without: readonly string[] = []): PriceFile {
  return {
    asOf: '2026-11-01',
    currency: 'USD',
    prices: [...PRICE_UNITS]
      .filter(([id]) => !without.includes(id))
      .map(([id, unit]) => ({
        id,
        region: '*',
        unit,
        tiers: [{ usd: DOLLARS[id] ?? 1 }],
        source: 'https://example.com/prices',
        asOf: '2026-11-01',
      })),
  };
}

/** The same in a file of a folder. */
export function roundPriceFile(directory: string, without?: readonly string[]): string {
  const path = join(directory, 'round-prices.json');
  writeFileSync(path, JSON.stringify(roundPrices(without)));
  return path;
}
