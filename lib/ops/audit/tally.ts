import type { Entry } from '../../aws/listing/page';
import {
  AGE_BOUNDS,
  type AgeBucket,
  MOST_PREFIXES,
  type PairReport,
  type PrefixTotals,
  type SideTotals,
  STATES,
  type State,
  type StateTotals,
  type Totals,
} from './report';

/** What a tally counts, as a report and the file of an interrupted audit have it. */
export type TallyData = Pick<PairReport, 'source' | 'replica' | 'states' | 'wrong' | 'ages' | 'prefixes'> & {
  /** Versions that `--deep` looked at. */
  readonly deep: number;
  /** Versions that `--deep` asked about, and S3 did not answer in full. */
  readonly deepUnknown: number;
  /** Versions that `--deep` skipped: S3 describes them only to a caller with the customer's key. */
  readonly deepSkipped: number;
  /** Versions that `--deep` found under DSSE-KMS, as are their replicas. */
  readonly deepDualLayer: number;
};

/** States in which a version is not in the replica bucket, though it ought to be one day. */
const BEHIND: ReadonlySet<State> = new Set(['in-flight', 'pending', 'failed', 'missing']);

type States = Partial<Record<State, StateTotals>>;

/** Counts versions. Its size depends on the number of prefixes alone, which is limited. */
export class Tally {
  private readonly source: SideTotals = { versions: 0, bytes: 0, deleteMarkers: 0 };
  private readonly replica: SideTotals = { versions: 0, bytes: 0, deleteMarkers: 0 };
  private readonly states = Object.fromEntries(STATES.map((state) => [state, none()])) as Record<State, StateTotals>;
  private readonly ages = [...AGE_BOUNDS, null].map((upToSeconds): AgeBucket => ({ upToSeconds, ...nothing() }));
  private readonly prefixes = new Map<string | null, States>();
  /** Versions that somebody has to look at. */
  wrong = 0;
  /** Versions that `--deep` looked at. */
  deep = 0;
  /** Versions that `--deep` asked about, and S3 did not answer in full. */
  deepUnknown = 0;
  /** Versions that `--deep` skipped: S3 describes them only to a caller with the customer's key. */
  deepSkipped = 0;
  /** Versions that `--deep` found under DSSE-KMS, as are their replicas. */
  deepDualLayer = 0;
  private lastPrefix: string | null = null;
  private lastStates: States = {};

  /** @param root the prefix of the pair's filter, after which prefixes begin */
  constructor(private readonly root: string) {}

  /** Versions and delete markers that were listed, of both sides. */
  get listed(): number {
    const { source, replica } = this;
    return source.versions + source.deleteMarkers + replica.versions + replica.deleteMarkers;
  }

  /** Counts what a listing has. */
  list(side: 'source' | 'replica', { isDeleteMarker, size }: Entry): void {
    const totals = this[side];
    if (isDeleteMarker) {
      totals.deleteMarkers += 1;
    } else {
      totals.versions += 1;
      totals.bytes += size;
    }
  }

  /** Counts what a report has in one place; less than nothing takes back. */
  addListed(side: 'source' | 'replica', isDeleteMarker: boolean, versions: number, bytes: number): void {
    if (isDeleteMarker) {
      this[side].deleteMarkers += versions;
    } else {
      add(this[side], versions, bytes);
    }
  }

  /** Counts versions below one prefix that are alike. @param prefix null for all that are not told apart */
  addAlike(prefix: string | null, versions: number, bytes: number): void {
    const states = prefix === null ? this.prefix(null) : this.prefixOrRest(prefix);
    states.same ??= none();
    for (const totals of [this.states.same, states.same]) {
      add(totals, versions, bytes);
    }
  }

  /** Takes a version back that was counted as alike, since it is to be judged. */
  removeAlike({ key, size }: Entry): void {
    const states = this.statesOf(key);
    const { same = none() } = states;
    for (const totals of [this.states.same, same]) {
      add(totals, -1, -size);
    }
    if (same.versions === 0) {
      delete states.same;
    }
  }

