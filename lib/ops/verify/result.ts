import { MARK } from '../../cli/layout';
import { plural } from '../../cli/units';
import type { AppError } from '../../errors/errors';
import { visible, visibleIn } from '../../errors/visible';
import { type Status, type StatusWord, statusOf, worst } from '../../model/status';
import type { CheckData } from '../doctor/check-data';
import { repairText } from '../doctor/repair';

/** How watching a canary ended. */
export type CanaryStatus =
  /** S3 says that it was replicated. */
  | 'COMPLETED'
  /** S3 says that it was not, and does not try again. */
  | 'FAILED'
  /** S3 still had not said either when the time was up. */
  | 'TIMED_OUT'
  /** S3 gives it no replication status at all. */
  | 'NO_RULE'
  /** S3 refused to write it, for another reason than who asks; `error` has it. */
  | 'NOT_WRITTEN'
  /** Doctor's checks say that it cannot arrive, so it was not written; `causes` has them. */
  | 'NOT_READY'
  /** It could not be found out; `error` says why. */
  | 'UNKNOWN';

/** One property of the replica. */
export interface ReplicaCheck {
  readonly name: 'status' | 'key' | 'storage-class' | 'tags' | 'size' | 'checksum' | 'owner';
  /** `unknown`: it could not be checked. `skipped`: an emulator does not show it. `found` says why. */
  readonly status: StatusWord;
  readonly found: string;
  readonly expected: string;
}

/** A canary or replica that could not be deleted, or may still arrive. */
export interface Leftover {
  readonly bucket: string;
  readonly key: string;
  /** When it is gone at the latest, in ISO 8601; null when nothing is known to remove it. */
  readonly until: string | null;
  readonly why: string;
  /** True where it was seen, false where a look showed none, null where nobody could look. */
  readonly seen: boolean | null;
}

/** What `s3-replication verify` found for one pair. */
export interface PairResult {
  readonly pair: string;
  /** `ok`: replicated, and everything that was asked about the replica is as it should be. */
  readonly status: StatusWord;
  readonly ended: CanaryStatus;
  /** From the write until S3 said how replication ended, or until the watch ended; null when nothing was written. */
  readonly seconds: number | null;
  readonly source: { readonly bucket: string; readonly key: string; readonly versionId: string | null };
  readonly checks: readonly ReplicaCheck[];
  readonly left: readonly Leftover[];
  /** What this run could not observe, and why. */
  readonly unknown: readonly string[];
  /** What an emulator does not show. */
  readonly skipped: readonly string[];
  /** The checks of `s3-replication doctor` that fail, when something is wrong. */
  readonly causes: readonly CheckData[];
  /** Why something could not be written or found out. */
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
}

/** The result of `s3-replication verify`; with `--watch`, of each round. */
export interface VerifyData {
  readonly pairs: readonly PairResult[];
}

/** What a pair's status follows from. */
type PairFacts = Pick<PairResult, 'pair' | 'ended' | 'checks' | 'unknown' | 'error'>;

/** Whether something is wrong with a pair, other than that it could not be found out. */
export function isWrong({ ended, checks }: Pick<PairResult, 'ended' | 'checks'>): boolean {
  return (ended !== 'COMPLETED' && ended !== 'UNKNOWN') || checks.some(({ status }) => status === 'failed');
}

/** Returns the status of one pair: `ok` needs a replica whose properties were read in this run. */
export function statusOfPair(facts: PairFacts): Status {
  const { pair, ended, checks, unknown, error } = facts;
  const right = checks.filter(({ status }) => status === 'ok').map(({ name }) => `pair ${pair}: ${name} of the replica`);
  return statusOf({
    failed: isWrong(facts) ? [`pair ${pair}: ${ended}`] : [],
    unknown: [...unknown, ...(error === null ? [] : [error.message])].map((line) => `pair ${pair}: ${line}`),
    seen: ended === 'COMPLETED' ? right : [],
    nothing: `pair ${pair}: no replica was looked at`,
  });
}

/** Returns the status of a round. */
export function statusOfRound({ pairs }: VerifyData): Status {
  return worst(pairs.map(statusOfPair), 'there is no pair');
}

