import { lifecycle, STORAGE_CLASSES } from '../../config/schema';
import { CLASS_RULES, type StorageClass } from '../../config/storage-classes';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { type CostLine, linesOf, type OptionChange } from './estimate';
import type { PriceFile } from './prices/prices';
import { quantitiesOf } from './quantities/quantities';
import type { Workloads } from './workload';

/** One option of the configuration with another value. */
interface Variant {
  readonly option: string;
  readonly value: string | boolean;
  readonly config: Deployment;
}

const NO_LIFECYCLE: DeployedPair['lifecycle'] = lifecycle.parse({});

/** What is estimated, whatever the options. */
export interface EstimateInput {
  readonly config: Deployment;
  /** Ids of the chosen pairs. */
  readonly pairs: readonly string[];
  readonly workloads: Workloads;
  readonly backfill: boolean;
  readonly prices: PriceFile;
}

/** What each option that costs would change: the greatest saving first, and last what is open. An option of pairs changes for all chosen ones. */
export function compare(input: EstimateInput): OptionChange[] {
  const now = estimateLines(input, input.config);
  return variants(input)
    .map((variant) => change(variant, now, estimateLines(input, variant.config)))
    .filter(({ usd, open }) => usd.least !== 0 || usd.most !== 0 || open.length > 0)
    .toSorted((one, other) => isOpen(one) - isOpen(other) || one.usd.least - other.usd.least || one.usd.most - other.usd.most);
}

/** The lines of the chosen pairs under a configuration. */
export function estimateLines({ pairs, workloads, backfill, prices }: EstimateInput, config: Deployment): CostLine[] {
  const chosen = config.pairs.filter(({ id }) => pairs.includes(id));
  return linesOf(quantitiesOf(config, chosen, workloads, backfill), prices);
}

function isOpen({ open }: OptionChange): number {
  return open.length > 0 ? 1 : 0;
}

function variants({ config, pairs }: EstimateInput): Variant[] {
  const ofPairs = <Key extends keyof DeployedPair>(key: Key, value: DeployedPair[Key] & (string | boolean)): Variant => ({
    option: `pairs[].${key}`,
    value,
    config: { ...config, pairs: config.pairs.map((pair) => (pairs.includes(pair.id) ? { ...pair, [key]: value } : pair)) },
  });
  const chosen = config.pairs.filter(({ id }) => pairs.includes(id));
  const withoutLifecycle: Variant = {
    option: 'pairs[].lifecycle',
    value: 'none',
    config: {
      ...config,
      pairs: config.pairs.map((pair) => (pairs.includes(pair.id) ? { ...pair, lifecycle: NO_LIFECYCLE } : pair)),
    },
  };
  const { pipeline: _, ...withoutPipeline } = config;
  const { monitoring } = config;
  return [
    ...STORAGE_CLASSES.filter((name) => chosen.every((pair) => takes(pair, name))).map((name) => ofPairs('storageClass', name)),
    ...(chosen.some((pair) => JSON.stringify(pair.lifecycle) !== JSON.stringify(NO_LIFECYCLE)) ? [withoutLifecycle] : []),
    ...[true, false].flatMap((value) => [
      ofPairs('bucketKeys', value),
      ofPairs('timeControl', value),
      // Delete markers are not replicated with a tag filter.
      ...(config.pairs.some(({ id, filter }) => pairs.includes(id) && filter?.tags !== undefined)
        ? []
        : [ofPairs('replicateDeleteMarkers', value)]),
      { option: 'monitoring.dashboard', value, config: { ...config, monitoring: { ...monitoring, dashboard: value } } },
    ]),
    ...[false as const, { minutes: 60 }].map((heartbeat) => ({
      option: 'heartbeat',
      value: heartbeat === false ? false : JSON.stringify(heartbeat),
      config: { ...config, heartbeat },
    })),
    ...inventoryVariants(config),
    ...(config.pipeline === undefined ? [] : [{ option: 'pipeline', value: false, config: withoutPipeline }]),
  ];
}

/** Without an inventory, the pair that keeps its reports goes too. */
function inventoryVariants({ inventory, ...config }: Deployment): Variant[] {
  const other = inventory?.frequency === 'Daily' ? 'Weekly' : 'Daily';
  return inventory === undefined
    ? []
    : [
        { option: 'inventory.frequency', value: other, config: { ...config, inventory: { ...inventory, frequency: other } } },
        {
          option: 'inventory',
          value: false,
          config: { ...config, pairs: config.pairs.filter(({ reportDays }) => reportDays === undefined) },
        },
      ];
}

/** Whether replicas of another class can move as the pair has it. */
function takes({ lifecycle: { transitions } }: DeployedPair, storageClass: StorageClass): boolean {
  const [first] = transitions;
  return first === undefined || CLASS_RULES[storageClass].movesTo.includes(first.storageClass);
}

/** The difference of the lines that the option changes: the others have the same range, and no difference. */
function change({ option, value }: Variant, before: readonly CostLine[], after: readonly CostLine[]): OptionChange {
  const [old, next] = [byKey(before), byKey(after)];
  const changed = [...new Set([...old.keys(), ...next.keys()])].filter((key) => {
    const [one, other] = [old.get(key), next.get(key)];
    return one?.quantity?.least !== other?.quantity?.least || one?.quantity?.most !== other?.quantity?.most || !one || !other;
  });
  const [gone, come] = [changed.flatMap((key) => old.get(key) ?? []), changed.flatMap((key) => next.get(key) ?? [])];
  const sum = (lines: readonly CostLine[], end: 'least' | 'most') =>
    lines.reduce((total, { usd }) => total + (usd?.[end] ?? 0), 0);
  return {
    option,
    value,
    usd: { least: sum(come, 'least') - sum(gone, 'most'), most: sum(come, 'most') - sum(gone, 'least') },
    open: [...new Set([...gone, ...come].filter(({ usd }) => usd === null).map(({ price }) => `${price.id} ${price.region}`))],
  };
}

/** Lines by what they are, at which price. */
function byKey(lines: readonly CostLine[]): Map<string, CostLine> {
  return new Map(lines.map((line) => [`${line.pair} ${line.id} ${line.price.id} ${line.price.region}`, line]));
}
