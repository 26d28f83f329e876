import { createHash } from 'node:crypto';
import { compareKeys } from '../../aws/listing/key-order';
import type { Item } from '../copy/model';
import { idOf } from '../copy/unfinished';

interface Ranked {
  readonly item: Item;
  readonly rank: number;
}

/**
 * A random sample of a stream of unknown length: each object is as likely to be in it as any other. A hash of the seed and the
 * version decides, so that the same seed chooses the same objects, whatever the order in which parallel listings bring them. Holds
 * twice the sample at most.
 */
export class Sample {
  private kept: Ranked[] = [];
  /** What is above cannot be in the sample any more. */
  private limit = Number.POSITIVE_INFINITY;

  constructor(
    private readonly size: number,
    private readonly seed: string,
  ) {}

  offer(item: Item): void {
    const rank = this.rankOf(item);
    if (rank > this.limit) {
      return;
    }
    this.kept.push({ item, rank });
    if (this.kept.length >= 2 * this.size) {
      this.thin();
    }
  }

  /** In the order of keys. */
  items(): Item[] {
    this.thin();
    return this.kept.map(({ item }) => item).toSorted((a, b) => compareKeys(a.key, b.key));
  }

  private thin(): void {
    this.kept = this.kept.toSorted((a, b) => a.rank - b.rank || (idOf(a.item) < idOf(b.item) ? -1 : 1)).slice(0, this.size);
    if (this.kept.length === this.size) {
      this.limit = this.kept.at(-1)?.rank ?? this.limit;
    }
  }

  /** 48 bits: the most that a number holds of whole bytes. */
  private rankOf(item: Item): number {
    return createHash('sha256')
      .update(`${this.seed}/${idOf(item)}`)
      .digest()
      .readUIntBE(0, 6);
  }
}
