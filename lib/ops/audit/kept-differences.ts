import { type Difference, MOST_DIFFERENCES, STATES } from './report';

/** What is kept of the differences. */
export interface KeptDifferencesData {
  readonly kept: readonly Difference[];
  /** All that there were. */
  readonly count: number;
}

/** Keeps the first differences of each kind, and counts all of them. */
export class KeptDifferences {
  /** By kind: state, and whether it is wrong. */
  private readonly kinds = new Map<string, Difference[]>();
  private count = 0;

  add(differences: readonly Difference[]): void {
    for (const difference of differences) {
      const kind = kindOf(difference);
      const list = this.kinds.get(kind) ?? [];
      this.kinds.set(kind, list);
      if (list.length < MOST_DIFFERENCES) {
        list.push(difference);
      }
    }
    this.count += differences.length;
  }

  restore({ kept, count }: KeptDifferencesData): void {
    this.add(kept);
    this.count = count;
  }

  toJson(): KeptDifferencesData {
    return { kept: [...this.kinds.values()].flat(), count: this.count };
  }

  /** What a report shows, and how many more there are. */
  shown(): { readonly differences: readonly Difference[]; readonly moreDifferences: number } {
    const differences = selectDifferences([...this.kinds.values()].flat(), MOST_DIFFERENCES);
    return { differences, moreDifferences: this.count - differences.length };
  }
}

/** Share of a selection that what is not wrong has at least: it says why something is unknown. */
const REST = 0.1;

/** So many of the differences, those that are wrong first, and of each state its share. */
export function selectDifferences(differences: readonly Difference[], most: number): Difference[] {
  const byState = (wrong: boolean) =>
    STATES.map((state) => differences.filter((difference) => difference.wrong === wrong && difference.state === state));
  const rest = differences.filter(({ wrong }) => !wrong).length;
  const wrong = fairShare(byState(true), most - Math.min(rest, Math.floor(most * REST)));
  return [...wrong, ...fairShare(byState(false), most - wrong.length)];
}

function kindOf({ state, wrong }: Difference): string {
  return `${state} ${wrong}`;
}

/**
 * Some of the members of each group, most in all: small groups whole, so that ten of one kind do not vanish among thousands of another.
 * Groups keep their order, and members theirs.
 */
export function fairShare<Member>(groups: readonly (readonly Member[])[], most: number): Member[] {
  const shares = new Map<readonly Member[], number>();
  let left = most;
  let waiting = groups.length;
  for (const group of groups.toSorted((a, b) => a.length - b.length)) {
    const share = Math.min(group.length, Math.floor(left / waiting));
    shares.set(group, share);
    left -= share;
    waiting -= 1;
  }
  return groups.flatMap((group) => group.slice(0, shares.get(group)));
}
