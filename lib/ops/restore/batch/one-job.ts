import { type CommandArguments, type Context, Outcome } from '../../../cli/command';
import { textOption } from '../../../cli/options';
import { plural } from '../../../cli/units';
import { AppError, UsageError } from '../../../errors/errors';
import { visibleIn } from '../../../errors/visible';
import { opsCommand } from '../../../model/shell-commands';
import { statusOf } from '../../../model/status';
import { cancelJob, jobIdOf } from '../../batch/cancel';
import type { JobControl } from '../../batch/control';
import { type BatchJob, pairOfDescription, toBatchJob } from '../../batch/job';
import { lookAtTarget } from '../../copy/target';
import { formatJob, leftBy } from './format';
import { openJobs, watchToEnd } from './run';

const ACTIONS = ['watch', 'cancel'] as const;

/** Whether a command line is about a job that is there, and restores nothing. */
export function isAboutJob({ values }: CommandArguments): boolean {
  return ACTIONS.some((action) => values[action] !== undefined);
}

/**
 * Watches or cancels a job that a restore has made.
 *
 * @throws UsageError for options that make no sense here
 * @throws AppError when the deployment has no such job
 */
export async function oneJob(context: Context, { values }: CommandArguments): Promise<Outcome> {
  const [action, ...more] = ACTIONS.filter((one) => values[one] !== undefined);
  const others = Object.keys(values).filter((name) => values[name] !== undefined && name !== action && name !== 'to');
  if (action === undefined || more.length > 0 || others.length > 0) {
    throw new UsageError(
      'JobAlone',
      `--${action} accepts no ${others.map((name) => `--${name}`).join(', ')}: it is about a job that is there`,
      `leave them out: ${opsCommand(context.config, 'restore', `--${action}`, 'JOB')}`,
    );
  }
  const id = jobIdOf(textOption(values, action) ?? '', 'the restore has told it; aws s3control list-jobs shows it too');
  const region = await regionOf(context, textOption(values, 'to'));
  const control = await openJobs(context, region);
  const job = await describe(context, control, id);
  if (action === 'cancel') {
    const jobs = {
      describe: async (one: string) => toBatchJob(job.pair, await control.describe(one)),
      setStatus: control.setStatus.bind(control),
    };
    const { data, text } = await cancelJob(context, jobs, job, { about: 'restores replicas', done: 'restored' });
    return new Outcome({ status: 'ok', seen: [text] }, data, text);
  }
  const end = await watchToEnd(context, control, job, region);
  const { succeeded, failed } = end.objects;
  const wrong = end.jobStatus !== 'Complete' || failed + leftBy(end) > 0;
  const status = statusOf({
    failed: wrong ? [`job ${id}: ${end.jobStatus}, ${plural(failed + leftBy(end), 'object')} not restored`] : [],
    seen: succeeded > 0 ? [`job ${id}: ${plural(succeeded, 'object')} restored`] : [],
    nothing: `job ${id}: S3 counts no object`,
  });
  const data = { pair: job.pair.id, ...end };
  return new Outcome(status, data, [`pair ${job.pair.id}`, ...formatJob(visibleIn(end))].join('\n'));
}

/** Jobs are in the Region of their target. */
async function regionOf(context: Context, to: string | undefined): Promise<string> {
  const [pair] = context.pairs;
  return to === undefined || pair === undefined
    ? context.config.source.region
    : (await lookAtTarget(context, pair, { to, overwrite: false })).region;
}

async function describe({ config }: Context, control: JobControl, id: string): Promise<BatchJob> {
  const found = await control.describe(id);
  const pair = pairOfDescription(config, found.Description);
  if (pair === undefined || found.Operation?.S3PutObjectCopy === undefined) {
    throw new AppError('ForeignJob', `job ${id} is no restore of deployment ${config.deployment}`);
  }
  return toBatchJob(pair, found);
}
