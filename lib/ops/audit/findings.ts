import { type Difference, MOST_DIFFERENCES } from './result';

/** What is kept of the differences. */
export interface FindingsData {
  readonly wrong: readonly Difference[];
  readonly others: readonly Difference[];
  /** All that there were. */
  readonly count: number;
}

/** Keeps the first differences, those that are wrong before the others, and counts all of them. */
export class Findings {
  private readonly wrong: Difference[] = [];
  private readonly others: Difference[] = [];
  private count = 0;

  add(differences: readonly Difference[]): void {
    for (const difference of differences) {
      const list = difference.wrong ? this.wrong : this.others;
      if (list.length < MOST_DIFFERENCES) {
        list.push(difference);
      }
    }
    this.count += differences.length;
  }

  restore({ wrong, others, count }: FindingsData): void {
    this.wrong.push(...wrong);
    this.others.push(...others);
    this.count += count;
  }

  toData(): FindingsData {
    return { wrong: this.wrong, others: this.others, count: this.count };
  }

  /** What a report shows, and how many more there are. */
  shown(): { readonly differences: readonly Difference[]; readonly moreDifferences: number } {
    const differences = [...this.wrong, ...this.others].slice(0, MOST_DIFFERENCES);
    return { differences, moreDifferences: this.count - differences.length };
  }
}
