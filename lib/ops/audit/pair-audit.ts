import { stopIfInterrupted } from '../../aws/clock';
import { Cursor, type KeyRange } from '../../aws/listing/cursor';
import type { Entry } from '../../aws/listing/page';
import { discoverRanges } from '../../aws/listing/ranges';
import { passAlike } from './alike';
import { type DeepFacts, inSample, judgeDeep } from './examine/deep';
import { type AuditFinding, expiresReplicas, judgeListed, type Sides, toDifference } from './examine/listed';
import { judgeMissing, readSourceFacts, type SourceFacts } from './examine/missing';
import { ByAge, ByVersionId, join, type Matcher, WithHistory } from './join';
import type { RunningAudit } from './progress';
import type { Difference } from './report';
import { Tally, type TallyData } from './tally';
import type { AuditTask } from './task';

/** How versions are compared. */
interface AuditMethod {
  readonly matchedBy: 'version-id' | 'age';
  /** Percent of the versions to ask more about. */
  readonly deepPercent: number;
  /** Questions about single versions at a time. */
  readonly atOnce: number;
}

/** What was found between two keys. */
export interface Batch {
  readonly tally: Tally;
  readonly differences: readonly Difference[];
}

/** How far one pair is. */
export interface PairProgress {
  readonly tally: TallyData;
  /** What is left to compare. Each begins where its last complete key was. */
  readonly left: readonly KeyRange[];
}

/** Ranges that are compared at a time: each lists both sides, and has a page of each waiting. */
const RANGES_AT_ONCE = 6;

/** Questions about single versions at a time, over all ranges; the SDK has 50 connections to a bucket. */
const QUESTIONS_AT_ONCE = 32;

/** The audit of one pair, which can be stopped and gone on with between any two batches. */
export class PairAudit implements RunningAudit {
  private readonly tally: Tally;
  /** Undefined until they are discovered. Each begins where its last batch ended. */
  private left: KeyRange[] | undefined;
  private sourceFacts: Promise<SourceFacts> | undefined;

  /** @param earlier how far an interrupted audit came. @default - from the beginning */
  constructor(
    readonly task: AuditTask,
    private readonly method: Omit<AuditMethod, 'atOnce'>,
    private readonly deepFacts: DeepFacts,
    earlier?: PairProgress,
  ) {
    this.tally = new Tally(task.source.prefix);
    if (earlier !== undefined) {
      this.tally.merge(earlier.tally);
      this.left = [...earlier.left];
    }
  }

  get id(): string {
    return this.task.pair.id;
  }

  /** How far it is; undefined before it has begun. */
  get progress(): PairProgress | undefined {
    return this.left === undefined ? undefined : { tally: this.tally.toJson(), left: this.left };
  }

  get listed(): number {
    return this.tally.listed;
  }

  /** Differences that are wrong, so far. */
  get wrong(): number {
    return this.tally.wrong;
  }

  get totals(): TallyData {
    return this.tally.toJson();
  }

