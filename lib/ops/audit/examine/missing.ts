import type { ReplicationRule } from '@aws-sdk/client-s3';
import { isBadCredentials, isNoNetwork } from '../../../aws/aws-error';
import type { Entry } from '../../../aws/listing/scan-page';
import { plural } from '../../../cli/units';
import { AppError, messageOf } from '../../../errors/errors';
import { ObjectReader, type ObjectVersion } from '../../explain/read-object';
import { chooseRule, needsTags } from '../../explain/rule-match';
import { judgeSource } from '../../explain/verdict';
import type { AuditTask } from '../task';
import { type AuditFinding, different } from './listed';

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
 * Why a version is not in the replica bucket, by what S3 says about it.
 *
 * @returns undefined when it was deleted since it was listed
 * @throws AppError when the person interrupts, or no version can be asked about any more
 */
export async function judgeMissing(entry: Entry, task: AuditTask, facts: SourceFacts): Promise<AuditFinding | undefined> {
  const { source } = task;
  const reader = new ObjectReader(source.s3, source.name, entry.key, (kind, request) => source.requests.send(kind, request));
  const listed = { ...entry, lastModified: new Date(entry.lastModified) };
  try {
    const version = await reader.describe(listed, facts.rules.some(needsTags));
    return version === undefined ? undefined : judge(version, task, facts);
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    if (error instanceof AppError && (error.code === 'Interrupted' || isBadCredentials(cause) || isNoNetwork(cause))) {
      throw error;
    }
    return different('unknown', false, `not in the replica bucket; ${messageOf(error)}`);
  }
}

function judge(version: ObjectVersion, { config, pair, now, olderThan, replica }: AuditTask, facts: SourceFacts): AuditFinding {
  const { status, encryption, lastModified } = version;
  const young = now().getTime() - lastModified.getTime() < olderThan;
  const limit = plural(olderThan / 60_000, 'minute');
  const found = (state: AuditFinding['state'], wrong: boolean, why: string) => different(state, wrong, why, status);
  if (status === 'PENDING') {
    return young
      ? found('in-flight', false, `PENDING, and younger than ${limit}`)
      : found('pending', true, `PENDING, and older than ${limit}`);
  }
  if (status === 'COMPLETED' || status === 'COMPLETE') {
    return young
      ? found('in-flight', false, 'replicated while the buckets were listed')
      : found('missing', true, 'S3 says that it was replicated: the replica was deleted since');
  }
  if (status === null && encryption?.type === 'SSE-C') {
    return young
      ? found('in-flight', false, 'encrypted with a key of the customer, so that S3 shows no status')
      : found('missing', true, 'encrypted with a key of the customer (SSE-C): S3 shows its status only to who has that key');
  }
  const rule = chooseRule(facts.rules, version, replica.arn);
  const around = { config, pair, rule, sourceKeyArn: null, ownerEnforced: facts.ownerEnforced, now: now() };
  const { judgement, verdict } = judgeSource(version, around);
  return found(status === 'FAILED' ? 'failed' : 'not-eligible', judgement === 'wrong', verdict);
}
