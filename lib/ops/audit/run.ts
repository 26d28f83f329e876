import type { KeyRange } from '../../aws/listing/cursor';
import { discoverRanges } from '../../aws/listing/ranges';
import type { Context } from '../../cli/command';
import { type Batch, type Method, RangeAudit } from './audit-range';
import type { PairProgress } from './checkpoint';
import type { DeepFacts } from './examine/deep';
import { readSourceFacts, type SourceFacts } from './examine/missing';
import type { Subject } from './subject';
import { Tally, type TallyData } from './tally';

/** Ranges that are compared at a time: each lists both sides, and has a page of each waiting. */
const RANGES_AT_ONCE = 6;

/** Questions about single versions at a time, over all ranges; the SDK has 50 connections to a bucket. */
const QUESTIONS_AT_ONCE = 32;

/** The audit of one pair, which can be stopped and gone on with between any two batches. */
export class PairAudit {
  private readonly tally: Tally;
  /** Undefined until they are discovered. Each begins where its last batch ended. */
  private left: KeyRange[] | undefined;
  private sourceFacts: Promise<SourceFacts> | undefined;

  /** @param earlier how far an interrupted audit came. @default - from the beginning */
  constructor(
    private readonly subject: Subject,
    private readonly method: Omit<Method, 'atOnce'>,
    private readonly deepFacts: DeepFacts,
    private readonly clock: Context['clock'],
    earlier?: PairProgress,
  ) {
    this.tally = new Tally(subject.source.prefix);
    if (earlier !== undefined) {
      this.tally.merge(earlier.tally);
      this.left = [...earlier.left];
    }
  }

  /** How far it is; undefined before it has begun. */
  get progress(): PairProgress | undefined {
    return this.left === undefined ? undefined : { tally: this.tally.errorToJson(), left: this.left };
  }

  get listed(): number {
    return this.tally.listed;
  }

  /** Differences that are wrong, so far. */
  get wrong(): number {
    return this.tally.wrong;
  }

  get totals(): TallyData {
    return this.tally.errorToJson();
  }

  /**
   * @param counted called after each batch, when it is part of the totals
   * @throws AppError when S3 gives no answer, or the person interrupts
   */
  async run(counted: (batch: Batch) => Promise<void>): Promise<void> {
    this.left ??= await this.discover();
    const waiting = [...this.left];
    const lanes = Math.min(RANGES_AT_ONCE, waiting.length);
    const method: Method = { ...this.method, atOnce: Math.ceil(QUESTIONS_AT_ONCE / Math.max(lanes, 1)) };
    const state = { failed: false };
    const lane = async () => {
      for (let range = waiting.shift(); range !== undefined && !state.failed; range = waiting.shift()) {
        await this.compare(range, method, counted, () => state.failed);
      }
    };
    const ends = await Promise.allSettled(
      Array.from({ length: lanes }, () =>
        lane().catch((error: unknown) => {
          state.failed = true;
          throw error;
        }),
      ),
    );
    const broken = ends.find((end) => end.status === 'rejected' && !(end.reason instanceof Stopped)) as
      | PromiseRejectedResult
      | undefined;
    if (broken !== undefined) {
      throw broken.reason;
    }
  }

  /** By the side that has more than a page; the source is mostly as good as the replica, and may have been emptied. */
  private async discover(): Promise<KeyRange[]> {
    const ranges = await discoverRanges(this.subject.source);
    return ranges.length > 1 ? ranges : discoverRanges(this.subject.replica);
  }

  private async compare(
    range: KeyRange,
    method: Method,
    counted: (batch: Batch) => Promise<void>,
    stopped: () => boolean,
  ): Promise<void> {
    const facts = { source: () => this.facts(), deep: this.deepFacts };
    let current = range;
    await new RangeAudit(this.subject, method, facts, this.clock).run(range, async (batch, upTo) => {
      this.tally.merge(batch.tally.errorToJson());
      const rest = upTo === undefined ? [] : [{ from: Buffer.from(upTo).toString(), to: range.to }];
      this.left = this.left?.flatMap((each) => (each === current ? rest : [each]));
      current = rest[0] ?? current;
      await counted(batch);
      if (stopped()) {
        throw new Stopped();
      }
    });
  }

  /** Asked once, and only when something is missing. */
  private facts(): Promise<SourceFacts> {
    this.sourceFacts ??= readSourceFacts(this.subject);
    return this.sourceFacts;
  }
}

/** Another range failed, so this one ends after its batch. */
class Stopped extends Error {}