  /** Counts what a version turned out to be. */
  judge({ key, size, lastModified }: Entry, state: State, wrong: boolean, now: Date): void {
    const one = { versions: 1, bytes: size, wrong: wrong ? 1 : 0 };
    addState(this.states[state], one);
    this.wrong += one.wrong;
    const states = this.statesOf(key);
    states[state] ??= none();
    addState(states[state], one);
    if (BEHIND.has(state)) {
      const seconds = (now.getTime() - Date.parse(lastModified)) / 1000;
      const bucket = this.ages.find(({ upToSeconds }) => upToSeconds === null || seconds <= upToSeconds);
      add(bucket ?? nothing(), 1, size);
    }
  }

  /** Adds what another tally has counted. */
  merge(other: TallyData): void {
    for (const side of ['source', 'replica'] as const) {
      add(this[side], other[side].versions, other[side].bytes);
      this[side].deleteMarkers += other[side].deleteMarkers;
    }
    for (const state of STATES) {
      addState(this.states[state], other.states[state]);
    }
    this.ages.forEach((bucket, index) => add(bucket, other.ages[index]?.versions ?? 0, other.ages[index]?.bytes ?? 0));
    for (const { prefix, states } of other.prefixes) {
      const own = prefix === null ? this.prefix(null) : this.prefixOrRest(prefix);
      for (const [state, totals] of Object.entries(states) as [State, StateTotals][]) {
        own[state] ??= none();
        addState(own[state], totals);
      }
    }
    this.wrong += other.wrong;
    this.deep += other.deep;
    this.deepUnknown += other.deepUnknown;
    this.deepSkipped += other.deepSkipped;
    this.deepDualLayer += other.deepDualLayer;
  }

  toJson(): TallyData {
    const { source, replica, wrong, deep, deepUnknown, deepSkipped, deepDualLayer, ages, prefixes, states } = this;
    return {
      source: { ...source },
      replica: { ...replica },
      states: Object.fromEntries(STATES.map((state) => [state, { ...states[state] }])) as Record<State, StateTotals>,
      wrong,
      deep,
      deepUnknown,
      deepSkipped,
      deepDualLayer,
      ages: ages.map((bucket) => ({ ...bucket })),
      prefixes: [...prefixes].map(([prefix, all]): PrefixTotals => ({ prefix, states: all })).toSorted(byPrefix),
    };
  }

  /** Keys come in order, so that the next one mostly has the prefix of the last. */
  private statesOf(key: string): States {
    if (this.lastPrefix === null || this.lastPrefix.length <= this.root.length || !key.startsWith(this.lastPrefix)) {
      const slash = key.indexOf('/', this.root.length);
      this.lastPrefix = slash === -1 ? '' : key.slice(0, slash + 1);
      this.lastStates = this.prefixOrRest(this.lastPrefix);
    }
    return this.lastStates;
  }

  private prefixOrRest(prefix: string): States {
    return this.prefix(this.prefixes.has(prefix) || this.prefixes.size < MOST_PREFIXES ? prefix : null);
  }

  private prefix(prefix: string | null): States {
    const known = this.prefixes.get(prefix);
    if (known !== undefined) {
      return known;
    }
    const states: States = {};
    this.prefixes.set(prefix, states);
    return states;
  }
}

function none(): StateTotals {
  return { ...nothing(), wrong: 0 };
}

function addState(totals: StateTotals, { versions, bytes, wrong }: Readonly<StateTotals>): void {
  add(totals, versions, bytes);
  totals.wrong += wrong;
}

function nothing(): Totals {
  return { versions: 0, bytes: 0 };
}

function add(totals: Totals, versions: number, bytes: number): void {
  totals.versions += versions;
  totals.bytes += bytes;
}

/** What did not fit comes last. */
function byPrefix({ prefix: a }: PrefixTotals, { prefix: b }: PrefixTotals): number {
  if (a === null || b === null) {
    return Number(a === null) - Number(b === null);
  }
  return a < b ? -1 : Number(a > b);
}
