import type { Context } from '../../cli/command';
import { AppError, describeError, messageOf } from '../../errors/errors';
import type { Area, CheckResult } from '../doctor/check';
import type { Canary } from './canary';
import type { PairResult, ReplicaCheck } from './result';

/** Checks of doctor whose failure stops no replication and changes no replica. */
export const NO_CAUSES: readonly string[] = [
  'bootstrap-destination',
  'bootstrap-pipeline',
  'bootstrap-pipeline-trust-destination',
  'bootstrap-pipeline-trust-source',
  'bootstrap-source',
  'bootstrap-trust',
  'region-monitoring',
  'termination-protection-destination',
  'termination-protection-source',
  'stack-monitoring',
  'termination-protection-monitoring',
  'stack-source-health',
  'termination-protection-source-health',
  'stack-destination-health',
  'termination-protection-destination-health',
  'replica-key-rotation',
  'source-key-rotation',
  'replica-parameters',
  'source-key-parameter',
  'source-parameters',
  'exchange-record',
  'exchange-output',
  'exchange-role',
  'source-public-access',
  'replica-public-access',
  'source-tls',
  'replica-tls',
  'rule-delete-markers',
  'rule-metrics',
  'rule-time-control',
  'metrics-data',
  'failed-operations',
  'failure-events',
  'failure-queue',
  'failure-queue-policy',
  'source-alarms',
  'destination-alarms',
  'source-health-alarm',
  'destination-health-alarm',
  'notifications-source',
  'notifications-destination',
];

/** Where the cause is most likely, first to last, by how watching ended. */
const LIKELY_AREAS: Readonly<Record<PairResult['ended'], readonly Area[]>> = {
  // S3 tried, and was not let.
  FAILED: ['keys', 'policies', 'role', 'rule', 'buckets'],
  // S3 does not try, or not yet.
  NO_RULE: ['rule', 'buckets'],
  TIMED_OUT: ['rule', 'buckets', 'role'],
  COMPLETED: ['rule', 'buckets'],
  NOT_READY: [],
  NOT_WRITTEN: ['environments', 'buckets', 'keys', 'policies'],
  UNKNOWN: [],
};

/** The check of doctor that explains a wrong property of the replica. */
export const EXPLAINS: Readonly<Partial<Record<ReplicaCheck['name'], readonly string[]>>> = {
  key: ['rule-replica-key', 'replica-key-parameter'],
  'storage-class': ['rule-storage-class'],
  owner: ['replica-ownership'],
};

/** The checks of `s3-replication doctor` that matter and fail for a canary's pair, the most likely cause first. */
export async function causesFor(
  context: Context,
  { pair }: Canary,
  { ended, checks }: Pick<PairResult, 'ended' | 'checks'>,
): Promise<readonly CheckResult[]> {
  const explaining = checks.flatMap(({ name, status }) => (status === 'failed' ? (EXPLAINS[name] ?? []) : []));
  const likely = LIKELY_AREAS[ended];
  const rank = ({ id, area }: CheckResult) => {
    const place = likely.indexOf(area);
    return explaining.includes(id) ? -1 : place === -1 ? likely.length : place;
  };
  try {
    const { CHECKS } = require('../doctor/checks') as typeof import('../doctor/checks');
    const { diagnose } = require('../doctor/diagnose') as typeof import('../doctor/diagnose');
    const ids = CHECKS.map(({ id }) => id).filter((id) => !NO_CAUSES.includes(id));
    const results: readonly CheckResult[] = await diagnose({ ...context, pairs: [pair] }, ids);
    return results.filter(({ finding }) => finding.status === 'failed').toSorted((one, other) => rank(one) - rank(other));
  } catch (error) {
    // Trouble here must not hide what was found before.
    const reason = error instanceof AppError ? describeError(error) : messageOf(error);
    context.terminal.tell(`the checks of doctor for pair ${pair.id} could not run: ${reason}`);
    return [];
  }
}
