import type { Context } from '../../../cli/command';
import { AppError, UsageError } from '../../../errors/errors';
import { type DeployedPair, type Deployment, groupOfPair, groupsOf } from '../../../model/deployment';
import { isRecoveryTarget } from '../../../model/recovery';
import { deployCommand } from '../../../model/shell-commands';
import { missingForJobs } from '../../batch/deployed';
import type { RestoreJob } from '../job';
import type { BatchOptions, HandmadeRole } from '../options';

/** Returns the role that the job of a pair runs with, and the bucket of its list and report. */
export function batchRole(config: Deployment, pair: DeployedPair, batch: BatchOptions): HandmadeRole {
  return batch === 'recovery-role'
    ? { role: pair.names.recoveryRole.arn, bucket: groupOfPair(config, pair).names.reportBucket.name }
    : batch;
}

/**
 * Makes sure that the recovery roles of pairs can do what is about to be planned.
 *
 * @throws UsageError when a target is none that they may write into
 * @throws AppError when they or their bucket are not deployed
 */
export async function requireRecovery(context: Context, jobs: readonly RestoreJob[]): Promise<void> {
  const { config } = context;
  const { source, recovery } = config;
  const more = recovery.targetPrefix === undefined ? '' : ` and into buckets whose names start with ${recovery.targetPrefix}`;
  const problems = jobs.flatMap(({ pair, target }) =>
    target.region === source.region && isRecoveryTarget(config, pair.names, target.name)
      ? []
      : [
          `pair ${pair.id}: the recovery role writes into ${pair.names.sourceBucket.name}${more} in ${source.region}, and not into ${target.name} in ${target.region}`,
        ],
  );
  if (problems.length > 0) {
    throw new UsageError(
      'NoRecoveryTarget',
      ['nothing was changed:', ...problems].join('\n  - '),
      'restore into one of these, or name a role that may write there with --batch-role and a bucket with --batch-bucket',
    );
  }
  const missing = await missingForJobs(context, {
    buckets: jobs.map(({ pair }) => batchRole(config, pair, 'recovery-role').bucket),
    roles: jobs.map(({ pair }) => pair.names.recoveryRole.name),
  });
  if (missing.length > 0) {
    const groups = groupsOf({ ...config, pairs: jobs.map(({ pair }) => pair) });
    const deploy = groups.flatMap((group) => [deployCommand(group, 'destination'), deployCommand(group, 'source')]);
    throw new AppError(
      'RecoveryNotDeployed',
      `a job needs what is not there, so nothing was changed: ${missing.join(', ')}`,
      `deploy both sides: ${deploy.join(' && ')}`,
    );
  }
}
