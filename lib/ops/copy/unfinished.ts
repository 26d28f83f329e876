import type { Item } from './model';

/** An item that another attempt may restore. */
export interface Kept {
  readonly item: Item;
  readonly end: 'failed' | 'archived';
  readonly why: string;
}

/** Failures after which something general is wrong, and archived items that are kept: memory and the checkpoint stay small. */
export const MOST_KEPT = 10_000;

/** Items that failed or are archived, for another attempt. */
export class Unfinished {
  private readonly kept = new Map<string, Kept>();
  readonly counts = { failed: 0, archived: 0 };

  constructor(kept: readonly Kept[] = []) {
    kept.forEach((each) => this.keep(each));
  }

  /** @returns whether there was room, as there always is for a failure */
  keep(one: Kept): boolean {
    if (one.end === 'archived' && this.counts.archived >= MOST_KEPT) {
      return false;
    }
    this.counts[one.end] += 1;
    this.kept.set(idOf(one.item), one);
    return true;
  }

  /** @returns how it ended before; undefined for an item that is not kept */
  release(item: Item): Kept['end'] | undefined {
    const known = this.kept.get(idOf(item));
    if (known !== undefined) {
      this.kept.delete(idOf(item));
      this.counts[known.end] -= 1;
    }
    return known?.end;
  }

  list(): Kept[] {
    return [...this.kept.values()];
  }
}

/** Names one version: version ids hold no slash. */
export function idOf({ key, versionId }: Pick<Item, 'key' | 'versionId'>): string {
  return `${versionId}/${key}`;
}
