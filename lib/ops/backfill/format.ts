import { whole } from '../../cli/units';
import { AFTERWARDS } from '../explain/wording';
import type { FailureGroup } from './report/group';
import type { BackfillData, JobResult } from './result';

/** Objects of a group that a person is shown. */
const SHOWN = 10;

const HALF = '  A job fails by itself when more than half of the objects do that were tried. S3 did not try the others.';

const TROUBLESHOOTING = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html';

/** How jobs ended, for a person. */
export function formatBackfill({ jobs }: BackfillData): string {
  return jobs.map(formatJob).join('\n\n');
}

function formatJob(result: JobResult): string {
  const { pair, job, status, nothingToDo, objects, problems, failures, reportProblem } = result;
  if (nothingToDo) {
    return [
      `pair ${pair}, job ${job}: nothing to do`,
      '  S3 found no object that the options choose and the replication rule takes. Objects in S3 Glacier Flexible Retrieval and',
      '  S3 Glacier Deep Archive do not count: they have to be restored and copied to another storage class first.',
    ].join('\n');
  }
  const total = objects.total === null ? '' : ` of ${whole(objects.total)}`;
  return [
    [
      `pair ${pair}, job ${job}: ${status}`,
      `  ${whole(objects.succeeded)}${total} objects replicated, ${whole(objects.failed)} failed`,
      ...problems.map(({ code, reason }) => `  ${code}: ${reason}`),
      ...(status === 'Failed' ? [objects.failed > objects.succeeded ? HALF : `  Why jobs fail: ${TROUBLESHOOTING}`] : []),
      ...(reportProblem === null ? [] : [`  Which objects failed could not be read: ${reportProblem}`]),
    ].join('\n'),
    ...(failures ?? []).map(formatGroup),
  ].join('\n\n');
}

function formatGroup({ reason, count, explanation, objects }: FailureGroup): string {
  const { cause, fix, commands, page } = explanation;
  return [
    `${reason}: ${whole(count)} object version${count === 1 ? '' : 's'}`,
    `  Cause: ${cause}`,
    `  Fix: ${fix}`,
    ...commands.map(({ account, command }) => `    ${command}   # account ${account}`),
    `  Afterwards: ${AFTERWARDS}`,
    `  AWS: ${page}`,
    '  Objects:',
    // A key may hold anything, line ends and control sequences too.
    ...objects
      .slice(0, SHOWN)
      .map(({ key, versionId }) => `    ${JSON.stringify(key)}${versionId === null ? '' : `, version ${versionId}`}`),
    ...(count > SHOWN
      ? [`    and ${whole(count - SHOWN)} more: --json has the first, and the report in the bucket has all`]
      : []),
  ].join('\n');
}
