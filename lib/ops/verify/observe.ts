import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { httpStatusOf, isAwsError, unreachable } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import type { AppError } from '../../errors/errors';
import type { WrittenCanary } from './canary';
import type { CanaryStatus } from './result';

/** How watching one canary ended. */
export interface Observation {
  readonly ended: CanaryStatus;
  readonly seconds: number;
  /** Set with UNKNOWN. */
  readonly error?: AppError;
}

interface WatchOptions {
  readonly s3: S3Client;
  /** Account that must own the source bucket. */
  readonly account: string;
  readonly timeoutMinutes: number;
}

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 10_000;

/** An object that a rule matches has a status from the start; one without is given this long, in seconds. */
const NO_STATUS_SECONDS = 60;

/**
 * Watches canaries together until S3 says of each how its replication ended, or the time is up.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
 * @throws UnreachableError when the person interrupts
 */
export async function observe(
  canaries: readonly WrittenCanary[],
  { clock, terminal }: Pick<Context, 'clock' | 'terminal'>,
  watch: WatchOptions,
): Promise<Map<WrittenCanary, Observation>> {
  const done = new Map<WrittenCanary, Observation>();
  const start = clock.now();
  try {
    for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      const waiting = canaries.filter((canary) => !done.has(canary));
      for (const canary of waiting) {
        const answer = await ask(canary, watch);
        const seconds = secondsBetween(canary.writtenAt, clock.now());
        const ended = judge(answer, seconds, watch.timeoutMinutes);
        if (ended !== undefined) {
          done.set(canary, { ended, seconds, ...(ended === 'UNKNOWN' && 'error' in answer && { error: answer.error }) });
        }
      }
      if (done.size === canaries.length) {
        return done;
      }
      const elapsed = Math.round(secondsBetween(start, clock.now()));
      terminal.progress(`waiting for replication: ${done.size} of ${canaries.length} ended after ${elapsed} s`);
      await clock.sleep(wait);
    }
  } finally {
    terminal.progress('');
  }
}

/** Seconds with one decimal. */
function secondsBetween(start: Date, end: Date): number {
  return Math.round((end.getTime() - start.getTime()) / 100) / 10;
}

type StatusAnswer = { readonly status: string | undefined } | { readonly error: AppError; readonly passing: boolean };

async function ask({ sourceBucket, key, versionId }: WrittenCanary, { s3, account }: WatchOptions): Promise<StatusAnswer> {
  try {
    const head = await s3.send(
      new HeadObjectCommand({ Bucket: sourceBucket, Key: key, VersionId: versionId, ExpectedBucketOwner: account }),
    );
    return { status: head.ReplicationStatus };
  } catch (error) {
    return { error: unreachable(`the replication status of s3://${sourceBucket}/${key}`, error), passing: mayPass(error) };
  }
}

/** The status, once there is no more to wait for. */
function judge(answer: StatusAnswer, seconds: number, timeoutMinutes: number): CanaryStatus | undefined {
  const timeIsUp = seconds >= timeoutMinutes * 60;
  if ('error' in answer) {
    return answer.passing && !timeIsUp ? undefined : 'UNKNOWN';
  }
  switch (answer.status) {
    // The SDK knows both spellings.
    case 'COMPLETE':
    case 'COMPLETED':
      return 'COMPLETED';
    case 'FAILED':
      return 'FAILED';
    case undefined:
      if (seconds > NO_STATUS_SECONDS) {
        return 'NO_RULE';
      }
      break;
    default:
  }
  return timeIsUp ? 'TIMED_OUT' : undefined;
}

/** Whether the same question may have an answer later: throttling, a fault of S3, or of the network. */
function mayPass(error: unknown): boolean {
  const status = httpStatusOf(error);
  return status === undefined ? !isAwsError(error, 'CredentialsProviderError') : status === 429 || status >= 500;
}
