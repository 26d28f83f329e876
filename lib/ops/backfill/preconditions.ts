import { GetRoleCommand } from '@aws-sdk/client-iam';
import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { httpStatusOf, isAwsError } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import type { Pair, ReplicationConfig } from '../../config/replication-config';
import { AppError, UsageError } from '../../errors/errors';
import { backfillNamesOf, backfillRoleOf } from '../../model/backfill/names';
import { groupsOf } from '../../model/groups';
import { pairNamesOf } from '../../model/names';
import { deployCommand } from '../../model/shell-commands';
import { ObjectReader } from '../explain/read-object';

/** @throws UsageError when the configuration has no backfill */
export function requireBackfill({ backfill }: ReplicationConfig): void {
  if (!backfill) {
    throw new UsageError(
      'NoBackfill',
      'the configuration has no backfill, so there is neither a role nor a bucket for jobs; nothing was changed',
      'write "backfill": true into it, then deploy the source: npm run deploy',
    );
  }
}

/**
 * Makes sure that jobs can work, before one is made and billed: roles and bucket are deployed, and every source bucket has a rule.
 * What may not be asked counts as there.
 *
 * @returns the ids of the rules that are on, by id of the pair
 * @throws AppError that names everything that is missing
 */
export async function checkDeployed({ config, pairs, clients }: Context): Promise<ReadonlyMap<string, readonly string[]>> {
  const groups = groupsOf({ ...config, pairs });
  const s3 = await clients.s3('source');
  const rules = new Map<string, readonly string[]>();
  const missing: string[] = [];
  for (const { reportBucket } of groups.map(backfillNamesOf)) {
    if (await isMissing(async () => s3.send(new HeadBucketCommand({ Bucket: reportBucket.name })))) {
      missing.push(`bucket ${reportBucket.name}`);
    }
  }
  const iam = await clients.iam('source');
  for (const pair of pairs) {
    const role = backfillRoleOf(config, pair.id).name;
    if (await isMissing(async () => iam.send(new GetRoleCommand({ RoleName: role })))) {
      missing.push(`role ${role}`);
    }
    const found = await rulesOf(s3, config, pair);
    rules.set(pair.id, found);
    if (found.length === 0) {
      missing.push(`a replication rule of bucket ${pairNamesOf(config, pair).sourceBucket.name} that is on`);
    }
  }
  if (missing.length > 0) {
    throw new AppError(
      'BackfillNotDeployed',
      `backfill needs what is not there, so nothing was changed: ${missing.join(', ')}`,
      `deploy the source: ${groups.map((group) => deployCommand(group, 'source')).join(' && ')}`,
    );
  }
  return rules;
}

async function rulesOf(s3: S3Client, config: ReplicationConfig, pair: Pair): Promise<readonly string[]> {
  const reader = new ObjectReader(s3, pairNamesOf(config, pair).sourceBucket.name, '');
  const rules = await reader.rules();
  return rules.filter(({ Status: status }) => status === 'Enabled').map(({ ID: id = 'without an id' }) => id);
}

/** Only a clear no counts: who may make a job need not be allowed to ask for roles and buckets. */
async function isMissing(question: () => Promise<unknown>): Promise<boolean> {
  try {
    await question();
    return false;
  } catch (error) {
    return httpStatusOf(error) === 404 || isAwsError(error, 'NoSuchEntityException', 'NotFound');
  }
}
