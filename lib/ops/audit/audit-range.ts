import { Cursor, type KeyRange } from '../../aws/listing/cursor';
import type { Entry } from '../../aws/listing/scan-page';
import type { Context } from '../../cli/command';
import { expiresReplicas } from './examine/by-lifecycle';
import { judgeListed } from './examine/by-listing';
import { type DeepFacts, inSample, judgeDeep } from './examine/deep';
import { type Finding, type Sides, toDifference } from './examine/finding';
import { judgeMissing, type SourceFacts } from './examine/missing';
import { join } from './join/join';
import { ByAge, ByVersionId, type Matcher } from './join/match';
import { WithHistory } from './join/with-history';
import type { Difference } from './result';
import type { Subject } from './subject';
import { Tally } from './tally';

/** How versions are compared. */
export interface Method {
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

/** Versions of both sides that are handed on together, and those that wait for an answer of S3. */
const BATCH = 5000;
const WAITING = 256;

/** Compares both sides in one range of keys, in batches, so that what it holds does not depend on how many keys there are. */
export class RangeAudit {
  private tally: Tally;
  private differences: Difference[] = [];
  private waiting: Sides[] = [];

  constructor(
    private readonly subject: Subject,
    private readonly method: Method,
    private readonly facts: { readonly source: () => Promise<SourceFacts>; readonly deep: DeepFacts },
    private readonly clock: Context['clock'],
  ) {
    this.tally = new Tally(subject.source.prefix);
  }

  /**
   * @param done takes each batch, with the last key that it covers; undefined for the end of the range
   * @throws AppError when S3 gives no answer, or the person interrupts
   */
  async run(range: KeyRange, done: (batch: Batch, upTo: string | undefined) => Promise<void>): Promise<void> {
    const { source, replica, ignored } = this.subject;
    const matcher = this.matcher();
    const isDue = () => this.tally.listed >= BATCH || this.waiting.length >= WAITING;
    const hand = async (upTo: string | undefined) => {
      await this.examineWaiting();
      const { tally, differences } = this;
      this.tally = new Tally(source.prefix);
      this.differences = [];
      await done({ tally, differences }, upTo);
    };
    await join(new Cursor(source, range, ignored), new Cursor(replica, range, ignored), matcher, isDue, hand);
    await hand(undefined);
  }

  private matcher(): Matcher {
    const visit = (left: Entry | undefined, right: Entry | undefined) => this.visit(left, right);
    const matcher = this.method.matchedBy === 'age' ? new ByAge(visit) : new ByVersionId(visit);
    const { pair } = this.subject;
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
    const finding = judgeListed(sides, this.subject.pair, this.subject.now());
    if (finding === undefined || this.goesDeeper(sides, finding)) {
      this.waiting.push(sides);
    } else {
      this.record(sides, finding);
    }
  }

  private goesDeeper({ source, replica }: Sides, { state }: Finding): boolean {
    const entry = source ?? replica;
    const more = state === 'same' || state === 'storage-class' || state === 'extra';
    return more && entry !== undefined && !entry.isDeleteMarker && inSample(entry, this.method.deepPercent);
  }

  private async examineWaiting(): Promise<void> {
    const { waiting } = this;
    this.waiting = [];
    for (let start = 0; start < waiting.length; start += this.method.atOnce) {
      // Ctrl-C is noticed while the clock sleeps.
      await this.clock.sleep(0);
      const some = waiting.slice(start, start + this.method.atOnce);
      const findings = await Promise.all(some.map((sides) => this.examine(sides)));
      findings.forEach((finding, index) => {
        const sides = some[index];
        if (finding !== undefined && sides !== undefined) {
          this.record(sides, finding);
        }
      });
    }
  }

  private async examine(sides: Sides): Promise<Finding | undefined> {
    const listed = judgeListed(sides, this.subject.pair, this.subject.now());
    if (listed === undefined && sides.source !== undefined) {
      return judgeMissing(sides.source, this.subject, await this.facts.source());
    }
    const deep = await judgeDeep(sides, this.subject, this.facts.deep);
    if (deep !== undefined) {
      this.tally[deep.state === 'unknown' ? 'deepUnknown' : 'deep'] += 1;
    }
    // What the listing says stands where the answer has nothing to add.
    return deep?.state === 'same' ? listed : deep;
  }

  private record(sides: Sides, finding: Finding): void {
    const entry = sides.source ?? sides.replica;
    if (entry === undefined) {
      return;
    }
    this.tally.judge(entry, finding.state, finding.wrong, this.subject.now());
    const difference = toDifference(this.subject.pair.id, sides, finding);
    if (difference !== undefined) {
      this.differences.push(difference);
    }
  }
}
