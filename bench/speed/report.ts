import { table } from '../../lib/cli/table';
import { bytes } from '../../lib/cli/units';
import { median } from '../shared/statistics';

/** How much worse than the committed ratio one may be. */
const TOLERANCE = 1.2;

/** Median, lowest and highest of the rounds. */
interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** What `bench/results.json` holds. */
export interface Results {
  /** Where and when: the rounds, and the load of the machine before and after them. */
  readonly run: Readonly<Record<'node' | 'cpu', string> & Record<'processors' | 'rounds' | 'loadBefore' | 'loadAfter', number>>;
  /** By name of what was run. */
  readonly seconds: Readonly<Record<string, Spread>>;
  /** Bytes. */
  readonly peakMemory: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, Spread>>;
}

/** What is wanted at most. */
const WANTED: Readonly<Record<'seconds' | 'peakMemory' | 'ratios', Readonly<Record<string, number>>>> = {
  seconds: { 'npm test': 60, demo: 45, 'ops --help': 0.3 },
  peakMemory: { '500 pairs': 1e9 },
  ratios: {
    'this app / cdk init': 0.8,
    'this app, compliance / cdk init': 1,
    '100 pairs / this app': 2.5,
    // In a straight line, no pair takes longer than another.
    'pairs 101 to 500 / pairs 2 to 100': 1.2,
  },
};

/** Seconds of each round, by name, as the ratios of each round: what is near in time had the same machine. */
export function ratiosOf(seconds: ReadonlyMap<string, readonly number[]>): Record<string, Spread> {
  const of = (name: string, round: number) => seconds.get(name)?.[round] ?? Number.NaN;
  const rounds = (seconds.get('cdk init') ?? []).map((_, round) => {
    const [fresh, one, hundred, fiveHundred] = ['cdk init', 'this app', '100 pairs', '500 pairs'].map((name) =>
      of(name, round),
    ) as [number, number, number, number];
    return {
      'this app / cdk init': one / fresh,
      'this app, compliance / cdk init': of('this app, compliance', round) / fresh,
      '100 pairs / this app': hundred / one,
      'pairs 101 to 500 / pairs 2 to 100': (fiveHundred - hundred) / 400 / ((hundred - one) / 99),
    };
  });
  const names = Object.keys(rounds[0] ?? {}) as (keyof (typeof rounds)[number])[];
  return Object.fromEntries(names.map((name) => [name, spread(rounds.map((ratios) => ratios[name]))]));
}

export function spread(values: readonly number[]): Spread {
  const [middle, lowest, highest] = [median(values), Math.min(...values), Math.max(...values)].map(
    (value) => Math.round(value * 1000) / 1000,
  ) as [number, number, number];
  return { median: middle, lowest, highest };
}

/** The results as a table of text, each with what is wanted of it. */
export function tableOf({ seconds, peakMemory, ratios }: Results): string[] {
  const row = (
    kind: keyof typeof WANTED,
    name: string,
    value: number,
    shown: string,
    range: string,
    show: (value: number) => string,
  ) => {
    const wanted = WANTED[kind][name];
    return wanted === undefined
      ? [name, shown, range, '', '']
      : [name, shown, range, `at most ${show(wanted)}`, value <= wanted ? 'reached' : 'missed'];
  };
  const spreads = (kind: 'seconds' | 'ratios', unit: string) =>
    Object.entries(kind === 'seconds' ? seconds : ratios).map(([name, { median: middle, lowest, highest }]) => {
      const show = (value: number) => `${value.toFixed(2)}${unit}`;
      return row(kind, name, middle, show(middle), lowest === highest ? '' : `${show(lowest)} to ${show(highest)}`, show);
    });
  return table([
    ['', 'median', 'range', 'wanted', ''],
    ...spreads('seconds', ' s'),
    ...Object.entries(peakMemory).map(([name, value]) => row('peakMemory', name, value, bytes(value), '', bytes)),
    ...spreads('ratios', ''),
  ]);
}

/** The ratios that are much worse than the committed ones. */
export function worseThan(committed: Results, { ratios }: Pick<Results, 'ratios'>): string[] {
  return Object.entries(ratios).flatMap(([name, { median: now }]) => {
    const before = committed.ratios[name]?.median;
    return before !== undefined && now <= before * TOLERANCE
      ? []
      : [`${name} is ${now.toFixed(2)}, and was ${before === undefined ? 'not measured' : before.toFixed(2)}`];
  });
}
