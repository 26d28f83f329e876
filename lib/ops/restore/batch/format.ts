import { plural, whole } from '../../../cli/units';
import { quoted } from '../../../errors/visible';
import type { BatchResult, JobEnd } from './run';

/** Objects of a reason that a terminal shows. */
const SHOWN = 20;

/** Objects that a job was given and did not try. Where this process did not make the list, S3's count says how many it was given. */
export function leftBy({ listed, objects }: Pick<JobEnd, 'objects'> & Partial<Pick<BatchResult, 'listed'>>): number {
  return Math.max((listed?.objects ?? objects.total ?? 0) - objects.succeeded - objects.failed, 0);
}

/** How the job of a pair ended, for a person. */
export function formatJob(result: JobEnd & Partial<BatchResult>): string[] {
  const { job, jobStatus, objects, problems, failures, reportProblem } = result;
  return [
    `  by S3 Batch Operations, job ${job}: ${jobStatus}`,
    row(objects.succeeded, '', 'restored; S3 verifies its copies itself, this command read none of them'),
    ...(objects.failed === 0 ? [] : [row(objects.failed, '', 'failed')]),
    ...(leftBy(result) === 0 ? [] : [row(leftBy(result), '', 'were not tried')]),
    ...problems.map(({ code, reason }) => `  ${code}: ${reason}`),
    ...(reportProblem === null ? [] : [`  which objects failed could not be read: ${reportProblem}`]),
    ...(failures ?? []).flatMap(({ reason, count, objects: first }) => [
      `  ${reason}: ${plural(count, 'object')}, such as`,
      ...first
        .slice(0, SHOWN)
        .map(({ key, versionId, message }) => `    ${quoted(key)}, version ${versionId ?? 'unknown'}: ${message}`),
    ]),
    ...(objects.failed + leftBy(result) === 0
      ? []
      : ['  the command without --engine batch copies what is missing, and compares the rest with what is there']),
  ];
}

/** One line of a table of counts. */
export function row(count: number, size: string, what: string): string {
  return `  ${whole(count).padStart(11)}  ${size.padStart(9)}  ${what}`;
}
