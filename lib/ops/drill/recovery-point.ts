import { stopIfInterrupted } from '../../aws/clock';
import { isEmulator } from '../../aws/emulator';
import type { Context } from '../../cli/command';
import { AppError } from '../../errors/errors';
import { PairAudit } from '../audit/pair-audit';
import type { Difference } from '../audit/report';
import { auditTasksOf } from '../audit/task';
import type { DrillJob } from './job';

/** Which versions were not in the replica bucket when the drill began. */
export interface RecoveryPoint {
  /** `newest-replica`: the source bucket is gone, and the newest replica says how old the copy is. */
  readonly basis: 'comparison' | 'newest-replica';
  /**
   * Age of the oldest version in the source bucket that was not in the replica bucket, in seconds; 0 for none. Of `newest-replica`, the
   * age of the newest replica. Null when there is nothing to measure by.
   */
  readonly seconds: number | null;
  /** Time of the newest object in the replica bucket, in ISO 8601; null without any. */
  readonly newest: string | null;
  /** How many versions were not there, and how many of them were current; null where the source bucket is gone. */
  readonly missing: { readonly versions: number; readonly current: number } | null;
  /**
   * Those of them that S3 does not replicate any more by itself, so that no restore can bring them back: FAILED, older than the rule, or
   * deleted in the replica bucket. Null where the source bucket is gone.
   */
  readonly lost: { readonly versions: number; readonly current: number; readonly first: readonly LostVersion[] } | null;
  /** Versions of which nobody could say why they are missing. */
  readonly unknown: number;
  readonly oldest: {
    readonly key: string;
    readonly versionId: string;
    readonly lastModified: string;
    readonly why: string;
  } | null;
}

/** A version that has no replica, and will have none. */
type LostVersion = Pick<Difference, 'key' | 'versionId' | 'lastModified' | 'isLatest' | 'why'>;

/** Lost versions that a report names: the current ones before the others. */
const MOST_LOST = 1000;

/** Milliseconds for which a version may be on its way. It counts as not replicated here; S3 is only not asked for a reason. */
const ON_ITS_WAY = 15 * 60_000;

/**
 * Measures which versions of the source bucket are not in the replica bucket: whatever is lost with the source now.
 *
 * @param newest time of the newest version in the replica bucket, for a source bucket that is gone
 * @throws AppError when S3 gives no answer, or the person interrupts
 */
export async function measureRecoveryPoint(
  context: Context,
  { pair, replica, counts }: DrillJob,
  rate: number | undefined,
  newest: string | null,
): Promise<RecoveryPoint> {
  const { clock, signal } = context;
  const start = clock.now().getTime();
  const age = (time: string) => Math.max(0, Math.round((start - Date.parse(time)) / 1000));
  const [subject] = await auditTasksOf({ ...context, pairs: [pair] }, { olderThan: ON_ITS_WAY, rate }, counts);
  if (subject === undefined) {
    throw new TypeError(`no audit of pair ${pair.id}`);
  }
  const { prefix } = replica;
  const audit = new PairAudit(
    { ...subject, source: { ...subject.source, prefix }, replica: { ...subject.replica, prefix } },
    { matchedBy: isEmulator() ? 'age' : 'version-id', deepPercent: 0 },
    { replicaKeyArn: null },
  );
  const behind = { versions: 0, current: 0 };
  const lost = new Lost();
  let oldest: Difference | undefined;
  try {
    await audit.run(async ({ differences }) => {
      for (const difference of differences.filter((each) => isBehind(each, start))) {
        behind.versions += 1;
        behind.current += difference.isLatest ? 1 : 0;
        lost.add(difference);
        oldest = oldest === undefined || difference.lastModified < oldest.lastModified ? difference : oldest;
      }
      stopIfInterrupted(signal);
    });
  } catch (error) {
    // The replica bucket was listed before.
    if (!(error instanceof AppError) || error.code !== 'NotDeployed') {
      throw error;
    }
    return {
      basis: 'newest-replica',
      seconds: newest === null ? null : age(newest),
      newest,
      missing: null,
      lost: null,
      unknown: 0,
      oldest: null,
    };
  }
  return {
    basis: 'comparison',
    seconds: oldest === undefined ? 0 : age(oldest.lastModified),
    newest,
    missing: behind,
    lost: lost.toReport(),
    unknown: audit.totals.states.unknown.versions,
    oldest:
      oldest === undefined
        ? null
        : { key: oldest.key, versionId: oldest.versionId, lastModified: oldest.lastModified, why: oldest.why },
  };
}

/** Versions that have no replica, and of which S3 has given up. */
class Lost {
  private readonly counts = { versions: 0, current: 0 };
  private readonly current: LostVersion[] = [];
  private readonly others: LostVersion[] = [];

  add({ state, key, versionId, lastModified, isLatest, why }: Difference): void {
    // The others are on their way.
    if (state === 'pending' || state === 'in-flight') {
      return;
    }
    this.counts.versions += 1;
    this.counts.current += isLatest ? 1 : 0;
    const list = isLatest ? this.current : this.others;
    if (list.length < MOST_LOST) {
      list.push({ key, versionId, lastModified, isLatest, why });
    }
  }

  toReport(): NonNullable<RecoveryPoint['lost']> {
    return { ...this.counts, first: [...this.current, ...this.others].slice(0, MOST_LOST) };
  }
}

/** What the rule leaves out on purpose is not behind. */
function isBehind({ state, wrong, lastModified }: Difference, start: number): boolean {
  if (Date.parse(lastModified) > start) {
    return false;
  }
  // What is not eligible and wrong is older than the rule that takes it, or archived.
  return BEHIND.has(state) || (state === 'not-eligible' && wrong);
}

const BEHIND: ReadonlySet<Difference['state']> = new Set(['in-flight', 'pending', 'failed', 'missing']);
