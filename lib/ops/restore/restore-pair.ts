import { RestoreObjectCommand } from '@aws-sdk/client-s3';
import { faultInWords, isAwsError } from '../../aws/aws-error';
import { stopIfInterrupted } from '../../aws/clock';
import type { KeyRange } from '../../aws/listing/cursor';
import { AppError } from '../../errors/errors';
import { decide } from '../copy/decide';
import { forEachRange, type KeyState } from '../copy/keys';
import { type CopyVersion, type Item, isArchived, type OwnedBucket } from '../copy/model';
import { Pool } from '../copy/pool';
import type { RestoreJob } from './job';
import { type Ledger, MOST_UNFINISHED } from './ledger';

/** Keys of one range that may end before an earlier one has: after an end without warning they are compared again. */
const MOST_AHEAD = 5000;

/** What a pair is restored with. */
interface RestoreDependencies {
  readonly copy: CopyVersion;
  readonly overwrite: boolean;
  readonly ignoreForeignMarkers: boolean;
  /** Objects that are copied at a time. */
  readonly concurrency: number;
  /** Aborted when the person interrupts. */
  readonly signal: AbortSignal;
  /** Called after whatever has been written into the ledger. */
  readonly onProgress: () => void;
}

/**
 * Restores one pair, as far as its ledger says that it has not been: what another attempt may restore, and then every range.
 *
 * @throws AppError when it cannot go on; the copies that have begun have ended then
 */
export async function restorePair(job: RestoreJob, ledger: Ledger, dependencies: RestoreDependencies): Promise<void> {
  const { concurrency, signal } = dependencies;
  const copies = new Pool(concurrency);
  try {
    await retry(ledger, dependencies, copies);
    await forEachRange(ledger.ranges(), job.keysOf, signal, (keys, range) =>
      restoreRange(keys, range, ledger, dependencies, copies),
    );
  } catch (error) {
    copies.stop(error);
  }
  await copies.end();
}

async function retry(ledger: Ledger, dependencies: RestoreDependencies, copies: Pool): Promise<void> {
  for (const { item } of ledger.unfinished.list()) {
    await copies.begin(() => copyOne(item, ledger, dependencies, (commit) => commit()));
    stopIfInterrupted(dependencies.signal);
  }
}

async function restoreRange(
  keys: AsyncIterable<KeyState>,
  range: KeyRange,
  ledger: Ledger,
  dependencies: RestoreDependencies,
  copies: Pool,
): Promise<void> {
  let left = range;
  const steps = new InOrderCommitter((key) => {
    left = ledger.advance(left, key);
  });
  try {
    for await (const state of keys) {
      const decision = decide(state, dependencies.overwrite, dependencies.ignoreForeignMarkers);
      const counted = steps.begin(state.key);
      const ended = (commit: Commit) =>
        counted(() => {
          ledger.recordMarker(decision);
          commit();
        });
      if (decision.kind === 'copy') {
        await copies.begin(() => copyOne(decision.item, ledger, dependencies, ended));
      } else {
        ended(() => ledger.recordDecision(decision));
        dependencies.onProgress();
      }
      await copies.until(() => steps.ahead < MOST_AHEAD);
    }
    steps.begin(undefined)(() => undefined);
    dependencies.onProgress();
  } catch (error) {
    // The other ranges need not wait for a place to copy.
    copies.stop(error);
    throw error;
  }
}

async function copyOne(
  item: Item,
  ledger: Ledger,
  dependencies: RestoreDependencies,
  ended: (commit: () => void) => void,
): Promise<void> {
  const outcome = await dependencies.copy(item);
  ended(() => ledger.recordOutcome(item, outcome));
  dependencies.onProgress();
  if (ledger.unfinished.counts.failed >= MOST_UNFINISHED) {
    throw new AppError(
      'TooManyFailures',
      `${MOST_UNFINISHED} objects could not be restored: something general is wrong. The last one: ${'why' in outcome ? outcome.why : item.key}`,
      'correct it, then repeat the command with --resume',
    );
  }
}

/** What remains to be done once a step has ended, and all before it. */
type Commit = () => void;

interface Step {
  readonly key: string | undefined;
  commit: Commit | undefined;
}

/**
 * Counts steps that end in any order as if they ended in the order in which they began, so that there is one key up to which
 * everything has ended.
 */
export class InOrderCommitter {
  private readonly steps: Step[] = [];

  /** @param reached called after each step is counted, with its key */
  constructor(private readonly reached: (key: string | undefined) => void) {}

  /** Steps that are not counted yet. */
  get ahead(): number {
    return this.steps.length;
  }

  /** @returns to be called when the step has ended; what it is given runs when every step before it has been counted */
  begin(key: string | undefined): (commit: Commit) => void {
    const step: Step = { key, commit: undefined };
    this.steps.push(step);
    return (commit) => {
      step.commit = commit;
      this.count();
    };
  }

  private count(): void {
    for (let [first] = this.steps; first?.commit !== undefined; [first] = this.steps) {
      this.steps.shift();
      first.commit();
      this.reached(first.key);
    }
  }
}

/**
 * Compares what is to be replaced by something of the same size, before it is: an interrupted run may have written it, and nothing
 * is to be written twice.
 */
export function comparingFirst(copy: CopyVersion): CopyVersion {
  return async (item) => {
    const { replaces, present, ...plain } = item;
    if (replaces === undefined || present === undefined) {
      return await copy(item);
    }
    const compared = await copy({ ...plain, present });
    return compared.kind === 'conflict' ? await copy({ ...plain, replaces }) : compared;
  };
}

/**
 * Requests what turns out to be archived, so that another attempt can copy it. Takes s3:RestoreObject on the replica bucket.
 *
 * @param days for which S3 keeps a readable copy
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
 */
export function requestingArchived(copy: CopyVersion, from: OwnedBucket, days: number): CopyVersion {
  return async (item) => {
    const outcome = await copy(item);
    if (outcome.kind !== 'archived') {
      return outcome;
    }
    try {
      await from.requests.send('other', () => from.s3.send(requestOf(item, from, days)));
      return { kind: 'archived', requested: true, why: 'requested; S3 takes hours' };
    } catch (error) {
      if (error instanceof AppError) {
        throw error;
      }
      return isAwsError(error, 'RestoreAlreadyInProgress')
        ? { kind: 'archived', why: 'requested before; S3 is not done yet' }
        : { kind: 'archived', why: `${outcome.why}; it could not be requested: ${faultInWords(error)}` };
    }
  };
}

function requestOf({ key, versionId, storageClass }: Item, { name, owner }: OwnedBucket, days: number) {
  return new RestoreObjectCommand({
    Bucket: name,
    Key: key,
    VersionId: versionId,
    ExpectedBucketOwner: owner,
    RestoreRequest: {
      // INTELLIGENT_TIERING moves the object itself back, for good.
      ...(isArchived({ storageClass }) && { Days: days }),
      GlacierJobParameters: { Tier: 'Standard' },
    },
  });
}
