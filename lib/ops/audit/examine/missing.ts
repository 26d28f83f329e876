import type { ReplicationRule } from '@aws-sdk/client-s3';
import { faultInWords, isBadCredentials, isNoNetwork } from '../../../aws/aws-error';
import { isEmulator } from '../../../aws/emulator';
import type { Entry } from '../../../aws/listing/page';
import { plural } from '../../../cli/units';
import { AppError } from '../../../errors/errors';
import { ObjectReader, type ObjectVersion } from '../../explain/read-object';
import { matchReplicas } from '../../explain/replicas';
import { chooseRule, needsTags } from '../../explain/rule-match';
import { judgeSource } from '../../explain/verdict';
import type { Remedy } from '../report';
import type { AuditedBucket, AuditTask } from '../task';
import { type AuditFinding, different, judgeBoth, ONLY_WITH_KEY } from './listed';

/** What S3 says about the source bucket as a whole, which decides why a version is not replicated. */
export interface SourceFacts {
  readonly rules: readonly ReplicationRule[];
  readonly ownerEnforced: boolean;
}

/** @throws AppError when S3 gives no answer */
export async function readSourceFacts({ source }: AuditTask): Promise<SourceFacts> {
  const reader = new ObjectReader(source.s3, source.name, '');
  return { rules: await reader.rules(), ownerEnforced: await reader.ownerEnforced() };
}

/**
 * Why a version is not in the replica bucket, by what S3 says about it. A replica that S3 says is there is looked for again, where the
 * version is so young that it can have come since the bucket was listed.
 *
 * @throws AppError when the person interrupts, or no version can be asked about any more
 */
export async function judgeMissing(entry: Entry, task: AuditTask, facts: SourceFacts): Promise<AuditFinding> {
  const reader = readerOf(task.source, entry.key);
  const listed = { ...entry, lastModified: new Date(entry.lastModified) };
  const version = await attempt(() => reader.describe(listed, facts.rules.some(needsTags)));
  if (typeof version === 'string') {
    return different('unknown', false, `not in the replica bucket; ${version}`);
  }
  if (version === undefined) {
    return different('deleted', false, 'deleted from the source bucket after it was listed');
  }
  const isYoung = task.now().getTime() - version.lastModified.getTime() < task.olderThan;
  return isYoung && mayHaveArrived(version) ? lookAgain(entry, version, task) : judgeUnreplicated(version, isYoung, task, facts);
}

function readerOf({ s3, name, requests }: AuditedBucket, key: string): ObjectReader {
  return new ObjectReader(s3, name, key, (kind, request) => requests.send(kind, request));
}

/**
 * An answer, or why there is none.
 *
 * @throws AppError when the person interrupts, or no version can be asked about any more
 */
async function attempt<Answer>(ask: () => Promise<Answer>): Promise<Answer | string> {
  try {
    return await ask();
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    if (error instanceof AppError && (error.code === 'Interrupted' || isBadCredentials(cause) || isNoNetwork(cause))) {
      throw error;
    }
    return faultInWords(error);
  }
}

/** S3 says that the replica is there, or does not say. */
function mayHaveArrived({ status, encryption }: ObjectVersion): boolean {
  return isCompleted(status) || (status === null && encryption?.type === 'SSE-C');
}

export function isCompleted(status: string | null): boolean {
  // The second spelling is that of the API reference.
  return status === 'COMPLETED' || status === 'COMPLETE';
}

/** Asks the replica bucket for the replica of a version: one request, on an emulator two more. */
async function lookAgain(entry: Entry, version: ObjectVersion, task: AuditTask): Promise<AuditFinding> {
  const { status } = version;
  const found = (state: AuditFinding['state'], wrong: boolean, why: string, remedy?: Remedy) =>
    different(state, wrong, why, status, remedy);
  const reader = readerOf(task.replica, entry.key);
  const replica = await attempt(async () => {
    const place = isEmulator()
      ? matchReplicas(await readerOf(task.source, entry.key).list(), await reader.list()).get(entry.versionId)
      : version;
    // Its size is to be that of the replica, and no other.
    return place === undefined ? undefined : reader.describe({ ...place, size: null }, false);
  });
  const isSecret = version.encryption?.type === 'SSE-C';
  if (typeof replica === 'string') {
    return found('unknown', false, `not in the replica bucket when that was listed; asked again, ${replica}`);
  }
  if (replica === undefined) {
    return isSecret
      ? found(
          'unknown',
          false,
          'not in the replica bucket yet; under a key of the customer (SSE-C), so that S3 shows no status',
          'explain',
        )
      : found('missing', true, 'S3 says that it was replicated, and its replica is not there: it was deleted since');
  }
  if (isSecret !== (replica.encryption?.type === 'SSE-C')) {
    return found('encryption', true, 'under a key of the customer (SSE-C) in one of the buckets only', 'explain');
  }
  if (isSecret) {
    return found('skipped', false, `its replica came after the bucket was listed; ${ONLY_WITH_KEY}`);
  }
  if (replica.status !== 'REPLICA') {
    return found('status', true, `the version in the replica bucket is not a replica (${replica.status ?? 'no status'})`);
  }
  if (replica.size === null) {
    return found('unknown', false, 'its replica came after the bucket was listed, and S3 did not say its size');
  }
  const arrived = { ...entry, size: replica.size, storageClass: replica.storageClass ?? 'STANDARD' };
  return { ...judgeBoth(entry, arrived, task.pair, task.now()), status, replica: arrived };
}

/** Why a version has no replica, by its status and what else is known of it. */
export function judgeUnreplicated(
  version: ObjectVersion,
  isYoung: boolean,
  { config, pair, now, olderThan }: Pick<AuditTask, 'config' | 'pair' | 'now' | 'olderThan'>,
  facts: SourceFacts,
): AuditFinding {
  const { status, encryption } = version;
  const limit = plural(olderThan / 60_000, 'minute');
  const found = (state: AuditFinding['state'], wrong: boolean, why: string, remedy?: Remedy) =>
    different(state, wrong, why, status, remedy);
  if (status === 'PENDING') {
    return isYoung
      ? found('in-flight', false, `PENDING, and younger than ${limit}`)
      : found('pending', true, `PENDING, and older than ${limit}`);
  }
  if (isCompleted(status)) {
    return found('missing', true, 'S3 says that it was replicated: the replica was deleted since');
  }
  if (status === null && encryption?.type === 'SSE-C') {
    return found(
      'missing',
      true,
      'encrypted with a key of the customer (SSE-C): S3 shows its status only to who has that key',
      'explain',
    );
  }
  const rule = chooseRule(facts.rules, version, pair.names.replicaBucket.arn);
  const around = {
    config,
    pair,
    rule,
    sourceKeyArns: pair.sourceBucket?.keyArns ?? null,
    ownerEnforced: facts.ownerEnforced,
    now: now(),
  };
  const judged = judgeSource(version, around);
  return found(status === 'FAILED' ? 'failed' : 'not-eligible', judged.status === 'failed', judged.verdict, judged.remedy);
}