  /**
   * @param onBatch called after each batch, when the totals include it
   * @throws AppError when S3 gives no answer, or the person interrupts
   */
  async run(onBatch: (batch: Batch) => Promise<void>): Promise<void> {
    this.left ??= await this.discover();
    const waiting = [...this.left];
    const lanes = Math.min(RANGES_AT_ONCE, waiting.length);
    const method: AuditMethod = { ...this.method, atOnce: Math.ceil(QUESTIONS_AT_ONCE / Math.max(lanes, 1)) };
    const state = { failed: false };
    const lane = async () => {
      for (let range = waiting.shift(); range !== undefined && !state.failed; range = waiting.shift()) {
        await this.compare(range, method, onBatch, () => state.failed);
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
    const ranges = await discoverRanges(this.task.source);
    return ranges.length > 1 ? ranges : discoverRanges(this.task.replica);
  }

  private async compare(
    range: KeyRange,
    method: AuditMethod,
    onBatch: (batch: Batch) => Promise<void>,
    stopped: () => boolean,
  ): Promise<void> {
    const facts = { source: () => this.facts(), deep: this.deepFacts };
    let current = range;
    await new RangeAudit(this.task, method, facts).run(range, async (batch, upTo) => {
      this.tally.merge(batch.tally.toJson());
      const rest = upTo === undefined ? [] : [{ from: upTo, to: range.to }];
      this.left = this.left?.flatMap((each) => (each === current ? rest : [each]));
      current = rest[0] ?? current;
      await onBatch(batch);
      if (stopped()) {
        throw new Stopped();
      }
    });
  }

  /** Asked once, and only when something is missing. */
  private facts(): Promise<SourceFacts> {
    this.sourceFacts ??= readSourceFacts(this.task);
    return this.sourceFacts;
  }
}

/** Another range failed, so this one ends after its batch. */
class Stopped extends Error {}

/** Versions of both sides that are handed on together, and those that wait for an answer of S3. */
const BATCH = 5000;
const WAITING = 256;

/** Compares both sides in one range of keys, in batches, so that what it holds does not depend on how many keys there are. */
class RangeAudit {
  private tally: Tally;
  private differences: Difference[] = [];
  private waiting: Sides[] = [];

  constructor(
    private readonly task: AuditTask,
    private readonly method: AuditMethod,
    private readonly facts: { readonly source: () => Promise<SourceFacts>; readonly deep: DeepFacts },
  ) {
    this.tally = new Tally(task.source.prefix);
  }

  /**
   * @param done takes each batch, with the last key that it covers; undefined for the end of the range
   * @throws AppError when S3 gives no answer, or the person interrupts
   */
  async run(range: KeyRange, done: (batch: Batch, upTo: string | undefined) => Promise<void>): Promise<void> {
    const { source, replica, ignored } = this.task;
    const matcher = this.matcher();
    const isDue = () => this.tally.listed >= BATCH || this.waiting.length >= WAITING;
    const hand = async (upTo: string | undefined) => {
      await this.examineWaiting();
      const { tally, differences } = this;
      this.tally = new Tally(source.prefix);
      this.differences = [];
      await done({ tally, differences }, upTo);
    };
    const left = new Cursor(source, range, ignored);
    const right = new Cursor(replica, range, ignored);
    const expected = { storageClass: Buffer.from(this.task.pair.storageClass), root: source.prefix };
    const pass = () => (this.method.deepPercent > 0 ? undefined : passAlike(left, right, expected, this.tally));
    await join(left, right, matcher, isDue, hand, pass);
    await hand(undefined);
  }

  private matcher(): Matcher {
    const visit = (left: Entry | undefined, right: Entry | undefined) => this.visit(left, right);
    const matcher = this.method.matchedBy === 'age' ? new ByAge(visit) : new ByVersionId(visit);
    const { pair } = this.task;
    return expiresReplicas(pair) ? new WithHistory(matcher, pair.replicateDeleteMarkers) : matcher;
  }

  private visit(source: Entry | undefined, replica: Entry | undefined): void {
    const sides = { source, replica } as Sides;
    if (source !== undefined) {
      this.tally.list('source', source);
    }
    if (replica !== undefined) {
      this.tally.list('replica', replica);
    }
    const finding = judgeListed(sides, this.task.pair, this.task.now());
    if (finding === undefined || this.goesDeeper(sides, finding)) {
      this.waiting.push(sides);
    } else {
      this.record(sides, finding);
    }
  }

  private goesDeeper({ source, replica }: Sides, { state }: AuditFinding): boolean {
    const entry = source ?? replica;
    const more = state === 'same' || state === 'storage-class' || state === 'extra';
    return more && entry !== undefined && !entry.isDeleteMarker && inSample(entry, this.method.deepPercent);
  }

  private async examineWaiting(): Promise<void> {
    const { waiting } = this;
    this.waiting = [];
    for (let start = 0; start < waiting.length; start += this.method.atOnce) {
      stopIfInterrupted(this.task.signal);
      const some = waiting.slice(start, start + this.method.atOnce);
      const findings = await Promise.all(some.map((sides) => this.examine(sides)));
      findings.forEach((finding, index) => {
        const sides = some[index];
        if (sides !== undefined) {
          this.record(sides, finding);
        }
      });
    }
  }

  private async examine({ source, replica }: Sides): Promise<AuditFinding> {
    if (replica === undefined) {
      // One of both is there.
      return judgeMissing(source as Entry, this.task, await this.facts.source());
    }
    const deep = await judgeDeep({ source, replica }, this.task, this.facts.deep);
    this.tally[deep.state === 'unknown' ? 'deepUnknown' : deep.state === 'skipped' ? 'deepSkipped' : 'deep'] += 1;
    this.tally.deepDualLayer += deep.isDualLayer === true ? 1 : 0;
    // What the listing says stands where the answer has nothing to add.
    const listed = { source, replica } as Sides;
    return deep.state === 'same' ? (judgeListed(listed, this.task.pair, this.task.now()) ?? deep) : deep;
  }

  private record(sides: Sides, finding: AuditFinding): void {
    const entry = sides.source ?? sides.replica;
    if (entry === undefined) {
      return;
    }
    this.tally.judge(entry, finding.state, finding.wrong, this.task.now());
    const replica = finding.replica ?? sides.replica;
    const difference = toDifference(this.task.pair.id, { ...sides, replica } as Sides, finding);
    if (difference !== undefined) {
      this.differences.push(difference);
    }
  }
}
