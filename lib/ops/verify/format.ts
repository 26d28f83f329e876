import { plural } from '../../cli/units';
import { canaryPrefix } from '../../model/canary-prefix';
import type { CheckResult } from '../doctor/check';
import type { Canary } from './canary';
import type { VerifyOptions } from './options';
import type { CanaryStatus, Left, PairResult, ReplicaCheck, VerifyData } from './result';

/**
 * What is about to be written and deleted.
 *
 * @param keepsReplicas a lockdown leaves them to a lifecycle rule
 */
export function describePlan(
  canaries: readonly Canary[],
  { timeoutMinutes, watchMinutes }: VerifyOptions,
  keepsReplicas: boolean,
): string {
  return [
    keepsReplicas
      ? 'Write a small canary for each pair, wait for its replica, then delete the canary and nothing else; a lifecycle rule deletes the replica:'
      : 'Write a small canary for each pair, wait for its replica, then delete both and nothing else:',
    ...canaries.map(
      ({ pair, sourceBucket, replicaBucket }) =>
        `  ${pair.id}: s3://${sourceBucket}/${canaryPrefix(pair)}… and its replica in s3://${replicaBucket}`,
    ),
    `It waits up to ${plural(timeoutMinutes, 'minute')}.`,
    ...(watchMinutes === undefined ? [] : [`It does so every ${plural(watchMinutes, 'minute')}, until you interrupt it.`]),
  ].join('\n');
}

/** The result for a person. */
export function formatVerify({ pairs }: VerifyData): string {
  return pairs.map(formatPair).join('\n\n');
}

/** What stays, and until when. */
export function formatLeft({ bucket, key, until, why }: Left): string {
  const time = until === null ? 'until somebody deletes it: no known lifecycle rule does' : `until about ${until}`;
  return `s3://${bucket}/${key} stays ${time}; ${why}`;
}

function formatPair(result: PairResult): string {
  const { pair, ok, status, seconds, checks, left, causes } = result;
  const verdict = ok ? 'verified' : status === 'COMPLETED' ? 'replicated, but not verified' : 'NOT verified';
  return [
    `pair ${pair}: ${verdict}`,
    ...causes.map(formatCause),
    `  ${status}: ${OUTCOMES[status](plural(seconds ?? 0, 'second'))}`,
    ...checks.map(formatCheck),
    ...formatError(result),
    ...left.map((one) => `  ${formatLeft(one)}`),
  ].join('\n');
}

/** A check that could not be asked has said the message already. */
function formatError({ error, checks }: PairResult): string[] {
  const message = checks.some(({ found }) => found === error?.message) ? undefined : error?.message;
  return [message, error?.hint].flatMap((line) => (line ? [`  ${line}`] : []));
}

const OUTCOMES: Readonly<Record<CanaryStatus, (time: string) => string>> = {
  COMPLETED: (time) => `replicated in ${time}`,
  FAILED: (time) => `S3 gave up after ${time}; it does not try again`,
  TIMED_OUT: (time) => `S3 was still not done after ${time}`,
  NO_RULE: (time) => `no rule matches, since the object has no replication status after ${time}`,
  NOT_WRITTEN: () => 'S3 refused the canary',
  UNKNOWN: () => 'how replication ended could not be found out',
};

/** The first one is the most likely. */
function formatCause({ id, title, finding }: CheckResult, index: number): string {
  const lines =
    finding.status === 'fail' ? [`found ${finding.found}`, `expected ${finding.expected}`, `fix: ${finding.fix}`] : [];
  return [
    `  ${index === 0 ? 'probable cause' : 'also wrong'}: the check "${title}" fails (${id})`,
    ...lines.map((line) => `    ${line}`),
  ].join('\n');
}

function formatCheck({ name, ok, found, expected }: ReplicaCheck): string {
  if (ok === false) {
    return `  wrong  ${name}: found ${found}, expected ${expected}`;
  }
  return `  ${ok === null ? '?    ' : 'right'}  ${name}: ${found}`;
}