/** The part of an error that a person and a program need. */
export function toErrorData(error: AppError): NonNullable<PairResult['error']> {
  return { code: error.code, message: error.message, hint: error.hint ?? null };
}

/** The result for a person: what failed comes last. With several pairs, the last line names those that are not verified. */
export function formatVerify(data: VerifyData): string {
  const { pairs } = visibleIn(data);
  const named = (word: StatusWord) => pairs.filter(({ status }) => status === word).map(({ pair }) => pair);
  const counts = (['ok', 'failed', 'unknown', 'skipped'] as const)
    .map((word) => [word, named(word)] as const)
    .filter(([, names]) => names.length > 0)
    .map(([word, names]) => `${names.length} ${word === 'ok' ? 'verified' : `${word} (${names.join(', ')})`}`);
  const summary = pairs.length > 1 ? [`${pairs.length} pairs: ${counts.join(', ')}`] : [];
  const last = ['ok', 'skipped', 'unknown', 'failed'];
  const ordered = pairs.toSorted((one, other) => last.indexOf(one.status) - last.indexOf(other.status));
  return [...ordered.map(formatPair), ...summary].join('\n\n');
}

/** What stays, and until when. */
export function formatLeftover(leftover: Leftover): string {
  const { bucket, key, until, why, seen } = visibleIn(leftover);
  const place = visible(`s3://${bucket}/${key}`);
  if (seen === true) {
    const time = until === null ? 'until somebody deletes it: no known lifecycle rule does' : `until about ${until}`;
    return `${place} stays ${time}; ${why}`;
  }
  const state = seen === null ? 'may be there' : 'is not there now';
  const removed = until === null ? 'no known lifecycle rule deletes it' : `a lifecycle rule deletes it by about ${until}`;
  return `${place} ${state}: ${why}; ${removed}`;
}

function formatPair(result: PairResult): string {
  const { pair, status, ended, seconds, checks, left, causes, unknown, skipped } = result;
  const but = [
    ...(unknown.length === 0 ? [] : [`${unknown.length} unknown`]),
    ...(skipped.length === 0 ? [] : [`${skipped.length} skipped`]),
  ];
  const words = status === 'ok' ? 'verified' : ended === 'COMPLETED' ? 'replicated, but not verified' : 'NOT verified';
  const verdict = [words, ...but].join(', ');
  // A check without an answer has a line of its own.
  const isNew = (line: string) => !checks.some(({ name, found }) => line === `${name}: ${found}`);
  return [
    `${MARK[status]} pair ${pair}: ${verdict}`,
    ...causes.map(formatCause),
    `  ${ended}: ${OUTCOMES[ended](plural(seconds ?? 0, 'second'))}`,
    ...checks.map(formatCheck),
    ...formatError(result),
    ...unknown.filter(isNew).map((line) => `  ${MARK.unknown} unknown: ${line}`),
    ...skipped.filter(isNew).map((line) => `  ${MARK.skipped} skipped: ${line}`),
    ...left.map((one) => `  ${formatLeftover(one)}`),
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
  NOT_READY: () => 'no canary was written, since it could not arrive',
  UNKNOWN: () => 'how replication ended could not be found out',
};

/** The first one is the most likely. */
function formatCause(cause: CheckData, index: number, causes: readonly CheckData[]): string {
  const shared = causes
    .slice(0, index)
    .find((other) => other.status === 'failed' && cause.status === 'failed' && other.fix.resource === cause.fix.resource);
  const lines =
    cause.status === 'failed'
      ? [
          `found ${cause.found}`,
          `expected ${cause.expected}`,
          ...repairText(cause.fix, shared).map(([label, text]) => `${label}: ${text}`),
        ]
      : [];
  return [
    `  ${index === 0 ? 'probable cause' : 'also wrong'}: the check "${cause.title}" fails (${cause.id})`,
    ...lines.map((line) => `    ${line}`),
  ].join('\n');
}

function formatCheck({ name, status, found, expected }: ReplicaCheck): string {
  return `  ${MARK[status]} ${name}: ${status === 'failed' ? `found ${found}, expected ${expected}` : found}`;
}
