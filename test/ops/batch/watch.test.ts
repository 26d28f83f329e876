import type { JobStatus } from '@aws-sdk/client-s3-control';
import type { DeployedPair } from '../../../lib/model/deployment';
import type { BatchJob } from '../../../lib/ops/batch/job';
import { progressLine } from '../../../lib/ops/batch/watch';
import { validConfig } from '../../helpers/config';

function job(
  status: JobStatus,
  [total, succeeded, failed]: readonly [number | null, number, number],
  activeSeconds = 0,
): BatchJob {
  return {
    id: '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c',
    pair: validConfig().pairs[0] as DeployedPair,
    status,
    createdAt: null,
    endedAt: null,
    objects: { total, succeeded, failed },
    activeSeconds,
    problems: [],
    report: { bucket: '', prefix: '' },
  };
}

test.each<[string, readonly BatchJob[], string]>([
  ['being prepared', [job('Preparing', [null, 0, 0])], 'backfill: Preparing; S3 lists what it would replicate'],
  ['not begun', [job('Ready', [10, 0, 0])], 'backfill: Ready; [--------------------] 0 %, 0 of 10 done, 0 failed'],
  [
    'at work',
    [job('Active', [10_000, 4900, 100], 50)],
    'backfill: [##########----------] 50 %, 5,000 of 10,000 done, 100 failed, 100 a second, about 50 seconds left',
  ],
  [
    'slow',
    [job('Active', [100, 1, 0], 100)],
    'backfill: [--------------------] 1 %, 1 of 100 done, 0 failed, 0.01 a second, about 2.8 hours left',
  ],
  [
    'paused, beside one that has ended and so has no rate',
    [job('Complete', [10, 10, 0], 1), job('Paused', [10, 0, 0])],
    'backfill: 1 of 2 jobs ended; Paused; [##########----------] 50 %, 10 of 20 done, 0 failed',
  ],
  [
    'about to end',
    [job('Completing', [10, 10, 0], 5)],
    'backfill: Completing; [####################] 100 %, 10 of 10 done, 0 failed, 2 a second',
  ],
])('jobs that are %s', (_, jobs, line) => {
  expect(progressLine({ command: 'backfill', preparing: 'S3 lists what it would replicate' }, jobs)).toBe(line);
});
