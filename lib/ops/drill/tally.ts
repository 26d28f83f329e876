import { type Amount, addTo } from '../copy/totals';
import type { ComparedBy } from './compare/content';
import { type DrilledObject, ENDS, type End, MOST_RESULTS } from './report';

/** Counts what became of the objects of a drill, and keeps the first ones: those that are wrong before the others. */
export class Tally {
  readonly ends = Object.fromEntries(ENDS.map((end) => [end, { objects: 0, bytes: 0 }])) as Record<End, Amount>;
  readonly comparedWith = { source: 0, replica: 0 };
  readonly comparedBy: Record<ComparedBy, number> = { checksum: 0, content: 0 };
  private readonly wrong: DrilledObject[] = [];
  private readonly right: DrilledObject[] = [];
  private count = 0;

  add(object: DrilledObject): void {
    const { end, size, comparedWith, comparedBy } = object;
    addTo(this.ends[end], size);
    if (comparedWith !== null && comparedBy !== null) {
      this.comparedWith[comparedWith] += 1;
      this.comparedBy[comparedBy] += 1;
    }
    this.count += 1;
    const list = end === 'same' ? this.right : this.wrong;
    if (list.length < MOST_RESULTS) {
      list.push(object);
    }
  }

  /** Objects that were restored, whatever they turned out to be. */
  get restored(): Amount {
    const { same, different, unknown } = this.ends;
    return {
      objects: same.objects + different.objects + unknown.objects,
      bytes: same.bytes + different.bytes + unknown.bytes,
    };
  }

  results(): { readonly results: readonly DrilledObject[]; readonly moreResults: number } {
    const results = [...this.wrong, ...this.right].slice(0, MOST_RESULTS);
    return { results, moreResults: this.count - results.length };
  }
}
