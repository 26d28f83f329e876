import type { JobStatus } from '@aws-sdk/client-s3-control';
import { type Context, EXIT, type Outcome } from '../../cli/command';
import { table } from '../../cli/table';
import { whole } from '../../cli/units';
import { type JobObjects, toObjects } from './job';
import type { Jobs } from './jobs';

/** A job in the list. */
export interface JobRow {
  /** Id of the job. */
  readonly job: string;
  /** Id of the pair. */
  readonly pair: string;
  readonly status: JobStatus | null;
  /** ISO 8601. */
  readonly createdAt: string | null;
  readonly endedAt: string | null;
  readonly description: string;
  readonly objects: JobObjects;
}

/** Lists the jobs of the chosen pairs that S3 still knows, the newest first. */
export async function listJobs({ config, pairs }: Context, jobs: Jobs): Promise<Outcome> {
  const rows = (await jobs.list(pairs)).map(
    ({ pair, found }): JobRow => ({
      job: found.JobId ?? '',
      pair: pair.id,
      status: found.Status ?? null,
      createdAt: found.CreationTime?.toISOString() ?? null,
      endedAt: found.TerminationDate?.toISOString() ?? null,
      description: found.Description ?? '',
      objects: toObjects(found.Status ?? 'New', found.ProgressSummary),
    }),
  );
  const text =
    rows.length === 0
      ? `no job of deployment ${config.deployment}; S3 forgets a job 90 days after its end`
      : table([['job', 'pair', 'status', 'created', 'objects', 'done', 'failed'], ...rows.map(cells)]).join('\n');
  return { exitCode: EXIT.ok, data: { deployment: config.deployment, jobs: rows }, text };
}

function cells({ job, pair, status, createdAt, objects: { total, succeeded, failed } }: JobRow): string[] {
  return [job, pair, status ?? '', createdAt ?? '', total === null ? '' : whole(total), whole(succeeded + failed), whole(failed)];
}
